//! Answers as servers write them, read as one shape.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::http::Fault;
use crate::kind::ErrorKind;
use crate::openai::flavor::UsageAt;
use crate::response::ChatChunk;

/// Reads a whole answer: JSON that is no error, whatever its status was.
pub(super) fn whole<T: DeserializeOwned>(
    body: &[u8],
    extra: impl Fn(&T) -> &Map<String, Value>,
) -> Result<T, Fault> {
    let answer = serde_json::from_slice(body).map_err(|error| Fault::unread(body, &error))?;
    no_error(answer, extra)
}

/// An answer, unless it carries an error.
pub(super) fn no_error<T>(
    answer: T,
    extra: impl Fn(&T) -> &Map<String, Value>,
) -> Result<T, Fault> {
    match error_in(extra(&answer)) {
        Some(error) => Err(Fault::Refused(error)),
        None => Ok(answer),
    }
}

/// Reads a chunk of a stream.
pub(super) fn chunk(data: &[u8], usage: UsageAt) -> Result<ChatChunk, Fault> {
    let chunk = match serde_json::from_slice::<ChatChunk>(data) {
        Ok(chunk) => chunk,
        Err(error) => {
            let value = serde_json::from_slice(data).ok();
            let chunk = value.and_then(unusual);
            chunk.ok_or_else(|| Fault::unread(data, &error))?
        }
    };
    with_usage(chunk, usage)
}

/// A chunk with the usage that it reports elsewhere, unless it carries an error.
pub(super) fn with_usage(chunk: ChatChunk, usage: UsageAt) -> Result<ChatChunk, Fault> {
    let mut chunk = no_error(chunk, |chunk| &chunk.extra)?;
    if chunk.usage.is_none() {
        let elsewhere = match usage {
            UsageAt::Chunk => None,
            UsageAt::Groq => chunk.extra.get("x_groq").and_then(|groq| groq.get("usage")),
            UsageAt::Choice => {
                let choices = chunk.choices.iter();
                choices
                    .filter_map(|choice| choice.extra.get("usage"))
                    .next()
            }
        };
        // What is no report there is left where it is.
        let report = elsewhere.and_then(|usage| serde_json::from_value(usage.clone()).ok());
        chunk.usage = report;
    }
    Ok(chunk)
}

/// The error that a chunk or an answer carries beside everything else.
fn error_in(extra: &Map<String, Value>) -> Option<Value> {
    let error = extra.get("error").filter(|error| !error.is_null())?;
    Some(json!({ "error": error }))
}

/// Reads a chunk that has no choices, or one whose content is a list of parts, as Mistral's reasoning models write it.
pub(super) fn unusual(mut value: Value) -> Option<ChatChunk> {
    let fields = value.as_object_mut()?;
    if fields.get("error").is_some_and(|error| !error.is_null()) {
        return None;
    }
    let choices = fields.entry("choices").or_insert_with(|| json!([]));
    if choices.is_null() {
        *choices = json!([]);
    }
    for choice in choices.as_array_mut()? {
        if let Some(delta) = choice.get_mut("delta").and_then(Value::as_object_mut) {
            flatten(delta);
        }
    }
    serde_json::from_value(value).ok()
}

/// Turns parts into the texts that they hold: what is said, and what is thought.
fn flatten(delta: &mut Map<String, Value>) {
    let Some(Value::Array(parts)) = delta.get("content") else {
        return;
    };
    let (mut said, mut thought) = (String::new(), String::new());
    for part in parts {
        said.push_str(part["text"].as_str().unwrap_or_default());
        for piece in part["thinking"].as_array().into_iter().flatten() {
            thought.push_str(piece["text"].as_str().unwrap_or_default());
        }
    }
    delta.insert("content".to_owned(), said.into());
    if !thought.is_empty() {
        delta.insert("reasoning_content".to_owned(), thought.into());
    }
}

/// Reads a list of models; a server without any may write none.
pub(super) fn models(body: &[u8]) -> Result<Vec<crate::model::Model>, Fault> {
    #[derive(serde::Deserialize)]
    struct List {
        data: Option<Vec<crate::model::Model>>,
    }
    match serde_json::from_slice::<List>(body) {
        Ok(List { data: Some(models) }) => Ok(models),
        // Nothing but an error lacks the list; Ollama without models says that it is null.
        Ok(List { data: None }) => match serde_json::from_slice::<Value>(body) {
            Ok(value) if value.get("data").is_some() => Ok(Vec::new()),
            Ok(value) if value.get("error").is_some() => Err(Fault::Refused(value)),
            _ => Err(Fault::Garbage("there is no list of models".to_owned())),
        },
        Err(error) => Err(Fault::unread(body, &error)),
    }
}

/// Reads the status of OpenRouter's key.
pub(super) fn key_status(body: &[u8]) -> Result<(), Fault> {
    let status: Value =
        serde_json::from_slice(body).map_err(|error| Fault::unread(body, &error))?;
    if !status["data"].is_object() {
        let missing = || Fault::Garbage("there is no status of the key".to_owned());
        return Err(match status.get("error") {
            Some(error) if !error.is_null() => Fault::Refused(status),
            _ => missing(),
        });
    }
    let left = status["data"]["limit_remaining"].as_f64();
    if left.is_some_and(|left| left <= 0.0) {
        let message = "the key's credit limit is used up: raise it, or wait until it is reset";
        return Err(Fault::Kind(ErrorKind::Quota, message.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::Usage;

    #[test]
    fn usage_is_found_where_the_server_puts_it() {
        let groq = br#"{"choices":[],"x_groq":{"id":"r","usage":{"prompt_tokens":3,"completion_tokens":5}}}"#;
        assert_eq!(
            chunk(groq, UsageAt::Groq).unwrap().usage(),
            Some(Usage::new(3, 5))
        );
        assert_eq!(chunk(groq, UsageAt::Chunk).unwrap().usage(), None);
        let choice =
            br#"{"choices":[{"delta":{},"usage":{"prompt_tokens":1,"completion_tokens":2}}]}"#;
        assert_eq!(
            chunk(choice, UsageAt::Choice).unwrap().usage(),
            Some(Usage::new(1, 2))
        );
    }

    #[test]
    fn parts_become_text_and_reasoning() {
        let data = br#"{"choices":[{"index":0,"delta":{"content":[
            {"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"yes"}]}}]}"#;
        let chunk = chunk(data, UsageAt::Chunk).unwrap();
        let delta = &chunk.choices[0].delta;
        assert_eq!(delta.content.as_deref(), Some("yes"));
        assert_eq!(delta.reasoning_content.as_deref(), Some("hm"));
    }

    #[test]
    fn a_chunk_without_choices_has_none() {
        let chunk = chunk(
            br#"{"usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
            UsageAt::Chunk,
        );
        assert!(chunk.unwrap().is_usage_only());
    }

    #[test]
    fn a_list_may_be_null_and_not_missing() {
        assert_eq!(models(br#"{"object":"list","data":null}"#).unwrap(), []);
        assert!(matches!(models(b"{}"), Err(Fault::Garbage(_))));
        assert!(matches!(
            models(br#"{"error":"no"}"#),
            Err(Fault::Refused(_))
        ));
    }

    #[test]
    fn a_key_without_credit_does_not_answer() {
        assert!(key_status(br#"{"data":{"limit_remaining":null}}"#).is_ok());
        assert!(key_status(br#"{"data":{"limit_remaining":0.5}}"#).is_ok());
        assert!(matches!(
            key_status(br#"{"data":{"limit_remaining":0}}"#),
            Err(Fault::Kind(ErrorKind::Quota, _))
        ));
        assert!(matches!(key_status(b"{}"), Err(Fault::Garbage(_))));
    }
}
