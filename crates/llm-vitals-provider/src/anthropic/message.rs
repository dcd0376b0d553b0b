//! Messages as turns of two sides, and the system's text before them.

use serde_json::{Value, json};

use crate::anthropic::content;
use crate::http::{HINTS, Unsupported, arguments, nothing_else, texts};
use crate::message::{Content, Message};

/// Fields of a message of the assistant that only an answer fills, and that no provider reads back.
const ECHOES: [&str; 3] = [
    "annotations",
    "reasoning_details",
    "provider_specific_fields",
];

/// Converts messages: the system's blocks, and the turns.
pub(super) fn convert(messages: &[Message]) -> Result<(Vec<Value>, Vec<Value>), Unsupported> {
    let mut system = Vec::new();
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        let path = format!("messages[{at}]");
        check(message, &path)?;
        let (side, blocks) = match message.role.as_str() {
            "system" | "developer" => {
                system.extend(system_blocks(message, &path)?);
                continue;
            }
            "user" => ("user", content::blocks(message.content.as_ref(), &path)?),
            "assistant" => ("assistant", assistant(message, &path)?),
            "tool" => ("user", vec![tool_result(message, &path)?]),
            _ => {
                let field = format!("{path}.role");
                return Err(Unsupported::new(field, "the provider knows no such role"));
            }
        };
        // The results of several calls must stand in one turn.
        match turns.last_mut() {
            Some((last, all)) if *last == side => all.extend(blocks),
            _ => turns.push((side, blocks)),
        }
    }
    turns.retain(|(_, blocks)| !blocks.is_empty());
    let turns = turns.into_iter();
    let turns = turns.map(|(role, blocks)| json!({"role": role, "content": blocks}));
    Ok((system, turns.collect()))
}

/// Refuses what no message there can say.
fn check(message: &Message, path: &str) -> Result<(), Unsupported> {
    if message.audio.is_some() {
        let field = format!("{path}.audio");
        return Err(Unsupported::new(field, "the Messages API takes no audio"));
    }
    // The name of a tool's answer repeats the call's.
    if message.name.is_some() && message.role != "tool" {
        let field = format!("{path}.name");
        return Err(Unsupported::new(field, "the Messages API has no names"));
    }
    let mut known = ECHOES.to_vec();
    if message.role == "assistant" {
        known.push("thinking_blocks");
    }
    known.extend(HINTS);
    nothing_else(&message.extra, &format!("{path}."), &known)
}

fn system_blocks(message: &Message, path: &str) -> Result<Vec<Value>, Unsupported> {
    match &message.content {
        None => Ok(Vec::new()),
        Some(content) => {
            texts(content, path)?;
            content::blocks(Some(content), path)
        }
    }
}

fn assistant(message: &Message, path: &str) -> Result<Vec<Value>, Unsupported> {
    let thinking = message.extra.get("thinking_blocks");
    let thinking = thinking.and_then(Value::as_array).into_iter().flatten();
    let mut blocks: Vec<Value> = thinking.cloned().collect();
    blocks.extend(content::blocks(message.content.as_ref(), path)?);
    if let Some(refusal) = message.refusal.as_ref().filter(|text| !text.is_empty()) {
        blocks.push(json!({"type": "text", "text": refusal}));
    }
    for (at, call) in message.tool_calls.iter().flatten().enumerate() {
        let path = format!("{path}.tool_calls[{at}]");
        let (name, input) = arguments(call, &path)?;
        let id = call.id.as_deref();
        let id = id.ok_or_else(|| Unsupported::new(format!("{path}.id"), "a call needs an id"))?;
        blocks.push(json!({"type": "tool_use", "id": id, "name": name, "input": input}));
    }
    Ok(blocks)
}

fn tool_result(message: &Message, path: &str) -> Result<Value, Unsupported> {
    let Some(id) = &message.tool_call_id else {
        let field = format!("{path}.tool_call_id");
        return Err(Unsupported::new(
            field,
            "an answer of a tool needs its call",
        ));
    };
    let mut result = json!({"type": "tool_result", "tool_use_id": id});
    match &message.content {
        Some(Content::Text(text)) => result["content"] = text.as_str().into(),
        content => {
            let blocks = content::blocks(content.as_ref(), path)?;
            if !blocks.is_empty() {
                result["content"] = blocks.into();
            }
        }
    }
    Ok(result)
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
    fn calls_and_their_answers_become_blocks_of_two_turns() {
        let messages = json!([
            {"role": "developer", "content": [{"type": "text", "text": "Rules", "cache_control": {"type": "ephemeral"}}]},
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "content": "", "refusal": null, "annotations": [], "reasoning_content": "hm",
             "thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "s"}],
             "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\"city\":\"Bonn\"}"}},
                {"id": "c2", "type": "function", "function": {"name": "time", "arguments": ""}}]},
            {"role": "tool", "tool_call_id": "c1", "name": "weather", "content": "sunny"},
            {"role": "tool", "tool_call_id": "c2", "content": [{"type": "text", "text": "noon"}]},
            {"role": "user", "content": "Thanks"},
        ]);
        assert_eq!(
            turns(messages).unwrap(),
            json!([
                [{"type": "text", "text": "Rules", "cache_control": {"type": "ephemeral"}}],
                [
                    {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
                    {"role": "assistant", "content": [
                        {"type": "thinking", "thinking": "hm", "signature": "s"},
                        {"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Bonn"}},
                        {"type": "tool_use", "id": "c2", "name": "time", "input": {}},
                    ]},
                    {"role": "user", "content": [
                        {"type": "tool_result", "tool_use_id": "c1", "content": "sunny"},
                        {"type": "tool_result", "tool_use_id": "c2", "content": [{"type": "text", "text": "noon"}]},
                        {"type": "text", "text": "Thanks"},
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
                json!({"role": "tool", "content": "a"}),
                "messages[0].tool_call_id",
            ),
            (
                json!({"role": "assistant", "audio": {"id": "a"}}),
                "messages[0].audio",
            ),
            (
                json!({"role": "user", "content": "a", "mood": "sad"}),
                "messages[0].mood",
            ),
            (
                json!({"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{"}}]}),
                "messages[0].tool_calls[0].function.arguments",
            ),
            (
                json!({"role": "system", "content": [{"type": "image_url", "image_url": {"url": "https://h/a"}}]}),
                "messages[0].content[0].type",
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
