//! Why a model stopped.

/// Whether `reason`, in the words of any provider, says that an answer reached the limit of tokens or of the context.
pub(crate) fn is_limit(reason: &str) -> bool {
    matches!(
        reason,
        // OpenAI and all that follow it, and Ollama.
        "length"
            // Mistral, where the context is full.
            | "model_length"
            // Anthropic and Bedrock.
            | "max_tokens"
            | "model_context_window_exceeded"
            // OpenAI's Responses.
            | "max_output_tokens"
            // Gemini.
            | "MAX_TOKENS"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_of_every_provider_and_nothing_else() {
        for (reason, limit) in [
            ("length", true),
            ("model_length", true),
            ("max_tokens", true),
            ("model_context_window_exceeded", true),
            ("max_output_tokens", true),
            ("MAX_TOKENS", true),
            ("stop", false),
            ("end_turn", false),
            ("STOP", false),
            ("tool_calls", false),
            ("content_filter", false),
            ("guardrail_intervened", false),
            ("lengthy", false),
            ("", false),
        ] {
            assert_eq!(is_limit(reason), limit, "{reason}");
        }
    }
}
