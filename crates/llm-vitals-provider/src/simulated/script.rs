//! Answers that are given exactly as they are.

use std::time::Duration;

use crate::error::ProviderError;
use crate::kind::ErrorKind;
use crate::message::Content;
use crate::response::{ChatChunk, ChatResponse, ChunkChoice, Delta, Head};

/// The exact answer to one chat: nothing is drawn, and neither limits, faults nor outages apply.
///
/// Hand it to [`Simulated::script`](crate::simulated::Simulated::script).
#[derive(Debug)]
pub struct Script {
    pub(crate) head_latency: Duration,
    pub(crate) chunk_latency: Duration,
    pub(crate) head: Head,
    pub(crate) end: Option<ProviderError>,
    pub(crate) answer: Scripted,
}

#[derive(Debug)]
pub(crate) enum Scripted {
    Whole(Box<ChatResponse>),
    Chunks(Vec<ChatChunk>),
    Refused(ProviderError),
    Never,
}

impl Script {
    /// Answers with `response`; where a stream is asked for, in three chunks for each choice and one for the usage.
    #[must_use]
    pub fn response(response: ChatResponse) -> Self {
        let head = response.head.clone();
        Self::new(Scripted::Whole(Box::new(response))).with_head(head)
    }

    /// Answers with a stream of these chunks. A request for a whole answer fails.
    #[must_use]
    pub fn chunks(chunks: impl IntoIterator<Item = ChatChunk>) -> Self {
        Self::new(Scripted::Chunks(chunks.into_iter().collect()))
    }

    /// Refuses with `error`.
    #[must_use]
    pub const fn error(error: ProviderError) -> Self {
        Self::new(Scripted::Refused(error))
    }

    /// Never answers.
    #[must_use]
    pub const fn hang() -> Self {
        Self::new(Scripted::Never)
    }

    const fn new(answer: Scripted) -> Self {
        Self {
            head_latency: Duration::ZERO,
            chunk_latency: Duration::ZERO,
            head: Head {
                rate_limits: None,
                request_id: None,
            },
            end: None,
            answer,
        }
    }

    /// Waits before the head, or before the error.
    #[must_use]
    pub const fn with_head_latency(mut self, latency: Duration) -> Self {
        self.head_latency = latency;
        self
    }

    /// Waits before each chunk of a stream.
    #[must_use]
    pub const fn with_chunk_latency(mut self, latency: Duration) -> Self {
        self.chunk_latency = latency;
        self
    }

    /// Sets what the headers say.
    #[must_use]
    pub fn with_head(mut self, head: Head) -> Self {
        self.head = head;
        self
    }

    /// Ends a stream with `error` after its chunks; a whole answer is that error.
    #[must_use]
    pub fn with_error_at_end(mut self, error: ProviderError) -> Self {
        self.end = Some(error);
        self
    }

    /// The whole answer, or why there is none.
    pub(crate) fn into_whole(self) -> Result<ChatResponse, ProviderError> {
        if let Some(error) = self.end {
            return Err(error);
        }
        match self.answer {
            Scripted::Whole(mut response) => {
                response.head = self.head;
                Ok(*response)
            }
            Scripted::Refused(error) => Err(error),
            Scripted::Chunks(_) | Scripted::Never => Err(ProviderError::new(
                ErrorKind::Decode,
                "the script holds chunks where a whole answer was asked for: use Script::response",
            )),
        }
    }

    /// The chunks of a streamed answer, or why there are none.
    pub(crate) fn into_chunks(
        self,
    ) -> Result<Vec<Result<ChatChunk, ProviderError>>, ProviderError> {
        let chunks = match self.answer {
            Scripted::Whole(response) => split(&response),
            Scripted::Chunks(chunks) => chunks,
            Scripted::Refused(error) => return Err(error),
            Scripted::Never => Vec::new(),
        };
        Ok(chunks
            .into_iter()
            .map(Ok)
            .chain(self.end.map(Err))
            .collect())
    }
}

/// A whole answer as the chunks that a server would send.
fn split(response: &ChatResponse) -> Vec<ChatChunk> {
    let chunk = |choices: Vec<ChunkChoice>| {
        let mut chunk = ChatChunk::new("", choices);
        chunk.model.clone_from(&response.model);
        chunk.id.clone_from(&response.id);
        chunk.created.clone_from(&response.created);
        chunk.service_tier.clone_from(&response.service_tier);
        chunk
    };
    let mut chunks = Vec::new();
    for (choice, at) in response.choices.iter().zip(0..) {
        let index = choice.index.unwrap_or(at);
        let mut role = Delta::text("");
        role.role = Some(choice.message.role.clone());
        let delta = &choice.message;
        let mut delta = Delta {
            content: delta.content.as_ref().map(Content::text),
            tool_calls: delta.tool_calls.clone(),
            reasoning_content: delta.reasoning_content.clone(),
            reasoning: delta.reasoning.clone(),
            refusal: delta.refusal.clone(),
            audio: delta.audio.clone(),
            ..Delta::default()
        };
        for (call, at) in delta.tool_calls.iter_mut().flatten().zip(0..) {
            call.index.get_or_insert(at);
        }
        let mut finish = ChunkChoice::new(index, Delta::default());
        finish.finish_reason.clone_from(&choice.finish_reason);
        chunks.push(chunk(vec![ChunkChoice::new(index, role)]));
        chunks.push(chunk(vec![ChunkChoice::new(index, delta)]));
        chunks.push(chunk(vec![finish]));
    }
    if let Some(usage) = response.usage.clone() {
        chunks.push(chunk(Vec::new()).with_usage(usage));
    }
    chunks
}
