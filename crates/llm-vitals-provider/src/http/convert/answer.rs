//! Parts of an answer in OpenAI's shape that other formats do not have.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use crate::response::{ChatChunk, ChunkChoice, Delta};
#[cfg(feature = "anthropic")]
use crate::usage::ServiceTier;

/// Seconds since 1970.
pub(crate) fn unix_now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// A chunk that adds `delta` to answer `index`; `reason` says that the answer ends, in OpenAI's word and in the
/// provider's own.
pub(crate) fn chunk(
    model: &str,
    index: u32,
    delta: Delta,
    reason: Option<(String, &str)>,
) -> ChatChunk {
    let mut choice = ChunkChoice::new(index, delta);
    if let Some((reason, native)) = reason {
        choice.finish_reason = Some(reason);
        choice.extra = native_reason(native);
    }
    ChatChunk::new(model, vec![choice])
}

/// The provider's own word for why an answer ended, under the name that OpenRouter gives it.
pub(crate) fn native_reason(native: &str) -> Map<String, Value> {
    let mut extra = Map::new();
    extra.insert("native_finish_reason".to_owned(), native.into());
    extra
}

/// Adds to a text that may not have begun.
pub(crate) fn extend(text: &mut Option<String>, more: &str) {
    text.get_or_insert_default().push_str(more);
}

/// OpenAI's word for a tier; none for the standard one.
#[cfg(feature = "anthropic")]
pub(crate) const fn tier_word(tier: ServiceTier) -> Option<&'static str> {
    match tier {
        ServiceTier::Standard => None,
        ServiceTier::Batch => Some("batch"),
        ServiceTier::Flex => Some("flex"),
        ServiceTier::Priority => Some("priority"),
    }
}
