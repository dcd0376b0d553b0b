//! A request in the format of the Gemini API.

use serde_json::{Map, Value, json};

use crate::gemini::{config, message, tool};
use crate::http::{HINTS, Unsupported, nothing_else, says_nothing, set};
use crate::request::ChatRequest;

/// The API's own fields, which pass as they are.
const NATIVE: [&str; 2] = ["safetySettings", "cachedContent"];

/// Converts a request.
pub(super) fn body(request: &ChatRequest) -> Result<Value, Unsupported> {
    refuse(request)?;
    let (system, contents) = message::convert(&request.messages)?;
    let mut body = Map::new();
    set(&mut body, "contents", Some(contents));
    let system = Some(system).filter(|parts| !parts.is_empty());
    let system = system.map(|parts| json!({ "parts": parts }));
    set(&mut body, "systemInstruction", system);
    tool::add(&mut body, request)?;
    let config = config::convert(request)?;
    let config = Some(config).filter(|config| !config.is_empty());
    set(&mut body, "generationConfig", config);
    for name in NATIVE {
        set(&mut body, name, request.extra.get(name).cloned());
    }
    Ok(body.into())
}

/// Refuses what the API cannot say.
fn refuse(request: &ChatRequest) -> Result<(), Unsupported> {
    let none = "the Gemini API has no such field";
    let text = "only answers of text can be read";
    let bias = request.logit_bias.as_ref();
    let modalities = request.modalities.as_deref().unwrap_or_default();
    let tier = request.service_tier.as_deref().unwrap_or("auto");
    for (field, said, why) in [
        (
            "logit_bias",
            bias.is_some_and(|bias| !says_nothing(bias)),
            none,
        ),
        ("logprobs", request.logprobs == Some(true), text),
        (
            "top_logprobs",
            request.top_logprobs.is_some_and(|top| top > 0),
            text,
        ),
        (
            "modalities",
            modalities.iter().any(|modality| modality != "text"),
            text,
        ),
        ("audio", request.audio.is_some(), text),
        ("service_tier", !matches!(tier, "auto" | "default"), none),
    ] {
        if said {
            return Err(Unsupported::new(field, why));
        }
    }
    let known = [&NATIVE[..], &config::NATIVE[..], &HINTS[..]].concat();
    nothing_else(&request.extra, "", &known)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::any::any_request;

    fn convert(request: Value) -> Result<Value, String> {
        let request: ChatRequest = serde_json::from_value(request).unwrap();
        body(&request).map_err(|unsupported| unsupported.to_string())
    }

    #[test]
    fn every_field_has_its_place() {
        let request = json!({
            "model": "gemini-2.5-flash",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hi"},
            ],
            "max_tokens": 100, "stop": ["A", "B"], "temperature": 1.5, "top_p": 0.9, "top_k": 40, "n": 2, "seed": 7,
            "presence_penalty": 0.5, "frequency_penalty": -0.5, "reasoning_effort": "low", "user": "u1",
            "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}},
            "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
        });
        assert_eq!(
            convert(request).unwrap(),
            json!({
                "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
                "systemInstruction": {"parts": [{"text": "Be brief."}]},
                "generationConfig": {
                    "temperature": 1.5,
                    "topP": 0.9,
                    "topK": 40,
                    "maxOutputTokens": 100,
                    "stopSequences": ["A", "B"],
                    "candidateCount": 2,
                    "presencePenalty": 0.5,
                    "frequencyPenalty": -0.5,
                    "seed": 7,
                    "responseMimeType": "application/json",
                    "responseJsonSchema": {"type": "object"},
                    "thinkingConfig": {"thinkingBudget": 1024},
                },
                "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
            })
        );
    }

    #[test]
    fn what_cannot_be_said_is_refused_by_name() {
        for (name, value) in [
            ("logit_bias", json!({"5": 1})),
            ("logprobs", json!(true)),
            ("top_logprobs", json!(2)),
            ("modalities", json!(["audio"])),
            ("audio", json!({"voice": "alloy"})),
            ("service_tier", json!("priority")),
            ("seed", json!(5_000_000_000_i64)),
            ("parallel_tool_calls", json!(false)),
            ("response_format", json!({"type": "grammar"})),
            ("reasoning_effort", json!("none")),
            ("prediction", json!({"type": "content"})),
        ] {
            let mut request = json!({
                "model": "gemini-3-pro", "messages": [], "tools": [{"type": "function", "function": {"name": "f"}}],
            });
            request[name] = value;
            let error = convert(request).unwrap_err();
            let begin = format!("cannot send the field {name}: ");
            assert!(error.starts_with(&begin), "{error}");
        }
    }

    proptest! {
        #[test]
        fn a_request_of_any_form_is_converted_or_refused(request in any_request()) {
            let converted = body(&request);
            if let Err(unsupported) = converted {
                prop_assert!(unsupported.to_string().starts_with("cannot send the field "));
            }
        }
    }
}
