//! A response whose head is there.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use crate::error::ProviderError;
use crate::http::HttpOptions;
use crate::http::chunks::{Chunks, Decode};
use crate::http::fault::Fault;
use crate::http::peer::Peer;
use crate::kind::ErrorKind;
use crate::response::Head;
use crate::stream::ChatStream;
use crate::wire;

/// How much of a refusal's body is read, and how long it may take.
const MAX_REFUSAL: usize = 64 << 10;
const REFUSAL_TIME: Duration = Duration::from_secs(5);

/// The headers that name a request, by provider: the first that is there counts.
const REQUEST_IDS: [&str; 4] = [
    "x-request-id",
    "request-id",
    "apim-request-id",
    "x-generation-id",
];

/// A response whose head is there, and whose body is still to come.
pub(crate) struct Answer {
    response: Response,
    peer: Arc<Peer>,
    options: HttpOptions,
    status: u16,
    headers: HeaderMap,
}

impl Answer {
    pub(super) fn new(mut response: Response, peer: Arc<Peer>, options: HttpOptions) -> Self {
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        Self {
            response,
            peer,
            options,
            status,
            headers,
        }
    }

    /// This answer, unless its status says that there is none.
    pub(super) async fn succeeded(mut self) -> Result<Self, ProviderError> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        // The status says enough when the body breaks off or does not come.
        let mut body = Vec::new();
        let _ = tokio::time::timeout(REFUSAL_TIME, self.read(&mut body, MAX_REFUSAL)).await;
        body.truncate(MAX_REFUSAL);
        Err(self.refused(&body))
    }

    /// What the headers say.
    pub(crate) fn head(&self) -> Head {
        let id = REQUEST_IDS.iter().find_map(|name| self.headers.get(*name));
        let id = id.map(|id| self.peer.scrub(id.as_bytes()));
        Head {
            rate_limits: wire::rate_limits(&self.headers, SystemTime::now()),
            request_id: id.map(|id| wire::redact(&String::from_utf8_lossy(&id))),
        }
    }

    /// Reads the whole answer with `parse`.
    pub(crate) async fn parsed<T>(
        mut self,
        parse: impl FnOnce(&[u8]) -> Result<T, Fault>,
    ) -> Result<T, ProviderError> {
        let max = self.options.max_answer();
        let mut body = Vec::new();
        self.read(&mut body, max).await?;
        if body.len() > max {
            let message =
                format!("the answer is longer than {max} bytes: see HttpOptions::with_max_answer");
            return Err(self.told(self.peer.error(ErrorKind::Decode, &message)));
        }
        parse(&body).map_err(|fault| match fault {
            Fault::Garbage(_) if is_cut(&body) => self.interrupted("the answer is cut off"),
            fault => self.fault(fault, &body),
        })
    }

    /// Reads the answer event by event with `decoder`.
    pub(crate) async fn into_stream(
        self,
        decoder: impl Decode,
    ) -> Result<ChatStream, ProviderError> {
        if !self.may_be_events() {
            // A server that ends a request with an error after all, or that cannot stream.
            let no_stream = |body: &[u8]| -> Result<ChatStream, Fault> {
                let what = serde::de::Error::custom("it is no stream of events");
                Err(Fault::unread(body, &what))
            };
            return self.parsed(no_stream).await;
        }
        let head = self.head();
        let chunks = Chunks::new(self, decoder).into_stream();
        Ok(ChatStream::new(chunks).with_head(head).with_known_end())
    }

    /// The next piece of the body; `None` at its end.
    pub(super) async fn piece(&mut self) -> Result<Option<bytes::Bytes>, ProviderError> {
        let wait = self.options.idle_timeout();
        match tokio::time::timeout(wait, self.response.chunk()).await {
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(error)) => Err(self.told(self.peer.broken(error, "the answer broke off"))),
            Err(elapsed) => {
                let message = format!(
                    "the answer stood still for {wait:?}: see HttpOptions::with_idle_timeout"
                );
                Err(self
                    .told(self.peer.error(ErrorKind::Timeout, &message))
                    .with_source(elapsed))
            }
        }
    }

    /// Whether the body is one of events. Not every server names the type; what it names must not be another.
    fn may_be_events(&self) -> bool {
        let kind = self.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        let kind = kind.unwrap_or_default().to_ascii_lowercase();
        !kind.starts_with(b"application/json") && !kind.starts_with(b"text/html")
    }

    pub(super) fn max_event(&self) -> usize {
        self.options.max_event()
    }

    /// The error for a fault in `data`, a part of this answer.
    pub(super) fn fault(&self, fault: Fault, data: &[u8]) -> ProviderError {
        match fault {
            Fault::Refused(value) => self.refused(value.to_string().as_bytes()),
            Fault::Kind(kind, message) => self.told(self.peer.error(kind, &message)),
            Fault::Garbage(what) => {
                let error = self.peer.error(
                    ErrorKind::Decode,
                    &format!("cannot read the answer: {what}"),
                );
                self.told(error).with_body(&self.peer.scrub_body(data))
            }
        }
    }

    /// The error for an answer that ended too early.
    pub(super) fn interrupted(&self, what: &str) -> ProviderError {
        let message = format!("{what}: the request may be tried again");
        self.told(self.peer.error(ErrorKind::StreamInterrupted, &message))
    }

    /// Reads the body until its end, or until it is longer than `max`.
    async fn read(&mut self, body: &mut Vec<u8>, max: usize) -> Result<(), ProviderError> {
        while body.len() <= max {
            let Some(piece) = self.piece().await? else {
                break;
            };
            body.extend_from_slice(&piece);
        }
        Ok(())
    }

    /// The error that the server answers with in `body`.
    fn refused(&self, body: &[u8]) -> ProviderError {
        let body = self.peer.scrub_body(body);
        let class = wire::classify(Some(self.status), &body);
        let (kind, message) = match class.message {
            _ if (300..400).contains(&self.status) => (
                ErrorKind::InvalidRequest,
                "the server redirects, and the key goes nowhere else: set the base URL to the right one",
            ),
            Some(ref message) => (class.kind, message.as_str()),
            None => (class.kind, "the server refused the request"),
        };
        let mut error = self.told(self.peer.error(kind, message));
        if !body.is_empty() {
            error = error.with_body(&body);
        }
        if let Some(code) = class.code {
            error = error.with_code(code);
        }
        let now = SystemTime::now();
        if let Some(wait) = wire::retry_after(&self.headers, Some(&body), now) {
            error = error.with_retry_after(wait);
        }
        if let Some(limits) = wire::rate_limits(&self.headers, now) {
            error = error.with_rate_limits(limits);
        }
        error
    }

    /// Adds what the head says to an error.
    fn told(&self, mut error: ProviderError) -> ProviderError {
        let head = self.head();
        error = error.with_status(self.status);
        if let Some(id) = head.request_id {
            error = error.with_request_id(id);
        }
        error
    }
}

/// Whether a body is the beginning of JSON. A connection that was closed is the only end that some servers give.
fn is_cut(body: &[u8]) -> bool {
    let read = serde_json::from_slice::<serde::de::IgnoredAny>(body);
    !body.trim_ascii().is_empty() && read.is_err_and(|error| error.is_eof())
}
