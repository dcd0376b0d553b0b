//! Refusals that repeat the gateway's own key.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderName, Response};
use http_body_util::BodyExt as _;
use reqwest::Body;

/// The longest refusal that is looked through; longer ones pass as they are.
const LONGEST: usize = 64 << 10;
/// How long it may take to come; what takes longer passes as it is.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is shorter is no key, and would be found in many places.
const SHORTEST: usize = 8;
/// What stands in its place.
const MASK: &[u8] = b"***";

/// The texts that no client may see, of the headers with which a provider knows the gateway.
pub(super) fn secrets(headers: &HeaderMap) -> Vec<Vec<u8>> {
    let is_secret = |name: &HeaderName| {
        let name = name.as_str();
        ["auth", "key", "token", "secret", "cookie"]
            .iter()
            .any(|word| name.contains(word))
    };
    headers
        .iter()
        .filter(|(name, _)| is_secret(name))
        // Without the scheme: `Bearer`.
        .filter_map(|(_, value)| value.as_bytes().rsplit(|byte| *byte == b' ').next())
        .filter(|secret| secret.len() >= SHORTEST)
        .map(<[u8]>::to_vec)
        .collect()
}

/// The answer as it is, unless it is a refusal that repeats one of `secrets`.
pub(super) async fn masked(mut response: Response<Body>, secrets: &[Vec<u8>]) -> Response<Body> {
    let status = response.status();
    let refuses = status.is_client_error() || status.is_server_error();
    if !refuses || secrets.is_empty() {
        return response;
    }
    let mut rest = std::mem::take(response.body_mut()).into_data_stream();
    let mut pieces = Vec::new();
    let mut length = 0;
    let end = tokio::time::Instant::now() + PATIENCE;
    while length <= LONGEST {
        let Ok(piece) = tokio::time::timeout_at(end, rest.next()).await else {
            break;
        };
        match piece {
            Some(Ok(piece)) => {
                length += piece.len();
                pieces.push(Ok(piece));
            }
            Some(Err(error)) => {
                pieces.push(Err(error));
                break;
            }
            None => {
                let whole: Vec<Bytes> = pieces.into_iter().flatten().collect();
                let whole = Bytes::from(whole.concat());
                return with_body(response, &whole, secrets);
            }
        }
    }
    *response.body_mut() = Body::wrap_stream(stream::iter(pieces).chain(rest));
    response
}

fn with_body(mut response: Response<Body>, whole: &Bytes, secrets: &[Vec<u8>]) -> Response<Body> {
    let mut text = whole.clone();
    for secret in secrets {
        text = without(&text, secret);
    }
    if text != *whole {
        response
            .headers_mut()
            .insert(CONTENT_LENGTH, text.len().into());
    }
    *response.body_mut() = text.into();
    response
}

fn without(text: &Bytes, secret: &[u8]) -> Bytes {
    let is_secret = |window: &[u8]| window == secret;
    if !text.windows(secret.len()).any(is_secret) {
        return text.clone();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest: &[u8] = text;
    while let Some(at) = rest.windows(secret.len()).position(is_secret) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(MASK);
        rest = &rest[at + secret.len()..];
    }
    out.extend_from_slice(rest);
    out.into()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    async fn passed(status: u16, body: impl Into<Body>) -> (Option<HeaderValue>, String) {
        let mut response = Response::new(body.into());
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        response
            .headers_mut()
            .insert(CONTENT_LENGTH, HeaderValue::from_static("7"));
        let mut headers = HeaderMap::new();
        let key = HeaderValue::from_static("Bearer sk-12345678");
        headers.insert("authorization", key);
        headers.insert("x-team", HeaderValue::from_static("searchers"));
        let mut response = masked(response, &secrets(&headers)).await;
        let length = response.headers_mut().remove(CONTENT_LENGTH);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (length, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_refusal_does_not_repeat_the_key() {
        assert_eq!(
            passed(401, "sk-12345678 of searchers: sk-12345678.").await,
            (
                Some(HeaderValue::from_static("22")),
                "*** of searchers: ***.".to_owned()
            )
        );
        // Nothing is changed where there is no key.
        assert_eq!(
            passed(500, "nothing").await,
            (Some(HeaderValue::from_static("7")), "nothing".to_owned())
        );
        assert_eq!(passed(200, "sk-12345678").await.1, "sk-12345678");
    }

    #[tokio::test]
    async fn a_long_refusal_passes_as_it_is() {
        let long = "x".repeat(LONGEST) + "sk-12345678";
        assert_eq!(passed(500, long.clone()).await.1, long);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_refusal_passes_as_it_is() {
        let pieces = stream::unfold(0, async |number| {
            tokio::time::sleep(Duration::from_secs(3)).await;
            (number < 3).then(|| (Ok::<_, std::io::Error>("sk-12345678 "), number + 1))
        });
        let body = Body::wrap_stream(Box::pin(pieces));
        let begun = tokio::time::Instant::now();
        let mut response = Response::new(body);
        *response.status_mut() = http::StatusCode::BAD_GATEWAY;
        let response = masked(response, &[b"sk-12345678".to_vec()]).await;
        assert_eq!(begun.elapsed(), PATIENCE);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "sk-12345678 ".repeat(3));
    }
}
