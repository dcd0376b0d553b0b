//! The fields of every provider's events that matter here.

use serde::de::{MapAccess, SeqAccess};

use crate::answers::Answers;
use crate::finish::is_limit;
use crate::wire::lenient::{Filled, Into, Lenient, Text, lenient};
use crate::wire::usage::{Count, RawUsage};

/// An event of a stream, or a whole answer, of any provider.
#[derive(Debug, Default)]
pub(crate) struct Event<'a> {
    pub(crate) kind: Text<'a>,
    pub(crate) object: Text<'a>,
    pub(crate) model: Text<'a>,
    pub(crate) usage: Option<Box<RawUsage>>,
    /// Bedrock's counts, beside the provider's own.
    pub(crate) metrics: Option<Box<RawUsage>>,
    pub(crate) x_groq: Groq,
    pub(crate) choices: Choices,
    pub(crate) candidates: Candidates,
    pub(crate) delta: Delta,
    pub(crate) message: Inner<'a>,
    pub(crate) response: Inner<'a>,
    pub(crate) error: Filled,
    pub(crate) feedback: Feedback,
    /// Ollama's end; its counts stand beside it.
    pub(crate) done: Filled,
    pub(crate) prompt_eval_count: Count,
    pub(crate) eval_count: Count,
    pub(crate) end: Ended,
    /// Bedrock's, which is its end as well.
    pub(crate) stop_reason: Ended,
    pub(crate) incomplete: Incomplete,
    pub(crate) service_tier: Text<'a>,
}

lenient!(Event<'a> {
    "type" => kind,
    "object" => object,
    "model" | "modelVersion" => model,
    "usage" | "usageMetadata" => usage,
    "amazon-bedrock-invocationMetrics" => metrics,
    "x_groq" => x_groq,
    "choices" => choices,
    "candidates" => candidates,
    "delta" => delta,
    "message" => message,
    "response" => response,
    "error" => error,
    "promptFeedback" => feedback,
    "done" => done,
    "prompt_eval_count" => prompt_eval_count,
    "eval_count" => eval_count,
    "stop_reason" | "done_reason" => end,
    "stopReason" => stop_reason,
    "incomplete_details" => incomplete,
    "service_tier" => service_tier,
});

#[derive(Debug, Default)]
pub(crate) struct Groq {
    pub(crate) usage: Option<Box<RawUsage>>,
}

lenient!(Groq { "usage" => usage });

/// Gemini's word on a prompt that it does not answer.
#[derive(Debug, Default)]
pub(crate) struct Feedback {
    pub(crate) blocked: Filled,
}

lenient!(Feedback { "blockReason" => blocked });

/// Why an answer ended, if it has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ended {
    pub(crate) named: Filled,
    /// Whether it was at the limit of tokens.
    pub(crate) truncated: bool,
}

impl<'de> Lenient<'de> for Ended {
    fn text(&mut self, reason: &str) {
        self.named.text(reason);
        if !reason.is_empty() {
            self.truncated = is_limit(reason);
        }
    }

    fn count(&mut self, value: u64) {
        self.named.count(value);
    }

    fn number(&mut self, value: f64) {
        self.named.number(value);
    }

    fn boolean(&mut self, value: bool) {
        self.named.boolean(value);
    }

    fn entry<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        self.named.entry(key, map)
    }

    fn item<A: SeqAccess<'de>>(&mut self, seq: &mut A) -> Result<Option<()>, A::Error> {
        self.named.item(seq)
    }
}

/// Why one of the Responses is incomplete.
#[derive(Debug, Default)]
pub(crate) struct Incomplete {
    pub(crate) reason: Ended,
}

lenient!(Incomplete { "reason" => reason });

/// Anthropic's `message`, the Responses' `response` and Code Assist's `response`, or Ollama's `message` and its `response`,
/// which is a text.
#[derive(Debug, Default)]
pub(crate) struct Inner<'a> {
    pub(crate) text: bool,
    pub(crate) fields: InnerFields<'a>,
}

impl<'a, 'de: 'a> Lenient<'de> for Inner<'a> {
    fn text(&mut self, text: &str) {
        self.text |= !text.is_empty();
    }

    fn entry<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        self.fields.entry(key, map)
    }
}

#[derive(Debug, Default)]
pub(crate) struct InnerFields<'a> {
    pub(crate) model: Text<'a>,
    pub(crate) usage: Option<Box<RawUsage>>,
    pub(crate) candidates: Candidates,
    pub(crate) error: Filled,
    pub(crate) feedback: Feedback,
    pub(crate) content: Filled,
    pub(crate) thinking: Filled,
    pub(crate) tool_calls: Filled,
    pub(crate) incomplete: Incomplete,
    pub(crate) service_tier: Text<'a>,
}

lenient!(InnerFields<'a> {
    "model" | "modelVersion" => model,
    "usage" | "usageMetadata" => usage,
    "candidates" => candidates,
    "error" => error,
    "promptFeedback" => feedback,
    "content" => content,
    "thinking" => thinking,
    "tool_calls" => tool_calls,
    "incomplete_details" => incomplete,
    "service_tier" => service_tier,
});

/// What a delta adds: a chat's, by its fields; Anthropic's and Bedrock's; or the Responses', which is a text.
#[derive(Debug, Default)]
pub(crate) struct Delta {
    pub(crate) text: bool,
    pub(crate) chat: bool,
    pub(crate) block: bool,
    /// Anthropic's, in the last delta.
    pub(crate) end: Ended,
}

impl<'de> Lenient<'de> for Delta {
    fn text(&mut self, text: &str) {
        self.text |= !text.is_empty();
    }

    fn entry<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if key == "stop_reason" {
            return map.next_value_seed(Into(&mut self.end));
        }
        let mut value = Filled::default();
        map.next_value_seed(Into(&mut value))?;
        let filled = value.0;
        match key {
            "content" | "reasoning_content" | "reasoning" | "reasoning_details" | "refusal"
            | "tool_calls" | "function_call" | "audio" | "images" => self.chat |= filled,
            "text" | "thinking" | "partial_json" | "reasoningContent" | "toolUse" => {
                self.block |= filled;
            }
            _ => {}
        }
        Ok(())
    }
}

/// What the choices, or candidates, of an event say together.
#[derive(Debug, Default)]
pub(crate) struct Choices {
    pub(crate) answers: Answers,
    pub(crate) token: bool,
    pub(crate) usage: Option<Box<RawUsage>>,
}

impl<'de> Lenient<'de> for Choices {
    fn item<A: SeqAccess<'de>>(&mut self, seq: &mut A) -> Result<Option<()>, A::Error> {
        let mut choice = Choice::default();
        if seq.next_element_seed(Into(&mut choice))?.is_none() {
            return Ok(None);
        }
        note(&mut self.answers, choice.index, choice.finish_reason);
        // A server that streams whole messages has `message` in the place of `delta`.
        self.token |= choice.text.0 || choice.delta.chat || choice.message.chat;
        if let Some(usage) = choice.usage.filter(|usage| usage.is_report()) {
            self.usage = Some(usage);
        }
        Ok(Some(()))
    }
}

#[derive(Debug, Default)]
struct Choice {
    index: Count,
    delta: Delta,
    message: Delta,
    text: Filled,
    finish_reason: Ended,
    usage: Option<Box<RawUsage>>,
}

lenient!(Choice {
    "index" => index,
    "delta" => delta,
    "message" => message,
    "text" => text,
    "finish_reason" => finish_reason,
    "usage" => usage,
});

/// What Gemini's candidates say together.
#[derive(Debug, Default)]
pub(crate) struct Candidates(pub(crate) Choices);

impl<'de> Lenient<'de> for Candidates {
    fn item<A: SeqAccess<'de>>(&mut self, seq: &mut A) -> Result<Option<()>, A::Error> {
        let mut candidate = Candidate::default();
        if seq.next_element_seed(Into(&mut candidate))?.is_none() {
            return Ok(None);
        }
        note(
            &mut self.0.answers,
            candidate.index,
            candidate.finish_reason,
        );
        self.0.token |= candidate.content.parts.token;
        Ok(Some(()))
    }
}

#[derive(Debug, Default)]
struct Candidate {
    index: Count,
    content: GeminiContent,
    finish_reason: Ended,
}

lenient!(Candidate {
    "index" => index,
    "content" => content,
    "finishReason" => finish_reason,
});

#[derive(Debug, Default)]
struct GeminiContent {
    parts: Parts,
}

lenient!(GeminiContent { "parts" => parts });

#[derive(Debug, Default)]
struct Parts {
    token: bool,
}

impl<'de> Lenient<'de> for Parts {
    fn item<A: SeqAccess<'de>>(&mut self, seq: &mut A) -> Result<Option<()>, A::Error> {
        let mut part = Part::default();
        if seq.next_element_seed(Into(&mut part))?.is_none() {
            return Ok(None);
        }
        self.token |= part.text.0 || part.call.0 || part.data.0 || part.code.0;
        Ok(Some(()))
    }
}

#[derive(Debug, Default)]
struct Part {
    text: Filled,
    call: Filled,
    data: Filled,
    code: Filled,
}

lenient!(Part {
    "text" => text,
    "functionCall" => call,
    "inlineData" => data,
    "executableCode" => code,
});

/// Notes what an event says of the answer of this index.
fn note(answers: &mut Answers, index: Count, ended: Ended) {
    let index = u32::try_from(index.get().unwrap_or(0)).unwrap_or(u32::MAX);
    if ended.named.0 {
        answers.end(index);
        if ended.truncated {
            answers.truncate();
        }
    } else {
        answers.begin(index);
    }
}
