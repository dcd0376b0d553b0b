//! The events of a streamed answer, as chunks.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::Value;

use crate::anthropic::response::{Block, Signed, finish_reason};
use crate::anthropic::usage::Reports;
use crate::http::{Decode, Fault, Step, chunk, tier_word, unix_now};
use crate::message::ToolCall;
use crate::response::{ChatChunk, Delta};

/// Reads the events of a streamed answer.
pub(super) struct Events {
    id: Option<String>,
    model: String,
    created: u64,
    usage: Reports,
    /// How many tools were called.
    calls: u32,
    /// The block that is written. One ends before the next begins.
    open: Open,
}

/// The block that is written.
enum Open {
    /// None, or one whose pieces need nothing to be known of it.
    Plain,
    /// The call of a tool, and whether a piece of its arguments came.
    Call { index: u32, begun: bool },
}

/// The events of the API.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    MessageStart {
        message: Start,
    },
    ContentBlockStart {
        content_block: Block,
    },
    ContentBlockDelta {
        delta: Piece,
    },
    ContentBlockStop,
    MessageDelta {
        delta: End,
        usage: Option<Value>,
    },
    MessageStop,
    /// A ping, or what is added to the API later.
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Start {
    id: Option<String>,
    model: Option<String>,
    usage: Option<Value>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Piece {
    TextDelta {
        text: String,
    },
    ThinkingDelta {
        thinking: String,
    },
    SignatureDelta {
        signature: String,
    },
    InputJsonDelta {
        partial_json: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct End {
    stop_reason: Option<String>,
}

impl Events {
    /// Begins with the model that was asked, until the answer names its own.
    pub(super) fn new(model: String) -> Self {
        Self {
            id: None,
            model,
            created: unix_now(),
            usage: Reports::default(),
            calls: 0,
            open: Open::Plain,
        }
    }

    fn chunk(&self, delta: Delta, reason: Option<(String, &str)>) -> ChatChunk {
        self.signed(chunk(&self.model, 0, delta, reason))
    }

    /// Adds what every chunk of the answer has in common.
    fn signed(&self, mut chunk: ChatChunk) -> ChatChunk {
        chunk.id.clone_from(&self.id);
        chunk.created = Some(self.created.into());
        chunk
    }

    fn start(&mut self, message: Start) -> ChatChunk {
        self.id = message.id;
        if let Some(model) = message.model {
            self.model = model;
        }
        let mut delta = Delta::text("");
        delta.role = Some("assistant".to_owned());
        let mut chunk = self.chunk(delta, None);
        if let Some(usage) = message.usage {
            self.usage.take(&usage);
            // The prompt is counted already; the count of the completion is a placeholder.
            chunk.usage = self.usage.usage().map(|mut usage| {
                usage.partial = true;
                usage.into()
            });
        }
        chunk
    }

    fn block(&mut self, block: Block) -> Option<Delta> {
        self.open = Open::Plain;
        let mut delta = Delta::default();
        match block {
            Block::Text { text } => delta.content = filled(text),
            Block::Thinking { thinking, .. } => delta.reasoning_content = filled(thinking),
            Block::RedactedThinking { data } => {
                return Some(kept(Signed::RedactedThinking { data: &data }));
            }
            Block::ToolUse { id, name, .. } => {
                let index = self.calls;
                self.calls = self.calls.saturating_add(1);
                self.open = Open::Call {
                    index,
                    begun: false,
                };
                let mut call = ToolCall::function(id, name, "");
                call.index = Some(index);
                delta.tool_calls = Some(vec![call]);
            }
            Block::Other => {}
        }
        delta.has_token().then_some(delta)
    }

    fn piece(&mut self, piece: Piece) -> Option<Delta> {
        let mut delta = Delta::default();
        match piece {
            Piece::TextDelta { text } => delta.content = filled(text),
            Piece::ThinkingDelta { thinking } => delta.reasoning_content = filled(thinking),
            Piece::SignatureDelta { signature } => {
                // The text of the block went out before, piece by piece.
                let (thinking, signature) = ("", signature.as_str());
                return Some(kept(Signed::Thinking {
                    thinking,
                    signature,
                }));
            }
            Piece::InputJsonDelta { partial_json } if !partial_json.is_empty() => {
                if let Open::Call { index, begun } = &mut self.open {
                    *begun = true;
                    delta.tool_calls = Some(vec![arguments(*index, partial_json)]);
                }
            }
            Piece::InputJsonDelta { .. } | Piece::Other => {}
        }
        delta.has_token().then_some(delta)
    }

    /// Ends a block. A call without arguments has an empty object of them.
    fn close(&mut self) -> Option<Delta> {
        let open = std::mem::replace(&mut self.open, Open::Plain);
        let Open::Call {
            index,
            begun: false,
        } = open
        else {
            return None;
        };
        Some(Delta {
            tool_calls: Some(vec![arguments(index, "{}".to_owned())]),
            ..Delta::default()
        })
    }

    fn report(&mut self, usage: &Value) -> Option<ChatChunk> {
        self.usage.take(usage);
        let usage = self.usage.usage()?;
        let mut chunk = self.signed(ChatChunk::new(&self.model, Vec::new()));
        chunk.service_tier = tier_word(usage.tier).map(str::to_owned);
        Some(chunk.with_usage(usage))
    }
}

impl Decode for Events {
    fn event(&mut self, data: &[u8], chunks: &mut VecDeque<ChatChunk>) -> Result<Step, Fault> {
        let event = serde_json::from_slice(data).map_err(|error| Fault::unread(data, &error))?;
        let delta = match event {
            Event::MessageStart { message } => {
                chunks.push_back(self.start(message));
                None
            }
            Event::ContentBlockStart { content_block } => self.block(content_block),
            Event::ContentBlockDelta { delta } => self.piece(delta),
            Event::ContentBlockStop => self.close(),
            Event::MessageDelta { delta, usage } => {
                if let Some(native) = &delta.stop_reason {
                    let reason = Some((finish_reason(native), native.as_str()));
                    chunks.push_back(self.chunk(Delta::default(), reason));
                }
                chunks.extend(usage.and_then(|usage| self.report(&usage)));
                None
            }
            Event::MessageStop => return Ok(Step::Last),
            Event::Other => {
                // An error is told by the event's name, or by its type alone.
                let value = serde_json::from_slice::<Value>(data).unwrap_or_default();
                if value["type"] == "error" {
                    return Err(Fault::Refused(value));
                }
                None
            }
        };
        chunks.extend(delta.map(|delta| self.chunk(delta, None)));
        Ok(Step::Next)
    }

    fn end(&mut self, _: &mut VecDeque<ChatChunk>) -> bool {
        // `message_stop` never came.
        false
    }
}

fn filled(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// A piece of the arguments of a call.
fn arguments(index: u32, text: String) -> ToolCall {
    let mut function = crate::message::FunctionCall::from_required();
    function.arguments = Some(text);
    let mut call = ToolCall::from_required();
    call.index = Some(index);
    call.function = Some(function);
    call
}

/// A block that must come back as it was.
fn kept(block: Signed<'_>) -> Delta {
    let mut delta = Delta::default();
    let blocks = vec![block.into_value()];
    delta
        .extra
        .insert("thinking_blocks".to_owned(), blocks.into());
    delta
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use proptest::prelude::*;

    use super::*;
    use crate::http::any::any_json;

    fn read(events: &[Value]) -> (Vec<Value>, bool) {
        let mut decoder = Events::new("asked".to_owned());
        let mut chunks = VecDeque::new();
        let mut ended = false;
        for event in events {
            assert!(!ended);
            ended = decoder
                .event(event.to_string().as_bytes(), &mut chunks)
                .unwrap()
                == Step::Last;
        }
        let chunks = chunks.into_iter().map(|mut chunk| {
            assert!(chunk.created.take().is_some());
            assert_eq!(chunk.id.take().as_deref(), Some("msg_1"));
            assert_eq!(chunk.model.take().as_deref(), Some("claude-x"));
            let mut chunk = serde_json::to_value(chunk).unwrap();
            chunk.as_object_mut().unwrap().remove("object");
            chunk
        });
        (chunks.collect(), ended)
    }

    fn start() -> Value {
        json!({"type": "message_start", "message": {"id": "msg_1", "model": "claude-x", "content": [],
            "usage": {"input_tokens": 5, "cache_read_input_tokens": 10, "output_tokens": 1}}})
    }

    fn delta(delta: &Value) -> Value {
        json!({"choices": [{"delta": delta, "index": 0}]})
    }

    #[test]
    fn thinking_text_and_calls_become_deltas() {
        let (chunks, ended) = read(&[
            start(),
            json!({"type": "ping"}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "",
                "signature": ""}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s"}}),
            json!({"type": "content_block_stop", "index": 0}),
            json!({"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "t1",
                "name": "f", "input": {}}}),
            json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": ""}}),
            json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta",
                "partial_json": "{\"a\":1}"}}),
            json!({"type": "content_block_stop", "index": 1}),
            json!({"type": "content_block_start", "index": 2, "content_block": {"type": "tool_use", "id": "t2",
                "name": "g", "input": {}}}),
            json!({"type": "content_block_stop", "index": 2}),
            json!({"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": null},
                "usage": {"output_tokens": 7}}),
            json!({"type": "message_stop"}),
        ]);
        assert!(ended);
        let report = |completion: u64| {
            json!({"prompt_tokens": 15, "completion_tokens": completion, "total_tokens": 15 + completion,
                "prompt_tokens_details": {"cached_tokens": 10, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0}})
        };
        let mut first = delta(&json!({"role": "assistant", "content": ""}));
        first["usage"] = report(1);
        assert_eq!(
            chunks,
            [
                first,
                delta(&json!({"reasoning_content": "hm"})),
                delta(
                    &json!({"thinking_blocks": [{"type": "thinking", "thinking": "", "signature": "s"}]})
                ),
                delta(
                    &json!({"tool_calls": [{"index": 0, "id": "t1", "type": "function",
                    "function": {"name": "f", "arguments": ""}}]})
                ),
                delta(
                    &json!({"tool_calls": [{"index": 0, "function": {"arguments": "{\"a\":1}"}}]})
                ),
                delta(
                    &json!({"tool_calls": [{"index": 1, "id": "t2", "type": "function",
                    "function": {"name": "g", "arguments": ""}}]})
                ),
                delta(&json!({"tool_calls": [{"index": 1, "function": {"arguments": "{}"}}]})),
                json!({"choices": [{"delta": {}, "index": 0, "finish_reason": "tool_calls",
                    "native_finish_reason": "tool_use"}]}),
                json!({"choices": [], "usage": report(7)}),
            ]
        );
    }

    #[test]
    fn the_first_count_of_a_completion_is_a_placeholder() {
        let mut decoder = Events::new("asked".to_owned());
        let mut chunks = VecDeque::new();
        decoder
            .event(start().to_string().as_bytes(), &mut chunks)
            .unwrap();
        assert!(chunks[0].usage().unwrap().partial);
        let end = br#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":0,"output_tokens":0}}"#;
        decoder.event(end, &mut chunks).unwrap();
        let usage = chunks[2].usage().unwrap();
        assert_eq!(
            (usage.prompt_tokens, usage.completion_tokens, usage.partial),
            (15, 0, false)
        );
    }

    #[test]
    fn an_error_is_told_by_its_type_too() {
        let mut decoder = Events::new("asked".to_owned());
        let error =
            br#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
        let event = decoder.event(error, &mut VecDeque::new());
        assert!(matches!(event, Err(Fault::Refused(_))));
    }

    proptest! {
        #[test]
        fn an_event_of_any_form_is_read_or_refused(events in proptest::collection::vec(any_json(), 1..4)) {
            let mut decoder = Events::new("m".to_owned());
            let mut chunks = VecDeque::new();
            for event in events {
                let event = event.to_string();
                let _ = decoder.event(event.as_bytes(), &mut chunks);
                let _ = crate::anthropic::response::whole(event.as_bytes());
            }
            decoder.end(&mut chunks);
            prop_assert!(chunks.iter().all(|chunk| serde_json::to_value(chunk).is_ok()));
        }
    }
}
