//! Whether a host answers, without a message to it.

use reqwest::{Method, Url};

use super::http_client::HttpClient;
use super::notifier::NotifyError;
use super::secret::Secret;

/// Asks the root of the address's host for its headers: the name is known, somebody listens, and TLS is in order. Any status will do but
/// those of a proxy that does not let the request through. The path, which may be a secret or do something, is not called.
pub(crate) async fn reach(client: &HttpClient, url: &Secret) -> Result<(), NotifyError> {
    let url = Url::parse(url.expose()).map_err(|error| {
        NotifyError::permanent("invalid", format!("the address is not a URL: {error}"))
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        let message = "the address is not one of http or https";
        return Err(NotifyError::permanent("invalid", message));
    }
    let root = Secret::new(format!("{}/", url.origin().ascii_serialization()));
    let answer = client
        .exchange(client.request(Method::HEAD, &root)?)
        .await?;
    match answer.status {
        407 | 502 | 504 => Err(answer.error()),
        _ => Ok(()),
    }
}
