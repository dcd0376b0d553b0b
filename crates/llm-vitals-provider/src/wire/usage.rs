//! Usage reports of every provider.

mod count;
mod meaning;
mod parts;
mod raw;

use http::HeaderMap;
use serde::de::DeserializeSeed as _;
use serde_json::Value;

use crate::usage::Usage;
use crate::wire::lenient::{Into, from_slice};
use crate::wire::usage::count::MOST_TOKENS;

pub(crate) use self::count::Count;
pub(crate) use self::raw::RawUsage;

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
