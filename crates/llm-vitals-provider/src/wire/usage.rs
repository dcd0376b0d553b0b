//! Usage reports of every provider.

use http::HeaderMap;
use serde::de::{DeserializeSeed as _, IgnoredAny, MapAccess, SeqAccess};
use serde_json::Value;

use crate::usage::{ServiceTier, Usage};
use crate::wire::lenient::{Into, Lenient, Text, from_slice, lenient};

/// More tokens than any request has; a larger count is taken for garbage.
const MOST_TOKENS: u64 = 1 << 48;

/// Reads the usage object of any provider: the value of `usage`, `usageMetadata` or `amazon-bedrock-invocationMetrics`, or
/// Ollama's last object. `None` when it holds no count; an explicit 0 is a count.
#[must_use]
pub fn usage_from_json(json: &[u8]) -> Option<Usage> {
    from_slice::<RawUsage>(json).ok()?.usage()
}

/// Reads the token counts that Bedrock puts into headers.
#[must_use]
pub fn usage_from_headers(headers: &HeaderMap) -> Option<Usage> {
    let count = |name: &'static str| {
        let value = headers.get(name)?;
        value
            .to_str()
            .ok()?
            .parse()
            .ok()
            .filter(|count| *count <= MOST_TOKENS)
    };
    let raw = RawUsage {
        input_excluding_cache: Count::of(count("x-amzn-bedrock-input-token-count")),
        output_excluding_nothing: Count::of(count("x-amzn-bedrock-output-token-count")),
        cache_read_excluded: Count::of(count("x-amzn-bedrock-cache-read-input-token-count")),
        cache_write_excluded: Count::of(count("x-amzn-bedrock-cache-write-input-token-count")),
        ..RawUsage::default()
    };
    raw.usage()
}

/// Reads a usage object that is parsed already.
pub(crate) fn from_value(value: &Value) -> Option<Usage> {
    let mut raw = RawUsage::default();
    Into(&mut raw).deserialize(value).ok()?;
    raw.usage()
}

/// A count that a provider wrote; what is no count is none, and a number that cannot be one is remembered as such.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Count(Option<u64>, bool);

impl Count {
    pub(crate) const fn get(self) -> Option<u64> {
        self.0
    }

    const fn of(count: Option<u64>) -> Self {
        Self(count, false)
    }

    const fn is_absurd(self) -> bool {
        self.1
    }
}

impl<'de> Lenient<'de> for Count {
    fn count(&mut self, value: u64) {
        self.0 = Some(value).filter(|value| *value <= MOST_TOKENS);
        self.1 = self.0.is_none();
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "checked to be a whole number below 2^48"
    )]
    fn number(&mut self, value: f64) {
        let whole = value.fract() == 0.0 && (0.0..=MOST_TOKENS as f64).contains(&value);
        self.0 = whole.then_some(value as u64);
        self.1 = !whole;
    }
}

/// A sum of dollars: a number, or an object whose `total_cost` is one (Perplexity).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Dollars(Option<f64>);

impl<'de> Lenient<'de> for Dollars {
    #[expect(
        clippy::cast_precision_loss,
        reason = "checked to be below a million later"
    )]
    fn count(&mut self, value: u64) {
        self.0 = Some(value as f64);
    }

    fn number(&mut self, value: f64) {
        self.0 = Some(value);
    }

    fn entry<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if key == "total_cost" {
            map.next_value_seed(Into(self))
        } else {
            map.next_value::<IgnoredAny>().map(|_| ())
        }
    }
}

/// The fields of every provider's report. Their names do not clash, so that the report itself says whose it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct RawUsage {
    // OpenAI's chat completions and all that follow it.
    prompt_tokens: Count,
    completion_tokens: Count,
    total_tokens: Count,
    prompt_tokens_details: Details,
    completion_tokens_details: Details,
    prompt_cache_hit_tokens: Count,
    prompt_cache_miss_tokens: Count,
    cost: Dollars,
    cost_in_usd_ticks: Count,
    // OpenAI's Responses and Anthropic's Messages.
    input_tokens: Count,
    output_tokens: Count,
    input_tokens_details: Details,
    output_tokens_details: Details,
    cache_creation_input_tokens: Count,
    cache_read_input_tokens: Count,
    cache_creation: CacheCreation,
    // Gemini and Vertex.
    gemini_prompt: Count,
    gemini_candidates: Count,
    gemini_total: Count,
    gemini_thoughts: Count,
    gemini_cached: Count,
    gemini_tool_use: Count,
    gemini_prompt_details: Modalities,
    gemini_candidates_details: Modalities,
    // Bedrock.
    input_excluding_cache: Count,
    output_excluding_nothing: Count,
    cache_read_excluded: Count,
    cache_write_excluded: Count,
    // Ollama.
    prompt_eval_count: Count,
    eval_count: Count,
    service_tier: Tier,
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

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Details {
    cached_tokens: Count,
    cache_write_tokens: Count,
    reasoning_tokens: Count,
    audio_tokens: Count,
}

lenient!(Details {
    "cached_tokens" => cached_tokens,
    "cache_write_tokens" => cache_write_tokens,
    "reasoning_tokens" => reasoning_tokens,
    "audio_tokens" => audio_tokens,
});

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct CacheCreation {
    ephemeral_5m_input_tokens: Count,
    ephemeral_1h_input_tokens: Count,
}

lenient!(CacheCreation {
    "ephemeral_5m_input_tokens" => ephemeral_5m_input_tokens,
    "ephemeral_1h_input_tokens" => ephemeral_1h_input_tokens,
});

/// The audio tokens among Gemini's counts by modality.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Modalities {
    audio: u64,
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
struct Tier(ServiceTier);

impl<'de> Lenient<'de> for Tier {
    fn text(&mut self, tier: &str) {
        self.0 = ServiceTier::parse(tier);
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Usage {
        usage_from_json(json.as_bytes()).unwrap_or_else(|| panic!("no usage in {json}"))
    }

    fn counts(json: &str) -> [u64; 5] {
        let usage = read(json);
        [
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.cached_prompt_tokens,
            usage.cache_write_tokens,
            usage.reasoning_tokens,
        ]
    }

    #[test]
    fn every_provider_has_one_meaning() {
        for (provider, json, expected) in [
            (
                "openai chat",
                r#"{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_tokens_details":{"cached_tokens":64,
                    "audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":32,"audio_tokens":0,
                    "accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}"#,
                [100, 50, 64, 0, 32],
            ),
            (
                "openai responses",
                r#"{"input_tokens":36,"input_tokens_details":{"cached_tokens":30},"output_tokens":87,
                    "output_tokens_details":{"reasoning_tokens":12},"total_tokens":123}"#,
                [36, 87, 30, 0, 12],
            ),
            (
                "embeddings",
                r#"{"prompt_tokens":8,"total_tokens":8}"#,
                [8, 0, 0, 0, 0],
            ),
            (
                "openrouter",
                r#"{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14,"cost":0.0025,
                    "prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":6},
                    "completion_tokens_details":{"reasoning_tokens":0}}"#,
                [10, 4, 0, 6, 0],
            ),
            (
                "anthropic",
                r#"{"input_tokens":25,"cache_creation_input_tokens":100,"cache_read_input_tokens":200,"output_tokens":15,
                    "cache_creation":{"ephemeral_5m_input_tokens":60,"ephemeral_1h_input_tokens":40},
                    "service_tier":"standard"}"#,
                [325, 15, 200, 100, 0],
            ),
            (
                "gemini, thoughts beside",
                r#"{"promptTokenCount":10,"candidatesTokenCount":20,"thoughtsTokenCount":30,"totalTokenCount":60,
                    "promptTokensDetails":[{"modality":"TEXT","tokenCount":10}]}"#,
                [10, 50, 0, 0, 30],
            ),
            (
                "gemini, thoughts among",
                r#"{"promptTokenCount":10,"candidatesTokenCount":50,"thoughtsTokenCount":30,"totalTokenCount":60}"#,
                [10, 50, 0, 0, 30],
            ),
            (
                "gemini, tools",
                r#"{"promptTokenCount":10,"toolUsePromptTokenCount":5,"candidatesTokenCount":20,"totalTokenCount":35,
                    "cachedContentTokenCount":4}"#,
                [15, 20, 4, 0, 0],
            ),
            (
                "bedrock converse",
                r#"{"inputTokens":30,"outputTokens":628,"totalTokens":658,"cacheReadInputTokens":5,"cacheWriteInputTokens":7}"#,
                [42, 628, 5, 7, 0],
            ),
            (
                "bedrock invoke",
                r#"{"inputTokenCount":17,"outputTokenCount":9,"invocationLatency":500,"firstByteLatency":300}"#,
                [17, 9, 0, 0, 0],
            ),
            (
                "mistral",
                r#"{"prompt_tokens":16,"total_tokens":50,"completion_tokens":34,"prompt_tokens_details":{"cached_tokens":8}}"#,
                [16, 34, 8, 0, 0],
            ),
            (
                "deepseek",
                r#"{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29,"prompt_cache_hit_tokens":12,
                    "prompt_cache_miss_tokens":8,"completion_tokens_details":{"reasoning_tokens":4}}"#,
                [20, 9, 12, 0, 4],
            ),
            (
                "groq",
                r#"{"queue_time":0.03,"prompt_tokens":18,"prompt_time":0.0005,"completion_tokens":556,
                    "completion_time":0.46,"total_tokens":574,"total_time":0.46}"#,
                [18, 556, 0, 0, 0],
            ),
            (
                "xai",
                r#"{"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,
                    "completion_tokens_details":{"reasoning_tokens":94},"cost_in_usd_ticks":1050000}"#,
                [32, 103, 0, 0, 94],
            ),
            (
                "ollama",
                r#"{"done":true,"prompt_eval_count":26,"eval_count":298,"eval_duration":4799921000}"#,
                [26, 298, 0, 0, 0],
            ),
            (
                "ollama, all cached",
                r#"{"done":true,"eval_count":3}"#,
                [0, 3, 0, 0, 0],
            ),
            (
                "vllm",
                r#"{"prompt_tokens":7,"total_tokens":12,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":null}}"#,
                [7, 5, 0, 0, 0],
            ),
            (
                "explicit zero",
                r#"{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#,
                [0, 0, 0, 0, 0],
            ),
        ] {
            assert_eq!(counts(json), expected, "{provider}");
        }
    }

    #[test]
    fn the_bill_of_the_provider_is_kept_in_nano_dollars() {
        assert_eq!(
            read(r#"{"prompt_tokens":1,"cost":0.0025}"#).cost_nanousd,
            Some(2_500_000)
        );
        assert_eq!(
            read(r#"{"prompt_tokens":1,"cost_in_usd_ticks":1050000}"#).cost_nanousd,
            Some(105_000)
        );
        assert_eq!(
            read(r#"{"prompt_tokens":1,"cost":0}"#).cost_nanousd,
            Some(0)
        );
        assert_eq!(read(r#"{"prompt_tokens":1}"#).cost_nanousd, None);
    }

    #[test]
    fn a_cache_of_one_hour_is_told_apart() {
        let usage = read(
            r#"{"input_tokens":1,"output_tokens":1,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4}}"#,
        );
        assert_eq!(
            (
                usage.prompt_tokens,
                usage.cache_write_tokens,
                usage.cache_write_1h_tokens
            ),
            (8, 7, 4)
        );
    }

    #[test]
    fn what_is_no_count_is_none() {
        for json in [
            "{}",
            r#"{"prompt_tokens":"12"}"#,
            r#"{"prompt_tokens":-3}"#,
            r#"{"prompt_tokens":1.5}"#,
            r#"{"prompt_tokens":1e300}"#,
            r#"{"prompt_tokens":[1]}"#,
            r#"{"prompt_tokens":null,"completion_tokens":null}"#,
            "[]",
            "nonsense",
        ] {
            assert_eq!(usage_from_json(json.as_bytes()), None, "{json}");
        }
        assert_eq!(read(r#"{"prompt_tokens":12.0}"#).prompt_tokens, 12);
    }

    #[test]
    fn a_part_is_never_more_than_the_whole() {
        let usage = read(
            r#"{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":9},
                "completion_tokens_details":{"reasoning_tokens":7}}"#,
        );
        assert_eq!((usage.cached_prompt_tokens, usage.reasoning_tokens), (5, 2));
    }

    #[test]
    fn bedrock_counts_in_headers() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-amzn-bedrock-input-token-count",
            http::HeaderValue::from_static("12"),
        );
        headers.insert(
            "x-amzn-bedrock-output-token-count",
            http::HeaderValue::from_static("34"),
        );
        headers.insert(
            "x-amzn-bedrock-cache-read-input-token-count",
            http::HeaderValue::from_static("5"),
        );
        let usage = usage_from_headers(&headers).unwrap();
        assert_eq!((usage.prompt_tokens, usage.completion_tokens), (17, 34));
    }
}
