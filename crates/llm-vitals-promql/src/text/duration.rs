//! Durations: `1h30m`.

/// Units from the longest on, in milliseconds.
const UNITS: [(&str, i64); 7] = [
    ("y", 365 * 24 * 3_600_000),
    ("w", 7 * 24 * 3_600_000),
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Reads a duration in milliseconds: numbers with units, each unit once, from the longest to the shortest.
pub(crate) fn parse_duration(text: &str) -> Result<i64, &'static str> {
    if text.is_empty() {
        return Err("an empty duration");
    }
    let mut rest = text;
    let mut units = &UNITS[..];
    let mut total: i64 = 0;
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
        let number: i64 = number.parse().map_err(|_| TOO_LONG)?;
        let part = number.checked_mul(units[at].1).ok_or(TOO_LONG)?;
        total = total
            .checked_add(part)
            .filter(|sum| *sum <= LONGEST)
            .ok_or(TOO_LONG)?;
        units = &units[at + 1..];
        rest = after;
    }
    Ok(total)
}

const TOO_LONG: &str = "a duration longer than 292 years";
/// What fits into the nanoseconds of Prometheus, and far from where sums of times could overflow.
pub(crate) const LONGEST: i64 = i64::MAX / 1_000_000;

/// Writes milliseconds as Prometheus does: weeks and years only where nothing is left over.
pub(crate) fn format_duration(milliseconds: i64) -> String {
    if milliseconds == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    let mut rest = milliseconds.unsigned_abs();
    if milliseconds < 0 {
        text.push('-');
    }
    for (unit, length) in UNITS {
        let length = length.unsigned_abs();
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
    fn durations_are_read() {
        assert_eq!(parse_duration("5m"), Ok(300_000));
        assert_eq!(parse_duration("1h30m"), Ok(5_400_000));
        assert_eq!(parse_duration("1y2w3d4h5m6s7ms"), Ok(33_019_506_007));
        assert_eq!(parse_duration("0s"), Ok(0));
        for wrong in [
            "",
            "5",
            "m",
            "5m5m",
            "5m1h",
            "5x",
            "1.5h",
            "-1s",
            "9999999999y",
            "99999999999999999999s",
        ] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_are_written() {
        for text in ["5m", "1h30m", "1w", "2y", "8d", "1s500ms", "0s", "1d"] {
            assert_eq!(format_duration(parse_duration(text).unwrap()), text);
        }
        assert_eq!(format_duration(7 * 86_400_000), "1w");
        assert_eq!(format_duration(-90_000), "-1m30s");
        assert_eq!(format_duration(60 * 60_000), "1h");
    }
}
