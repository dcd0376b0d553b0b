//! The servers that speak OpenAI's format, and where they differ.

/// A server that speaks OpenAI's format.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Flavor {
    /// OpenAI itself.
    OpenAi,
    /// OpenRouter.
    OpenRouter,
    /// Azure OpenAI: the model is the name of a deployment. Its base URL is the resource's, `https://NAME.openai.azure.com`.
    Azure,
    /// vLLM.
    Vllm,
    /// llama.cpp's server.
    LlamaCpp,
    /// Ollama.
    Ollama,
    /// Groq.
    Groq,
    /// Mistral.
    Mistral,
    /// DeepSeek.
    DeepSeek,
    /// xAI.
    Xai,
    /// Any other server.
    Compatible,
}

/// Where a server differs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quirks {
    name: &'static str,
    base_url: Option<&'static str>,
    /// Whether it takes `stream_options`. Who does not reports usage unasked.
    pub(super) stream_options: bool,
    /// How it names the limit on completion tokens.
    pub(super) limit: Limit,
    /// Where a chunk of a stream reports usage, when not in `usage`.
    pub(super) usage: UsageAt,
    /// How keys are sent and paths are built.
    pub(super) azure: bool,
    /// What is asked to learn whether it would answer.
    pub(super) check: Check,
}

/// The name of the limit on completion tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Limit {
    /// Both names are understood.
    AsSent,
    /// `max_tokens`; the new name is refused (Mistral) or silently ignored (Ollama).
    Old,
}

/// Where a chunk reports usage.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum UsageAt {
    /// In `usage`.
    Chunk,
    /// In `usage` or in `x_groq.usage`.
    Groq,
    /// In `usage` or in `choices[0].usage`.
    Choice,
}

/// What is asked to learn whether a server would answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Check {
    /// The list of models.
    Models,
    /// The key's status: the list of models needs no key there.
    Key,
}

/// A server like OpenAI's.
const PLAIN: Quirks = Quirks {
    name: "compatible",
    base_url: None,
    stream_options: true,
    limit: Limit::AsSent,
    usage: UsageAt::Chunk,
    azure: false,
    check: Check::Models,
};

/// Every difference of every server.
static TABLE: [(Flavor, Quirks); 11] = [
    (
        Flavor::OpenAi,
        Quirks {
            name: "openai",
            base_url: Some("https://api.openai.com/v1"),
            ..PLAIN
        },
    ),
    (
        Flavor::OpenRouter,
        Quirks {
            name: "openrouter",
            base_url: Some("https://openrouter.ai/api/v1"),
            check: Check::Key,
            ..PLAIN
        },
    ),
    (
        Flavor::Azure,
        Quirks {
            name: "azure",
            azure: true,
            ..PLAIN
        },
    ),
    (
        Flavor::Vllm,
        Quirks {
            name: "vllm",
            ..PLAIN
        },
    ),
    (
        Flavor::LlamaCpp,
        Quirks {
            name: "llamacpp",
            limit: Limit::Old,
            ..PLAIN
        },
    ),
    (
        Flavor::Ollama,
        Quirks {
            name: "ollama",
            base_url: Some("http://127.0.0.1:11434/v1"),
            limit: Limit::Old,
            ..PLAIN
        },
    ),
    (
        Flavor::Groq,
        Quirks {
            name: "groq",
            base_url: Some("https://api.groq.com/openai/v1"),
            usage: UsageAt::Groq,
            ..PLAIN
        },
    ),
    (
        Flavor::Mistral,
        Quirks {
            name: "mistral",
            base_url: Some("https://api.mistral.ai/v1"),
            stream_options: false,
            limit: Limit::Old,
            ..PLAIN
        },
    ),
    (
        Flavor::DeepSeek,
        Quirks {
            name: "deepseek",
            base_url: Some("https://api.deepseek.com/v1"),
            limit: Limit::Old,
            ..PLAIN
        },
    ),
    (
        Flavor::Xai,
        Quirks {
            name: "xai",
            base_url: Some("https://api.x.ai/v1"),
            ..PLAIN
        },
    ),
    (
        Flavor::Compatible,
        Quirks {
            usage: UsageAt::Choice,
            ..PLAIN
        },
    ),
];

impl Flavor {
    /// Reads a name as [`as_str`](Self::as_str) writes it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let found = TABLE.iter().find(|(_, quirks)| quirks.name == name);
        found.map(|(flavor, _)| *flavor)
    }

    /// The name, which is the provider's name unless another one is given: `openai`, `openrouter`, `azure`, `vllm`,
    /// `llamacpp`, `ollama`, `groq`, `mistral`, `deepseek`, `xai`, `compatible`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.quirks().name
    }

    /// Where the API begins when no base URL is given; `None` when one must be.
    #[must_use]
    pub fn default_base_url(self) -> Option<&'static str> {
        self.quirks().base_url
    }

    /// Whether `stream_options.include_usage` may be sent. Where not, usage is reported unasked.
    #[must_use]
    pub fn reports_stream_usage_when_asked(self) -> bool {
        self.quirks().stream_options
    }

    pub(super) fn quirks(self) -> &'static Quirks {
        let row = TABLE.iter().find(|(flavor, _)| *flavor == self);
        row.map_or(&PLAIN, |(_, quirks)| quirks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flavor_has_a_row_and_a_name_of_its_own() {
        for (row, (flavor, quirks)) in TABLE.iter().enumerate() {
            assert_eq!(*flavor as usize, row);
            assert_eq!(Flavor::parse(quirks.name), Some(*flavor));
            assert_eq!(flavor.as_str(), quirks.name);
        }
        assert_eq!(Flavor::parse("OpenAI"), None);
    }

    #[test]
    fn only_mistral_must_not_be_asked_for_usage() {
        let silent = TABLE
            .iter()
            .filter(|(flavor, _)| !flavor.reports_stream_usage_when_asked());
        assert_eq!(
            silent.map(|(flavor, _)| *flavor).collect::<Vec<_>>(),
            [Flavor::Mistral]
        );
    }
}
