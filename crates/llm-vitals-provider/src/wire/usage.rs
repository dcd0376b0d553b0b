//! Usage reports of every provider.

use http::HeaderMap;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::usage::{ServiceTier, Usage};

/// More tokens than any request has; a larger count is taken for garbage.
const MOST_TOKENS: u64 = 1 << 48;

/// Reads the usage object of any provider: the value of `usage`, `usageMetadata` or `amazon-bedrock-invocationMetrics`, or
/// Ollama's last object. `None` when it holds no count; an explicit 0 is a count.
#[must_use]
pub fn usage_from_json(json: &[u8]) -> Option<Usage> {
    serde_json::from_slice::<RawUsage>(json).ok()?.usage()
}

/// Reads the token counts that Bedrock puts into headers.
#[must_use]
pub fn usage_from_headers(headers: &HeaderMap) -> Option<Usage> {
    let count = |name: &str| {
        let value = headers.get(format!("x-amzn-bedrock-{name}-token-count"))?;
        value
            .to_str()
            .ok()?
            .parse()
            .ok()
            .filter(|count| *count <= MOST_TOKENS)
    };
    let raw = RawUsage {
        input_excluding_cache: Count(count("input")),
        output_excluding_nothing: Count(count("output")),
        cache_read_excluded: Count(count("cache-read-input")),
        cache_write_excluded: Count(count("cache-write-input")),
        ..RawUsage::default()
    };
    raw.usage()
}

/// Reads a usage object that is parsed already.
pub(crate) fn from_value(value: &Value) -> Option<Usage> {
    RawUsage::deserialize(value).ok()?.usage()
}

/// A count that a provider wrote; what is no count is none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Count(Option<u64>);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl<'de> Visitor<'de> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a count")
    }

    fn visit_u64<E>(self, value: u64) -> Result<Count, E> {
        Ok(Count((value <= MOST_TOKENS).then_some(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Count, E> {
        Ok(Count(
            u64::try_from(value)
                .ok()
                .filter(|value| *value <= MOST_TOKENS),
        ))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "checked to be a whole number below 2^48"
    )]
    fn visit_f64<E>(self, value: f64) -> Result<Count, E> {
        let whole = value.fract() == 0.0 && (0.0..=MOST_TOKENS as f64).contains(&value);
        Ok(Count(whole.then_some(value as u64)))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Count, E> {
        Ok(Count(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Count, E> {
        Ok(Count(None))
    }

    fn visit_unit<E>(self) -> Result<Count, E> {
        Ok(Count(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Count, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Count(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Count, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Count(None))
    }
}

/// The fields of every provider's report. Their names do not clash, so that the report itself says whose it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(default)]
pub(crate) struct RawUsage {
    // OpenAI's chat completions and all that follow it.
    prompt_tokens: Count,
    completion_tokens: Count,
    total_tokens: Count,
    prompt_tokens_details: Option<Details>,
    completion_tokens_details: Option<Details>,
    prompt_cache_hit_tokens: Count,
    prompt_cache_miss_tokens: Count,
    cost: Option<f64>,
    cost_in_usd_ticks: Count,
    // OpenAI's Responses and Anthropic's Messages.
    input_tokens: Count,
    output_tokens: Count,
    input_tokens_details: Option<Details>,
    output_tokens_details: Option<Details>,
    cache_creation_input_tokens: Count,
    cache_read_input_tokens: Count,
    cache_creation: Option<CacheCreation>,
    // Gemini and Vertex.
    #[serde(rename = "promptTokenCount")]
    gemini_prompt: Count,
    #[serde(rename = "candidatesTokenCount")]
    gemini_candidates: Count,
    #[serde(rename = "totalTokenCount")]
    gemini_total: Count,
    #[serde(rename = "thoughtsTokenCount")]
    gemini_thoughts: Count,
    #[serde(rename = "cachedContentTokenCount")]
    gemini_cached: Count,
    #[serde(rename = "toolUsePromptTokenCount")]
    gemini_tool_use: Count,
    #[serde(rename = "promptTokensDetails")]
    gemini_prompt_details: Modalities,
    #[serde(rename = "candidatesTokensDetails")]
    gemini_candidates_details: Modalities,
    // Bedrock.
    #[serde(rename = "inputTokens", alias = "inputTokenCount")]
    input_excluding_cache: Count,
    #[serde(rename = "outputTokens", alias = "outputTokenCount")]
    output_excluding_nothing: Count,
    #[serde(rename = "cacheReadInputTokens", alias = "cacheReadInputTokenCount")]
    cache_read_excluded: Count,
    #[serde(rename = "cacheWriteInputTokens", alias = "cacheWriteInputTokenCount")]
    cache_write_excluded: Count,
    // Ollama.
    prompt_eval_count: Count,
    eval_count: Count,
    service_tier: Tier,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(default)]
struct Details {
    cached_tokens: Count,
    cache_write_tokens: Count,
    reasoning_tokens: Count,
    audio_tokens: Count,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(default)]
struct CacheCreation {
    ephemeral_5m_input_tokens: Count,
    ephemeral_1h_input_tokens: Count,
}

/// The audio tokens among Gemini's counts by modality.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Modalities {
    audio: u64,
}

impl<'de> Deserialize<'de> for Modalities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        #[derive(Default)]
        struct Modality {
            modality: Option<String>,
            token_count: Count,
        }
        let list = Option::<Vec<Modality>>::deserialize(deserializer)?.unwrap_or_default();
        let audio = list
            .iter()
            .filter(|part| part.modality.as_deref() == Some("AUDIO"));
        let audio = audio
            .filter_map(|part| part.token_count.0)
            .fold(0, u64::saturating_add);
        Ok(Self { audio })
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Tier(ServiceTier);

impl<'de> Deserialize<'de> for Tier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tier = Option::<std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Ok(Self(tier.map_or(ServiceTier::Standard, |tier| {
            ServiceTier::parse(&tier)
        })))
    }
}

impl RawUsage {
    /// A later report of the same answer over this one: what the later one counts replaces what the earlier one did. A
    /// prompt of 0 in a later report (some servers send the prompt only once) does not.
    pub(crate) fn merge(&mut self, later: &Self) {
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
        self.cache_creation = later.cache_creation.or(self.cache_creation);
        self.output_tokens_details = later.output_tokens_details.or(self.output_tokens_details);
        if later.service_tier.0 != ServiceTier::Standard {
            self.service_tier = later.service_tier;
        }
    }

    /// Takes the tier that stands beside the report.
    pub(crate) fn set_tier(&mut self, tier: &str) {
        self.service_tier = Tier(ServiceTier::parse(tier));
    }

    /// The counts in one meaning, or `None` when there is no count.
    pub(crate) fn usage(&self) -> Option<Usage> {
        let mut usage = self
            .openai_chat()
            .or_else(|| self.input_output())
            .or_else(|| self.gemini())
            .or_else(|| self.bedrock())
            .or_else(|| self.ollama())?;
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
        let inside = self.prompt_tokens_details.unwrap_or_default();
        let outside = self.completion_tokens_details.unwrap_or_default();
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
        let inside = self.input_tokens_details.unwrap_or_default();
        let outside = self.output_tokens_details.unwrap_or_default();
        let written = self.cache_creation.unwrap_or_default();
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
        if self.gemini_prompt.0.is_none() && self.gemini_total.0.is_none() {
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
    fn ollama(&self) -> Option<Usage> {
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
        let cost = self.cost.filter(|cost| (0.0..1e6).contains(cost))?;
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
