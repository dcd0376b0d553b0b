//! Numbers as people and as Go write them.

/// With four digits and a prefix of 1000: `1.235k`.
pub(crate) fn humanize(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return general(value, 4);
    }
    if value.abs() >= 1.0 {
        let (value, prefix) = divided(value, 1000.0, &["k", "M", "G", "T", "P", "E", "Z", "Y"]);
        return format!("{}{prefix}", general(value, 4));
    }
    let (value, prefix) = multiplied(value);
    format!("{}{prefix}", general(value, 4))
}

/// With four digits and a prefix of 1024: `1.5Mi`.
pub(super) fn humanize1024(value: f64) -> String {
    if value.abs() <= 1.0 || !value.is_finite() {
        return general(value, 4);
    }
    let (value, prefix) = divided(
        value,
        1024.0,
        &["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"],
    );
    format!("{}{prefix}", general(value, 4))
}

/// Seconds as a time: `1h 2m 3s`.
pub(crate) fn humanize_duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return general(seconds, 4);
    }
    if seconds == 0.0 {
        return "0s".to_owned();
    }
    if seconds.abs() < 1.0 {
        let (value, prefix) = multiplied(seconds);
        return format!("{}{prefix}s", general(value, 4));
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    let seconds = seconds.abs();
    // A cast saturates.
    let whole = seconds as i64;
    let (days, hours, minutes) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60);
    let rest = whole % 60;
    if days != 0 {
        format!("{sign}{days}d {hours}h {minutes}m {rest}s")
    } else if hours != 0 {
        format!("{sign}{hours}h {minutes}m {rest}s")
    } else if minutes != 0 {
        format!("{sign}{minutes}m {rest}s")
    } else {
        format!("{sign}{}s", general(seconds, 4))
    }
}

/// A ratio as `12.5%`.
pub(super) fn humanize_percentage(value: f64) -> String {
    format!("{}%", general(value * 100.0, 4))
}

fn divided(mut value: f64, by: f64, prefixes: &[&'static str]) -> (f64, &'static str) {
    let mut prefix = "";
    for next in prefixes {
        if value.abs() < by {
            break;
        }
        prefix = next;
        value /= by;
    }
    (value, prefix)
}

fn multiplied(mut value: f64) -> (f64, &'static str) {
    let mut prefix = "";
    for next in ["m", "u", "n", "p", "f", "a", "z", "y"] {
        if value.abs() >= 1.0 {
            break;
        }
        prefix = next;
        value *= 1000.0;
    }
    (value, prefix)
}

/// As Go's `%.4g` with so many digits.
pub(crate) fn general(value: f64, digits: usize) -> String {
    if let Some(text) = not_finite(value) {
        return text.to_owned();
    }
    let digits = digits.max(1);
    let (mantissa, exponent) = scientific(&format!("{value:.*e}", digits - 1));
    let whole = i32::try_from(digits).unwrap_or(i32::MAX);
    if exponent < -4 || exponent >= whole {
        return format!("{}{}", without_zeros(&mantissa), exponent_text(exponent));
    }
    let decimals = usize::try_from(whole - 1 - exponent).unwrap_or(0);
    without_zeros(&format!("{value:.decimals$}")).to_owned()
}

/// The shortest text that is read as the same number, as Go's `%v` writes it.
pub(super) fn shortest(value: f64) -> String {
    if let Some(text) = not_finite(value) {
        return text.to_owned();
    }
    let (mantissa, exponent) = scientific(&format!("{value:e}"));
    if (-4..6).contains(&exponent) {
        return format!("{value}");
    }
    format!("{mantissa}{}", exponent_text(exponent))
}

pub(super) fn not_finite(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value.is_infinite() {
        Some(if value > 0.0 { "+Inf" } else { "-Inf" })
    } else {
        None
    }
}

/// Mantissa and exponent of Rust's `1.5e3`.
pub(super) fn scientific(text: &str) -> (String, i32) {
    // The format always has an `e` and a number behind it.
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    (mantissa.to_owned(), exponent.parse().unwrap_or(0))
}

/// `e+03`: a sign and two digits at least.
pub(super) fn exponent_text(exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("e{sign}{:02}", exponent.unsigned_abs())
}

fn without_zeros(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_in_prometheus() {
        assert_eq!(humanize(0.0), "0");
        assert_eq!(humanize(1_234_567.0), "1.235M");
        assert_eq!(humanize(0.22), "220m");
        assert_eq!(humanize(f64::INFINITY), "+Inf");
        assert_eq!(humanize1024(1_048_576.0), "1Mi");
        assert_eq!(humanize1024(0.5), "0.5");
        assert_eq!(humanize_percentage(0.1234), "12.34%");
        assert_eq!(humanize_duration(0.0), "0s");
        assert_eq!(humanize_duration(1.0), "1s");
        assert_eq!(humanize_duration(61.5), "1m 1s");
        assert_eq!(humanize_duration(3_661.0), "1h 1m 1s");
        assert_eq!(humanize_duration(86_400.0), "1d 0h 0m 0s");
        assert_eq!(humanize_duration(-1.5), "-1.5s");
        assert_eq!(humanize_duration(0.001), "1ms");
    }

    #[test]
    fn floats_print_as_in_go() {
        assert_eq!(shortest(0.1), "0.1");
        assert_eq!(shortest(123_456.0), "123456");
        assert_eq!(shortest(1_234_567.0), "1.234567e+06");
        assert_eq!(shortest(1e21), "1e+21");
        assert_eq!(shortest(1.5e-5), "1.5e-05");
        assert_eq!(shortest(f64::NAN), "NaN");
        assert_eq!(general(123_456.0, 4), "1.235e+05");
        assert_eq!(general(9999.6, 4), "1e+04");
        assert_eq!(general(0.000_012_3, 4), "1.23e-05");
    }
}
