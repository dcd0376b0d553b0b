//! Bodies of posts.

use std::error::Error as StdError;

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use http_body::Body;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::answer::Answer;

/// Prometheus posts 64 alerts at a time.
const MOST_BYTES: usize = 4 << 20;

/// The bytes of a body of JSON.
pub(super) async fn read<B>(headers: &HeaderMap, body: B) -> Result<Vec<u8>, Answer>
where
    B: Body,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let content_type = headers
        .get(CONTENT_TYPE)
        .map(|value| value.to_str().unwrap_or("?"));
    let content_type = content_type.unwrap_or("application/octet-stream");
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let shown: String = essence.chars().take(100).collect();
        let message =
            format!("unsupported media type {shown:?}, only [application/json] are allowed");
        return Err(Answer::error(415, 415, message));
    }
    match Limited::new(body, MOST_BYTES).collect().await {
        Ok(collected) => Ok(collected.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => {
            let message = format!("the body is larger than {} MiB", MOST_BYTES >> 20);
            Err(Answer::error(413, 413, message))
        }
        Err(_) => Err(Answer::error(400, 400, "the body ended before its time")),
    }
}
