//! Values that must lie within bounds, since something else cannot work with what is beyond.

use std::num::NonZero;
use std::time::Duration;

use serde::de::{self, Deserialize, Deserializer};

use super::units::{Bytes, Span};

/// The most retries a second besides the budget. Far more than this would not fit into the budget's numbers.
const MOST_RETRIES: u32 = 1_000_000;
/// The shortest time between two checks.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);

/// A duration that is not nothing.
pub(super) fn some_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
    Span::deserialize(deserializer).and_then(not_nothing)
}

/// The same where the field may be left out.
pub(super) fn maybe_some_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Span>, D::Error> {
    let span = Option::<Span>::deserialize(deserializer)?;
    span.map(not_nothing).transpose()
}

fn not_nothing<E: de::Error>(span: Span) -> Result<Span, E> {
    if span.0.is_zero() {
        return Err(E::custom(
            "a time of nothing lets nothing succeed: write how long it may take, such as 30s",
        ));
    }
    Ok(span)
}

/// The time between two checks.
pub(super) fn interval<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
    let span = Span::deserialize(deserializer)?;
    if span.0 < SHORTEST_INTERVAL {
        return Err(de::Error::custom(
            "providers would be checked without a pause: write at least 100ms, such as 30s",
        ));
    }
    Ok(span)
}

/// The time between two evaluations of alert rules, or two samples for them.
pub(super) fn alert_interval<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
    let span = Span::deserialize(deserializer)?;
    if span.0 < SHORTEST_INTERVAL {
        return Err(de::Error::custom(
            "alert rules would be worked on without a pause: write at least 100ms, such as 15s",
        ));
    }
    Ok(span)
}

/// A size that is not nothing.
pub(super) fn some_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let bytes = Bytes::deserialize(deserializer)?;
    if bytes.0 == 0 {
        return Err(de::Error::custom(
            "no request would be short enough: write the longest one, such as 20MB",
        ));
    }
    Ok(bytes)
}

/// A number of requests that is not none.
pub(super) fn some_requests<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let requests = usize::deserialize(deserializer)?;
    if requests == 0 {
        return Err(de::Error::custom(
            "no request would be answered: write how many may be at once, such as 1000",
        ));
    }
    Ok(requests)
}

/// A number of connections that is not none.
pub(super) fn some_connections<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<NonZero<usize>, D::Error> {
    NonZero::new(usize::deserialize(deserializer)?).ok_or_else(|| {
        de::Error::custom("no client would be let in: write how many may be, such as 10000")
    })
}

/// A number of attempts that is not none.
pub(super) fn some_attempts<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<NonZero<u32>, D::Error> {
    NonZero::new(u32::deserialize(deserializer)?).ok_or_else(|| {
        de::Error::custom("no provider would be asked: write 1 for one attempt and no retry")
    })
}

/// Retries for each call.
pub(super) fn budget<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    let budget = f32::deserialize(deserializer)?;
    // Not a number is in no range.
    if budget == 0.0 || (0.001..=10.0).contains(&budget) {
        return Ok(budget);
    }
    Err(de::Error::custom(format!(
        "`{budget}` is no number of retries for each call: write 0, or 0.001 to 10, such as 0.2"
    )))
}

/// Retries a second.
pub(super) fn budget_floor<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let retries = u32::deserialize(deserializer)?;
    if retries > MOST_RETRIES {
        return Err(de::Error::custom(format!(
            "`{retries}` are too many retries a second: write at most {MOST_RETRIES}, such as 10"
        )));
    }
    Ok(retries)
}
