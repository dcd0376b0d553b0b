//! Numbers, read and written as Go does.

/// Reads a float as Go's `strconv.ParseFloat` does: decimals, `Inf`, `NaN`, hexadecimal floats.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let first = *unsigned.as_bytes().first()?;
    if let Some(hex) = unsigned
        .strip_prefix("0x")
        .or_else(|| unsigned.strip_prefix("0X"))
    {
        let value = hexadecimal_float(hex)?;
        return Some(if text.starts_with('-') { -value } else { value });
    }
    match first {
        b'0'..=b'9' | b'.' | b'i' | b'I' => text.parse().ok(),
        // Go knows no sign of a NaN.
        b'n' | b'N' if text.eq_ignore_ascii_case("nan") => Some(f64::NAN),
        _ => None,
    }
}

/// Reads a number of the language: as [`parse_float`], and `0x1f` and `017` are hexadecimal and octal integers.
pub(crate) fn parse_number(text: &str) -> Option<f64> {
    let integer = if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        i64::from_str_radix(hex, 16).ok()
    } else if text.len() > 1
        && text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit())
    {
        i64::from_str_radix(text, 8).ok()
    } else {
        None
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "what the language does with large integers"
    )]
    integer
        .map(|integer| integer as f64)
        .or_else(|| parse_float(text))
}

/// Writes a float as Prometheus does in the value of a label: all digits, no exponent, `+Inf`.
pub(crate) fn format_float(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        format!("{value}")
    }
}

/// Writes a float in as few characters as it needs, as Go's verb `g` does, and whole numbers with `.0`: how the bounds of buckets
/// are normalised.
pub(crate) fn format_bound(value: f64) -> String {
    if !value.is_finite() {
        return format_float(value);
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..=5).contains(&exponent) || value == 0.0 {
        let text = format!("{value}");
        return if text.contains('.') {
            text
        } else {
            text + ".0"
        };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// `1.8p3`: digits, then a power of two, which must be there.
fn hexadecimal_float(text: &str) -> Option<f64> {
    let (digits, power) = text.split_once(['p', 'P'])?;
    let power: i32 = power.parse().ok()?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0.0_f64;
    for digit in whole.chars().chain(fraction.chars()) {
        value = value * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let shift = 4 * i32::try_from(fraction.len()).ok()?;
    Some(value * 2.0_f64.powi(power.checked_sub(shift)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_read() {
        assert_eq!(parse_float("1e3"), Some(1000.0));
        assert_eq!(parse_float(".5"), Some(0.5));
        assert_eq!(parse_float("2."), Some(2.0));
        assert_eq!(parse_float("+Inf"), Some(f64::INFINITY));
        assert_eq!(parse_float("-inf"), Some(f64::NEG_INFINITY));
        assert_eq!(parse_float("0x1.8p3"), Some(12.0));
        assert!(parse_float("NaN").unwrap().is_nan());
        for wrong in ["", "+", "e5", "1e", "x", "nano", "+nan", "1_000", "0x1"] {
            assert_eq!(parse_float(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_have_bases() {
        assert_eq!(parse_number("0x1f"), Some(31.0));
        assert_eq!(parse_number("010"), Some(8.0));
        assert_eq!(parse_number("08"), Some(8.0));
        assert_eq!(parse_number("0"), Some(0.0));
    }

    #[test]
    fn bounds_have_one_form() {
        for (value, text) in [
            (1.0, "1.0"),
            (0.25, "0.25"),
            (100_000.0, "100000.0"),
            (1e6, "1e+06"),
            (2.5e-5, "2.5e-05"),
            (f64::INFINITY, "+Inf"),
            (0.0, "0.0"),
        ] {
            assert_eq!(format_bound(value), text);
        }
    }

    #[test]
    fn floats_are_written_in_full() {
        assert_eq!(format_float(1e21), "1000000000000000000000");
        assert_eq!(format_float(0.000_000_1), "0.0000001");
        assert_eq!(format_float(f64::NEG_INFINITY), "-Inf");
        assert_eq!(format_float(6.0), "6");
    }
}
