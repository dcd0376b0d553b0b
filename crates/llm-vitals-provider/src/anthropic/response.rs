//! Answers in OpenAI's shape.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::http::{Fault, extend, native_reason, tier_word, unix_now};
use crate::message::{Content, Message, ToolCall};
use crate::model::Model;
use crate::response::{ChatResponse, Choice};
use crate::wire;

/// A page of the list of models.
#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) data: Vec<Listed>,
    #[serde(default)]
    pub(super) has_more: bool,
    pub(super) last_id: Option<String>,
}

/// A model in a list.
#[derive(Deserialize)]
pub(super) struct Listed {
    id: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// A whole answer.
#[derive(Deserialize)]
struct Answer {
    id: String,
    model: String,
    content: Vec<Block>,
    stop_reason: Option<String>,
    usage: Option<Value>,
}

/// A block of an answer.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block {
    Text {
        text: String,
    },
    Thinking {
        thinking: String,
        #[serde(default)]
        signature: String,
    },
    RedactedThinking {
        data: String,
    },
    ToolUse {
        id: String,
        name: String,
        input: Value,
    },
    /// What this client never asks for.
    #[serde(other)]
    Other,
}

/// A block that must come back as it was, when the conversation goes on.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Signed<'a> {
    Thinking {
        thinking: &'a str,
        signature: &'a str,
    },
    RedactedThinking {
        data: &'a str,
    },
}

impl Signed<'_> {
    pub(super) fn into_value(self) -> Value {
        // A struct of texts is always JSON.
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Reads a whole answer.
pub(super) fn whole(body: &[u8]) -> Result<ChatResponse, Fault> {
    let answer: Answer =
        serde_json::from_slice(body).map_err(|error| Fault::unread(body, &error))?;
    let mut message = Message::from_required("assistant".to_owned());
    let mut text = None;
    let mut calls = Vec::new();
    let mut signed = Vec::new();
    for block in answer.content {
        match block {
            Block::Text { text: more } => extend(&mut text, &more),
            Block::Thinking {
                thinking,
                signature,
            } => {
                extend(&mut message.reasoning_content, &thinking);
                let (thinking, signature) = (thinking.as_str(), signature.as_str());
                signed.push(
                    Signed::Thinking {
                        thinking,
                        signature,
                    }
                    .into_value(),
                );
            }
            Block::RedactedThinking { data } => {
                signed.push(Signed::RedactedThinking { data: &data }.into_value());
            }
            Block::ToolUse { id, name, input } => {
                calls.push(ToolCall::function(id, name, input.to_string()));
            }
            Block::Other => {}
        }
    }
    match text {
        Some(text) => message.content = Some(Content::Text(text)),
        None => drop(message.extra.insert("content".to_owned(), Value::Null)),
    }
    message.tool_calls = Some(calls).filter(|calls| !calls.is_empty());
    if !signed.is_empty() {
        message
            .extra
            .insert("thinking_blocks".to_owned(), signed.into());
    }
    let mut choice = Choice::from_required(message);
    choice.index = Some(0);
    if let Some(native) = &answer.stop_reason {
        choice.finish_reason = Some(finish_reason(native));
        choice.extra = native_reason(native);
    }
    let mut response = ChatResponse::from_required(vec![choice]);
    response.id = Some(answer.id);
    response.object = Some("chat.completion".to_owned());
    response.created = Some(unix_now().into());
    response.model = Some(answer.model);
    let usage = answer.usage.as_ref();
    if let Some(usage) = usage.and_then(wire::usage::from_value) {
        response.service_tier = tier_word(usage.tier).map(str::to_owned);
        response.usage = Some(usage.into());
    }
    Ok(response)
}

/// OpenAI's word for why an answer ended; the provider's own where there is none.
pub(super) fn finish_reason(native: &str) -> String {
    match native {
        "end_turn" | "stop_sequence" => "stop",
        "max_tokens" | "model_context_window_exceeded" => "length",
        "tool_use" => "tool_calls",
        "refusal" => "content_filter",
        other => other,
    }
    .to_owned()
}

/// Converts a model of a list.
pub(super) fn model(listed: Listed) -> Model {
    let mut model = Model::new(listed.id);
    model.owned_by = Some("anthropic".to_owned());
    model.extra = listed.rest;
    model
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reasons_are_translated() {
        for (native, expected) in [
            ("end_turn", "stop"),
            ("stop_sequence", "stop"),
            ("max_tokens", "length"),
            ("model_context_window_exceeded", "length"),
            ("tool_use", "tool_calls"),
            ("refusal", "content_filter"),
            ("pause_turn", "pause_turn"),
        ] {
            assert_eq!(finish_reason(native), expected);
        }
    }

    #[test]
    fn blocks_become_one_message() {
        let body = json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "sig"},
                {"type": "redacted_thinking", "data": "abc"},
                {"type": "text", "text": "Let me "},
                {"type": "text", "text": "look."},
                {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": "Bonn"}},
            ],
            "stop_reason": "tool_use", "stop_sequence": null,
            "usage": {"input_tokens": 10, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 60,
                "cache_creation": {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 10},
                "output_tokens": 7, "service_tier": "priority"},
        });
        let mut response = whole(body.to_string().as_bytes()).unwrap();
        assert!(response.created.take().is_some());
        let usage = response.usage().unwrap();
        assert_eq!((usage.prompt_tokens, usage.completion_tokens), (100, 7));
        assert_eq!(
            (usage.cached_prompt_tokens, usage.cache_write_tokens),
            (60, 30)
        );
        assert_eq!(usage.cache_write_1h_tokens, 10);
        assert_eq!(usage.tier, crate::usage::ServiceTier::Priority);
        response.usage = None;
        assert_eq!(
            serde_json::to_value(&response).unwrap(),
            json!({
                "choices": [{
                    "message": {
                        "role": "assistant",
                        "content": "Let me look.",
                        "tool_calls": [{"id": "t1", "type": "function",
                            "function": {"name": "weather", "arguments": "{\"city\":\"Bonn\"}"}}],
                        "reasoning_content": "hm",
                        "thinking_blocks": [
                            {"type": "thinking", "thinking": "hm", "signature": "sig"},
                            {"type": "redacted_thinking", "data": "abc"},
                        ],
                    },
                    "index": 0,
                    "finish_reason": "tool_calls",
                    "native_finish_reason": "tool_use",
                }],
                "id": "msg_1",
                "object": "chat.completion",
                "model": "claude-x",
                "service_tier": "priority",
            })
        );
    }

    #[test]
    fn an_error_with_status_200_is_one() {
        let body =
            br#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
        assert!(matches!(whole(body), Err(Fault::Refused(_))));
        assert!(matches!(whole(b"{}"), Err(Fault::Garbage(_))));
    }
}
