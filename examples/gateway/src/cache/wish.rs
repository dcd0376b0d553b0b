//! What a client wants of the cache, and what came of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue};
use llm_vitals_provider::Operation;
use llm_vitals_tower::LlmRequest;

/// `on` and `off` in a request, `hit` and `miss` in its answer.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-llm-vitals-cache");

/// What a client wants of the cache.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Wish {
    /// Nothing special: what is repeatable may be kept.
    #[default]
    Usual,
    On,
    Off,
}

/// What came of it; clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Note(Arc<AtomicU8>);

/// A request with the wish of its client.
#[derive(Clone, Debug)]
pub(crate) struct Asked<R> {
    pub(crate) request: R,
    pub(crate) wish: Wish,
    pub(crate) note: Note,
}

impl Wish {
    /// From the request's head. Other values than `on` and `off` say nothing.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match headers.get(HEADER).map(HeaderValue::as_bytes) {
            Some(b"on") => Self::On,
            Some(b"off") => Self::Off,
            _ => Self::Usual,
        }
    }
}

impl Note {
    pub(crate) fn set(&self, is_hit: bool) {
        self.0.store(1 + u8::from(is_hit), Ordering::Relaxed);
    }

    /// The value of the answer's header; none for a request that was not looked up.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(HeaderValue::from_static("miss")),
            _ => Some(HeaderValue::from_static("hit")),
        }
    }
}

impl<R: LlmRequest> LlmRequest for Asked<R> {
    fn model(&self) -> &str {
        self.request.model()
    }

    fn operation(&self) -> Operation {
        self.request.operation()
    }

    fn prompt_chars(&self) -> u64 {
        self.request.prompt_chars()
    }
}
