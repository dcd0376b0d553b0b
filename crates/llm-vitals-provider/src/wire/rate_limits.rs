//! Rate limits in the headers of every provider.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use serde_json::Value;

use crate::rate_limits::{Limit, RateLimits};

/// No reset is farther away; a longer time is garbage.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// A longer body is not looked at.
const LONGEST_BODY: usize = 1 << 16;

/// The headers of one resource: limit, remaining, reset.
type Names = [&'static str; 3];

/// The first family that is there counts.
const REQUESTS: [Names; 4] = [
    [
        "x-ratelimit-limit-requests",
        "x-ratelimit-remaining-requests",
        "x-ratelimit-reset-requests",
    ],
    [
        "anthropic-ratelimit-requests-limit",
        "anthropic-ratelimit-requests-remaining",
        "anthropic-ratelimit-requests-reset",
    ],
    [
        "x-ratelimit-limit-requests-day",
        "x-ratelimit-remaining-requests-day",
        "x-ratelimit-reset-requests-day",
    ],
    [
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    ],
];
const TOKENS: [Names; 7] = [
    [
        "x-ratelimit-limit-tokens",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-reset-tokens",
    ],
    [
        "x-ratelimit-limit-project-tokens",
        "x-ratelimit-remaining-project-tokens",
        "x-ratelimit-reset-project-tokens",
    ],
    [
        "anthropic-ratelimit-tokens-limit",
        "anthropic-ratelimit-tokens-remaining",
        "anthropic-ratelimit-tokens-reset",
    ],
    [
        "x-ratelimit-limit-tokens-minute",
        "x-ratelimit-remaining-tokens-minute",
        "x-ratelimit-reset-tokens-minute",
    ],
    [
        "x-ratelimitbysize-limit-minute",
        "x-ratelimitbysize-remaining-minute",
        "x-ratelimitbysize-reset-minute",
    ],
    [
        "ratelimitbysize-limit",
        "ratelimitbysize-remaining",
        "ratelimitbysize-reset",
    ],
    [
        "x-tokenlimit-limit",
        "x-tokenlimit-remaining",
        "x-tokenlimit-reset",
    ],
];
const INPUT: [Names; 1] = [[
    "anthropic-ratelimit-input-tokens-limit",
    "anthropic-ratelimit-input-tokens-remaining",
    "anthropic-ratelimit-input-tokens-reset",
]];
const OUTPUT: [Names; 1] = [[
    "anthropic-ratelimit-output-tokens-limit",
    "anthropic-ratelimit-output-tokens-remaining",
    "anthropic-ratelimit-output-tokens-reset",
]];

/// Reads what the headers of an answer say of the provider's rate limits; `None` when they say nothing.
///
/// `now` turns moments into times from now. What cannot be read is left out.
#[must_use]
pub fn rate_limits(headers: &HeaderMap, now: SystemTime) -> Option<RateLimits> {
    // Most answers say nothing, and looking for forty names takes its time.
    let says = |name: &str| name.contains("limit") || name.starts_with("retry-after");
    if !headers.keys().any(|name| says(name.as_str())) {
        return None;
    }
    let find = |families: &[Names]| families.iter().find_map(|names| limit(headers, names, now));
    let limits = RateLimits {
        requests: find(&REQUESTS),
        tokens: find(&TOKENS),
        input_tokens: find(&INPUT),
        output_tokens: find(&OUTPUT),
        retry_after: retry_after(headers, None, now),
    };
    (!limits.is_empty()).then_some(limits)
}

/// Reads how long a refusal asks to wait: `retry-after-ms`, `retry-after` in seconds or as a date, or the body of the
/// refusal (Gemini's `retryDelay`, OpenRouter's metadata).
#[must_use]
pub fn retry_after(headers: &HeaderMap, body: Option<&[u8]>, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let millis = text("retry-after-ms").and_then(|text| text.parse().ok());
    millis
        .and_then(|millis: f64| bounded(millis / 1e3))
        .or_else(|| text("retry-after").and_then(|text| wait(text, now)))
        .or_else(|| body.and_then(|body| retry_in_body(body, now)))
}

/// Seconds, or a date. Whoever asks for more than is believed asks for a very long wait, and not for none.
fn wait(text: &str, now: SystemTime) -> Option<Duration> {
    let seconds = match text.parse::<f64>() {
        Ok(seconds) => seconds,
        Err(_) => match moment(text, now) {
            Some(wait) => return Some(wait),
            None => http_date(text)?,
        },
    };
    (seconds >= 0.0).then(|| bounded(seconds).unwrap_or(LONGEST))
}

fn limit(headers: &HeaderMap, [limit, remaining, reset]: &Names, now: SystemTime) -> Option<Limit> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let found = Limit {
        limit: text(limit).and_then(count),
        remaining: text(remaining).and_then(count),
        reset: text(reset).and_then(|text| moment(text, now)),
    };
    (found.limit.is_some() || found.remaining.is_some()).then_some(found)
}

/// A count, before whatever else a header says of it; sentinels for "no limit" are none.
fn count(text: &str) -> Option<u64> {
    let first = text.split([',', ';']).next().unwrap_or_default().trim();
    first.parse().ok().filter(|count| *count < 1 << 53)
}

fn retry_in_body(body: &[u8], now: SystemTime) -> Option<Duration> {
    if body.len() > LONGEST_BODY {
        return None;
    }
    let json: Value = serde_json::from_slice(body).ok()?;
    let error = json.get(0).unwrap_or(&json).get("error")?;
    let details = error
        .get("details")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let delays = details.filter_map(|detail| detail.get("retryDelay").and_then(Value::as_str));
    if let Some(delay) = delays.filter_map(|delay| moment(delay, now)).next() {
        return Some(delay);
    }
    let headers = error.get("metadata")?.get("headers")?;
    let reset = headers
        .get("X-RateLimit-Reset")
        .or_else(|| headers.get("Retry-After"))?;
    match reset {
        Value::String(text) => moment(text, now),
        Value::Number(number) => moment(&number.to_string(), now),
        _ => None,
    }
}

/// Reads a time from now: seconds (`12`, `0.5`), Go's durations (`6m0s`, `17ms`), a moment in RFC 3339, the date of HTTP,
/// or seconds or milliseconds since 1970.
fn moment(text: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(number) = text.parse::<f64>() {
        return from_number(number, now);
    }
    if text.starts_with(|first: char| first.is_ascii_digit())
        && let Some(duration) = go_duration(text)
    {
        return Some(duration);
    }
    let at = rfc3339(text).or_else(|| http_date(text))?;
    let since_1970 = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()?
        .as_secs_f64();
    bounded((at - since_1970).max(0.0))
}

/// A number of seconds from now, unless it is so large that it can only be a moment.
fn from_number(number: f64, now: SystemTime) -> Option<Duration> {
    let since_1970 = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()?
        .as_secs_f64();
    match number {
        number if !number.is_finite() => None,
        seconds if seconds < LONGEST.as_secs_f64() => bounded(seconds),
        millis if millis > 1e11 => bounded((millis / 1e3 - since_1970).max(0.0)),
        seconds => bounded((seconds - since_1970).max(0.0)),
    }
}

fn bounded(seconds: f64) -> Option<Duration> {
    let duration = Duration::try_from_secs_f64(seconds).ok()?;
    (duration <= LONGEST).then_some(duration)
}

/// `1h2m3.5s`, `17ms`, `1d`.
fn go_duration(text: &str) -> Option<Duration> {
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let value: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "d" => 86_400.0,
            "h" => 3_600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        seconds += value * unit;
        rest = &rest[letters..];
    }
    bounded(seconds)
}

/// `2026-11-23T20:30:00Z`, with a fraction or an offset, as seconds since 1970.
fn rfc3339(text: &str) -> Option<f64> {
    let (date, rest) = text.split_once(['T', 't'])?;
    let mut date = date.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let zone = rest.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = rest.split_at(zone);
    let time = time_of_day(time)?;
    let offset = match zone.strip_prefix(['Z', 'z']) {
        Some(_) => 0.0,
        None => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let offset = part(hours, 24)? * 3600.0 + part(minutes, 60)? * 60.0;
            if zone.starts_with('-') {
                -offset
            } else {
                offset
            }
        }
    };
    Some(days(year, month, day)? * 86_400.0 + time - offset)
}

/// `Mon, 23 Nov 2026 20:30:00 GMT`, as seconds since 1970.
fn http_date(text: &str) -> Option<f64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut parts = text.split_once(", ")?.1.split(' ');
    let day = parts.next()?.parse().ok()?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let year = parts.next()?.parse().ok()?;
    let time = time_of_day(parts.next()?)?;
    let days = days(year, i64::try_from(month).ok()?, day)?;
    Some(days * 86_400.0 + time)
}

/// `20:30:00` or `20:30:00.25` in seconds.
fn time_of_day(text: &str) -> Option<f64> {
    let mut parts = text.splitn(3, ':');
    let (hour, minute) = (part(parts.next()?, 24)?, part(parts.next()?, 60)?);
    let second = part(parts.next()?, 61)?;
    Some(hour * 3600.0 + minute * 60.0 + second)
}

/// A number from 0 to below `end`, without a sign.
fn part(text: &str, end: u32) -> Option<f64> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number: f64 = text.parse().ok().filter(|_| plain)?;
    (number < f64::from(end)).then_some(number)
}

/// Days from 1970 to a date of the Gregorian calendar, counted in years that begin in March.
#[expect(clippy::cast_precision_loss, reason = "a few thousand years of days")]
fn days(year: i64, month: i64, day: i64) -> Option<f64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    let days = year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1;
    Some((days - 719_468) as f64)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    /// 2026-11-23 20:30:00 UTC.
    const NOW: u64 = 1_795_465_800;

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        pairs.iter().map(pair).collect()
    }

    fn limit(limit: u64, remaining: u64, reset_millis: u64) -> Option<Limit> {
        Some(Limit::new(
            limit,
            remaining,
            Duration::from_millis(reset_millis),
        ))
    }

    #[test]
    fn openai() {
        let limits = rate_limits(
            &headers(&[
                ("x-ratelimit-limit-requests", "60"),
                ("x-ratelimit-remaining-requests", "59"),
                ("x-ratelimit-reset-requests", "1s"),
                ("x-ratelimit-limit-tokens", "150000"),
                ("x-ratelimit-remaining-tokens", "149984"),
                ("x-ratelimit-reset-tokens", "6m0s"),
            ]),
            now(),
        )
        .unwrap();
        assert_eq!(
            (limits.requests, limits.tokens),
            (limit(60, 59, 1_000), limit(150_000, 149_984, 360_000))
        );
    }

    #[test]
    fn anthropic() {
        let limits = rate_limits(
            &headers(&[
                ("anthropic-ratelimit-input-tokens-limit", "50000"),
                ("anthropic-ratelimit-input-tokens-remaining", "49000"),
                (
                    "anthropic-ratelimit-input-tokens-reset",
                    "2026-11-23T20:30:07Z",
                ),
                ("retry-after", "12"),
            ]),
            now(),
        )
        .unwrap();
        assert_eq!(limits.input_tokens, limit(50_000, 49_000, 7_000));
        assert_eq!(limits.retry_after, Some(Duration::from_secs(12)));
    }

    #[test]
    fn cerebras_mistral_and_together() {
        let read = |pairs: &[_]| rate_limits(&headers(pairs), now()).unwrap().tokens.unwrap();
        let cerebras = read(&[
            ("x-ratelimit-limit-tokens-minute", "60000"),
            ("x-ratelimit-remaining-tokens-minute", "59000"),
            ("x-ratelimit-reset-tokens-minute", "11.5"),
        ]);
        assert_eq!(Some(cerebras), limit(60_000, 59_000, 11_500));
        let mistral = read(&[
            ("ratelimitbysize-limit", "500000"),
            ("ratelimitbysize-remaining", "499950"),
            ("ratelimitbysize-reset", "14"),
        ]);
        assert_eq!(Some(mistral), limit(500_000, 499_950, 14_000));
        assert_eq!(read(&[("x-tokenlimit-remaining", "7")]).remaining, Some(7));
        let quota = [("x-ratelimit-limit-tokens", "100, 100;w=60")];
        assert_eq!(read(&quota).limit, Some(100));
    }

    #[test]
    fn times_in_every_form() {
        for (text, millis) in [
            ("0", Some(0)),
            ("17ms", Some(17)),
            ("2m59.56s", Some(179_560)),
            ("1795465805", Some(5_000)),
            ("1795465805000", Some(5_000)),
            ("2026-11-23T21:30:10+01:00", Some(10_000)),
            ("2026-11-23T20:30:00.25Z", Some(250)),
            ("Mon, 23 Nov 2026 20:30:30 GMT", Some(30_000)),
            ("2020-01-01T00:00:00Z", Some(0)),
            ("-5", None),
            ("99999999999999999999", None),
            ("9999h", None),
            ("soon", None),
            ("", None),
            ("NaN", None),
            ("2026-11-23TNaN:00:00Z", None),
            ("2026-11-23T1e9:00:00Z", None),
            ("Mon, 23 Nov 2026 20:99:30 GMT", None),
        ] {
            let got = moment(text, now()).map(|time| time.as_secs_f64());
            let close = match (got, millis) {
                (Some(got), Some(millis)) => (got * 1e3 - f64::from(millis)).abs() < 1e-2,
                (got, millis) => got.is_none() && millis.is_none(),
            };
            assert!(close, "{text}: {got:?}");
        }
    }

    #[test]
    fn waits_in_headers_and_bodies() {
        let wait =
            |pairs: &[_], body: &str| retry_after(&headers(pairs), Some(body.as_bytes()), now());
        assert_eq!(
            wait(&[("retry-after-ms", "1500"), ("retry-after", "2")], ""),
            Some(Duration::from_millis(1500))
        );
        let gemini = r#"{"error":{"code":429,"details":[{"@type":"QuotaFailure"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}}"#;
        assert_eq!(wait(&[], gemini), Some(Duration::from_secs(34)));
        let openrouter = r#"{"error":{"code":429,"metadata":{"headers":{"X-RateLimit-Limit":"20","X-RateLimit-Reset":"1795465810000"}}}}"#;
        assert_eq!(wait(&[], openrouter), Some(Duration::from_secs(10)));
        assert_eq!(wait(&[], "garbage"), None);
    }

    #[test]
    fn nothing_said_is_nothing() {
        assert_eq!(
            rate_limits(
                &headers(&[("x-ratelimit-remaining-requests", "9223372036854775807")]),
                now()
            ),
            None
        );
        assert_eq!(rate_limits(&HeaderMap::new(), now()), None);
    }

    #[test]
    fn a_very_long_wait_is_not_none() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_789_000_000);
        for (text, expected) in [
            ("3", Some(Duration::from_secs(3))),
            ("2592000", Some(LONGEST)),
            ("4000000000", Some(LONGEST)),
            ("1e23", Some(LONGEST)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(LONGEST)),
            ("-1", None),
            ("soon", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", HeaderValue::from_static(text));
            assert_eq!(retry_after(&headers, None, now), expected, "{text}");
        }
    }
}
