//! Moments as Go prints them.

/// `2015-10-21 16:29:00 +0000 UTC`, with milliseconds where there are any.
pub(super) fn timestamp(seconds: f64) -> String {
    let milliseconds = (seconds * 1e3).floor();
    // Times beyond this are no dates; a cast saturates.
    let milliseconds = (milliseconds as i64).clamp(-62_135_596_800_000, 253_402_300_799_999);
    let (seconds, fraction) = (
        milliseconds.div_euclid(1_000),
        milliseconds.rem_euclid(1_000),
    );
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    let fraction = match fraction {
        0 => String::new(),
        _ => format!(".{fraction:03}").trim_end_matches('0').to_owned(),
    };
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction} +0000 UTC")
}

/// The date of a day counted from 1970-01-01, in the Gregorian calendar, whose eras are 400 years long.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_print_as_in_go() {
        assert_eq!(timestamp(0.0), "1970-01-01 00:00:00 +0000 UTC");
        assert_eq!(
            timestamp(1_435_065_584.128),
            "2015-06-23 13:19:44.128 +0000 UTC"
        );
        assert_eq!(timestamp(951_782_400.0), "2000-02-29 00:00:00 +0000 UTC");
        assert_eq!(timestamp(-1.0), "1969-12-31 23:59:59 +0000 UTC");
    }
}
