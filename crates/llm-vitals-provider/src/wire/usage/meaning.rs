//! One meaning for every provider's counts.

use crate::usage::Usage;
use crate::wire::usage::count::Count;
use crate::wire::usage::raw::RawUsage;

impl RawUsage {
    /// The counts in one meaning, or `None` when there is no count.
    pub(crate) fn usage(&self) -> Option<Usage> {
        let sides = [
            self.prompt_tokens,
            self.completion_tokens,
            self.input_tokens,
            self.output_tokens,
            self.gemini_prompt,
            self.gemini_candidates,
            self.input_excluding_cache,
            self.output_excluding_nothing,
            self.prompt_eval_count,
            self.eval_count,
        ];
        // Where one side is absurd, the other says too little to be a report.
        if sides.into_iter().any(Count::is_absurd) {
            return None;
        }
        let mut usage = self
            .openai_chat()
            .or_else(|| self.input_output())
            .or_else(|| self.gemini())
            .or_else(|| self.bedrock())
            .or_else(|| self.ollama_counts())?;
        // A part is never more than the whole, whatever a provider writes.
        usage.cached_prompt_tokens = usage.cached_prompt_tokens.min(usage.prompt_tokens);
        usage.cache_write_tokens = usage
            .cache_write_tokens
            .min(usage.prompt_tokens - usage.cached_prompt_tokens);
        usage.cache_write_1h_tokens = usage.cache_write_1h_tokens.min(usage.cache_write_tokens);
        usage.audio_prompt_tokens = usage.audio_prompt_tokens.min(usage.prompt_tokens);
        usage.reasoning_tokens = usage.reasoning_tokens.min(usage.completion_tokens);
        usage.audio_completion_tokens = usage.audio_completion_tokens.min(usage.completion_tokens);
        usage.cost_nanousd = self.reported_cost();
        usage.tier = self.service_tier.0;
        Some(usage)
    }

    fn openai_chat(&self) -> Option<Usage> {
        let hit = self.prompt_cache_hit_tokens.0;
        let hit_or_miss = || Some(hit? + self.prompt_cache_miss_tokens.0?);
        let prompt = self.prompt_tokens.0.or_else(hit_or_miss);
        let total = self
            .total_tokens
            .0
            .filter(|_| self.input_tokens.0.is_none());
        if prompt.is_none() && self.completion_tokens.0.is_none() {
            // Transcriptions and some embeddings give a total only; it is all prompt.
            return total
                .filter(|_| {
                    self.input_excluding_cache.0.is_none() && self.output_tokens.0.is_none()
                })
                .map(|total| Usage::new(total, 0));
        }
        let inside = self.prompt_tokens_details;
        let outside = self.completion_tokens_details;
        let reasoning = outside.reasoning_tokens.0.unwrap_or(0);
        let mut usage = Usage::new(prompt.unwrap_or(0), self.completion_tokens.0.unwrap_or(0));
        // xAI counts reasoning beside the completion; the total tells.
        if reasoning > 0 && total == Some(usage.total_tokens().saturating_add(reasoning)) {
            usage.completion_tokens += reasoning;
        }
        usage.cached_prompt_tokens = inside.cached_tokens.0.or(hit).unwrap_or(0);
        usage.cache_write_tokens = inside.cache_write_tokens.0.unwrap_or(0);
        usage.audio_prompt_tokens = inside.audio_tokens.0.unwrap_or(0);
        usage.reasoning_tokens = reasoning;
        usage.audio_completion_tokens = outside.audio_tokens.0.unwrap_or(0);
        Some(usage)
    }

    /// OpenAI's Responses, which include cached tokens, and Anthropic's Messages, which do not.
    fn input_output(&self) -> Option<Usage> {
        if self.input_tokens.0.is_none() && self.output_tokens.0.is_none() {
            return None;
        }
        let inside = self.input_tokens_details;
        let outside = self.output_tokens_details;
        let written = self.cache_creation;
        let by_age = written.ephemeral_5m_input_tokens.0.unwrap_or(0)
            + written.ephemeral_1h_input_tokens.0.unwrap_or(0);
        let read = self.cache_read_input_tokens.0.unwrap_or(0);
        let written_all = self.cache_creation_input_tokens.0.unwrap_or(by_age);
        let prompt = self.input_tokens.0.unwrap_or(0) + read + written_all;
        let mut usage = Usage::new(prompt, self.output_tokens.0.unwrap_or(0));
        usage.cached_prompt_tokens = read + inside.cached_tokens.0.unwrap_or(0);
        usage.cache_write_tokens = written_all + inside.cache_write_tokens.0.unwrap_or(0);
        usage.cache_write_1h_tokens = written.ephemeral_1h_input_tokens.0.unwrap_or(0);
        usage.audio_prompt_tokens = inside.audio_tokens.0.unwrap_or(0);
        usage.reasoning_tokens = outside.reasoning_tokens.0.unwrap_or(0);
        usage.audio_completion_tokens = outside.audio_tokens.0.unwrap_or(0);
        Some(usage)
    }

    fn gemini(&self) -> Option<Usage> {
        let said = [
            self.gemini_prompt,
            self.gemini_candidates,
            self.gemini_total,
        ];
        if said.iter().all(|count| count.0.is_none()) {
            return None;
        }
        let prompt = self.gemini_prompt.0.unwrap_or(0) + self.gemini_tool_use.0.unwrap_or(0);
        let thoughts = self.gemini_thoughts.0.unwrap_or(0);
        let beside = self.gemini_candidates.0.unwrap_or(0) + thoughts;
        // Thoughts are beside the candidates in one API and among them in another; the total tells.
        let completion = match self.gemini_total.0 {
            Some(total) if total >= prompt => total - prompt,
            _ => beside,
        };
        let mut usage = Usage::new(prompt, completion);
        usage.cached_prompt_tokens = self.gemini_cached.0.unwrap_or(0);
        usage.audio_prompt_tokens = self.gemini_prompt_details.audio;
        usage.reasoning_tokens = thoughts;
        usage.audio_completion_tokens = self.gemini_candidates_details.audio;
        Some(usage)
    }

    fn bedrock(&self) -> Option<Usage> {
        if self.input_excluding_cache.0.is_none() && self.output_excluding_nothing.0.is_none() {
            return None;
        }
        let read = self.cache_read_excluded.0.unwrap_or(0);
        let written = self.cache_write_excluded.0.unwrap_or(0);
        let prompt = self.input_excluding_cache.0.unwrap_or(0) + read + written;
        let mut usage = Usage::new(prompt, self.output_excluding_nothing.0.unwrap_or(0));
        usage.cached_prompt_tokens = read;
        usage.cache_write_tokens = written;
        Some(usage)
    }

    /// Ollama leaves the prompt's count out when the whole prompt was cached.
    fn ollama_counts(&self) -> Option<Usage> {
        if self.prompt_eval_count.0.is_none() && self.eval_count.0.is_none() {
            return None;
        }
        Some(Usage::new(
            self.prompt_eval_count.0.unwrap_or(0),
            self.eval_count.0.unwrap_or(0),
        ))
    }

    /// OpenRouter gives dollars, xAI ticks of 10^-10 dollars.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be a sum below a million dollars"
    )]
    fn reported_cost(&self) -> Option<u64> {
        if let Some(ticks) = self.cost_in_usd_ticks.0 {
            return Some(ticks.saturating_add(5) / 10);
        }
        let cost = self.cost.0.filter(|cost| (0.0..1e6).contains(cost))?;
        Some((cost * 1e9).round() as u64)
    }
}
