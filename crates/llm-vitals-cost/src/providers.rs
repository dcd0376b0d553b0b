//! What price lists call the providers.

/// A provider under the name that is its label.
#[derive(Debug)]
pub(crate) struct Provider {
    name: &'static str,
    /// Its id in genai-prices, if that list has it.
    #[cfg_attr(
        not(feature = "bundled"),
        allow(dead_code, reason = "read by that list alone, and a test")
    )]
    pub(crate) genai: Option<&'static str>,
    /// The values of `litellm_provider` that are its, the one that its keys begin with first.
    pub(crate) litellm: &'static [&'static str],
}

const fn provider(
    name: &'static str,
    genai: Option<&'static str>,
    litellm: &'static [&'static str],
) -> Provider {
    Provider {
        name,
        genai,
        litellm,
    }
}

/// Machines of one's own (`ollama`, `vllm`, `llamacpp`) are in no list: their price is that of an hour, an override.
/// Hugging Face's router and GitHub's models are sold on behalf of many, whom the name does not tell.
const PROVIDERS: [Provider; 21] = [
    provider("anthropic", Some("anthropic"), &["anthropic"]),
    provider("azure", Some("azure"), &["azure", "azure_ai", "azure_text"]),
    provider(
        "bedrock",
        Some("aws"),
        &["bedrock", "bedrock_converse", "amazon_nova"],
    ),
    provider("cerebras", Some("cerebras"), &["cerebras"]),
    provider("cohere", Some("cohere"), &["cohere", "cohere_chat"]),
    provider("deepseek", Some("deepseek"), &["deepseek"]),
    provider("fireworks", Some("fireworks"), &["fireworks_ai"]),
    provider("gemini", Some("google"), &["gemini"]),
    provider("groq", Some("groq"), &["groq"]),
    provider(
        "mistral",
        Some("mistral"),
        &["mistral", "codestral", "text-completion-codestral"],
    ),
    provider("moonshot", Some("moonshotai"), &["moonshot"]),
    provider("nvidia", None, &["nvidia_nim"]),
    provider("ollama", None, &[]),
    provider(
        "openai",
        Some("openai"),
        &["openai", "text-completion-openai"],
    ),
    provider("openrouter", Some("openrouter"), &["openrouter"]),
    provider("perplexity", Some("perplexity"), &["perplexity"]),
    provider("sambanova", None, &["sambanova"]),
    provider("together", Some("together"), &["together_ai"]),
    provider("vertex", Some("google"), &["vertex_ai"]),
    provider("vllm", None, &[]),
    provider("xai", Some("x-ai"), &["xai"]),
];

/// The provider of that name, if the table has it. A list's own name for a provider is not looked up here.
pub(crate) fn find(name: &str) -> Option<&'static Provider> {
    let at = PROVIDERS.binary_search_by(|provider| provider.name.cmp(name));
    at.ok().map(|at| &PROVIDERS[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(PROVIDERS.is_sorted_by_key(|provider| provider.name));
        assert_eq!(
            find("gemini").and_then(|provider| provider.genai),
            Some("google")
        );
        assert!(find("my-openai").is_none());
    }
}
