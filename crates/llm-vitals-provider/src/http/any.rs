//! Any JSON that looks like a provider's, for tests of what reads it.

use proptest::collection::vec;
use proptest::prelude::*;
#[cfg(any(feature = "anthropic", feature = "gemini"))]
use serde_json::json;
use serde_json::{Map, Value};

#[cfg(any(feature = "anthropic", feature = "gemini"))]
use crate::request::ChatRequest;

/// Names of fields that somebody reads.
const NAMES: [&str; 48] = [
    "arguments",
    "args",
    "blockReason",
    "candidates",
    "choices",
    "content",
    "content_block",
    "data",
    "delta",
    "embedding",
    "embeddings",
    "error",
    "file",
    "finishReason",
    "finish_reason",
    "function",
    "functionCall",
    "function_call",
    "id",
    "image_url",
    "index",
    "input",
    "input_tokens",
    "json_schema",
    "limit_remaining",
    "message",
    "messages",
    "model",
    "models",
    "name",
    "parts",
    "promptFeedback",
    "promptTokenCount",
    "reasoning_effort",
    "response_format",
    "role",
    "schema",
    "stop",
    "stop_reason",
    "text",
    "thinking",
    "thinking_blocks",
    "tool_calls",
    "tool_choice",
    "tools",
    "type",
    "usage",
    "usageMetadata",
];

/// Texts that somebody acts on.
const TEXTS: [&str; 20] = [
    "",
    "assistant",
    "auto",
    "content_block_delta",
    "content_block_start",
    "content_block_stop",
    "data:image/png;base64,",
    "file",
    "function",
    "image_url",
    "input_json_delta",
    "json_schema",
    "message_delta",
    "message_start",
    "system",
    "text",
    "tool",
    "tool_use",
    "user",
    "{\"a\":1}",
];

/// Any JSON made of names and texts that mean something somewhere.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-9_i64..9).prop_map(Value::from),
        prop::sample::select(&TEXTS[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        let field = (prop::sample::select(&NAMES[..]), inner.clone());
        let object = vec(field, 0..6).prop_map(|fields| {
            let fields = fields.into_iter();
            let fields: Map<_, _> = fields
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
            Value::Object(fields)
        });
        prop_oneof![3 => object, 1 => vec(inner, 0..4).prop_map(Value::from)]
    })
}

/// Any request that can be read as one.
#[cfg(any(feature = "anthropic", feature = "gemini"))]
pub(crate) fn any_request() -> impl Strategy<Value = ChatRequest> {
    let message = (prop::sample::select(&TEXTS[..]), any_json());
    let parts = (vec(message, 0..4), vec(any_json(), 0..2), any_json());
    parts.prop_filter_map("a request", |(messages, tools, rest)| {
        let messages = messages.into_iter().map(|(role, message)| {
            let mut message = if message.is_object() {
                message
            } else {
                json!({})
            };
            message["role"] = role.into();
            message
        });
        let mut request = if rest.is_object() { rest } else { json!({}) };
        request["model"] = "m".into();
        request["messages"] = messages.collect();
        request["tools"] = tools.into();
        let whole = serde_json::from_value(request.clone()).ok();
        // Tools of any form are rarely tools.
        whole.or_else(|| {
            request["tools"] = Value::Null;
            serde_json::from_value(request).ok()
        })
    })
}
