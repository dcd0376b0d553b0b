//! What is priced.

/// Token counts of one request.
///
/// `prompt` includes the cached and the cache-written tokens, and `completion` includes reasoning; every other count is a
/// part of one of the two. A part that is larger than its whole counts as the whole.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tokens {
    /// Tokens of the prompt.
    pub prompt: u64,
    /// Tokens of the completion.
    pub completion: u64,
    /// Prompt tokens that were read from the provider's cache.
    pub cached_prompt: u64,
    /// Prompt tokens that were written to the provider's cache, for 5 minutes or 1 hour.
    pub cache_write: u64,
    /// Those of `cache_write` that are kept for 1 hour.
    pub cache_write_1h: u64,
    /// Completion tokens spent on reasoning.
    pub reasoning: u64,
    /// Prompt tokens of audio.
    pub audio_prompt: u64,
    /// Completion tokens of audio.
    pub audio_completion: u64,
}

impl Tokens {
    /// Creates the counts of a plain prompt and its completion.
    #[must_use]
    pub const fn new(prompt: u64, completion: u64) -> Self {
        Self {
            prompt,
            completion,
            cached_prompt: 0,
            cache_write: 0,
            cache_write_1h: 0,
            reasoning: 0,
            audio_prompt: 0,
            audio_completion: 0,
        }
    }

    /// Divides the counts into parts of which each token is in exactly one.
    ///
    /// Audio is counted beside the cache, and no provider's report that reaches us says where the two overlap: audio tokens
    /// count as fresh as long as there is room for them outside the cache, and the rest as cached.
    pub(crate) const fn divide(&self) -> Division {
        let cached = min(self.cached_prompt, self.prompt);
        let written = min(self.cache_write, self.prompt - cached);
        let written_1h = min(self.cache_write_1h, written);
        let fresh = self.prompt - cached - written;
        let audio = min(self.audio_prompt, fresh);
        let cached_audio = min(self.audio_prompt - audio, cached);
        let reasoning = min(self.reasoning, self.completion);
        let spoken = min(self.audio_completion, self.completion - reasoning);
        Division([
            fresh - audio,
            cached - cached_audio,
            written - written_1h,
            written_1h,
            audio,
            cached_audio,
            self.completion - reasoning - spoken,
            reasoning,
            spoken,
        ])
    }
}

/// Counts in the order of [`Part`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Division(pub(crate) [u64; Part::COUNT]);

/// What has a price of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Part {
    Prompt,
    Cached,
    CacheWrite,
    CacheWrite1h,
    Audio,
    CachedAudio,
    Completion,
    Reasoning,
    AudioCompletion,
}

impl Part {
    pub(crate) const COUNT: usize = 9;
}

/// How urgently a request was served, which changes its price.
///
/// A model without a price for a tier is charged at the standard one.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum ServiceTier {
    /// At the list price.
    #[default]
    Standard,
    /// Within a day, for less.
    Batch,
    /// When there is room, for less.
    Flex,
    /// First, for more.
    Priority,
}

impl ServiceTier {
    /// Those whose prices differ from the list price.
    pub(crate) const SPECIAL: [Self; 3] = [Self::Batch, Self::Flex, Self::Priority];
}

const fn min(left: u64, right: u64) -> u64 {
    if left < right { left } else { right }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(prompt: u64, cached: u64, written: u64, written_1h: u64, audio: u64) -> Tokens {
        Tokens {
            cached_prompt: cached,
            cache_write: written,
            cache_write_1h: written_1h,
            audio_prompt: audio,
            ..Tokens::new(prompt, 0)
        }
    }

    #[test]
    fn every_token_is_in_one_part() {
        let divided = Tokens {
            reasoning: 30,
            audio_completion: 20,
            ..tokens(1000, 400, 300, 100, 50)
        };
        let divided = Tokens {
            completion: 90,
            ..divided
        }
        .divide();
        assert_eq!(divided.0, [250, 400, 200, 100, 50, 0, 40, 30, 20]);
    }

    #[test]
    fn audio_that_has_no_room_outside_the_cache_was_cached() {
        assert_eq!(
            tokens(100, 90, 0, 0, 30).divide().0[..6],
            [0, 70, 0, 0, 10, 20]
        );
        assert_eq!(
            tokens(100, 50, 50, 0, 100).divide().0[..6],
            [0, 0, 50, 0, 0, 50]
        );
    }

    #[test]
    fn a_part_is_no_larger_than_its_whole() {
        let odd = tokens(10, 20, 30, 40, 50).divide();
        assert_eq!(odd.0[..6], [0, 0, 0, 0, 0, 10]);
        let odd = Tokens {
            reasoning: 9,
            audio_completion: 9,
            ..Tokens::new(0, 5)
        }
        .divide();
        assert_eq!(odd.0[6..], [0, 5, 0]);
    }
}
