//! Times as JSON has them.

use jiff::Timestamp;

/// RFC 3339 in UTC with as many digits of the second as are not zero, as Go writes it.
pub(crate) fn rfc3339(ms: i64) -> String {
    let time = Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    });
    time.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_go_writes_them() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(1_675_689_125_828), "2023-02-06T13:12:05.828Z");
        assert_eq!(rfc3339(1_675_689_125_800), "2023-02-06T13:12:05.8Z");
        assert_eq!(rfc3339(1_675_689_125_050), "2023-02-06T13:12:05.05Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(rfc3339(i64::MAX), "9999-12-30T22:00:00.999999999Z");
    }
}
