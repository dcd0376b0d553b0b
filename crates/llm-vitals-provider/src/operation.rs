//! What is asked of a provider.

/// What is asked of a provider: the label `operation`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Operation {
    /// A chat.
    Chat,
    /// A completion of plain text.
    TextCompletion,
    /// Embeddings.
    Embeddings,
    /// A call of OpenAI's Responses API.
    Responses,
    /// Images made or changed.
    Images,
    /// Speech or transcription.
    Audio,
    /// Documents ranked against a query.
    Rerank,
    /// A text classified for safety.
    Moderation,
    /// Anything else, such as a list of models.
    Other,
}

impl Operation {
    /// The value of the label `operation`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::TextCompletion => "text_completion",
            Self::Embeddings => "embeddings",
            Self::Responses => "responses",
            Self::Images => "images",
            Self::Audio => "audio",
            Self::Rerank => "rerank",
            Self::Moderation => "moderation",
            Self::Other => "other",
        }
    }

    /// Whether an answer is expected to say how many tokens it used.
    #[must_use]
    pub const fn bills_tokens(self) -> bool {
        matches!(
            self,
            Self::Chat | Self::TextCompletion | Self::Embeddings | Self::Responses
        )
    }

    /// Whether an answer is written token by token, so that it can end at the limit of tokens.
    #[must_use]
    pub const fn writes_tokens(self) -> bool {
        matches!(self, Self::Chat | Self::TextCompletion | Self::Responses)
    }
}
