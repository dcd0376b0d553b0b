//! The kinds of providers.

use llm_vitals_provider::openai::Flavor;
use serde::de::{self, Deserialize, Deserializer};

use crate::near::near;

const FLAVORS: [Flavor; 11] = [
    Flavor::OpenAi,
    Flavor::OpenRouter,
    Flavor::Azure,
    Flavor::Vllm,
    Flavor::LlamaCpp,
    Flavor::Ollama,
    Flavor::Groq,
    Flavor::Mistral,
    Flavor::DeepSeek,
    Flavor::Xai,
    Flavor::Compatible,
];

/// Whose API a provider has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// OpenAI's, or one like it.
    OpenAi(Flavor),
    Anthropic,
    Gemini,
    /// None: answers are made up here.
    Simulated,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi(flavor) => flavor.as_str(),
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Simulated => "simulated",
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        FLAVORS.into_iter().map(Self::OpenAi).chain([
            Self::Anthropic,
            Self::Gemini,
            Self::Simulated,
        ])
    }

    /// Where the API begins unless the file says otherwise.
    pub(crate) fn default_base_url(self) -> Option<&'static str> {
        match self {
            Self::OpenAi(flavor) => flavor.default_base_url(),
            Self::Anthropic => Some("https://api.anthropic.com/v1"),
            Self::Gemini => Some("https://generativelanguage.googleapis.com/v1beta"),
            Self::Simulated => None,
        }
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::all()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| {
                let names: Vec<_> = Self::all().map(Self::as_str).collect();
                let help = match near(&text, names.iter().copied()).first() {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => format!("there are {}", names.join(", ")),
                };
                de::Error::custom(format!("`{text}` is no kind of provider: {help}"))
            })
    }
}
