//! A streamed answer, put together.

use std::collections::BTreeMap;

use llm_vitals_provider::ChatChunk;
use serde_json::{Map, Value, json};

/// Pieces of text in a delta: the next one is added to those before it.
const TEXTS: [&str; 4] = ["content", "refusal", "reasoning", "reasoning_content"];

/// Why an answer may end so that it can be given again.
const ENDS: [&str; 4] = ["stop", "length", "tool_calls", "function_call"];

/// A streamed answer so far. It is given up as soon as it holds something that cannot be put together, or too much.
pub(super) struct Assembly {
    so_far: Option<SoFar>,
    left: usize,
}

#[derive(Default)]
struct SoFar {
    fields: Map<String, Value>,
    choices: BTreeMap<u64, Map<String, Value>>,
}

impl Assembly {
    /// Takes chunks of so many bytes at most, written as JSON. Chunks are longer than the answer that they make.
    pub(super) fn new(longest: usize) -> Self {
        Self {
            so_far: Some(SoFar::default()),
            // Each repeats the fields around its piece.
            left: longest.saturating_mul(100),
        }
    }

    pub(super) fn add(&mut self, chunk: &ChatChunk) {
        let Some(so_far) = &mut self.so_far else {
            return;
        };
        let json = serde_json::to_value(chunk).unwrap_or_default();
        let length = json.to_string().len();
        let is_added = length <= self.left && so_far.add(json).is_some();
        self.left = self.left.saturating_sub(length);
        if !is_added {
            self.so_far = None;
        }
    }

    /// The whole answer, if it is complete.
    pub(super) fn finish(&mut self) -> Option<Value> {
        let SoFar {
            mut fields,
            choices,
        } = self.so_far.take()?;
        let choices: Vec<Value> = choices.into_values().map(Value::Object).collect();
        fields.insert("object".to_owned(), "chat.completion".into());
        fields.insert("choices".to_owned(), choices.into());
        let answer = Value::Object(fields);
        is_complete(&answer).then_some(answer)
    }
}

/// Whether every choice has come to an end of its own.
pub(super) fn is_complete(answer: &Value) -> bool {
    let choices = answer["choices"].as_array().map(Vec::as_slice);
    choices.is_some_and(|choices| {
        let ended = |choice: &Value| {
            let why = choice["finish_reason"].as_str();
            why.is_some_and(|why| ENDS.contains(&why))
        };
        !choices.is_empty() && choices.iter().all(ended)
    })
}

impl SoFar {
    /// `None` for what cannot be put together.
    fn add(&mut self, chunk: Value) -> Option<()> {
        let Value::Object(fields) = chunk else {
            return None;
        };
        for (name, value) in fields {
            match &*name {
                "choices" => {
                    let Value::Array(choices) = value else {
                        return None;
                    };
                    for choice in choices {
                        let Value::Object(choice) = choice else {
                            return None;
                        };
                        let index = choice.get("index").and_then(Value::as_u64).unwrap_or(0);
                        let whole = self.choices.entry(index).or_insert_with(|| {
                            let empty = json!({"index": index, "message": {"role": "assistant"}});
                            empty.as_object().cloned().unwrap_or_default()
                        });
                        add_choice(whole, choice)?;
                    }
                }
                // Noise against those who look at lengths.
                "obfuscation" => {}
                _ if value.is_null() => {}
                _ => {
                    self.fields.insert(name, value);
                }
            }
        }
        Some(())
    }
}

fn add_choice(whole: &mut Map<String, Value>, choice: Map<String, Value>) -> Option<()> {
    for (name, value) in choice {
        match (&*name, value) {
            ("index", _) | (_, Value::Null) => {}
            ("delta", Value::Object(delta)) => {
                let message = whole.get_mut("message")?.as_object_mut()?;
                for (name, value) in delta {
                    add_delta(message, name, value)?;
                }
            }
            // A completion of text.
            ("text", Value::String(text)) => append(whole, "text", &text)?,
            ("logprobs", Value::Object(logprobs)) => {
                let all = whole.entry("logprobs").or_insert_with(|| json!({}));
                for (name, value) in logprobs {
                    match value {
                        Value::Null => {}
                        Value::Array(more) => {
                            let list = all.as_object_mut()?.entry(name);
                            list.or_insert_with(|| json!([]))
                                .as_array_mut()?
                                .extend(more);
                        }
                        _ => return None,
                    }
                }
            }
            ("delta" | "text" | "logprobs", _) => return None,
            (_, value) => {
                whole.insert(name, value);
            }
        }
    }
    Some(())
}

fn add_delta(message: &mut Map<String, Value>, name: String, value: Value) -> Option<()> {
    match (&*name, value) {
        (_, Value::Null) => Some(()),
        ("role", role) => {
            message.insert(name, role);
            Some(())
        }
        (text, Value::String(piece)) if TEXTS.contains(&text) => append(message, text, &piece),
        ("tool_calls", Value::Array(pieces)) => {
            let calls = message.entry(name).or_insert_with(|| json!([]));
            let calls = calls.as_array_mut()?;
            pieces
                .into_iter()
                .try_for_each(|piece| add_call(calls, piece))
        }
        // Whoever invented the field knows how its pieces go together.
        _ => None,
    }
}

fn add_call(calls: &mut Vec<Value>, piece: Value) -> Option<()> {
    let Value::Object(mut piece) = piece else {
        return None;
    };
    let index = usize::try_from(piece.shift_remove("index")?.as_u64()?).ok()?;
    if index > calls.len() {
        return None;
    }
    if index == calls.len() {
        calls.push(json!({}));
    }
    let call = calls[index].as_object_mut()?;
    for (name, value) in piece {
        match (&*name, value) {
            (_, Value::Null) => {}
            ("function", Value::Object(function)) => {
                let whole = call.entry(name).or_insert_with(|| json!({}));
                let whole = whole.as_object_mut()?;
                for (name, value) in function {
                    match (&*name, value) {
                        (_, Value::Null) => {}
                        ("arguments", Value::String(piece)) => append(whole, "arguments", &piece)?,
                        ("name", Value::String(text)) => {
                            whole.entry(name).or_insert_with(|| text.into());
                        }
                        _ => return None,
                    }
                }
            }
            ("id" | "type", value) => {
                call.entry(name).or_insert(value);
            }
            _ => return None,
        }
    }
    Some(())
}

fn append(fields: &mut Map<String, Value>, name: &str, piece: &str) -> Option<()> {
    match fields.get_mut(name) {
        Some(Value::String(text)) => text.push_str(piece),
        Some(_) => return None,
        None => {
            fields.insert(name.to_owned(), piece.into());
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assembled(chunks: &[&str]) -> Option<Value> {
        let mut assembly = Assembly::new(1_000);
        for chunk in chunks {
            assembly.add(&serde_json::from_str(chunk).unwrap());
        }
        assembly.finish()
    }

    #[test]
    fn pieces_become_the_answer() {
        let answer = assembled(&[
            r#"{"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"obfuscation":"abc"}"#,
            r#"{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Hel"}}]}"#,
            r#"{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"lo","tool_calls":[{"index":0,"id":"t","type":"function","function":{"name":"f","arguments":"{\"a\""}}]}}]}"#,
            r#"{"id":"c","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}}]}"#,
            r#"{"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
            r#"{"id":"c","model":"m","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
        ]);
        assert_eq!(
            answer.unwrap(),
            json!({
                "id": "c", "object": "chat.completion", "model": "m",
                "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "content": "Hello",
                    "tool_calls": [{"id": "t", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}}]}}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 2},
            })
        );
    }

    #[test]
    fn what_is_not_whole_is_not_kept() {
        let begun = r#"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#;
        let end = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
        assert!(assembled(&[begun, end]).is_some());
        assert_eq!(assembled(&[begun]), None);
        assert_eq!(assembled(&[]), None);
        let unknown = r#"{"choices":[{"index":0,"delta":{"reasoning_details":[{"x":1}]}}]}"#;
        assert_eq!(assembled(&[begun, unknown, end]), None);
        let filtered = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}"#;
        assert_eq!(assembled(&[begun, filtered]), None);
        let long = format!(
            r#"{{"choices":[{{"index":0,"delta":{{"content":"{}"}}}}]}}"#,
            "x".repeat(100_000)
        );
        assert_eq!(assembled(&[&long, end]), None);
    }
}
