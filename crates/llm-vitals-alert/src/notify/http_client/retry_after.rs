//! When to come back.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use serde_json::Value;

/// A receiver that asks for more is asked again after this: somebody may have mended it, and an alert that is older is of little use.
const LONGEST: f64 = 3600.0;

/// The wait that an answer asks for, an hour at most: `Retry-After` in seconds or as a date, or `retry_after` in seconds in a JSON body
/// (Slack, Discord; Telegram has it under `parameters`). The longest of them.
pub(super) fn retry_after(headers: &HeaderMap, body: &[u8]) -> Option<Duration> {
    let seconds = [of_header(headers), of_body(body)];
    let longest = seconds
        .into_iter()
        .flatten()
        .fold(None, |longest: Option<f64>, wait| {
            Some(longest.map_or(wait, |longest| longest.max(wait)))
        })?;
    // Whole milliseconds, upwards: not a moment too early.
    Some(Duration::from_millis(
        (longest.clamp(0.0, LONGEST) * 1e3).ceil() as u64,
    ))
}

fn of_header(headers: &HeaderMap) -> Option<f64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return seconds.is_finite().then_some(seconds);
    }
    let until = date(headers, &RETRY_AFTER)?;
    // The server's own clock is the one that its date is of.
    let now = date(headers, &DATE).unwrap_or_else(|| crate::now_ms() as f64 / 1e3);
    Some(until - now)
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<f64> {
    let text = headers.get(name)?.to_str().ok()?;
    let date = DateTimeParser::new().parse_timestamp(text.trim()).ok()?;
    Some(date.as_millisecond() as f64 / 1e3)
}

fn of_body(body: &[u8]) -> Option<f64> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let wait = body
        .get("retry_after")
        .or_else(|| body.get("parameters")?.get("retry_after"))?;
    wait.as_f64()
        .or_else(|| wait.as_str()?.parse().ok())
        .filter(|wait| wait.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&'static str, &'static str)], body: &str) -> Option<u128> {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        retry_after(&headers.collect(), body.as_bytes()).map(|wait| wait.as_millis())
    }

    #[test]
    fn seconds_dates_and_bodies_are_understood() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:30 GMT");
        let until = ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT");
        let cases: &[(&[(&str, &str)], &str, Option<u128>)] = &[
            (&[], "", None),
            (&[("retry-after", "5")], "", Some(5000)),
            (&[("retry-after", "0")], "", Some(0)),
            (&[("retry-after", "-3")], "", Some(0)),
            (&[("retry-after", "86400")], "", Some(3_600_000)),
            (&[("retry-after", "soon")], "", None),
            (&[("retry-after", "nan")], "", None),
            (&[date, until], "", Some(7000)),
            (&[until], "", Some(0)),
            (&[], r#"{"retry_after":1,"ok":false}"#, Some(1000)),
            (&[], r#"{"retry_after":0.6415}"#, Some(642)),
            (&[], r#"{"parameters":{"retry_after":7}}"#, Some(7000)),
            (&[], r#"{"retry_after":"2"}"#, Some(2000)),
            (&[], r#"{"retry_after":null}"#, None),
            (
                &[("retry-after", "1")],
                r#"{"retry_after":3.5}"#,
                Some(3500),
            ),
        ];
        for (headers, body, expected) in cases {
            assert_eq!(wait(headers, body), *expected, "{headers:?} {body}");
        }
    }
}
