//! What is changed in a request before it is sent: only what the server would refuse or ignore.

use crate::openai::flavor::{Limit, Quirks};
use crate::request::ChatRequest;

/// The request as the server takes it, streamed or not.
pub(super) fn prepare(mut request: ChatRequest, stream: bool, quirks: &Quirks) -> ChatRequest {
    if stream {
        request.stream = Some(true);
    } else if request.stream == Some(true) {
        // Its options are an error without it.
        request.stream = None;
        request.stream_options = None;
    }
    if !quirks.stream_options {
        request.stream_options = None;
        request.extra.remove("stream_options");
    }
    if quirks.limit == Limit::Old && request.max_tokens.is_none() {
        request.max_tokens = request.max_completion_tokens.take();
    }
    request
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::openai::Flavor;

    fn sent(request: &Value, stream: bool, flavor: Flavor) -> Value {
        let request: ChatRequest = serde_json::from_value(request.clone()).unwrap();
        serde_json::to_value(prepare(request, stream, flavor.quirks())).unwrap()
    }

    #[test]
    fn a_request_passes_untouched() {
        let request = json!({
            "model": "m", "messages": [{"role": "user", "content": "hi", "cache_control": {"type": "ephemeral"}}],
            "stream": true, "stream_options": {"include_usage": true, "include_obfuscation": false},
            "max_tokens": 5, "max_completion_tokens": 6, "provider": {"order": ["x"]}, "seed": null,
        });
        for flavor in [Flavor::OpenAi, Flavor::OpenRouter, Flavor::Compatible] {
            assert_eq!(sent(&request, true, flavor), request);
        }
    }

    #[test]
    fn the_limit_goes_by_the_name_that_is_known() {
        let old = json!({"model": "m", "messages": [], "max_tokens": 5});
        let new = json!({"model": "m", "messages": [], "max_completion_tokens": 5});
        for (flavor, expected) in [
            (Flavor::OpenAi, [&old, &new]),
            (Flavor::Mistral, [&old, &old]),
            (Flavor::Ollama, [&old, &old]),
            (Flavor::Groq, [&old, &new]),
        ] {
            assert_eq!(&sent(&old, false, flavor), expected[0], "{flavor:?}");
            assert_eq!(&sent(&new, false, flavor), expected[1], "{flavor:?}");
        }
    }

    #[test]
    fn options_of_a_stream_go_where_they_are_known() {
        let request = json!({
            "model": "m", "messages": [], "stream": true, "stream_options": {"include_usage": true},
        });
        assert_eq!(
            sent(&request, true, Flavor::Mistral),
            json!({"model": "m", "messages": [], "stream": true})
        );
        assert_eq!(
            sent(&request, false, Flavor::OpenAi),
            json!({"model": "m", "messages": []})
        );
    }
}
