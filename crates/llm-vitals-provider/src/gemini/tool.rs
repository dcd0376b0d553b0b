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
    if request.parallel_tool_calls == Some(false) {
        let why = "the Gemini API cannot be held to one call at a time";
        return Err(Unsupported::new("parallel_tool_calls", why));
    }
    let functions = tools.iter().enumerate().map(|(at, tool)| convert(tool, at));
    let functions = functions.collect::<Result<Vec<_>, _>>()?;
    let tools_sent = json!([{ "functionDeclarations": functions }]);
    set(body, "tools", Some(tools_sent));
    let strict = |tool: &Tool| {
        tool.function
            .as_ref()
            .is_some_and(|f| f.strict == Some(true))
    };
    let chosen = match choice {
        // Arguments that must match the schema are what this mode promises.
        ToolChoice::Auto if tools.iter().any(strict) => json!({"mode": "VALIDATED"}),
        ToolChoice::Auto if request.tool_choice.is_none() => return Ok(()),
        ToolChoice::Auto => json!({"mode": "AUTO"}),
        ToolChoice::None => json!({"mode": "NONE"}),
        ToolChoice::Required => json!({"mode": "ANY"}),
        ToolChoice::One(name) => json!({"mode": "ANY", "allowedFunctionNames": [name]}),
    };
    set(
        body,
        "toolConfig",
        Some(json!({ "functionCallingConfig": chosen })),
    );
    Ok(())
}

fn convert(tool: &Tool, at: usize) -> Result<Value, Unsupported> {
    let path = format!("tools[{at}]");
    let function = tool.function.as_ref().filter(|_| tool.kind == "function");
    let Some(function) = function else {
        let why = "only functions can be offered to this provider";
        return Err(Unsupported::new(format!("{path}.type"), why));
    };
    nothing_else(&tool.extra, &format!("{path}."), &[])?;
    nothing_else(&function.extra, &format!("{path}.function."), &[])?;
    let mut converted = Map::new();
    set(&mut converted, "name", Some(function.name.as_str()));
    set(
        &mut converted,
        "description",
        function.description.as_deref(),
    );
    set(
        &mut converted,
        "parametersJsonSchema",
        function.parameters.clone(),
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
        for (choice, strict, expected) in [
            (json!(null), false, json!(null)),
            (
                json!(null),
                true,
                json!({"functionCallingConfig": {"mode": "VALIDATED"}}),
            ),
            (
                json!("auto"),
                false,
                json!({"functionCallingConfig": {"mode": "AUTO"}}),
            ),
            (
                json!("none"),
                false,
                json!({"functionCallingConfig": {"mode": "NONE"}}),
            ),
            (
                json!("required"),
                true,
                json!({"functionCallingConfig": {"mode": "ANY"}}),
            ),
            (
                json!({"type": "function", "function": {"name": "f"}}),
                false,
                json!({"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}}),
            ),
        ] {
            let function = json!({"name": "f", "description": "d", "parameters": {"type": "object"}, "strict": strict});
            let request = json!({"model": "m", "messages": [], "tool_choice": choice,
                "tools": [{"type": "function", "function": function}]});
            let body = added(request).unwrap();
            assert_eq!(body["toolConfig"], expected);
            assert_eq!(
                body["tools"],
                json!([{"functionDeclarations": [
                    {"name": "f", "description": "d", "parametersJsonSchema": {"type": "object"}}]}])
            );
        }
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
