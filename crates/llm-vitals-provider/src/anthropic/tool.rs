//! Tools, and which of them may be called.

use serde_json::{Map, Value, json};

use crate::http::{ToolChoice, Unsupported, nothing_else, set};
use crate::message::Tool;
use crate::request::ChatRequest;

/// Adds the tools of a request and the choice among them.
pub(super) fn add(body: &mut Map<String, Value>, request: &ChatRequest) -> Result<(), Unsupported> {
    let choice = ToolChoice::read(request.tool_choice.as_ref())?;
    let Some(tools) = request.tools.as_ref().filter(|tools| !tools.is_empty()) else {
        return match choice {
            ToolChoice::Auto | ToolChoice::None => Ok(()),
            ToolChoice::Required | ToolChoice::One(_) => {
                Err(Unsupported::new("tool_choice", "there are no tools"))
            }
        };
    };
    let tools = tools.iter().enumerate().map(|(at, tool)| convert(tool, at));
    set(body, "tools", Some(tools.collect::<Result<Vec<_>, _>>()?));
    let single = request.parallel_tool_calls == Some(false);
    let mut chosen = match choice {
        ToolChoice::Auto if request.tool_choice.is_none() && !single => return Ok(()),
        ToolChoice::Auto => json!({"type": "auto"}),
        ToolChoice::None => json!({"type": "none"}),
        ToolChoice::Required => json!({"type": "any"}),
        ToolChoice::One(name) => json!({"type": "tool", "name": name}),
    };
    if single && chosen["type"] != "none" {
        chosen["disable_parallel_tool_use"] = true.into();
    }
    set(body, "tool_choice", Some(chosen));
    Ok(())
}

fn convert(tool: &Tool, at: usize) -> Result<Value, Unsupported> {
    let path = format!("tools[{at}]");
    let function = tool.function.as_ref().filter(|_| tool.kind == "function");
    let Some(function) = function else {
        let why = "only functions can be offered to this provider";
        return Err(Unsupported::new(format!("{path}.type"), why));
    };
    nothing_else(&tool.extra, &format!("{path}."), &["cache_control"])?;
    nothing_else(&function.extra, &format!("{path}.function."), &[])?;
    let mut converted = Map::new();
    set(&mut converted, "name", Some(function.name.as_str()));
    set(
        &mut converted,
        "description",
        function.description.as_deref(),
    );
    let schema = function.parameters.clone();
    let schema = schema.unwrap_or_else(|| json!({"type": "object", "properties": {}}));
    set(&mut converted, "input_schema", Some(schema));
    set(
        &mut converted,
        "strict",
        function.strict.filter(|strict| *strict),
    );
    set(
        &mut converted,
        "cache_control",
        tool.extra.get("cache_control").cloned(),
    );
    Ok(converted.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(request: Value) -> Result<Value, String> {
        let request: ChatRequest = serde_json::from_value(request).unwrap();
        let mut body = Map::new();
        add(&mut body, &request).map_err(|unsupported| unsupported.to_string())?;
        Ok(body.into())
    }

    #[test]
    fn functions_and_choices_are_converted() {
        let tools = json!([
            {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"},
             "strict": true}},
            {"type": "function", "function": {"name": "g", "strict": false}},
        ]);
        for (choice, parallel, expected) in [
            (json!(null), json!(null), json!(null)),
            (json!("auto"), json!(true), json!({"type": "auto"})),
            (json!("none"), json!(false), json!({"type": "none"})),
            (json!("required"), json!(null), json!({"type": "any"})),
            (
                json!(null),
                json!(false),
                json!({"type": "auto", "disable_parallel_tool_use": true}),
            ),
            (
                json!({"type": "function", "function": {"name": "f"}}),
                json!(false),
                json!({"type": "tool", "name": "f", "disable_parallel_tool_use": true}),
            ),
        ] {
            let request = json!({"model": "m", "messages": [], "tools": tools, "tool_choice": choice,
                "parallel_tool_calls": parallel});
            let body = added(request).unwrap();
            assert_eq!(body["tool_choice"], expected);
            assert_eq!(
                body["tools"],
                json!([
                    {"name": "f", "description": "d", "input_schema": {"type": "object"}, "strict": true},
                    {"name": "g", "input_schema": {"type": "object", "properties": {}}},
                ])
            );
        }
    }

    #[test]
    fn without_tools_nothing_can_be_required() {
        let request = json!({"model": "m", "messages": [], "tool_choice": "none", "parallel_tool_calls": false});
        assert_eq!(added(request).unwrap(), json!({}));
        let request = json!({"model": "m", "messages": [], "tool_choice": "required"});
        assert_eq!(
            added(request).unwrap_err(),
            "cannot send the field tool_choice: there are no tools"
        );
    }

    #[test]
    fn other_tools_are_refused() {
        let request =
            json!({"model": "m", "messages": [], "tools": [{"type": "custom", "custom": {}}]});
        assert!(
            added(request)
                .unwrap_err()
                .starts_with("cannot send the field tools[0].type: ")
        );
    }
}
