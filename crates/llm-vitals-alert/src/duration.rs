//! Durations of rule files: `5m`, `1h30m`, as Prometheus writes them.

/// Units from the longest on, in milliseconds.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 24 * 3_600_000),
    ("w", 7 * 24 * 3_600_000),
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// What fits into the nanoseconds of Prometheus.
const LONGEST: u64 = i64::MAX as u64 / 1_000_000;

/// Reads a duration in milliseconds: numbers with units, each unit once, from the longest to the shortest; or `0`.
pub(crate) fn parse_duration(text: &str) -> Result<i64, &'static str> {
    if text == "0" {
        return Ok(0);
    }
    if text.is_empty() {
        return Err("an empty duration");
    }
    let mut rest = text;
    let mut units = &UNITS[..];
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at(digits);
        let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, after) = after.split_at(letters);
        if number.is_empty() || unit.is_empty() {
            return Err("not a duration: write a number and a unit, such as 5m or 1h30m");
        }
        let Some(at) = units.iter().position(|(name, _)| *name == unit) else {
            return Err(if UNITS.iter().any(|(name, _)| *name == unit) {
                "each unit of a duration may be there once, from the longest to the shortest"
            } else {
                "an unknown unit: use ms, s, m, h, d, w or y"
            });
        };
        let number: u64 = number.parse().map_err(|_| TOO_LONG)?;
        let part = number.checked_mul(units[at].1).ok_or(TOO_LONG)?;
        let sum = total.checked_add(part).filter(|sum| *sum <= LONGEST);
        total = sum.ok_or(TOO_LONG)?;
        units = &units[at + 1..];
        rest = after;
    }
    Ok(i64::try_from(total).unwrap_or(i64::MAX))
}

const TOO_LONG: &str = "a duration longer than 292 years";

/// Writes milliseconds as Prometheus does: weeks and years only where nothing is left over.
pub(crate) fn format_duration(milliseconds: i64) -> String {
    if milliseconds <= 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    let mut rest = milliseconds.unsigned_abs();
    for (unit, length) in UNITS {
        if matches!(unit, "y" | "w") && !rest.is_multiple_of(length) {
            continue;
        }
        if rest >= length {
            text.push_str(&format!("{}{unit}", rest / length));
            rest %= length;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_as_prometheus_does() {
        for (text, milliseconds) in [
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("1w", 604_800_000),
            ("1ms", 1),
            ("10d", 864_000_000),
        ] {
            assert_eq!(parse_duration(text), Ok(milliseconds), "{text}");
            assert_eq!(format_duration(milliseconds), text);
        }
        assert_eq!(parse_duration("0"), Ok(0));
        assert_eq!(parse_duration("0s"), Ok(0));
        assert_eq!(format_duration(0), "0s");
    }

    #[test]
    fn what_is_no_duration_is_an_error() {
        for text in [
            "",
            "5",
            "m",
            "5x",
            "5m1h",
            "5m5m",
            "-5m",
            "1.5h",
            "5 m",
            "300y",
            "99999999999999999999s",
        ] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
