//! What a chat model answers: whole answers, and the chunks of streamed ones.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::finish::is_limit;
use crate::json::json_object;
use crate::message::{Content, Message, ToolCall};
use crate::rate_limits::RateLimits;
use crate::usage::{ServiceTier, Usage};
use crate::wire;

json_object! {
    /// A whole answer in OpenAI's shape.
    pub struct ChatResponse {
        required {
            /// The answers, one for each `n`.
            choices: Vec<Choice>,
        }
        optional {
            /// The provider's id of the answer.
            id: String,
            /// `chat.completion`.
            object: String,
            /// When the answer was made, in seconds since 1970.
            created: Value,
            /// The model that answered; the price is this model's.
            model: String,
            /// What the request used.
            usage: UsageReport,
            /// The tier that served the request, which changes the price.
            service_tier: String,
            /// The provider's version of model and configuration.
            system_fingerprint: String,
        }
        hidden {
            /// What the response's headers said.
            head: Head,
        }
    }
}

impl ChatResponse {
    /// Creates an answer of `model` with one choice that says `text` and stopped by itself.
    pub fn new(model: impl Into<String>, text: impl Into<String>) -> Self {
        let mut choice = Choice::from_required(Message::assistant(text));
        choice.index = Some(0);
        choice.finish_reason = Some("stop".to_owned());
        let mut response = Self::from_required(vec![choice]);
        response.object = Some("chat.completion".to_owned());
        response.model = Some(model.into());
        response
    }

    /// Adds the usage report.
    #[must_use]
    pub fn with_usage(mut self, usage: impl Into<UsageReport>) -> Self {
        self.usage = Some(usage.into());
        self
    }

    /// The usage, with the tier that served the request; `None` when the provider reported none.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        usage_in_tier(self.usage.as_ref(), self.service_tier.as_deref())
    }

    /// Whether at least one of the choices ended at the limit of tokens, or of the context.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.choices
            .iter()
            .filter_map(|choice| choice.finish_reason.as_deref())
            .any(is_limit)
    }

    /// The text of the first choice; empty when there is none.
    #[must_use]
    pub fn text(&self) -> String {
        self.choices
            .first()
            .and_then(|choice| choice.message.content.as_ref())
            .map(Content::text)
            .unwrap_or_default()
    }
}

json_object! {
    /// One of the answers to a request.
    pub struct Choice {
        required {
            /// What the model says.
            message: Message,
        }
        optional {
            /// The position among the `n` answers.
            index: u32,
            /// Why the model stopped: `stop`, `length`, `tool_calls`, `content_filter`.
            finish_reason: String,
            /// Log probabilities, when they were asked for.
            logprobs: Value,
        }
    }
}

json_object! {
    /// One event of a streamed answer.
    pub struct ChatChunk {
        required {
            /// What is added to each answer; empty in the chunk that carries the usage.
            choices: Vec<ChunkChoice>,
        }
        optional {
            /// The provider's id of the answer.
            id: String,
            /// `chat.completion.chunk`.
            object: String,
            /// When the answer was begun, in seconds since 1970.
            created: Value,
            /// The model that answers.
            model: String,
            /// What the request used so far; the last report counts.
            usage: UsageReport,
            /// The tier that serves the request.
            service_tier: String,
            /// The provider's version of model and configuration.
            system_fingerprint: String,
        }
    }
}

impl ChatChunk {
    /// Creates a chunk of `model` that adds nothing yet.
    pub fn new(model: impl Into<String>, choices: Vec<ChunkChoice>) -> Self {
        let mut chunk = Self::from_required(choices);
        chunk.object = Some("chat.completion.chunk".to_owned());
        chunk.model = Some(model.into());
        chunk
    }

    /// Creates a chunk of `model` that adds `text` to the first answer.
    pub fn text(model: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(model, vec![ChunkChoice::new(0, Delta::text(text))])
    }

    /// Creates the chunk that ends the first answer for `reason`.
    pub fn finish(model: impl Into<String>, reason: impl Into<String>) -> Self {
        let mut choice = ChunkChoice::new(0, Delta::default());
        choice.finish_reason = Some(reason.into());
        Self::new(model, vec![choice])
    }

    /// Adds the usage report.
    #[must_use]
    pub fn with_usage(mut self, usage: impl Into<UsageReport>) -> Self {
        self.usage = Some(usage.into());
        self
    }

    /// The usage that this chunk reports, with the tier that serves the request.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        usage_in_tier(self.usage.as_ref(), self.service_tier.as_deref())
    }

    /// Whether this chunk holds output of the model: content, reasoning, a refusal, a tool call or audio. The chunk
    /// that only names the role holds none.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.choices.iter().any(|choice| choice.delta.has_token())
    }

    /// Whether this chunk only reports usage.
    #[must_use]
    pub fn is_usage_only(&self) -> bool {
        self.choices.is_empty() && self.usage.is_some()
    }
}

json_object! {
    /// What a chunk adds to one of the answers.
    pub struct ChunkChoice {
        required {
            /// What is added.
            delta: Delta,
        }
        optional {
            /// The position among the `n` answers.
            index: u32,
            /// Why the model stopped; there in the answer's last chunk.
            finish_reason: String,
            /// Log probabilities, when they were asked for.
            logprobs: Value,
        }
    }
}

impl ChunkChoice {
    /// Creates a choice that adds `delta` to answer `index`.
    #[must_use]
    pub fn new(index: u32, delta: Delta) -> Self {
        let mut choice = Self::from_required(delta);
        choice.index = Some(index);
        choice
    }
}

json_object! {
    /// The piece of a message that a chunk adds.
    pub struct Delta {
        required {}
        optional {
            /// `assistant`, in the first chunk.
            role: String,
            /// Text.
            content: String,
            /// Why the assistant refuses.
            refusal: String,
            /// Reasoning, as OpenRouter and Ollama name it.
            reasoning: String,
            /// Reasoning, as DeepSeek, xAI and vLLM name it.
            reasoning_content: String,
            /// Pieces of tool calls.
            tool_calls: Vec<ToolCall>,
            /// A piece of audio.
            audio: Value,
        }
    }
}

impl Delta {
    /// Creates a piece of text.
    pub fn text(text: impl Into<String>) -> Self {
        let mut delta = Self::from_required();
        delta.content = Some(text.into());
        delta
    }

    /// Whether the piece holds output of the model.
    #[must_use]
    pub fn has_token(&self) -> bool {
        let filled = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        filled(&self.content)
            || filled(&self.reasoning_content)
            || filled(&self.reasoning)
            || filled(&self.refusal)
            || self
                .tool_calls
                .as_ref()
                .is_some_and(|calls| !calls.is_empty())
            || self.audio.is_some()
    }
}

impl Default for Delta {
    fn default() -> Self {
        Self::from_required()
    }
}

/// What the headers of a response said; no part of its JSON.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// The provider's rate limits at that moment.
    pub rate_limits: Option<RateLimits>,
    /// The provider's id of the request, for its support.
    pub request_id: Option<String>,
}

/// A usage report: the counts, and the JSON as the provider wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageReport(Report);

#[derive(Clone, Debug, PartialEq)]
enum Report {
    Counted(Usage),
    /// As a provider wrote it, which need not make sense.
    Written(Map<String, Value>, Option<Usage>),
}

impl UsageReport {
    /// The counts, in one meaning for every provider; `None` when the report holds none, or one that cannot be.
    #[must_use]
    pub const fn counts(&self) -> Option<Usage> {
        match self.0 {
            Report::Counted(counts) => Some(counts),
            Report::Written(_, counts) => counts,
        }
    }
}

impl From<Usage> for UsageReport {
    fn from(counts: Usage) -> Self {
        Self(Report::Counted(counts))
    }
}

impl Serialize for UsageReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Report::Written(raw, _) => raw.serialize(serializer),
            Report::Counted(counts) => openai_usage(counts).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for UsageReport {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Map::deserialize(deserializer)?;
        let raw = Value::Object(raw);
        let counts = wire::usage::from_value(&raw);
        let Value::Object(raw) = raw else {
            return Err(serde::de::Error::custom("usage is not an object"));
        };
        Ok(Self(Report::Written(raw, counts)))
    }
}

/// A report in OpenAI's shape, for a provider that has another one.
fn openai_usage(usage: &Usage) -> Value {
    let mut report = json!({
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens(),
        "prompt_tokens_details": {
            "cached_tokens": usage.cached_prompt_tokens,
            "audio_tokens": usage.audio_prompt_tokens,
        },
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning_tokens,
            "audio_tokens": usage.audio_completion_tokens,
        },
    });
    if usage.cache_write_tokens > 0 {
        report["prompt_tokens_details"]["cache_write_tokens"] = usage.cache_write_tokens.into();
    }
    report
}

fn usage_in_tier(report: Option<&UsageReport>, tier: Option<&str>) -> Option<Usage> {
    let mut usage = report?.counts()?;
    if let Some(tier) = tier {
        usage.tier = ServiceTier::parse(tier);
    }
    Some(usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<T: Serialize + serde::de::DeserializeOwned>(json: &str) {
        let value: Value = serde_json::from_str(json).unwrap();
        let typed: T = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_value(&typed).unwrap(), value);
    }

    #[test]
    fn an_answer_survives_a_round_trip() {
        round_trip::<ChatResponse>(
            r#"{"id":"a","object":"chat.completion","created":1.5,"model":"m","provider":"x",
                "choices":[{"index":0,"native_finish_reason":"end_turn","logprobs":null,
                  "message":{"role":"assistant","content":null,"annotations":[],
                    "tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
                  "finish_reason":"tool_calls"}],
                "usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8,"queue_time":0.1},
                "system_fingerprint":null}"#,
        );
    }

    #[test]
    fn a_report_that_cannot_be_is_none_and_passes() {
        for usage in [
            r#"{"prompt_tokens":-5,"completion_tokens":1.5}"#,
            r#"{"prompt_tokens":1e15,"completion_tokens":3}"#,
            r#"{"prompt_tokens":18446744073709551615,"completion_tokens":2,"total_tokens":3}"#,
            r#"{"prompt_tokens":"x"}"#,
            "{}",
        ] {
            let json = format!(r#"{{"choices":[],"usage":{usage}}}"#);
            round_trip::<ChatResponse>(&json);
            let response: ChatResponse = serde_json::from_str(&json).unwrap();
            assert_eq!(response.usage(), None, "{usage}");
        }
    }

    #[test]
    fn a_chunk_survives_a_round_trip() {
        round_trip::<ChatChunk>(
            r#"{"id":"a","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],
                "usage":null,"obfuscation":"xyz"}"#,
        );
    }

    #[test]
    fn a_role_is_no_token_and_a_tool_call_is() {
        let chunk = |delta: &str| -> ChatChunk {
            serde_json::from_str(&format!(r#"{{"choices":[{{"delta":{delta}}}]}}"#)).unwrap()
        };
        for (delta, token) in [
            (r#"{"role":"assistant","content":""}"#, false),
            (
                r#"{"role":"assistant","content":null,"reasoning_content":null}"#,
                false,
            ),
            (r#"{"tool_calls":[]}"#, false),
            (r#"{"content":"a"}"#, true),
            (r#"{"reasoning":"hm"}"#, true),
            (r#"{"reasoning_content":"hm"}"#, true),
            (r#"{"refusal":"no"}"#, true),
            (r#"{"tool_calls":[{"index":0}]}"#, true),
        ] {
            assert_eq!(chunk(delta).has_token(), token, "{delta}");
        }
    }

    #[test]
    fn one_choice_at_the_limit_truncates_an_answer() {
        for (choices, truncated) in [
            ("", false),
            (r#"{"message":{"role":"assistant"}}"#, false),
            (
                r#"{"message":{"role":"assistant"},"finish_reason":null}"#,
                false,
            ),
            (
                r#"{"message":{"role":"assistant"},"finish_reason":"stop"}"#,
                false,
            ),
            (
                r#"{"message":{"role":"assistant"},"finish_reason":"length"}"#,
                true,
            ),
            (
                r#"{"message":{"role":"assistant"},"finish_reason":"stop"},
                    {"message":{"role":"assistant"},"index":1,"finish_reason":"length"}"#,
                true,
            ),
        ] {
            let json = format!(r#"{{"choices":[{choices}]}}"#);
            let response: ChatResponse = serde_json::from_str(&json).unwrap();
            assert_eq!(response.is_truncated(), truncated, "{json}");
        }
    }

    #[test]
    fn the_tier_of_the_answer_goes_with_its_usage() {
        let response: ChatResponse = serde_json::from_str(
            r#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2},"service_tier":"flex"}"#,
        )
        .unwrap();
        assert_eq!(response.usage().unwrap().tier, ServiceTier::Flex);
    }
}
