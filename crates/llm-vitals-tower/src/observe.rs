//! What the layer must know of a request and its answer.

use llm_vitals_provider::{
    Answers, ChatChunk, ChatReply, ChatRequest, ChatResponse, ChatStream, Content, EmbedRequest,
    EmbedResponse, ErrorKind, Operation, StreamEnd, StreamObserver, UsageReport,
};

use serde_json::Value;

use crate::call::Call;
use crate::ending::Ending;
use crate::metrics::Status;
use crate::stream_call::StreamCall;

/// A request to a model.
pub trait LlmRequest {
    /// The model that is asked, which becomes the label `model` if it is admitted.
    fn model(&self) -> &str;

    /// The operation, which becomes the label `operation`.
    fn operation(&self) -> Operation;

    /// The characters of the prompt, asked for only where missing token counts are estimated.
    fn prompt_chars(&self) -> u64 {
        0
    }
}

/// The answer to a request: it takes the guard and hands itself on unchanged.
pub trait LlmResponse: Sized {
    /// Tells `call` what the answer says, and ends it; or, if the answer goes on as a stream, keeps it until then.
    #[must_use]
    fn observed(self, call: Call) -> Self;
}

impl LlmRequest for ChatRequest {
    fn model(&self) -> &str {
        &self.model
    }

    fn operation(&self) -> Operation {
        Operation::Chat
    }

    fn prompt_chars(&self) -> u64 {
        let contents = self
            .messages
            .iter()
            .filter_map(|message| message.content.as_ref());
        contents.map(chars).sum()
    }
}

impl LlmRequest for EmbedRequest {
    fn model(&self) -> &str {
        &self.model
    }

    fn operation(&self) -> Operation {
        Operation::Embeddings
    }

    fn prompt_chars(&self) -> u64 {
        let text = |value: &Value| value.as_str().map_or(0, |text| text.chars().count() as u64);
        match &self.input {
            Value::Array(texts) => texts.iter().map(text).sum(),
            one => text(one),
        }
    }
}

impl LlmResponse for ChatReply {
    fn observed(self, call: Call) -> Self {
        match self {
            Self::Full(response) => Self::Full(response.observed(call)),
            Self::Stream(stream) => Self::Stream(stream.observed(call)),
        }
    }
}

impl LlmResponse for ChatResponse {
    fn observed(self, mut call: Call) -> Self {
        if let Some(limits) = &self.head.rate_limits {
            call.set_rate_limits(limits);
        }
        let truncated = self.is_truncated();
        if truncated {
            call.set_truncated();
        }
        let usage = self.usage();
        if usage.is_some() || !call.estimates() {
            call.succeed(usage, self.model.as_deref());
            return self;
        }
        let contents = self
            .choices
            .iter()
            .filter_map(|choice| choice.message.content.as_ref());
        call.end(&Ending {
            began: true,
            truncated,
            response_model: self.model.as_deref(),
            completion_chars: contents.map(chars).sum(),
            ..Ending::new(Status::Success)
        });
        self
    }
}

impl LlmResponse for EmbedResponse {
    fn observed(self, mut call: Call) -> Self {
        if let Some(limits) = &self.head.rate_limits {
            call.set_rate_limits(limits);
        }
        let usage = self.usage.as_ref().and_then(UsageReport::counts);
        call.succeed(usage, self.model.as_deref());
        self
    }
}

impl LlmResponse for ChatStream {
    fn observed(self, mut call: Call) -> Self {
        if let Some(limits) = &self.head().rate_limits {
            call.set_rate_limits(limits);
        }
        self.with_observer(CallObserver {
            call: Some(call.into_stream()),
            answers: Answers::default(),
        })
    }
}

/// Tells the call what passes by in a stream.
struct CallObserver {
    /// There until the stream has ended.
    call: Option<StreamCall>,
    answers: Answers,
}

impl StreamObserver for CallObserver {
    fn on_chunk(&mut self, chunk: &ChatChunk) {
        let Some(call) = &mut self.call else { return };
        call.chunk();
        if !call.has_token() && chunk.has_token() {
            call.token();
        }
        if let Some(model) = &chunk.model {
            call.set_response_model(model);
        }
        if let Some(usage) = chunk.usage() {
            call.set_usage(usage);
        }
        if call.estimates() {
            let contents = chunk
                .choices
                .iter()
                .filter_map(|choice| choice.delta.content.as_ref());
            call.add_completion_chars(contents.map(|text| text.chars().count() as u64).sum());
        }
        self.answers.see(chunk);
    }

    fn on_end(&mut self, end: StreamEnd<'_>) {
        let Some(mut call) = self.call.take() else {
            return;
        };
        if self.answers.any_truncated() {
            call.set_truncated();
        }
        match end {
            StreamEnd::Error(error) => call.fail(error.kind()),
            StreamEnd::Unknown if !self.answers.all_ended() => {
                call.fail(ErrorKind::StreamInterrupted);
            }
            StreamEnd::Known | StreamEnd::Unknown => call.succeed(),
        }
    }
}

impl Drop for CallObserver {
    fn drop(&mut self) {
        // Whoever stops reading after every answer has ended saw all of them.
        if let Some(call) = &mut self.call
            && self.answers.all_ended()
        {
            if self.answers.any_truncated() {
                call.set_truncated();
            }
            call.complete();
        }
    }
}

fn chars(content: &Content) -> u64 {
    match content {
        Content::Text(text) => text.chars().count() as u64,
        Content::Parts(parts) => {
            let texts = parts.iter().filter_map(|part| part.text.as_deref());
            texts.map(|text| text.chars().count() as u64).sum()
        }
        _ => 0,
    }
}
