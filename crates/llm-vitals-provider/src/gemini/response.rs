//! Answers in OpenAI's shape.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::http::{Fault, extend, native_reason, unix_now};
use crate::kind::ErrorKind;
use crate::message::{Content, Message, ToolCall};
use crate::model::Model;
use crate::response::{ChatResponse, Choice};
use crate::wire;

/// A page of the list of models.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    pub(super) models: Vec<Listed>,
    pub(super) next_page_token: Option<String>,
}

/// A model in a list.
#[derive(Deserialize)]
pub(super) struct Listed {
    name: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// A whole answer, or an event of a streamed one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    pub(super) candidates: Option<Vec<Candidate>>,
    prompt_feedback: Option<Feedback>,
    pub(super) usage_metadata: Option<Value>,
    pub(super) model_version: Option<String>,
    pub(super) response_id: Option<String>,
    error: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Candidate {
    #[serde(default)]
    pub(super) index: u32,
    #[serde(default)]
    pub(super) content: Turn,
    pub(super) finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Turn {
    parts: Vec<Part>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Part {
    text: Option<String>,
    thought: bool,
    thought_signature: Option<String>,
    function_call: Option<Call>,
}

#[derive(Deserialize)]
struct Call {
    id: Option<String>,
    name: String,
    args: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
}

/// What a candidate says.
#[derive(Default)]
pub(super) struct Said {
    pub(super) text: Option<String>,
    pub(super) thought: Option<String>,
    pub(super) calls: Vec<ToolCall>,
}

/// Reads an answer or an event. A prompt that was blocked, or an error, is none.
pub(super) fn read(data: &[u8]) -> Result<Answer, Fault> {
    let answer: Answer =
        serde_json::from_slice(data).map_err(|error| Fault::unread(data, &error))?;
    if let Some(error) = &answer.error {
        return Err(Fault::Refused(json!({ "error": error })));
    }
    let reason = answer.prompt_feedback.as_ref();
    let reason = reason.and_then(|feedback| feedback.block_reason.as_deref());
    let answered = answer
        .candidates
        .as_ref()
        .is_some_and(|all| !all.is_empty());
    match reason {
        Some(reason) if !answered => {
            let message = format!("the prompt was blocked ({reason}): change it");
            Err(Fault::Kind(ErrorKind::ContentFilter, message))
        }
        _ => Ok(answer),
    }
}

impl Candidate {
    /// Takes what is said. `calls` were made before, in an answer of this id; the API does not always name calls.
    pub(super) fn said(&mut self, answer: Option<&str>, calls: u32) -> Said {
        let mut said = Said::default();
        for part in std::mem::take(&mut self.content.parts) {
            match part.text {
                Some(text) if part.thought => extend(&mut said.thought, &text),
                Some(text) => extend(&mut said.text, &text),
                None => {}
            }
            if let Some(call) = part.function_call {
                let at = calls as usize + said.calls.len();
                let id = call.id.filter(|id| !id.is_empty());
                let id = id.unwrap_or_else(|| {
                    format!("call_{}_{}_{at}", answer.unwrap_or("0"), self.index)
                });
                let args = call.args.unwrap_or_else(|| json!({}));
                let mut call = ToolCall::function(id, call.name, args.to_string());
                if let Some(signature) = part.thought_signature {
                    let google = json!({"google": {"thought_signature": signature}});
                    call.extra.insert("extra_content".to_owned(), google);
                }
                said.calls.push(call);
            }
        }
        said
    }
}

/// Reads a whole answer; `model` was asked.
pub(super) fn whole(body: &[u8], model: String) -> Result<ChatResponse, Fault> {
    let answer = read(body)?;
    let Some(candidates) = answer.candidates else {
        return Err(Fault::Garbage("there are no candidates".to_owned()));
    };
    let choices = candidates.into_iter().map(|mut candidate| {
        let said = candidate.said(answer.response_id.as_deref(), 0);
        let mut message = Message::from_required("assistant".to_owned());
        match said.text {
            Some(text) => message.content = Some(Content::Text(text)),
            None => drop(message.extra.insert("content".to_owned(), Value::Null)),
        }
        message.reasoning_content = said.thought;
        let called = !said.calls.is_empty();
        message.tool_calls = Some(said.calls).filter(|calls| !calls.is_empty());
        let mut choice = Choice::from_required(message);
        choice.index = Some(candidate.index);
        if let Some(native) = &candidate.finish_reason {
            choice.finish_reason = Some(finish_reason(native, called));
            choice.extra = native_reason(native);
        }
        choice
    });
    let mut response = ChatResponse::from_required(choices.collect());
    response.id = answer.response_id.clone();
    response.object = Some("chat.completion".to_owned());
    response.created = Some(unix_now().into());
    response.model = Some(answer.model_version.unwrap_or(model));
    let usage = answer.usage_metadata.as_ref();
    let usage = usage.and_then(wire::usage::from_value);
    response.usage = usage.map(Into::into);
    Ok(response)
}

/// OpenAI's word for why an answer ended; the provider's own in lower case where there is none.
pub(super) fn finish_reason(native: &str, called: bool) -> String {
    match native {
        "STOP" if called => "tool_calls",
        "STOP" => "stop",
        "MAX_TOKENS" => "length",
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "LANGUAGE"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION" => "content_filter",
        other => return other.to_ascii_lowercase(),
    }
    .to_owned()
}

/// Converts a model of a list.
pub(super) fn model(listed: Listed) -> Model {
    let name = listed.name.strip_prefix("models/").unwrap_or(&listed.name);
    let mut model = Model::new(name);
    model.owned_by = Some("google".to_owned());
    model.extra = listed.rest;
    model
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_translated() {
        for (native, called, expected) in [
            ("STOP", false, "stop"),
            ("STOP", true, "tool_calls"),
            ("MAX_TOKENS", true, "length"),
            ("SAFETY", false, "content_filter"),
            ("MALFORMED_FUNCTION_CALL", false, "malformed_function_call"),
        ] {
            assert_eq!(finish_reason(native, called), expected);
        }
    }

    #[test]
    fn parts_become_one_message() {
        let body = json!({
            "candidates": [{"content": {"role": "model", "parts": [
                {"text": "hm", "thought": true},
                {"text": "Let me "},
                {"text": "look."},
                {"functionCall": {"name": "weather", "args": {"city": "Bonn"}}, "thoughtSignature": "sig"},
                {"functionCall": {"id": "x", "name": "time"}},
            ]}, "finishReason": "STOP"}],
            "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 5, "thoughtsTokenCount": 7,
                "totalTokenCount": 22, "cachedContentTokenCount": 4},
            "modelVersion": "gemini-3-pro-001", "responseId": "r1",
        });
        let mut response = whole(body.to_string().as_bytes(), "asked".to_owned()).unwrap();
        assert!(response.created.take().is_some());
        let usage = response.usage().unwrap();
        assert_eq!((usage.prompt_tokens, usage.completion_tokens), (10, 12));
        assert_eq!((usage.cached_prompt_tokens, usage.reasoning_tokens), (4, 7));
        response.usage = None;
        assert_eq!(
            serde_json::to_value(&response).unwrap(),
            json!({
                "choices": [{
                    "message": {
                        "role": "assistant",
                        "content": "Let me look.",
                        "tool_calls": [
                            {"id": "call_r1_0_0", "type": "function",
                             "function": {"name": "weather", "arguments": "{\"city\":\"Bonn\"}"},
                             "extra_content": {"google": {"thought_signature": "sig"}}},
                            {"id": "x", "type": "function", "function": {"name": "time", "arguments": "{}"}},
                        ],
                        "reasoning_content": "hm",
                    },
                    "index": 0,
                    "finish_reason": "tool_calls",
                    "native_finish_reason": "STOP",
                }],
                "id": "r1",
                "object": "chat.completion",
                "model": "gemini-3-pro-001",
            })
        );
    }

    #[test]
    fn a_blocked_prompt_is_an_error_and_a_blocked_answer_an_answer() {
        let blocked = br#"{"promptFeedback":{"blockReason":"SAFETY"}}"#;
        let fault = whole(blocked, "m".to_owned()).unwrap_err();
        assert!(matches!(fault, Fault::Kind(ErrorKind::ContentFilter, _)));
        let answer = br#"{"candidates":[{"finishReason":"SAFETY","index":0}]}"#;
        let response = whole(answer, "m".to_owned()).unwrap();
        assert_eq!(
            response.choices[0].finish_reason.as_deref(),
            Some("content_filter")
        );
        assert_eq!(response.text(), "");
        assert!(matches!(
            whole(b"{}", "m".to_owned()),
            Err(Fault::Garbage(_))
        ));
    }
}
