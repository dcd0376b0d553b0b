//! Completions of text at a provider with OpenAI's API.

use std::error::Error as _;
use std::time::SystemTime;

use futures_util::{Stream, stream};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use llm_vitals_provider::{
    ChatChunk, ChatReply, ChatStream, ErrorKind, Head, ProviderError, Secret, wire,
};
use reqwest::{Client, Response, Url};
use serde_json::Value;

use super::events::Events;
use super::{TextRequest, to_chunk, to_response};

/// The longest whole answer.
const LONGEST_ANSWER: usize = 64 << 20;
/// The longest event of a stream.
const LONGEST_EVENT: usize = 8 << 20;
/// How much of an error's body is read.
const LONGEST_REFUSAL: usize = 64 << 10;

/// A client of one provider's `/completions`.
pub(crate) struct RawText {
    http: Client,
    url: Url,
    headers: HeaderMap,
    key: Option<Secret>,
}

impl RawText {
    /// Creates a client of the API that begins at `base`; `headers` go with each request.
    pub(crate) fn new(http: Client, base: &Url, headers: HeaderMap, key: Option<Secret>) -> Self {
        let mut url = base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("completions");
        }
        Self {
            http,
            url,
            headers,
            key,
        }
    }

    pub(super) async fn ask(&self, request: TextRequest) -> Result<ChatReply, ProviderError> {
        let body = Value::Object(request.into_body()).to_string();
        let request = self
            .http
            .post(self.url.clone())
            .headers(self.headers.clone());
        let request = request.header(CONTENT_TYPE, "application/json").body(body);
        let mut response = request.send().await.map_err(broken)?;
        let status = response.status();
        if !status.is_success() {
            let mut body = Vec::new();
            // The status says enough when the body breaks off.
            let _ = read(&mut response, &mut body, LONGEST_REFUSAL).await;
            return Err(self.refusal(status.as_u16(), response.headers(), &body));
        }
        let head = head(response.headers());
        let kind = response
            .headers()
            .get(CONTENT_TYPE)
            .map_or(&b""[..], |kind| kind.as_bytes());
        if kind.starts_with(b"text/event-stream") {
            return Ok(ChatReply::Stream(
                ChatStream::new(chunks(response)).with_head(head),
            ));
        }
        let mut body = Vec::new();
        read(&mut response, &mut body, LONGEST_ANSWER).await?;
        if body.len() > LONGEST_ANSWER {
            return Err(ProviderError::new(
                ErrorKind::Decode,
                "the answer is too long to be read",
            ));
        }
        let answer: Value = serde_json::from_slice(&body).map_err(|error| garbage(&error))?;
        if answer.get("error").is_some_and(|error| !error.is_null()) {
            return Err(self.refusal(status.as_u16(), response.headers(), &body));
        }
        let mut answer = to_response(answer).map_err(|error| garbage(&error))?;
        answer.head = head;
        Ok(ChatReply::Full(answer))
    }

    fn refusal(&self, status: u16, headers: &HeaderMap, body: &[u8]) -> ProviderError {
        let body = self.without_key(&String::from_utf8_lossy(body));
        let class = wire::classify(Some(status), body.as_bytes());
        let message = class
            .message
            .unwrap_or_else(|| "refused without saying why".to_owned());
        let mut error = ProviderError::new(class.kind, message)
            .with_status(status)
            .with_body(body.as_bytes());
        if let Some(code) = class.code {
            error = error.with_code(code);
        }
        let now = SystemTime::now();
        if let Some(wait) = wire::retry_after(headers, Some(body.as_bytes()), now) {
            error = error.with_retry_after(wait);
        }
        if let Some(limits) = wire::rate_limits(headers, now) {
            error = error.with_rate_limits(limits);
        }
        error
    }

    /// Takes the key out of what the provider says of it.
    fn without_key(&self, text: &str) -> String {
        match &self.key {
            Some(key) if !key.expose().is_empty() => text.replace(key.expose(), "***"),
            _ => text.to_owned(),
        }
    }
}

fn head(headers: &HeaderMap) -> Head {
    let mut head = Head::default();
    head.rate_limits = wire::rate_limits(headers, SystemTime::now());
    let id = headers.get("x-request-id").and_then(|id| id.to_str().ok());
    head.request_id = id.map(ToOwned::to_owned);
    head
}

async fn read(
    response: &mut Response,
    body: &mut Vec<u8>,
    most: usize,
) -> Result<(), ProviderError> {
    while body.len() <= most {
        let Some(piece) = response.chunk().await.map_err(broken)? else {
            break;
        };
        body.extend_from_slice(&piece);
    }
    Ok(())
}

/// The chunks of a streamed answer.
struct Chunks {
    response: Response,
    events: Events,
    begun: u128,
    finished: u128,
    ended: bool,
}

fn chunks(
    response: Response,
) -> impl Stream<Item = Result<ChatChunk, ProviderError>> + Send + 'static {
    let chunks = Chunks {
        response,
        events: Events::default(),
        begun: 0,
        finished: 0,
        ended: false,
    };
    stream::unfold(chunks, async |mut chunks| {
        let item = chunks.next().await?;
        chunks.ended |= item.is_err();
        Some((item, chunks))
    })
}

impl Chunks {
    async fn next(&mut self) -> Option<Result<ChatChunk, ProviderError>> {
        while !self.ended {
            if let Some(data) = self.events.next() {
                if data == b"[DONE]" {
                    return None;
                }
                return Some(self.chunk(&data));
            }
            if self.events.held() > LONGEST_EVENT {
                return Some(Err(ProviderError::new(
                    ErrorKind::Decode,
                    "an event is too long to be read",
                )));
            }
            match self.response.chunk().await {
                Ok(Some(piece)) => self.events.push(&piece),
                Ok(None) if self.begun != 0 && self.begun == self.finished => return None,
                Ok(None) => {
                    let message =
                        "the stream ended before its last event: the request may be tried again";
                    return Some(Err(ProviderError::new(
                        ErrorKind::StreamInterrupted,
                        message,
                    )));
                }
                Err(error) => return Some(Err(broken(error))),
            }
        }
        None
    }

    fn chunk(&mut self, data: &[u8]) -> Result<ChatChunk, ProviderError> {
        let event: Value = serde_json::from_slice(data).map_err(|error| garbage(&error))?;
        if event.get("error").is_some_and(|error| !error.is_null()) {
            let class = wire::classify(None, data);
            let message = class
                .message
                .unwrap_or_else(|| "the stream told of an error".to_owned());
            return Err(ProviderError::new(class.kind, message));
        }
        let chunk = to_chunk(event).map_err(|error| garbage(&error))?;
        for choice in &chunk.choices {
            let bit = 1 << choice.index.unwrap_or(0).min(127);
            self.begun |= bit;
            if choice.finish_reason.is_some() {
                self.finished |= bit;
            }
        }
        Ok(chunk)
    }
}

fn garbage(error: &serde_json::Error) -> ProviderError {
    ProviderError::new(
        ErrorKind::Decode,
        format!("cannot read the answer: {error}"),
    )
}

/// The error of a request that has no head, or of a body that has no end.
pub(crate) fn broken(error: reqwest::Error) -> ProviderError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(inner) = inner.downcast_ref::<crate::body::TooLong>() {
            return inner.into();
        }
        cause = inner.source();
    }
    let (kind, message) = if error.is_timeout() {
        (
            ErrorKind::Timeout,
            "no answer in time: try again, or raise the timeouts",
        )
    } else if error.is_connect() {
        (
            ErrorKind::Connect,
            "no connection: is the base URL right, and the server up?",
        )
    } else if error.is_builder() {
        (
            ErrorKind::InvalidRequest,
            "the request cannot be sent as it is",
        )
    } else {
        (
            ErrorKind::StreamInterrupted,
            "the connection broke: the request may be tried again",
        )
    };
    // The URL may hold what the base URL held.
    ProviderError::new(kind, message).with_source(error.without_url())
}
