//! Go's layouts of dates: the reference moment, written as it should look.

use jiff::Zoned;

/// What a layout may be made of. The first that fits counts, so longer ones stand before their beginnings.
const PARTS: [&str; 36] = [
    "January",
    "Jan",
    "Monday",
    "Mon",
    "MST",
    "2006",
    "002",
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "-07:00:00",
    "-07:00",
    "-0700",
    "-07",
    "Z07:00:00",
    "Z07:00",
    "Z0700",
    "Z07",
    "15",
    "PM",
    "pm",
    "_2006",
    "__2",
    "_2",
    "1",
    "2",
    "3",
    "4",
    "5",
    ".",
    ",",
    "Z070000",
    "-070000",
];

/// The moment as the layout shows it.
pub(super) fn format(moment: &Zoned, layout: &str) -> String {
    let mut out = String::new();
    let mut rest = layout;
    while let Some(char) = rest.chars().next() {
        if let Some((text, length)) = part(moment, rest) {
            out.push_str(&text);
            rest = &rest[length..];
        } else {
            out.push(char);
            rest = &rest[char.len_utf8()..];
        }
    }
    out
}

fn part(moment: &Zoned, layout: &str) -> Option<(String, usize)> {
    let mut found = PARTS.iter().filter(|part| layout.starts_with(**part));
    let longest = found.by_ref().max_by_key(|part| part.len()).copied()?;
    let hour12 = (moment.hour() + 11) % 12 + 1;
    let text = match longest {
        "January" => moment.strftime("%B").to_string(),
        "Jan" => moment.strftime("%b").to_string(),
        "Monday" => moment.strftime("%A").to_string(),
        "Mon" => moment.strftime("%a").to_string(),
        "MST" => zone_name(moment),
        "2006" => format!("{:04}", moment.year()),
        // An underscore before a year is one.
        "_2006" => format!("_{:04}", moment.year()),
        "06" => format!("{:02}", moment.year().rem_euclid(100)),
        "01" => format!("{:02}", moment.month()),
        "1" => moment.month().to_string(),
        "02" => format!("{:02}", moment.day()),
        "_2" => format!("{:2}", moment.day()),
        "2" => moment.day().to_string(),
        "002" => format!("{:03}", moment.day_of_year()),
        "__2" => format!("{:3}", moment.day_of_year()),
        "15" => format!("{:02}", moment.hour()),
        "03" => format!("{hour12:02}"),
        "3" => hour12.to_string(),
        "04" => format!("{:02}", moment.minute()),
        "4" => moment.minute().to_string(),
        "05" => format!("{:02}", moment.second()),
        "5" => moment.second().to_string(),
        "PM" => if moment.hour() < 12 { "AM" } else { "PM" }.to_owned(),
        "pm" => if moment.hour() < 12 { "am" } else { "pm" }.to_owned(),
        "." | "," => return fraction(moment, layout),
        offset => offset_text(moment, offset),
    };
    Some((text, longest.len()))
}

/// `.000` shows so many digits, `.999` leaves zeros at the end out.
fn fraction(moment: &Zoned, layout: &str) -> Option<(String, usize)> {
    let point = layout.chars().next()?;
    let digit = layout[1..]
        .chars()
        .next()
        .filter(|char| matches!(char, '0' | '9'))?;
    let digits = layout[1..]
        .chars()
        .take_while(|char| *char == digit)
        .count();
    let behind = layout[1 + digits..].chars().next();
    if digits > 9 || behind.is_some_and(|char| char.is_ascii_digit()) {
        return None;
    }
    let all = format!("{:09}", moment.subsec_nanosecond());
    let mut shown = &all[..digits];
    if digit == '9' {
        shown = shown.trim_end_matches('0');
        if shown.is_empty() {
            return Some((String::new(), 1 + digits));
        }
    }
    Some((format!("{point}{shown}"), 1 + digits))
}

fn offset_text(moment: &Zoned, layout: &str) -> String {
    let seconds = moment.offset().seconds();
    if layout.starts_with('Z') && seconds == 0 {
        return "Z".to_owned();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.unsigned_abs();
    let colon = if layout.contains(':') { ":" } else { "" };
    let digits = layout.bytes().filter(u8::is_ascii_digit).count();
    let mut out = format!("{sign}{:02}", seconds / 3_600);
    if digits >= 4 {
        out += &format!("{colon}{:02}", seconds / 60 % 60);
    }
    if digits >= 6 {
        out += &format!("{colon}{:02}", seconds % 60);
    }
    out
}

/// The zone's short name, or its offset where it has none, as Go prints it.
pub(super) fn zone_name(moment: &Zoned) -> String {
    let name = moment.strftime("%Z").to_string();
    if name.is_empty() || name.starts_with(['+', '-']) {
        offset_text(
            moment,
            if moment.offset().seconds() % 3_600 == 0 {
                "-07"
            } else {
                "-0700"
            },
        )
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};

    use super::*;

    #[test]
    fn layouts_are_those_of_go() {
        let moment = Timestamp::from_millisecond(1_763_975_045_120).unwrap();
        let utc = moment.to_zoned(TimeZone::UTC);
        let cases = [
            ("2006-01-02 15:04:05 MST", "2025-11-24 09:04:05 UTC"),
            ("2006-01-02T15:04:05Z07:00", "2025-11-24T09:04:05Z"),
            (
                "2006-01-02T15:04:05.999999999Z07:00",
                "2025-11-24T09:04:05.12Z",
            ),
            (
                "Mon, 02 Jan 2006 15:04:05 -0700",
                "Mon, 24 Nov 2025 09:04:05 +0000",
            ),
            (
                "Monday, January 2 at 3:04PM",
                "Monday, November 24 at 9:04AM",
            ),
            ("02.01.06 03:04:05.000 pm", "24.11.25 09:04:05.120 am"),
            ("Jan _2 002", "Nov 24 328"),
            ("at h", "at h"),
        ];
        for (layout, expected) in cases {
            assert_eq!(format(&utc, layout), expected, "{layout}");
        }
        let india = moment.to_zoned(TimeZone::fixed(
            jiff::tz::Offset::from_seconds(19_800).unwrap(),
        ));
        assert_eq!(
            format(&india, "15:04 -07:00 Z07:00 MST"),
            "14:34 +05:30 +05:30 +0530"
        );
    }
}
