//! Calls of the tools that a request demands.

use serde_json::{Map, Value, json};

use crate::message::FunctionDefinition;
use crate::request::ChatRequest;

/// Deeper parts of a schema are answered with null.
const DEEPEST: u32 = 16;

/// The function that the request demands to be called: the named one, or the first where any is demanded.
pub(crate) fn demanded(request: &ChatRequest) -> Option<&FunctionDefinition> {
    let mut functions = request
        .tools
        .iter()
        .flatten()
        .filter_map(|tool| tool.function.as_ref());
    match request.tool_choice.as_ref()? {
        Value::String(choice) if choice == "required" => functions.next(),
        choice => {
            let name = choice.get("function")?.get("name")?.as_str()?;
            functions.find(|function| function.name == name)
        }
    }
}

/// Arguments that fit the function's schema as far as types, enums and required properties go.
pub(crate) fn arguments(function: &FunctionDefinition) -> String {
    function
        .parameters
        .as_ref()
        .map_or_else(|| json!({}), |schema| example(schema, DEEPEST))
        .to_string()
}

fn example(schema: &Value, depth: u32) -> Value {
    let Some(depth) = depth.checked_sub(1) else {
        return Value::Null;
    };
    if let Some(first) = schema.get("enum").and_then(|values| values.get(0)) {
        return first.clone();
    }
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    let kind = schema.get("type");
    // A type may be a list, such as `["string", "null"]`.
    let kind = kind.and_then(|kind| kind.as_str().or_else(|| kind.get(0)?.as_str()));
    match kind {
        Some("string") => json!("simulated"),
        Some("integer") => json!(1),
        Some("number") => json!(1.5),
        Some("boolean") => json!(true),
        Some("array") => json!([]),
        Some("null") => Value::Null,
        _ => Value::Object(properties(schema, depth)),
    }
}

fn properties(schema: &Value, depth: u32) -> Map<String, Value> {
    let required = schema.get("required").and_then(Value::as_array);
    let properties = schema.get("properties").and_then(Value::as_object);
    properties
        .into_iter()
        .flatten()
        .filter(|(name, _)| {
            required.is_some_and(|required| required.iter().any(|key| key == *name))
        })
        .map(|(name, schema)| (name.clone(), example(schema, depth)))
        .collect()
}
