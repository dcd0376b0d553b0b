//! What reports have inside: tokens by kind, and the tier.

use serde::de::SeqAccess;

use crate::usage::ServiceTier;
use crate::wire::lenient::{Into, Lenient, Text, lenient};
use crate::wire::usage::count::Count;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Details {
    pub(super) cached_tokens: Count,
    pub(super) cache_write_tokens: Count,
    pub(super) reasoning_tokens: Count,
    pub(super) audio_tokens: Count,
}

lenient!(Details {
    "cached_tokens" => cached_tokens,
    "cache_write_tokens" => cache_write_tokens,
    "reasoning_tokens" => reasoning_tokens,
    "audio_tokens" => audio_tokens,
});

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct CacheCreation {
    pub(super) ephemeral_5m_input_tokens: Count,
    pub(super) ephemeral_1h_input_tokens: Count,
}

lenient!(CacheCreation {
    "ephemeral_5m_input_tokens" => ephemeral_5m_input_tokens,
    "ephemeral_1h_input_tokens" => ephemeral_1h_input_tokens,
});

/// The audio tokens among Gemini's counts by modality.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Modalities {
    pub(super) audio: u64,
}

impl<'de> Lenient<'de> for Modalities {
    fn item<A: SeqAccess<'de>>(&mut self, seq: &mut A) -> Result<Option<()>, A::Error> {
        let mut part = Modality::default();
        if seq.next_element_seed(Into(&mut part))?.is_none() {
            return Ok(None);
        }
        if part.modality.as_str() == "AUDIO" {
            self.audio = self.audio.saturating_add(part.token_count.0.unwrap_or(0));
        }
        Ok(Some(()))
    }
}

#[derive(Debug, Default)]
struct Modality<'a> {
    modality: Text<'a>,
    token_count: Count,
}

lenient!(Modality<'a> { "modality" => modality, "tokenCount" => token_count });

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tier(pub(super) ServiceTier);

impl<'de> Lenient<'de> for Tier {
    fn text(&mut self, tier: &str) {
        self.0 = ServiceTier::parse(tier);
    }
}
