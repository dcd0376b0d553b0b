//! Numbers and times for people.

use crate::notify::notification::Unit;
use crate::template::{general, humanize, humanize_duration};

/// The value in its unit, with about four digits.
///
/// ```
/// use llm_vitals_alert::notify::{Unit, human};
///
/// assert_eq!(human(0.1234, Unit::Ratio), "12.34%");
/// assert_eq!(human(57_000.0, Unit::Milliseconds), "57 s");
/// assert_eq!(human(62.5, Unit::DollarsPerHour), "62.50 USD an hour");
/// assert_eq!(human(12_345.0, Unit::Plain), "12,345");
/// ```
#[must_use]
pub fn human(value: f64, unit: Unit) -> String {
    if value.is_nan() {
        return "no value".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "-∞" }.to_owned();
    }
    match unit {
        Unit::Plain => number(value),
        Unit::Ratio => format!("{}%", number(value * 100.0)),
        Unit::Milliseconds => time(value),
        Unit::Seconds => time(value * 1e3),
        Unit::Bytes => bytes(value),
        Unit::Dollars => format!("{} USD", money(value)),
        Unit::DollarsPerHour => format!("{} USD an hour", money(value)),
        Unit::PerSecond => format!("{} a second", number(value)),
        Unit::TokensPerSecond => format!("{} tokens a second", number(value)),
    }
}

/// A span of time with its two largest parts: `2h 5m`.
pub(crate) fn span(milliseconds: i64) -> String {
    let seconds = (milliseconds.max(0) / 1_000) as f64;
    let text = humanize_duration(seconds);
    let parts: Vec<&str> = text.split(' ').take(2).collect();
    match *parts {
        [first, second] if second.starts_with('0') => first.to_owned(),
        _ => parts.join(" "),
    }
}

fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 1e6 {
        return humanize(value);
    }
    if size >= 1e3 {
        return grouped(value, 0);
    }
    if value != 0.0 && size < 1e-4 {
        return general(value, 3);
    }
    general(value, 4)
}

fn money(value: f64) -> String {
    if value != 0.0 && value.abs() < 0.01 {
        general(value, 2)
    } else {
        grouped(value, 2)
    }
}

/// With a comma between thousands.
fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut out = String::new();
    if value < 0.0 {
        out.push('-');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + fraction
}

fn time(milliseconds: f64) -> String {
    let size = milliseconds.abs();
    if size < 1e3 {
        format!("{} ms", general(milliseconds, 3))
    } else if size < 120_000.0 {
        format!("{} s", general(milliseconds / 1e3, 3))
    } else if milliseconds > 0.0 && size < 1e15 {
        // A cast saturates.
        span(milliseconds as i64)
    } else {
        format!("{} s", number(milliseconds / 1e3))
    }
}

fn bytes(value: f64) -> String {
    let mut value = value;
    let mut unit = "bytes";
    for next in ["KiB", "MiB", "GiB", "TiB", "PiB"] {
        if value.abs() < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    format!("{} {unit}", number(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_written_for_people() {
        let cases = [
            (0.0, Unit::Ratio, "0%"),
            (1.0, Unit::Ratio, "100%"),
            (0.05, Unit::Ratio, "5%"),
            (0.000_001, Unit::Ratio, "0.0001%"),
            (420.0, Unit::Milliseconds, "420 ms"),
            (9_500.0, Unit::Milliseconds, "9.5 s"),
            (150.0, Unit::Seconds, "2m 30s"),
            (7_200.0, Unit::Seconds, "2h"),
            (1_610_612_736.0, Unit::Bytes, "1.5 GiB"),
            (12.0, Unit::Bytes, "12 bytes"),
            (1_234.567, Unit::Dollars, "1,234.57 USD"),
            (0.002, Unit::Dollars, "0.002 USD"),
            (1_234.4, Unit::TokensPerSecond, "1,234 tokens a second"),
            (0.25, Unit::PerSecond, "0.25 a second"),
            (-1_234_567.0, Unit::Plain, "-1.235M"),
            (-1_234.0, Unit::Plain, "-1,234"),
            (0.000_012_3, Unit::Plain, "1.23e-05"),
            (f64::NAN, Unit::Ratio, "no value"),
            (f64::INFINITY, Unit::Seconds, "∞"),
        ];
        for (value, unit, expected) in cases {
            assert_eq!(human(value, unit), expected);
        }
    }

    #[test]
    fn spans_have_two_parts() {
        assert_eq!(span(0), "0s");
        assert_eq!(span(59_999), "59s");
        assert_eq!(span(750_000), "12m 30s");
        assert_eq!(span(720_000), "12m");
        assert_eq!(span(7_500_000), "2h 5m");
        assert_eq!(span(190_000_000), "2d 4h");
        assert_eq!(span(-5), "0s");
    }
}
