//! What a request used, in one meaning for every provider.

/// Token counts of one request.
///
/// Providers differ in what they include; here `prompt_tokens` includes cached and cache-written tokens and
/// `completion_tokens` includes reasoning, so that their sum is the total. The other counts are parts of these two.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// Tokens of the prompt, cached ones included.
    pub prompt_tokens: u64,
    /// Tokens of the completion, reasoning included.
    pub completion_tokens: u64,
    /// Prompt tokens that were read from the provider's cache.
    pub cached_prompt_tokens: u64,
    /// Prompt tokens that were written to the provider's cache, for 5 minutes or 1 hour.
    pub cache_write_tokens: u64,
    /// Those of `cache_write_tokens` that are kept for 1 hour.
    pub cache_write_1h_tokens: u64,
    /// Completion tokens spent on reasoning.
    pub reasoning_tokens: u64,
    /// Prompt tokens of audio.
    pub audio_prompt_tokens: u64,
    /// Completion tokens of audio.
    pub audio_completion_tokens: u64,
    /// What the provider says it charged, in nano-dollars.
    pub cost_nanousd: Option<u64>,
    /// The tier that served the request.
    pub tier: ServiceTier,
    /// Whether the completion's count is a placeholder: the stream began, and its final count has not come.
    pub partial: bool,
}

impl Usage {
    /// Creates a report of a prompt and a completion.
    #[must_use]
    pub const fn new(prompt_tokens: u64, completion_tokens: u64) -> Self {
        Self {
            prompt_tokens,
            completion_tokens,
            cached_prompt_tokens: 0,
            cache_write_tokens: 0,
            cache_write_1h_tokens: 0,
            reasoning_tokens: 0,
            audio_prompt_tokens: 0,
            audio_completion_tokens: 0,
            cost_nanousd: None,
            tier: ServiceTier::Standard,
            partial: false,
        }
    }

    /// Prompt and completion together.
    #[must_use]
    pub const fn total_tokens(&self) -> u64 {
        self.prompt_tokens.saturating_add(self.completion_tokens)
    }
}

/// How urgently a request was served, which changes its price.
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
    /// Reads the name that providers give it; anything unknown is the standard tier.
    #[must_use]
    pub fn parse(tier: &str) -> Self {
        match tier {
            "batch" => Self::Batch,
            "flex" => Self::Flex,
            "priority" => Self::Priority,
            _ => Self::Standard,
        }
    }
}
