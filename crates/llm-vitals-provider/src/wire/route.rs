//! Whose API a request speaks, by its host and path.

use crate::operation::Operation;

/// What a request is, as far as its address tells.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Route<'a> {
    /// The provider, when the host is known: the label `provider`.
    pub provider: Option<&'static str>,
    /// What is asked.
    pub operation: Operation,
    /// Whose format the answer has.
    pub dialect: Dialect,
    /// The model, for the APIs that name it in the path; percent-encoded as it was sent.
    pub model: Option<&'a str>,
}

/// Whose format a body has, where the content type does not tell.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Dialect {
    /// The body tells by itself.
    #[default]
    Any,
    /// Gemini's stream as one JSON array.
    GeminiArray,
}

const HOSTS: [(&str, &str); 24] = [
    ("api.openai.com", "openai"),
    (".openai.azure.com", "azure"),
    (".cognitiveservices.azure.com", "azure"),
    (".services.ai.azure.com", "azure"),
    ("openrouter.ai", "openrouter"),
    ("api.anthropic.com", "anthropic"),
    ("generativelanguage.googleapis.com", "gemini"),
    ("aiplatform.googleapis.com", "vertex"),
    ("-aiplatform.googleapis.com", "vertex"),
    ("api.mistral.ai", "mistral"),
    ("api.deepseek.com", "deepseek"),
    ("api.groq.com", "groq"),
    ("api.x.ai", "xai"),
    ("api.together.xyz", "together"),
    ("api.fireworks.ai", "fireworks"),
    ("api.cerebras.ai", "cerebras"),
    ("api.perplexity.ai", "perplexity"),
    ("api.cohere.com", "cohere"),
    ("api.moonshot.ai", "moonshot"),
    ("api.sambanova.ai", "sambanova"),
    ("integrate.api.nvidia.com", "nvidia"),
    ("router.huggingface.co", "huggingface"),
    ("models.github.ai", "github"),
    ("ollama.com", "ollama"),
];

/// The ends of paths of OpenAI's API and all that follow it, of Anthropic's and of Ollama's.
const PATHS: [(&str, Operation); 18] = [
    ("/chat/completions", Operation::Chat),
    ("/completions", Operation::TextCompletion),
    ("/embeddings", Operation::Embeddings),
    ("/responses", Operation::Responses),
    ("/messages", Operation::Chat),
    ("/images/generations", Operation::Images),
    ("/images/edits", Operation::Images),
    ("/images/variations", Operation::Images),
    ("/audio/speech", Operation::Audio),
    ("/audio/transcriptions", Operation::Audio),
    ("/audio/translations", Operation::Audio),
    ("/rerank", Operation::Rerank),
    ("/moderations", Operation::Moderation),
    ("/api/chat", Operation::Chat),
    ("/api/generate", Operation::TextCompletion),
    ("/api/embed", Operation::Embeddings),
    ("/converse", Operation::Chat),
    ("/converse-stream", Operation::Chat),
];

/// Reads host and path (with its query, if there is one) of a request.
///
/// ```
/// use llm_vitals_provider::{Operation, wire::route};
///
/// let route = route(Some("generativelanguage.googleapis.com"), "/v1beta/models/gemini-x:generateContent");
/// assert_eq!((route.provider, route.model), (Some("gemini"), Some("gemini-x")));
/// assert_eq!(route.operation, Operation::Chat);
/// ```
#[must_use]
pub fn route<'a>(host: Option<&str>, path: &'a str) -> Route<'a> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut route = Route {
        provider: host.and_then(provider),
        operation: Operation::Other,
        dialect: Dialect::Any,
        model: None,
    };
    let path = path.trim_end_matches('/');
    if let Some((operation, _)) = PATHS
        .iter()
        .map(|(end, operation)| (operation, end))
        .find(|(_, end)| path.ends_with(**end))
    {
        route.operation = *operation;
    }
    if let Some((model, method)) = last_segment(path).rsplit_once(':') {
        // Any other method bills nothing, or the colon is part of a name.
        let operation = match method {
            "generateContent" | "streamGenerateContent" | "rawPredict" | "streamRawPredict" => {
                Some(Operation::Chat)
            }
            "embedContent" | "batchEmbedContents" | "predict" => Some(Operation::Embeddings),
            _ => None,
        };
        route.model = operation.map(|_| model);
        route.operation = operation.unwrap_or(Operation::Other);
        if method == "streamGenerateContent" && !query.split('&').any(|pair| pair == "alt=sse") {
            route.dialect = Dialect::GeminiArray;
        }
    }
    // The messages of OpenAI's threads are stored, not answered.
    if path.contains("/threads/") && path.ends_with("/messages") {
        route.operation = Operation::Other;
    }
    if let Some(rest) = path.split_once("/deployments/") {
        route.model = rest.1.split('/').next().filter(|model| !model.is_empty());
    }
    let bedrock = path
        .split_once("/model/")
        .and_then(|(_, rest)| rest.rsplit_once('/'));
    if let Some((model, method)) = bedrock {
        route.model = Some(model);
        if matches!(method, "invoke" | "invoke-with-response-stream") {
            route.operation = Operation::Chat;
        }
    }
    route
}

fn provider(host: &str) -> Option<&'static str> {
    let host = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    let host = host.to_ascii_lowercase();
    if host.starts_with("bedrock-runtime.") && host.ends_with(".amazonaws.com") {
        return Some("bedrock");
    }
    let found = HOSTS.iter().find(|(known, _)| {
        if known.starts_with(['.', '-']) {
            host.ends_with(known)
        } else {
            host == *known
        }
    });
    found.map(|(_, name)| *name)
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_every_provider() {
        for (host, path, provider, operation, model) in [
            (
                "api.openai.com",
                "/v1/chat/completions",
                Some("openai"),
                Operation::Chat,
                None,
            ),
            (
                "api.openai.com:443",
                "/v1/responses",
                Some("openai"),
                Operation::Responses,
                None,
            ),
            (
                "api.openai.com",
                "/v1/embeddings",
                Some("openai"),
                Operation::Embeddings,
                None,
            ),
            (
                "api.openai.com",
                "/v1/completions",
                Some("openai"),
                Operation::TextCompletion,
                None,
            ),
            (
                "api.openai.com",
                "/v1/models",
                Some("openai"),
                Operation::Other,
                None,
            ),
            (
                "openrouter.ai",
                "/api/v1/chat/completions",
                Some("openrouter"),
                Operation::Chat,
                None,
            ),
            (
                "me.openai.azure.com",
                "/openai/deployments/gpt-x/chat/completions?api-version=2026-01-01",
                Some("azure"),
                Operation::Chat,
                Some("gpt-x"),
            ),
            (
                "api.anthropic.com",
                "/v1/messages",
                Some("anthropic"),
                Operation::Chat,
                None,
            ),
            (
                "api.anthropic.com",
                "/v1/messages/count_tokens",
                Some("anthropic"),
                Operation::Other,
                None,
            ),
            (
                "generativelanguage.googleapis.com",
                "/v1beta/models/gemini-x:streamGenerateContent?alt=sse",
                Some("gemini"),
                Operation::Chat,
                Some("gemini-x"),
            ),
            (
                "europe-west1-aiplatform.googleapis.com",
                "/v1/projects/p/locations/l/publishers/google/models/gemini-x:generateContent",
                Some("vertex"),
                Operation::Chat,
                Some("gemini-x"),
            ),
            (
                "bedrock-runtime.eu-west-1.amazonaws.com",
                "/model/anthropic.claude-x%3A0/converse-stream",
                Some("bedrock"),
                Operation::Chat,
                Some("anthropic.claude-x%3A0"),
            ),
            ("127.0.0.1:11434", "/api/chat", None, Operation::Chat, None),
            (
                "api.openai.com",
                "/v1/models/ft:gpt-x:me::id",
                Some("openai"),
                Operation::Other,
                None,
            ),
            (
                "api.openai.com",
                "/v1/threads/t/messages",
                Some("openai"),
                Operation::Other,
                None,
            ),
            (
                "evil-api.openai.com.example",
                "/v1/chat/completions",
                None,
                Operation::Chat,
                None,
            ),
        ] {
            let route = route(Some(host), path);
            assert_eq!(
                (route.provider, route.operation, route.model),
                (provider, operation, model),
                "{host}{path}"
            );
        }
    }

    #[test]
    fn a_gemini_stream_without_sse_is_an_array() {
        assert_eq!(
            route(None, "/v1beta/models/m:streamGenerateContent").dialect,
            Dialect::GeminiArray
        );
        assert_eq!(
            route(None, "/v1beta/models/m:streamGenerateContent?alt=sse").dialect,
            Dialect::Any
        );
    }
}
