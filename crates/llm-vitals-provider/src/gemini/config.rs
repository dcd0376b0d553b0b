//! How the answer is to be made.

use serde_json::{Map, Value, json};

use crate::http::{Format, Unsupported, set, stops};
use crate::request::ChatRequest;

/// Fields of the API's own that a request may bring along.
pub(super) const NATIVE: [&str; 2] = ["top_k", "thinkingConfig"];

pub(super) fn convert(request: &ChatRequest) -> Result<Map<String, Value>, Unsupported> {
    let mut config = Map::new();
    set(&mut config, "temperature", request.temperature);
    set(&mut config, "topP", request.top_p);
    set(&mut config, "topK", request.extra.get("top_k").cloned());
    let limit = request.max_completion_tokens.or(request.max_tokens);
    set(&mut config, "maxOutputTokens", limit);
    let stops = stops(request.stop.as_ref())?;
    set(
        &mut config,
        "stopSequences",
        Some(stops).filter(|stops| !stops.is_empty()),
    );
    set(&mut config, "candidateCount", request.n.filter(|n| *n != 1));
    set(&mut config, "presencePenalty", request.presence_penalty);
    set(&mut config, "frequencyPenalty", request.frequency_penalty);
    if request
        .seed
        .is_some_and(|seed| i32::try_from(seed).is_err())
    {
        return Err(Unsupported::new(
            "seed",
            "the Gemini API takes 32 bits of it",
        ));
    }
    set(&mut config, "seed", request.seed);
    match Format::read(request.response_format.as_ref())? {
        Format::Text => {}
        Format::Json => set(&mut config, "responseMimeType", Some("application/json")),
        Format::Schema(schema) => {
            set(&mut config, "responseMimeType", Some("application/json"));
            set(&mut config, "responseJsonSchema", Some(schema.clone()));
        }
    }
    set(&mut config, "thinkingConfig", thinking(request)?);
    Ok(config)
}

/// How hard the model is to think: a level, or a number of tokens for the generation before levels.
fn thinking(request: &ChatRequest) -> Result<Option<Value>, Unsupported> {
    let native = request.extra.get("thinkingConfig").cloned();
    let Some(effort) = request.reasoning_effort.as_deref() else {
        return Ok(native);
    };
    let refuse = |why: &str| Err(Unsupported::new("reasoning_effort", why));
    if native.is_some() {
        return refuse("the field thinkingConfig says it already");
    }
    let budgets = ["gemini-1", "gemini-2"]
        .iter()
        .any(|old| request.model.contains(old));
    let config = match (effort, budgets) {
        ("none", true) => json!({"thinkingBudget": 0}),
        ("minimal" | "low", true) => json!({"thinkingBudget": 1024}),
        ("medium", true) => json!({"thinkingBudget": 8192}),
        ("high", true) => json!({"thinkingBudget": 24_576}),
        ("minimal" | "low" | "medium" | "high", false) => json!({"thinkingLevel": effort}),
        ("none", false) => return refuse("thinking of this model cannot be turned off"),
        _ => return refuse("only none, minimal, low, medium and high can be asked for"),
    };
    Ok(Some(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effort_is_a_level_or_a_budget() {
        let read = |model: &str, effort: &str| {
            let mut request = ChatRequest::new(model, []);
            request.reasoning_effort = Some(effort.to_owned());
            thinking(&request).ok().flatten()
        };
        assert_eq!(
            read("gemini-2.5-pro", "high"),
            Some(json!({"thinkingBudget": 24_576}))
        );
        assert_eq!(
            read("models/gemini-2.5-flash", "none"),
            Some(json!({"thinkingBudget": 0}))
        );
        assert_eq!(
            read("gemini-3-pro", "medium"),
            Some(json!({"thinkingLevel": "medium"}))
        );
        assert_eq!(read("gemini-3-pro", "max"), None);
    }
}
