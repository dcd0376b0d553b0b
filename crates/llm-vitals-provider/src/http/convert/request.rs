//! Parts of a request that every other format says in its own words.

use serde_json::{Map, Value};

use super::unsupported::Unsupported;
use crate::message::{Content, ToolCall};

/// Fields that never change an answer: bookkeeping of OpenAI's, left out where the other format has no place for them.
pub(crate) const HINTS: [&str; 5] = [
    "metadata",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "store",
];

/// Adds a field, when there is a value for it.
pub(crate) fn set(fields: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value.into());
    }
}

/// The texts at which to stop.
pub(crate) fn stops(stop: Option<&Value>) -> Result<Vec<String>, Unsupported> {
    let unreadable = || Unsupported::new("stop", "it must be a text or a list of texts");
    match stop {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![text.clone()]),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(unreadable))
            .collect(),
        Some(_) => Err(unreadable()),
    }
}

/// The texts of content that may hold nothing else, without those that are empty.
pub(crate) fn texts<'a>(content: &'a Content, path: &str) -> Result<Vec<&'a str>, Unsupported> {
    let mut texts = Vec::new();
    match content {
        Content::Text(text) => texts.push(text.as_str()),
        Content::Parts(parts) => {
            for (at, part) in parts.iter().enumerate() {
                let text = part.text.as_deref().filter(|_| part.kind == "text");
                texts.push(text.ok_or_else(|| {
                    let field = format!("{path}.content[{at}].type");
                    Unsupported::new(field, "only text may stand here")
                })?);
            }
        }
    }
    texts.retain(|text| !text.is_empty());
    Ok(texts)
}

/// Name and arguments of a call that an assistant made.
pub(crate) fn arguments<'a>(
    call: &'a ToolCall,
    path: &str,
) -> Result<(&'a str, Value), Unsupported> {
    let function = call.function.as_ref();
    let name = function.and_then(|function| function.name.as_deref());
    let name = name
        .ok_or_else(|| Unsupported::new(format!("{path}.function.name"), "a call needs a name"))?;
    let text = function.and_then(|function| function.arguments.as_deref());
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let value = serde_json::from_str::<Value>(text.unwrap_or("{}")).ok();
    let value = value.filter(Value::is_object).ok_or_else(|| {
        let field = format!("{path}.function.arguments");
        Unsupported::new(field, "the provider takes a JSON object only")
    })?;
    Ok((name, value))
}

/// Which tool the model may, or must, call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum ToolChoice {
    Auto,
    None,
    Required,
    One(String),
}

impl ToolChoice {
    pub(crate) fn read(choice: Option<&Value>) -> Result<Self, Unsupported> {
        let Some(choice) = choice else {
            return Ok(Self::Auto);
        };
        match (choice.as_str(), choice["type"].as_str()) {
            (Some("auto"), _) => return Ok(Self::Auto),
            (Some("none"), _) => return Ok(Self::None),
            (Some("required"), _) => return Ok(Self::Required),
            (None, Some("function")) => {
                if let Some(name) = choice["function"]["name"].as_str() {
                    return Ok(Self::One(name.to_owned()));
                }
            }
            _ => {}
        }
        let why = "only auto, none, required and one function can be asked for";
        Err(Unsupported::new("tool_choice", why))
    }
}

/// The form of the answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Format<'a> {
    Text,
    Json,
    Schema(&'a Value),
}

impl<'a> Format<'a> {
    pub(crate) fn read(format: Option<&'a Value>) -> Result<Self, Unsupported> {
        let Some(format) = format else {
            return Ok(Self::Text);
        };
        let schema = &format["json_schema"]["schema"];
        match format["type"].as_str() {
            Some("text") => Ok(Self::Text),
            Some("json_object") => Ok(Self::Json),
            Some("json_schema") if schema.is_object() => Ok(Self::Schema(schema)),
            _ => {
                let why = "only text, json_object and json_schema with a schema can be asked for";
                Err(Unsupported::new("response_format", why))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn choices_are_read_or_refused() {
        let read = |choice: Value| ToolChoice::read(Some(&choice)).ok();
        assert_eq!(ToolChoice::read(None), Ok(ToolChoice::Auto));
        assert_eq!(read(json!("required")), Some(ToolChoice::Required));
        assert_eq!(
            read(json!({"type": "function", "function": {"name": "f"}})),
            Some(ToolChoice::One("f".to_owned()))
        );
        assert_eq!(read(json!({"type": "allowed_tools"})), None);
        assert_eq!(read(json!(3)), None);
    }

    #[test]
    fn arguments_are_an_object() {
        let read = |text: &str| {
            let call = ToolCall::function("c", "f", text);
            arguments(&call, "messages[0].tool_calls[0]").map(|(_, value)| value)
        };
        assert_eq!(read(r#"{"a":1}"#), Ok(json!({"a": 1})));
        assert_eq!(read(" "), Ok(json!({})));
        assert_eq!(
            read("[1]").unwrap_err().to_string(),
            "cannot send the field messages[0].tool_calls[0].function.arguments: the provider takes a JSON object only"
        );
    }

    #[test]
    fn stops_are_texts() {
        assert_eq!(stops(Some(&json!("a"))), Ok(vec!["a".to_owned()]));
        assert_eq!(stops(Some(&json!(["a", "b"]))).unwrap().len(), 2);
        assert!(stops(Some(&json!(["a", 1]))).is_err());
    }
}
