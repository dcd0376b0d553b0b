//! A report as a provider writes it.

use crate::usage::ServiceTier;
use crate::wire::lenient::lenient;
use crate::wire::usage::count::{Count, Dollars};
use crate::wire::usage::parts::{CacheCreation, Details, Modalities, Tier};

/// The fields of every provider's report. Their names do not clash, so that the report itself says whose it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct RawUsage {
    // OpenAI's chat completions and all that follow it.
    pub(super) prompt_tokens: Count,
    pub(super) completion_tokens: Count,
    pub(super) total_tokens: Count,
    pub(super) prompt_tokens_details: Details,
    pub(super) completion_tokens_details: Details,
    pub(super) prompt_cache_hit_tokens: Count,
    pub(super) prompt_cache_miss_tokens: Count,
    pub(super) cost: Dollars,
    pub(super) cost_in_usd_ticks: Count,
    // OpenAI's Responses and Anthropic's Messages.
    pub(super) input_tokens: Count,
    pub(super) output_tokens: Count,
    pub(super) input_tokens_details: Details,
    pub(super) output_tokens_details: Details,
    pub(super) cache_creation_input_tokens: Count,
    pub(super) cache_read_input_tokens: Count,
    pub(super) cache_creation: CacheCreation,
    // Gemini and Vertex.
    pub(super) gemini_prompt: Count,
    pub(super) gemini_candidates: Count,
    pub(super) gemini_total: Count,
    pub(super) gemini_thoughts: Count,
    pub(super) gemini_cached: Count,
    pub(super) gemini_tool_use: Count,
    pub(super) gemini_prompt_details: Modalities,
    pub(super) gemini_candidates_details: Modalities,
    // Bedrock.
    pub(super) input_excluding_cache: Count,
    pub(super) output_excluding_nothing: Count,
    pub(super) cache_read_excluded: Count,
    pub(super) cache_write_excluded: Count,
    // Ollama.
    pub(super) prompt_eval_count: Count,
    pub(super) eval_count: Count,
    pub(super) service_tier: Tier,
}

lenient!(RawUsage {
    "prompt_tokens" => prompt_tokens,
    "completion_tokens" => completion_tokens,
    "total_tokens" => total_tokens,
    "prompt_tokens_details" => prompt_tokens_details,
    "completion_tokens_details" => completion_tokens_details,
    "prompt_cache_hit_tokens" => prompt_cache_hit_tokens,
    "prompt_cache_miss_tokens" => prompt_cache_miss_tokens,
    "cost" => cost,
    "cost_in_usd_ticks" => cost_in_usd_ticks,
    "input_tokens" => input_tokens,
    "output_tokens" => output_tokens,
    "input_tokens_details" => input_tokens_details,
    "output_tokens_details" => output_tokens_details,
    "cache_creation_input_tokens" => cache_creation_input_tokens,
    "cache_read_input_tokens" => cache_read_input_tokens,
    "cache_creation" => cache_creation,
    "promptTokenCount" => gemini_prompt,
    "candidatesTokenCount" => gemini_candidates,
    "totalTokenCount" => gemini_total,
    "thoughtsTokenCount" => gemini_thoughts,
    "cachedContentTokenCount" => gemini_cached,
    "toolUsePromptTokenCount" => gemini_tool_use,
    "promptTokensDetails" => gemini_prompt_details,
    "candidatesTokensDetails" => gemini_candidates_details,
    "inputTokens" | "inputTokenCount" => input_excluding_cache,
    "outputTokens" | "outputTokenCount" => output_excluding_nothing,
    "cacheReadInputTokens" | "cacheReadInputTokenCount" => cache_read_excluded,
    "cacheWriteInputTokens" | "cacheWriteInputTokenCount" => cache_write_excluded,
    "prompt_eval_count" => prompt_eval_count,
    "eval_count" => eval_count,
    "service_tier" => service_tier,
});

impl RawUsage {
    /// A later report of the same answer over this one: what the later one counts replaces what the earlier one did. A
    /// prompt of 0 in a later report (some servers send the prompt only once) does not.
    pub(crate) fn merge(&mut self, later: &Self) {
        if later.input_tokens.0.is_none() && later.output_tokens.0.is_none() {
            // In the words of another API: it can only stand for itself.
            *self = *later;
            return;
        }
        let keep = |mine: &mut Count, theirs: Count| {
            if theirs.0.is_some_and(|count| count > 0) {
                *mine = theirs;
            }
        };
        keep(&mut self.input_tokens, later.input_tokens);
        keep(
            &mut self.cache_read_input_tokens,
            later.cache_read_input_tokens,
        );
        keep(
            &mut self.cache_creation_input_tokens,
            later.cache_creation_input_tokens,
        );
        if later.output_tokens.0.is_some() {
            self.output_tokens = later.output_tokens;
        }
        if later.cache_creation != CacheCreation::default() {
            self.cache_creation = later.cache_creation;
        }
        if later.output_tokens_details != Details::default() {
            self.output_tokens_details = later.output_tokens_details;
        }
        if later.service_tier.0 != ServiceTier::Standard {
            self.service_tier = later.service_tier;
        }
    }

    /// The counts that Ollama puts beside everything else.
    pub(crate) fn ollama(prompt_eval_count: Count, eval_count: Count) -> Self {
        Self {
            prompt_eval_count,
            eval_count,
            ..Self::default()
        }
    }

    /// Takes the tier that stands beside the report; whether it is another one.
    pub(crate) fn set_tier(&mut self, tier: &str) -> bool {
        let tier = Tier(ServiceTier::parse(tier));
        let new = self.service_tier != tier;
        self.service_tier = tier;
        new
    }

    /// Whether it holds a count.
    pub(crate) fn is_report(&self) -> bool {
        self.usage().is_some()
    }
}
