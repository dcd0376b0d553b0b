//! A whole answer, given as it was asked for.

use futures_util::stream::iter;
use llm_vitals_provider::{ChatChunk, ChatReply, ChatStream};
use serde_json::{Map, Value, json};

/// The reply to a request: whole, or streamed, with the usage at its end where that was asked for. `None` when the answer
/// cannot be given so.
pub(crate) fn replay(answer: Value, is_streamed: bool, wants_usage: bool) -> Option<ChatReply> {
    if is_streamed {
        stream(answer, wants_usage).map(ChatReply::Stream)
    } else {
        serde_json::from_value(answer).ok().map(ChatReply::Full)
    }
}

/// The answer as a stream: each choice in one chunk, then its end.
fn stream(answer: Value, wants_usage: bool) -> Option<ChatStream> {
    let Value::Object(mut fields) = answer else {
        return None;
    };
    let Some(Value::Array(choices)) = fields.shift_remove("choices") else {
        return None;
    };
    let usage = fields.shift_remove("usage");
    fields.insert("object".to_owned(), "chat.completion.chunk".into());
    let mut chunks: Vec<ChatChunk> = Vec::new();
    for (place, choice) in choices.into_iter().enumerate() {
        let Value::Object(mut choice) = choice else {
            return None;
        };
        let index = choice.get("index").cloned().unwrap_or_else(|| place.into());
        let reason = choice.shift_remove("finish_reason");
        let Some(Value::Object(message)) = choice.shift_remove("message") else {
            return None;
        };
        choice.insert("index".to_owned(), index.clone());
        choice.insert("delta".to_owned(), delta(message));
        choice.insert("finish_reason".to_owned(), Value::Null);
        chunks.push(chunk(&fields, json!([choice]))?);
        let end = json!([{"index": index, "delta": {}, "finish_reason": reason}]);
        chunks.push(chunk(&fields, end)?);
    }
    if let Some(usage) = usage.filter(|_| wants_usage) {
        fields.insert("usage".to_owned(), usage);
        chunks.push(chunk(&fields, json!([]))?);
    }
    Some(ChatStream::new(iter(chunks.into_iter().map(Ok))).with_known_end())
}

fn chunk(fields: &Map<String, Value>, choices: Value) -> Option<ChatChunk> {
    let mut chunk = fields.clone();
    chunk.insert("choices".to_owned(), choices);
    serde_json::from_value(chunk.into()).ok()
}

/// What is null in a message is not there in a delta, and tool calls have their place.
fn delta(message: Map<String, Value>) -> Value {
    let mut delta: Map<String, Value> = message
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect();
    let calls = delta.get_mut("tool_calls").and_then(Value::as_array_mut);
    let calls = calls.into_iter().flatten().filter_map(Value::as_object_mut);
    for (place, call) in calls.enumerate() {
        call.insert("index".to_owned(), place.into());
    }
    delta.into()
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::super::assembly::Assembly;
    use super::*;

    #[tokio::test]
    async fn a_stream_of_an_answer_makes_the_answer_again() {
        let answer = json!({
            "id": "c", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [
                {"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"},
                {"index": 1, "message": {"role": "assistant", "tool_calls": [
                    {"id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}, "finish_reason": "tool_calls"},
            ],
            "usage": {"prompt_tokens": 1, "completion_tokens": 2},
        });
        for (wants_usage, length) in [(true, 5), (false, 4)] {
            let chunks: Vec<_> = stream(answer.clone(), wants_usage).unwrap().collect().await;
            assert_eq!(chunks.len(), length);
            let mut assembly = Assembly::new(1_000);
            for chunk in chunks {
                assembly.add(&chunk.unwrap());
            }
            let mut expected = answer.clone();
            if !wants_usage {
                expected.as_object_mut().unwrap().shift_remove("usage");
            }
            assert_eq!(assembly.finish().unwrap(), expected);
        }
    }
}
