//! The guard of a request whose answer streams.

use llm_vitals_provider::{ErrorKind, Usage};

use crate::call::Call;
use crate::clock::Tick;
use crate::ending::Ending;
use crate::metrics::Status;

/// A request whose answer is on its way in pieces. Like a [`Call`], it is recorded once: by [`succeed`](Self::succeed),
/// [`fail`](Self::fail), or when it is dropped.
#[derive(Debug)]
pub struct StreamCall {
    call: Call,
    /// Cancelled, until told otherwise.
    status: Status,
    error: Option<ErrorKind>,
    /// Whether a usage report is to be expected.
    began: bool,
    first_chunk: Option<Tick>,
    first_token: Option<Tick>,
    usage: Option<Usage>,
    response_model: Option<Box<str>>,
    completion_chars: u64,
}

impl StreamCall {
    pub(crate) const fn new(call: Call) -> Self {
        Self {
            call,
            status: Status::Cancelled,
            error: None,
            began: true,
            first_chunk: None,
            first_token: None,
            usage: None,
            response_model: None,
            completion_chars: 0,
        }
    }

    /// Notes that a piece of the answer arrived, whatever it holds.
    #[inline]
    pub fn chunk(&mut self) {
        if self.first_chunk.is_none() {
            self.first_chunk = Some(self.call.now());
        }
    }

    /// Notes that content, reasoning, a refusal, a tool call or audio arrived, which is a piece of the answer too.
    #[inline]
    pub fn token(&mut self) {
        if self.first_token.is_none() {
            let now = self.call.now();
            self.first_token = Some(now);
            self.first_chunk.get_or_insert(now);
        }
    }

    /// Whether a first token was noted.
    #[must_use]
    pub const fn has_token(&self) -> bool {
        self.first_token.is_some()
    }

    /// Takes a usage report; the last one counts.
    pub fn set_usage(&mut self, usage: Usage) {
        self.usage = Some(usage);
    }

    /// Names the model that answers, whose price counts.
    #[inline]
    pub fn set_response_model(&mut self, model: &str) {
        if self.response_model.as_deref() != Some(model) {
            self.response_model = Some(model.into());
        }
    }

    /// Notes that the answer, or one of several, ended at the limit of tokens. It counts if the request is a success.
    pub fn set_truncated(&mut self) {
        self.call.set_truncated();
    }

    /// Notes that the answer is complete, even if the caller never reads to its end.
    pub fn complete(&mut self) {
        self.status = Status::Success;
    }

    /// Records a complete answer.
    pub fn succeed(mut self) {
        self.status = Status::Success;
    }

    /// Records a failure.
    pub fn fail(mut self, kind: ErrorKind) {
        self.status = Status::Error;
        self.error = Some(kind);
    }

    /// Notes that there is no answer but a refusal, which is recorded even if nobody reads why.
    pub(crate) fn refuse(&mut self, kind: ErrorKind) {
        self.status = Status::Error;
        self.error = Some(kind);
        self.began = false;
    }

    /// Adds to the characters from which a missing count of completion tokens is estimated.
    pub(crate) fn add_completion_chars(&mut self, chars: u64) {
        self.completion_chars += chars;
    }

    /// Whether missing token counts are estimated.
    pub(crate) fn estimates(&self) -> bool {
        self.call.estimates()
    }
}

impl Drop for StreamCall {
    fn drop(&mut self) {
        self.call.record(&Ending {
            status: self.status,
            error: self.error,
            began: self.began,
            truncated: self.call.is_truncated(),
            usage: self.usage,
            response_model: self.response_model.as_deref(),
            first_chunk: self.first_chunk,
            first_token: self.first_token,
            completion_chars: self.completion_chars,
        });
    }
}
