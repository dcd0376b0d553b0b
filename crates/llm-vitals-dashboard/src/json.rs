//! JSON as Prometheus writes it. Results of queries have many numbers: they are written straight into the text of the answer.

use std::fmt::Write as _;

use llm_vitals_promql::Labels;

/// `"text"`
pub(crate) fn string(out: &mut String, text: &str) {
    // A text always has a form in JSON.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// `["a","b"]`
pub(crate) fn strings<S: AsRef<str>>(out: &mut String, texts: impl IntoIterator<Item = S>) {
    list(out, texts, |out, text| string(out, text.as_ref()));
}

/// `[…,…]`
pub(crate) fn list<T>(
    out: &mut String,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    out.push('[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

/// `{"__name__":"up"}`
pub(crate) fn labels(out: &mut String, labels: &Labels) {
    out.push('{');
    for (at, (name, value)) in labels.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        string(out, name);
        out.push(':');
        string(out, value);
    }
    out.push('}');
}

/// `[1700000000.5,"1"]`
pub(crate) fn point(out: &mut String, time_ms: i64, value: f64) {
    out.push('[');
    time(out, time_ms);
    out.push(',');
    number(out, value);
    out.push(']');
}

/// Seconds, with three decimals where there are milliseconds: `1700000000.010`.
pub(crate) fn time(out: &mut String, millis: i64) {
    let sign = if millis < 0 { "-" } else { "" };
    let (seconds, rest) = (millis.unsigned_abs() / 1000, millis.unsigned_abs() % 1000);
    // Writing to a string does not fail.
    let _ = write!(out, "{sign}{seconds}");
    if rest != 0 {
        let _ = write!(out, ".{rest:03}");
    }
}

/// A number as a text in as few digits as it needs: `"0.1"`, `"1e+21"`, `"NaN"`, `"+Inf"`.
pub(crate) fn number(out: &mut String, value: f64) {
    out.push('"');
    let size = value.abs();
    if !value.is_finite() {
        out.push_str(not_finite(value));
    } else if value.fract() == 0.0 && size < 1e15 && (size != 0.0 || value.is_sign_positive()) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number below 10^15"
        )]
        let whole = value as i64;
        let _ = write!(out, "{whole}");
    } else {
        let mut buffer = zmij::Buffer::new();
        let shortest = buffer.format_finite(value);
        if !shortest.contains('e') {
            out.push_str(shortest.strip_suffix(".0").unwrap_or(shortest));
        } else if (1e-6..1e21).contains(&size) {
            plain(out, &Digits::of(shortest));
        } else {
            scientific(out, &Digits::of(shortest));
        }
    }
    out.push('"');
}

/// As Go writes a number with an exponent, which is how Prometheus shows the value of an alert: `1e-01`.
pub(crate) fn exponential(value: f64) -> String {
    if !value.is_finite() {
        return not_finite(value).to_owned();
    }
    let mut out = String::new();
    scientific(
        &mut out,
        &Digits::of(zmij::Buffer::new().format_finite(value)),
    );
    out
}

/// The fewest digits of a number.
struct Digits {
    is_negative: bool,
    /// Without zeros around them.
    digits: String,
    /// Where the point stands: behind the first digit for 0.
    exponent: i32,
}

impl Digits {
    /// From `-12.5`, `0.001` or `1.5e-7`.
    fn of(text: &str) -> Self {
        let is_negative = text.starts_with('-');
        let text = text.trim_start_matches('-');
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = [whole, fraction].concat();
        let digits = all.trim_start_matches('0');
        // Both are a few digits long.
        let shift = whole.len() as i32 - 1 - (all.len() - digits.len()) as i32;
        let exponent = exponent.parse().unwrap_or(0) + shift;
        match digits.trim_end_matches('0') {
            "" => Self {
                is_negative,
                digits: "0".to_owned(),
                exponent: 0,
            },
            digits => Self {
                is_negative,
                digits: digits.to_owned(),
                exponent,
            },
        }
    }
}

/// `0.0000015`, `150000`
fn plain(out: &mut String, number: &Digits) {
    let Digits {
        digits, exponent, ..
    } = number;
    out.push_str(if number.is_negative { "-" } else { "" });
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    match usize::try_from(*exponent) {
        Err(_) => {
            out.push_str("0.");
            out.push_str(&zeros(-exponent - 1));
            out.push_str(digits);
        }
        Ok(whole) if whole + 1 < digits.len() => {
            out.push_str(&digits[..=whole]);
            out.push('.');
            out.push_str(&digits[whole + 1..]);
        }
        Ok(whole) => {
            out.push_str(digits);
            out.push_str(&"0".repeat(whole + 1 - digits.len()));
        }
    }
}

/// `1.5e-07`
fn scientific(out: &mut String, number: &Digits) {
    let Digits {
        digits, exponent, ..
    } = number;
    let sign = if number.is_negative { "-" } else { "" };
    let point = if digits.len() > 1 { "." } else { "" };
    let direction = if *exponent < 0 { '-' } else { '+' };
    let (first, rest) = digits.split_at(1);
    // Writing to a string does not fail.
    let _ = write!(
        out,
        "{sign}{first}{point}{rest}e{direction}{:02}",
        exponent.abs()
    );
}

fn not_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "+Inf"
    } else {
        "-Inf"
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_written_as_go_writes_them() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-42.0, "-42"),
            (0.1, "0.1"),
            (1e15, "1000000000000000"),
            (123_456_789.125, "123456789.125"),
            (999_999_999_999_999_900_000.0, "999999999999999900000"),
            (1e21, "1e+21"),
            (-1.5e300, "-1.5e+300"),
            (1e-6, "0.000001"),
            (9.5e-7, "9.5e-07"),
            (9.5e-6, "0.0000095"),
            (-1.25e-5, "-0.0000125"),
            (1.5e20, "150000000000000000000"),
            (123_456_789_012_345_680.0, "123456789012345680"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            // Halfway between ...812 and ...813.
            (-0.118_000_030_517_578_12, "-0.11800003051757812"),
            (5e-324, "5e-324"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            let mut out = String::new();
            number(&mut out, value);
            assert_eq!(out, format!("\"{text}\""));
        }
    }

    #[test]
    fn alerts_have_an_exponent() {
        for (value, text) in [
            (0.1, "1e-01"),
            (1.0, "1e+00"),
            (0.0, "0e+00"),
            (-0.0, "-0e+00"),
            (-2512.5, "-2.5125e+03"),
            (0.025, "2.5e-02"),
            (-1.5e-7, "-1.5e-07"),
            (1e100, "1e+100"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(exponential(value), text);
        }
    }

    #[test]
    fn times_are_seconds() {
        for (millis, text) in [
            (0, "0"),
            (1_000, "1"),
            (1_010, "1.010"),
            (-1_500, "-1.500"),
            (1_764_000_000_200, "1764000000.200"),
        ] {
            let mut out = String::new();
            time(&mut out, millis);
            assert_eq!(out, text);
        }
    }

    proptest! {
        #[test]
        fn every_number_is_read_back(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            let mut out = String::new();
            number(&mut out, value);
            for text in [out.trim_matches('"'), &exponential(value)] {
                let read: f64 = text.parse().unwrap();
                prop_assert!(read.to_bits() == bits || read.is_nan() && value.is_nan(), "{}", text);
            }
        }
    }
}
