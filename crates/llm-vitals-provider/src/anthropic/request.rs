//! A request in the format of the Messages API.

use serde_json::{Map, Value, json};

use crate::anthropic::thinking::Thinking;
use crate::anthropic::{message, tool};
use crate::http::{Format, HINTS, Unsupported, nothing_else, set, stops};
use crate::request::ChatRequest;

/// The API's own fields, which pass as they are.
const NATIVE: [&str; 5] = [
    "thinking",
    "output_config",
    "top_k",
    "cache_control",
    "context_management",
];

/// Converts a request. `max_tokens` is the limit on completion tokens when it has none.
pub(super) fn body(
    request: &ChatRequest,
    stream: bool,
    max_tokens: u64,
) -> Result<Value, Unsupported> {
    refuse(request)?;
    let (system, messages) = message::convert(&request.messages)?;
    let given = request.max_completion_tokens.or(request.max_tokens);
    let thinking = Thinking::of(request, given)?;
    let max_tokens = given.unwrap_or_else(|| max_tokens.saturating_add(thinking.budget()));

    let mut body = Map::new();
    set(&mut body, "model", Some(request.model.as_str()));
    set(&mut body, "max_tokens", Some(max_tokens));
    set(
        &mut body,
        "system",
        Some(system).filter(|system| !system.is_empty()),
    );
    set(&mut body, "messages", Some(messages));
    let stops = stops(request.stop.as_ref())?;
    set(
        &mut body,
        "stop_sequences",
        Some(stops).filter(|stops| !stops.is_empty()),
    );
    set(&mut body, "temperature", request.temperature);
    set(&mut body, "top_p", request.top_p);
    tool::add(&mut body, request)?;
    set(&mut body, "service_tier", service_tier(request)?);
    let user = request.user.as_ref().map(|user| json!({ "user_id": user }));
    set(&mut body, "metadata", user);
    for name in NATIVE {
        set(&mut body, name, request.extra.get(name).cloned());
    }
    thinking.add(&mut body);
    output_format(&mut body, request)?;
    set(&mut body, "stream", stream.then_some(true));
    Ok(Value::Object(body))
}

/// Refuses what the API cannot say.
fn refuse(request: &ChatRequest) -> Result<(), Unsupported> {
    let none = "the Messages API has no such field";
    let penalty = |penalty: Option<f64>| penalty.is_some_and(|penalty| penalty != 0.0);
    let bias = request.logit_bias.as_ref();
    let modalities = request.modalities.as_deref().unwrap_or_default();
    for (field, said, why) in [
        (
            "n",
            request.n.is_some_and(|n| n != 1),
            "the Messages API gives one answer",
        ),
        (
            "temperature",
            request
                .temperature
                .is_some_and(|temperature| temperature > 1.0),
            "at most 1 for this provider",
        ),
        ("presence_penalty", penalty(request.presence_penalty), none),
        (
            "frequency_penalty",
            penalty(request.frequency_penalty),
            none,
        ),
        (
            "logit_bias",
            bias.is_some_and(|bias| !crate::http::says_nothing(bias)),
            none,
        ),
        ("logprobs", request.logprobs == Some(true), none),
        (
            "top_logprobs",
            request.top_logprobs.is_some_and(|top| top > 0),
            none,
        ),
        ("seed", request.seed.is_some(), none),
        (
            "modalities",
            modalities.iter().any(|modality| modality != "text"),
            "the Messages API answers with text",
        ),
        (
            "audio",
            request.audio.is_some(),
            "the Messages API answers with text",
        ),
    ] {
        if said {
            return Err(Unsupported::new(field, why));
        }
    }
    let known = [&NATIVE[..], &HINTS[..]].concat();
    nothing_else(&request.extra, "", &known)
}

fn service_tier(request: &ChatRequest) -> Result<Option<&'static str>, Unsupported> {
    match request.service_tier.as_deref() {
        None => Ok(None),
        Some("auto") => Ok(Some("auto")),
        Some("default") => Ok(Some("standard_only")),
        Some(_) => {
            let why = "only auto and default can be asked of the Messages API";
            Err(Unsupported::new("service_tier", why))
        }
    }
}

fn output_format(body: &mut Map<String, Value>, request: &ChatRequest) -> Result<(), Unsupported> {
    let schema = match Format::read(request.response_format.as_ref())? {
        Format::Text => return Ok(()),
        Format::Schema(schema) => schema,
        Format::Json => {
            let why = "the Messages API needs a schema: ask for json_schema";
            return Err(Unsupported::new("response_format", why));
        }
    };
    let format = json!({"type": "json_schema", "schema": schema});
    output_config(body).insert("format".to_owned(), format);
    Ok(())
}

/// The object `output_config`, which a request may have brought along.
pub(super) fn output_config(body: &mut Map<String, Value>) -> &mut Map<String, Value> {
    let config = body.entry("output_config").or_insert(Value::Null);
    if !config.is_object() {
        *config = Value::Object(Map::new());
    }
    match config {
        Value::Object(config) => config,
        _ => unreachable!("made an object above"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::any::any_request;

    fn convert(request: Value) -> Result<Value, String> {
        let request: ChatRequest = serde_json::from_value(request).unwrap();
        body(&request, false, 4096).map_err(|unsupported| unsupported.to_string())
    }

    #[test]
    fn every_field_has_its_place() {
        let request = json!({
            "model": "claude-opus-4-6",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hi"},
            ],
            "max_completion_tokens": 100, "stop": "END", "temperature": 0.5, "top_p": 0.9, "top_k": 40, "n": 1,
            "service_tier": "default", "user": "u1", "store": true, "logprobs": false, "frequency_penalty": 0,
            "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}},
        });
        assert_eq!(
            convert(request).unwrap(),
            json!({
                "model": "claude-opus-4-6",
                "max_tokens": 100,
                "system": [{"type": "text", "text": "Be brief."}],
                "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
                "stop_sequences": ["END"],
                "temperature": 0.5,
                "top_p": 0.9,
                "service_tier": "standard_only",
                "metadata": {"user_id": "u1"},
                "top_k": 40,
                "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}},
            })
        );
    }

    #[test]
    fn what_cannot_be_said_is_refused_by_name() {
        for (name, value) in [
            ("n", json!(2)),
            ("temperature", json!(1.5)),
            ("presence_penalty", json!(0.1)),
            ("frequency_penalty", json!(-1)),
            ("logit_bias", json!({"5": 1})),
            ("logprobs", json!(true)),
            ("top_logprobs", json!(2)),
            ("seed", json!(7)),
            ("modalities", json!(["text", "audio"])),
            ("audio", json!({"voice": "alloy"})),
            ("service_tier", json!("flex")),
            ("response_format", json!({"type": "json_object"})),
            ("stop", json!(3)),
            ("tool_choice", json!({"type": "allowed_tools"})),
            ("prediction", json!({"type": "content"})),
            ("reasoning_effort", json!("extreme")),
        ] {
            let mut request = json!({
                "model": "claude-x", "messages": [], "tools": [{"type": "function", "function": {"name": "f"}}],
            });
            request[name] = value;
            let error = convert(request).unwrap_err();
            let begin = format!("cannot send the field {name}: ");
            assert!(error.starts_with(&begin), "{error}");
        }
    }

    #[test]
    fn a_limit_is_always_sent() {
        let request = json!({"model": "claude-x", "messages": []});
        assert_eq!(convert(request).unwrap()["max_tokens"], 4096);
        let request =
            json!({"model": "claude-sonnet-4-5", "messages": [], "reasoning_effort": "medium"});
        let sent = convert(request).unwrap();
        assert_eq!(sent["max_tokens"], 4096 + 8192);
        assert_eq!(
            sent["thinking"],
            json!({"type": "enabled", "budget_tokens": 8192})
        );
    }

    #[test]
    fn effort_and_format_join_what_the_request_brings() {
        let request = json!({
            "model": "claude-opus-5", "messages": [], "reasoning_effort": "low",
            "output_config": {"task_budget": 1},
            "response_format": {"type": "json_schema", "json_schema": {"schema": {}}},
        });
        let sent = convert(request).unwrap();
        assert_eq!(
            sent["output_config"],
            json!({"task_budget": 1, "effort": "low", "format": {"type": "json_schema", "schema": {}}})
        );
        assert_eq!(sent["thinking"], json!({"type": "adaptive"}));
    }

    proptest! {
        #[test]
        fn a_request_of_any_form_is_converted_or_refused(request in any_request()) {
            let converted = body(&request, false, 4096);
            if let Err(unsupported) = converted {
                prop_assert!(unsupported.to_string().starts_with("cannot send the field "));
            }
        }
    }
}
