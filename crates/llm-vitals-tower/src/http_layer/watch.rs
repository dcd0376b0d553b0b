//! What sees the bodies of an exchange pass by.

use llm_vitals_provider::ErrorKind;
use llm_vitals_provider::wire::{self, BodyTap, Dialect, RequestTap};

use crate::call::ModelToCome;
use crate::stream_call::StreamCall;

/// How much of an error's body is looked at.
const MOST_OF_REFUSAL: usize = 8 << 10;

/// Sees the body of a request pass, until it has named the model.
#[derive(Debug)]
pub(super) struct RequestWatch {
    tap: RequestTap,
    named: ModelToCome,
}

impl RequestWatch {
    pub(super) fn new(named: ModelToCome) -> Self {
        Self {
            tap: RequestTap::default(),
            named,
        }
    }

    pub(super) fn data(&mut self, bytes: &[u8]) {
        if self.named.get().is_some() {
            return;
        }
        self.tap.push(bytes);
        if let Some(model) = self.tap.model() {
            // Nobody else writes it.
            let _ = self.named.set(model.into_boxed_str());
        }
    }
}

/// Sees the body of a response pass. Dropped before the end, it records what is known by then.
#[derive(Debug)]
pub(super) struct ResponseWatch {
    /// There until it is recorded.
    call: Option<StreamCall>,
    body: Body,
}

#[expect(
    clippy::large_enum_variant,
    reason = "a watch is boxed, and most are of answers"
)]
#[derive(Debug)]
enum Body {
    Answer(BodyTap),
    Refusal { status: u16, begin: Vec<u8> },
}

impl ResponseWatch {
    pub(super) const fn answer(call: StreamCall, tap: BodyTap) -> Self {
        Self {
            call: Some(call),
            body: Body::Answer(tap),
        }
    }

    pub(super) fn refusal(mut call: StreamCall, status: u16) -> Self {
        call.refuse(refusal(status, b""));
        Self {
            call: Some(call),
            body: Body::Refusal {
                status,
                begin: Vec::new(),
            },
        }
    }

    pub(super) fn data(&mut self, bytes: &[u8]) {
        let Some(call) = &mut self.call else { return };
        match &mut self.body {
            Body::Refusal { begin, .. } => {
                let room = MOST_OF_REFUSAL - begin.len();
                begin.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            Body::Answer(tap) => {
                tap.push(bytes);
                // After the first token there is nothing to time until the end.
                if call.has_token() || !tap.is_stream() {
                    return;
                }
                let state = tap.state();
                if state.has_chunk() {
                    call.chunk();
                }
                if state.has_token() {
                    call.token();
                }
            }
        }
    }

    /// Gives up reading the body: a part of it was not seen.
    pub(super) fn blind(&mut self) {
        if let Body::Answer(tap) = &mut self.body {
            *tap = BodyTap::new(Dialect::Any, None, None);
        }
    }

    /// Takes the end of the body.
    pub(super) fn end(&mut self) {
        self.record(true);
    }

    /// Takes an error of the body, which ends it.
    pub(super) fn fail(&mut self, kind: ErrorKind) {
        let kind = match kind {
            ErrorKind::Other => ErrorKind::StreamInterrupted,
            kind => kind,
        };
        match &self.body {
            // The head has said already that this is no answer.
            Body::Refusal { .. } => self.record(false),
            Body::Answer(_) => {
                if let Some(call) = self.told() {
                    call.fail(kind);
                }
            }
        }
    }

    fn record(&mut self, ended: bool) {
        let Some(call) = self.told() else { return };
        match &self.body {
            Body::Refusal { status, begin } => call.fail(refusal(*status, begin)),
            // What cannot be read is known to be complete only by its end.
            Body::Answer(tap) if tap.is_opaque() && !ended => drop(call),
            Body::Answer(tap) => match (tap.failure(), tap.state().error()) {
                (None, _) => call.succeed(),
                (_, Some(kind)) => call.fail(kind),
                (Some(kind), None) if ended => call.fail(kind),
                (Some(_), None) => drop(call),
            },
        }
    }

    /// The call with everything that the bodies said, to be recorded.
    fn told(&mut self) -> Option<StreamCall> {
        let mut call = self.call.take()?;
        if let Body::Answer(tap) = &mut self.body {
            tap.finish();
            if let Some(usage) = tap.usage() {
                call.set_usage(usage);
            }
            if let Some(model) = tap.state().model() {
                call.set_response_model(model);
            }
            if tap.state().is_truncated() {
                call.set_truncated();
            }
        }
        Some(call)
    }
}

impl Drop for ResponseWatch {
    fn drop(&mut self) {
        self.record(false);
    }
}

/// Why there is no answer. A redirect that nobody followed is none either.
fn refusal(status: u16, body: &[u8]) -> ErrorKind {
    if status < 400 {
        return ErrorKind::Other;
    }
    wire::classify(Some(status), body).kind
}
