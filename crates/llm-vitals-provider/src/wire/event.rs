//! What the events of a stream say, whatever frames them.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use crate::kind::ErrorKind;
use crate::usage::Usage;
use crate::wire::error::{classify, classify_code};
use crate::wire::redact::prefix;
use crate::wire::usage::RawUsage;

/// The longest model name that is kept.
const LONGEST_MODEL: usize = 256;

/// What is known of an answer from its events so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventState {
    usage: Option<RawUsage>,
    /// Whether the completion's count is still a placeholder.
    partial: bool,
    model: Option<Box<str>>,
    error: Option<ErrorKind>,
    pub(crate) any: bool,
    token: bool,
    /// The provider's own end: `[DONE]`, `message_stop`, `response.completed` …
    done: bool,
    /// The answers that have begun, and those that named why they ended, by their index.
    begun: u128,
    finished: u128,
    /// Events that should have been JSON and were not.
    garbled: u64,
}

/// The fields of every provider's events that matter here.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Event<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(alias = "modelVersion", borrow)]
    model: Option<Cow<'a, str>>,
    #[serde(alias = "usageMetadata", alias = "amazon-bedrock-invocationMetrics")]
    usage: Option<RawUsage>,
    x_groq: Option<Groq>,
    #[serde(borrow)]
    choices: Option<Vec<Choice<'a>>>,
    candidates: Option<Vec<Candidate>>,
    delta: Option<Value>,
    #[serde(borrow)]
    message: Option<Inner<'a>>,
    #[serde(borrow)]
    response: Option<Inner<'a>>,
    error: Option<Value>,
    /// Ollama's end; its counts stand beside it.
    done: Option<bool>,
    #[serde(rename = "stopReason", borrow)]
    stop_reason: Option<Cow<'a, str>>,
    service_tier: Option<Value>,
}

#[derive(Deserialize)]
struct Groq {
    usage: Option<RawUsage>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Choice<'a> {
    index: Option<u32>,
    delta: Option<Value>,
    text: Option<Value>,
    #[serde(borrow)]
    finish_reason: Option<Cow<'a, str>>,
    usage: Option<RawUsage>,
}

#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[derive(Default)]
struct Candidate {
    index: Option<u32>,
    content: Option<Value>,
    finish_reason: Option<Value>,
}

/// Anthropic's `message`, the Responses' `response` and Code Assist's `response`, or Ollama's `message`.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Inner<'a> {
    #[serde(alias = "modelVersion", borrow)]
    model: Option<Cow<'a, str>>,
    #[serde(alias = "usageMetadata")]
    usage: Option<RawUsage>,
    candidates: Option<Vec<Candidate>>,
    error: Option<Value>,
    content: Option<Value>,
    thinking: Option<Value>,
    tool_calls: Option<Value>,
}

impl EventState {
    /// The last usage report, if there was one.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        let mut usage = self.usage.as_ref()?.usage()?;
        usage.partial = self.partial;
        Some(usage)
    }

    /// The model that answers.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// The error that an event told of.
    #[must_use]
    pub fn error(&self) -> Option<ErrorKind> {
        self.error
    }

    /// Whether any event came that is more than a comment.
    #[must_use]
    pub fn has_chunk(&self) -> bool {
        self.any
    }

    /// Whether content, reasoning, a refusal, a tool call or audio came.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.token
    }

    /// Whether the answer is complete: the provider's own end came, or every answer that began has named why it ended.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.done || self.is_finished()
    }

    /// How many events should have been JSON and were not, or were too long to look at.
    #[must_use]
    pub fn garbled(&self) -> u64 {
        self.garbled
    }

    /// Whether every answer that began has named why it ended.
    pub(crate) fn is_finished(&self) -> bool {
        self.finished != 0 && self.begun == self.finished
    }

    /// Whether some answer ended, so that the events that follow are looked at one by one.
    pub(crate) fn is_ending(&self) -> bool {
        self.finished != 0
    }

    pub(crate) fn set_done(&mut self) {
        self.any = true;
        self.done = true;
    }

    pub(crate) fn add_garbled(&mut self) {
        self.any = true;
        self.garbled = self.garbled.saturating_add(1);
    }

    /// Takes an event; `false` when it is not the JSON of an event.
    pub(crate) fn take(&mut self, json: &[u8]) -> bool {
        let Ok(event) = serde_json::from_slice::<Event<'_>>(json) else {
            return false;
        };
        self.any = true;
        // Ollama puts its counts beside everything else.
        let counts = (event.done == Some(true))
            .then(|| serde_json::from_slice::<RawUsage>(json).ok())
            .flatten();
        self.apply(event, counts, json);
        true
    }

    fn apply(&mut self, event: Event<'_>, counts: Option<RawUsage>, json: &[u8]) {
        let kind = event.kind.as_deref().unwrap_or_default();
        if let Some(model) = event.model {
            self.set_model(&model);
        }
        let x_groq = event.x_groq.and_then(|groq| groq.usage);
        if let Some(usage) = event.usage.or(x_groq).or(counts) {
            self.set_usage(usage, kind);
        }
        for choice in event.choices.into_iter().flatten() {
            self.choice(&choice);
        }
        for candidate in event.candidates.into_iter().flatten() {
            self.candidate(&candidate);
        }
        if let Some(inner) = event.message.or(event.response) {
            self.inner(inner, kind);
        }
        if let Some(delta) = &event.delta {
            self.token |= is_token_delta(kind, delta);
        }
        match kind {
            "message_stop" | "response.completed" | "response.incomplete" => self.done = true,
            "response.failed" => self.fail(json),
            _ => {}
        }
        self.done |= event.done == Some(true) || event.stop_reason.is_some();
        let said = event.error.as_ref().is_some_and(|error| !error.is_null());
        if said || kind == "error" {
            self.fail(json);
        }
        if let (Some(Value::String(tier)), Some(usage)) = (&event.service_tier, &mut self.usage) {
            usage.set_tier(tier);
        }
    }

    fn inner(&mut self, inner: Inner<'_>, kind: &str) {
        if let Some(model) = inner.model {
            self.set_model(&model);
        }
        if let Some(usage) = inner.usage {
            self.set_usage(usage, kind);
        }
        for candidate in inner.candidates.into_iter().flatten() {
            self.candidate(&candidate);
        }
        // Ollama's message; Anthropic's and the Responses' begin empty.
        let filled = |value: &Option<Value>| value.as_ref().is_some_and(is_filled);
        if kind.is_empty() {
            self.token |=
                filled(&inner.content) || filled(&inner.thinking) || filled(&inner.tool_calls);
        }
        if inner.error.is_some_and(|error| !error.is_null()) && self.error.is_none() {
            self.error = Some(ErrorKind::Server);
        }
    }

    fn choice(&mut self, choice: &Choice<'_>) {
        let bit = 1 << choice.index.unwrap_or(0).min(127);
        self.begun |= bit;
        if choice.finish_reason.is_some() {
            self.finished |= bit;
        }
        if let Some(usage) = choice.usage {
            self.set_usage(usage, "");
        }
        self.token |= choice.text.as_ref().is_some_and(is_filled);
        if let Some(Value::Object(delta)) = &choice.delta {
            self.token |= [
                "content",
                "reasoning_content",
                "reasoning",
                "refusal",
                "tool_calls",
                "function_call",
                "audio",
            ]
            .iter()
            .any(|key| delta.get(*key).is_some_and(is_filled));
        }
    }

    fn candidate(&mut self, candidate: &Candidate) {
        let bit = 1 << candidate.index.unwrap_or(0).min(127);
        self.begun |= bit;
        if candidate
            .finish_reason
            .as_ref()
            .is_some_and(|reason| !reason.is_null())
        {
            self.finished |= bit;
        }
        let parts = candidate
            .content
            .as_ref()
            .and_then(|content| content.get("parts"));
        let parts = parts.and_then(Value::as_array).into_iter().flatten();
        self.token |= parts.into_iter().any(|part| {
            ["text", "functionCall", "inlineData", "executableCode"]
                .iter()
                .any(|key| part.get(*key).is_some_and(is_filled))
        });
    }

    pub(crate) fn set_model(&mut self, model: &str) {
        let model = prefix(model, LONGEST_MODEL);
        if !model.is_empty() && self.model.as_deref() != Some(model) {
            self.model = Some(model.into());
        }
    }

    /// Anthropic's reports add up over two events; everybody else's replace each other.
    pub(crate) fn set_usage(&mut self, usage: RawUsage, kind: &str) {
        if usage.usage().is_none() {
            return;
        }
        match kind {
            "message_start" => {
                self.usage = Some(usage);
                self.partial = true;
            }
            "message_delta" => {
                self.usage.get_or_insert_default().merge(&usage);
                self.partial = false;
            }
            _ => {
                self.usage = Some(usage);
                self.partial = false;
            }
        }
    }

    fn fail(&mut self, json: &[u8]) {
        if self.error.is_none() {
            let class = classify(None, json);
            self.error = Some(class.kind);
        }
    }

    /// Notes an error that only has a name, such as AWS' exceptions.
    pub(crate) fn fail_with(&mut self, code: &str) {
        self.any = true;
        self.error
            .get_or_insert(classify_code(code).unwrap_or(ErrorKind::Server));
    }
}

fn is_filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Anthropic's `content_block_delta`, the Responses' `*.delta`, and Bedrock's `contentBlockDelta`.
fn is_token_delta(kind: &str, delta: &Value) -> bool {
    match delta {
        Value::String(text) => kind.ends_with(".delta") && !text.is_empty(),
        Value::Object(fields) if kind == "content_block_delta" || kind.is_empty() => [
            "text",
            "thinking",
            "partial_json",
            "reasoningContent",
            "toolUse",
        ]
        .iter()
        .any(|key| fields.get(*key).is_some_and(is_filled)),
        _ => false,
    }
}
