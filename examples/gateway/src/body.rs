//! The bodies of clients' requests, with a limit and a deadline.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::openai_error::ApiError;

/// How much of a body that is refused is still taken besides what would be allowed, and for how long: a client that is cut
/// off while it sends may not read why.
const DISCARD: usize = 8 << 20;
const DISCARD_TIME: Duration = Duration::from_secs(5);

/// Reads a whole body of at most `limit` bytes within `time`.
pub(crate) async fn read(
    headers: &HeaderMap,
    mut body: Body,
    limit: usize,
    time: Duration,
) -> Result<Bytes, ApiError> {
    if is_too_long(headers, limit) {
        discard(body, limit).await;
        return Err(ApiError::too_large(limit));
    }
    let whole = Limited::new(&mut body, limit).collect();
    let whole = tokio::time::timeout(time, whole).await;
    match whole {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            discard(body, limit).await;
            Err(ApiError::too_large(limit))
        }
        Ok(Err(_)) => Err(ApiError::broken_off()),
        Err(_) => Err(too_slow(time)),
    }
}

/// The refusal of a body that has not come within `time`.
pub(crate) fn too_slow(time: Duration) -> ApiError {
    ApiError::invalid(
        StatusCode::REQUEST_TIMEOUT,
        format!(
            "the request's body took longer than {time:?}: send it faster, or raise timeouts.body"
        ),
    )
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

/// Takes as much of a body as a request may have, and some more, and throws it away.
pub(crate) async fn discard(body: Body, limit: usize) {
    let rest = Limited::new(body, limit.saturating_add(DISCARD));
    let mut rest = std::pin::pin!(rest.into_data_stream());
    let all = async { while let Some(Ok(_)) = rest.next().await {} };
    let _ = tokio::time::timeout(DISCARD_TIME, all).await;
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
