//! Completions of plain text: what is changed in a request, and answers in the shape of a chat's.

use serde_json::{Map, Value, json};

use crate::http::Fault;
use crate::openai::flavor::{Quirks, UsageAt};
use crate::openai::response;
use crate::response::{ChatChunk, ChatResponse};

/// The request as the server takes it.
pub(super) fn prepare(mut body: Map<String, Value>, quirks: &Quirks) -> Map<String, Value> {
    if !quirks.stream_options {
        body.shift_remove("stream_options");
    }
    body
}

/// Whether the answer is to be streamed.
pub(super) fn is_streamed(body: &Map<String, Value>) -> bool {
    body.get("stream") == Some(&Value::Bool(true))
}

/// Reads a whole answer.
pub(super) fn whole(body: &[u8]) -> Result<ChatResponse, Fault> {
    let unread = |error| Fault::unread(body, &error);
    let mut answer: Value = serde_json::from_slice(body).map_err(unread)?;
    move_texts(&mut answer, "message", &json!({"role": "assistant"}));
    let answer = serde_json::from_value(answer).map_err(unread)?;
    response::no_error(answer, |answer: &ChatResponse| &answer.extra)
}

/// Reads a chunk of a stream.
pub(super) fn chunk(data: &[u8], usage: UsageAt) -> Result<ChatChunk, Fault> {
    let unread = |error| Fault::unread(data, &error);
    let mut event: Value = serde_json::from_slice(data).map_err(unread)?;
    move_texts(&mut event, "delta", &json!({}));
    let chunk = response::unusual(event);
    let chunk = chunk.ok_or_else(|| unread(serde::de::Error::custom("it is no chunk")))?;
    response::with_usage(chunk, usage)
}

/// Moves the text of every choice into its `part`; what is no text stays where it is.
fn move_texts(answer: &mut Value, part: &str, empty: &Value) {
    let choices = answer.get_mut("choices").and_then(Value::as_array_mut);
    let choices = choices.into_iter().flatten();
    for choice in choices.filter_map(Value::as_object_mut) {
        let mut said = empty.clone();
        if choice.get("text").is_some_and(Value::is_string) {
            said["content"] = choice.shift_remove("text").unwrap_or_default();
        }
        choice.insert(part.to_owned(), said);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openai::Flavor;

    #[test]
    fn options_of_a_stream_go_where_they_are_known() {
        let body = json!({"model": "m", "prompt": [1, 2], "stream": true, "stream_options": {"include_usage": true}});
        let body = body.as_object().unwrap();
        assert_eq!(&prepare(body.clone(), Flavor::Vllm.quirks()), body);
        let left = prepare(body.clone(), Flavor::Mistral.quirks());
        assert_eq!(
            Value::from(left),
            json!({"model": "m", "prompt": [1, 2], "stream": true})
        );
    }

    #[test]
    fn what_is_no_text_stays() {
        let data = br#"{"choices":[{"text":null,"index":0,"logprobs":{"tokens":[]}}],"x":1}"#;
        let chunk = chunk(data, UsageAt::Chunk).unwrap();
        assert!(!chunk.has_token());
        assert_eq!(
            serde_json::to_value(chunk).unwrap(),
            json!({"choices": [{"delta": {}, "text": null, "index": 0, "logprobs": {"tokens": []}}], "x": 1})
        );
    }
}
