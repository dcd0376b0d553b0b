//! Messages as turns of two sides, and the system's text before them.

use serde_json::{Map, Value, json};

use crate::gemini::content;
use crate::http::{HINTS, Unsupported, arguments, nothing_else, set, texts};
use crate::message::{Message, ToolCall};

/// Fields of a message of the assistant that only an answer fills, and that no provider reads back.
const ECHOES: [&str; 4] = [
    "annotations",
    "reasoning_details",
    "thinking_blocks",
    "provider_specific_fields",
];

/// Converts messages: the system's parts, and the turns.
pub(super) fn convert(messages: &[Message]) -> Result<(Vec<Value>, Vec<Value>), Unsupported> {
    let mut system = Vec::new();
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        let path = format!("messages[{at}]");
        check(message, &path)?;
        let content = message.content.as_ref();
        let (side, parts) = match message.role.as_str() {
            "system" | "developer" => {
                if let Some(content) = content {
                    let texts = texts(content, &path)?.into_iter();
                    system.extend(texts.map(|text| json!({ "text": text })));
                }
                continue;
            }
            "user" => ("user", content::parts(content, &path)?),
            "assistant" => ("model", assistant(message, &path)?),
            "tool" => ("user", vec![tool_result(&messages[..at], message, &path)?]),
            _ => {
                let field = format!("{path}.role");
                return Err(Unsupported::new(field, "the provider knows no such role"));
            }
        };
        // The results of several calls must stand in one turn.
        match turns.last_mut() {
            Some((last, all)) if *last == side => all.extend(parts),
            _ => turns.push((side, parts)),
        }
    }
    turns.retain(|(_, parts)| !parts.is_empty());
    let turns = turns.into_iter();
    let turns = turns.map(|(role, parts)| json!({"role": role, "parts": parts}));
    Ok((system, turns.collect()))
}

/// Refuses what no message there can say.
fn check(message: &Message, path: &str) -> Result<(), Unsupported> {
    if message.audio.is_some() {
        let field = format!("{path}.audio");
        return Err(Unsupported::new(
            field,
            "earlier spoken answers cannot be sent",
        ));
    }
    // The name of a tool's answer is the function's.
    if message.name.is_some() && message.role != "tool" {
        let field = format!("{path}.name");
        return Err(Unsupported::new(field, "the Gemini API has no names"));
    }
    let known = [&ECHOES[..], &HINTS[..]].concat();
    nothing_else(&message.extra, &format!("{path}."), &known)
}

fn assistant(message: &Message, path: &str) -> Result<Vec<Value>, Unsupported> {
    let mut parts = content::parts(message.content.as_ref(), path)?;
    if let Some(refusal) = message.refusal.as_ref().filter(|text| !text.is_empty()) {
        parts.push(json!({ "text": refusal }));
    }
    for (at, call) in message.tool_calls.iter().flatten().enumerate() {
        let (name, args) = arguments(call, &format!("{path}.tool_calls[{at}]"))?;
        let mut function = Map::new();
        set(&mut function, "id", call.id.as_deref());
        set(&mut function, "name", Some(name));
        set(&mut function, "args", Some(args));
        let mut part = json!({ "functionCall": function });
        if let Some(signature) = signature(call) {
            part["thoughtSignature"] = signature.clone();
        }
        parts.push(part);
    }
    Ok(parts)
}

/// The signature that came with a call.
fn signature(call: &ToolCall) -> Option<&Value> {
    let google = call.extra.get("extra_content")?.get("google")?;
    google.get("thought_signature")
}

/// The answer of a tool: an object, or a text as the output of the function.
fn tool_result(earlier: &[Message], message: &Message, path: &str) -> Result<Value, Unsupported> {
    let id = message.tool_call_id.as_deref();
    let called = id.and_then(|id| function_of(earlier, id));
    let Some(name) = called.or(message.name.as_deref()) else {
        let field = format!("{path}.tool_call_id");
        return Err(Unsupported::new(
            field,
            "no earlier message makes this call",
        ));
    };
    let output = match &message.content {
        Some(content) => texts(content, path)?.concat(),
        None => String::new(),
    };
    let object = serde_json::from_str::<Value>(&output).ok();
    let response = object.filter(Value::is_object);
    let response = response.unwrap_or_else(|| json!({ "output": output }));
    let mut function = Map::new();
    set(&mut function, "id", id);
    set(&mut function, "name", Some(name));
    set(&mut function, "response", Some(response));
    Ok(json!({ "functionResponse": function }))
}

/// The function of the last call of this id.
fn function_of<'a>(earlier: &'a [Message], id: &str) -> Option<&'a str> {
    let calls = earlier
        .iter()
        .rev()
        .flat_map(|message| message.tool_calls.iter().flatten());
    let mut calls = calls.filter(|call| call.id.as_deref() == Some(id));
    calls.next()?.function.as_ref()?.name.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(messages: Value) -> Result<Value, String> {
        let messages: Vec<Message> = serde_json::from_value(messages).unwrap();
        let (system, turns) = convert(&messages).map_err(|unsupported| unsupported.to_string())?;
        Ok(json!([system, turns]))
    }

    #[test]
    fn calls_and_their_answers_become_parts_of_two_turns() {
        let messages = json!([
            {"role": "system", "content": "Rules"},
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\"city\":\"Bonn\"}"},
                 "extra_content": {"google": {"thought_signature": "sig"}}},
                {"id": "c2", "type": "function", "function": {"name": "time", "arguments": ""}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "{\"sky\":\"blue\"}"},
            {"role": "tool", "tool_call_id": "c2", "content": [{"type": "text", "text": "noon"}]},
        ]);
        assert_eq!(
            turns(messages).unwrap(),
            json!([
                [{"text": "Rules"}],
                [
                    {"role": "user", "parts": [{"text": "Weather?"}]},
                    {"role": "model", "parts": [
                        {"functionCall": {"id": "c1", "name": "weather", "args": {"city": "Bonn"}},
                         "thoughtSignature": "sig"},
                        {"functionCall": {"id": "c2", "name": "time", "args": {}}},
                    ]},
                    {"role": "user", "parts": [
                        {"functionResponse": {"id": "c1", "name": "weather", "response": {"sky": "blue"}}},
                        {"functionResponse": {"id": "c2", "name": "time", "response": {"output": "noon"}}},
                    ]},
                ],
            ])
        );
    }

    #[test]
    fn what_a_message_cannot_say_is_refused_by_its_path() {
        for (message, field) in [
            (
                json!({"role": "user", "content": "a", "name": "Ann"}),
                "messages[0].name",
            ),
            (
                json!({"role": "function", "content": "a"}),
                "messages[0].role",
            ),
            (
                json!({"role": "tool", "tool_call_id": "x", "content": "a"}),
                "messages[0].tool_call_id",
            ),
            (
                json!({"role": "assistant", "audio": {"id": "a"}}),
                "messages[0].audio",
            ),
        ] {
            let error = turns(json!([message])).unwrap_err();
            assert!(
                error.starts_with(&format!("cannot send the field {field}: ")),
                "{error}"
            );
        }
    }
}
