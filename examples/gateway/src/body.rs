//! The bodies of clients' requests, with a limit and a deadline.

use std::fmt;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use llm_vitals_provider::{ErrorKind, ProviderError};

use crate::openai_error::{ApiError, REQUEST_TOO_LARGE};

/// How much of a body that is too long is still taken, and for how long: a client that is cut off while it sends may not
/// read why.
const DISCARD: usize = 8 << 20;
const DISCARD_TIME: Duration = Duration::from_secs(2);

/// Reads a whole body of at most `limit` bytes within `time`.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    time: Duration,
) -> Result<Bytes, ApiError> {
    if is_too_long(headers, limit) {
        discard(body).await;
        return Err(ApiError::too_large(limit));
    }
    let mut body = Limited::new(body, limit);
    let whole = tokio::time::timeout(time, (&mut body).collect()).await;
    match whole {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ApiError::too_large(limit)),
        Ok(Err(_)) => Err(ApiError::invalid(
            StatusCode::BAD_REQUEST,
            "the request's body broke off",
        )),
        Err(_) => Err(ApiError::invalid(
            StatusCode::REQUEST_TIMEOUT,
            format!(
                "the request's body took longer than {time:?}: send it faster, or raise timeouts.body"
            ),
        )),
    }
}

/// Whether the head says already that the body is longer than `limit`.
pub(crate) fn is_too_long(headers: &HeaderMap, limit: usize) -> bool {
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    length
        .and_then(|length| length.parse::<u64>().ok())
        .is_some_and(|length| length > limit as u64)
}

/// Takes some of a body and throws it away.
pub(crate) async fn discard(body: Body) {
    let rest = Limited::new(body, DISCARD);
    let mut rest = std::pin::pin!(rest.into_data_stream());
    let all = async { while let Some(Ok(_)) = rest.next().await {} };
    let _ = tokio::time::timeout(DISCARD_TIME, all).await;
}

/// The pieces of a body as they come, until there are more than `limit` bytes.
pub(crate) fn pieces(
    body: Body,
    limit: usize,
) -> impl Stream<Item = Result<Bytes, Broken>> + Send + 'static {
    let mut left = limit;
    body.into_data_stream().map(move |piece| {
        let piece = piece.map_err(|_| Broken::Client)?;
        left = left
            .checked_sub(piece.len())
            .ok_or(Broken::TooLong(TooLong(limit)))?;
        Ok(piece)
    })
}

/// Why a body could not be passed on.
#[derive(Debug)]
pub(crate) enum Broken {
    TooLong(TooLong),
    /// The client left, or sent something that is no body.
    Client,
}

/// A body is longer than the limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooLong(usize);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client's request broke off")
    }
}

impl std::error::Error for Broken {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::TooLong(error) => Some(error),
            Self::Client => None,
        }
    }
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the request is longer than {} bytes: send less, or raise limits.body",
            self.0
        )
    }
}

impl std::error::Error for TooLong {}

impl From<&TooLong> for ProviderError {
    fn from(error: &TooLong) -> Self {
        Self::new(ErrorKind::InvalidRequest, error.to_string())
            .with_status(413)
            .with_code(REQUEST_TOO_LARGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn whole(text: &'static str, limit: usize) -> Result<Bytes, u16> {
        let read = read(
            &HeaderMap::new(),
            Body::from(text),
            limit,
            Duration::from_secs(1),
        )
        .await;
        read.map_err(|error| error.status().as_u16())
    }

    #[tokio::test]
    async fn a_body_up_to_the_limit_is_read() {
        assert_eq!(whole("12345", 5).await, Ok(Bytes::from_static(b"12345")));
        assert_eq!(whole("123456", 5).await, Err(413));
    }

    #[tokio::test]
    async fn pieces_end_at_the_limit() {
        let sizes = |limit| async move {
            let pieces = pieces(Body::from("123456"), limit);
            pieces
                .map(|piece| piece.map(|piece| piece.len()).ok())
                .collect::<Vec<_>>()
                .await
        };
        assert_eq!(sizes(6).await, [Some(6)]);
        assert_eq!(sizes(5).await, [None]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_is_given_up() {
        let slow =
            Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        let error = read(&HeaderMap::new(), slow, 5, Duration::from_secs(3))
            .await
            .unwrap_err();
        assert_eq!(error.status(), 408);
    }
}
