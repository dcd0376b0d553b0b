//! GET, and nothing else.

use std::time::Duration;

use crate::failure::Failure;

/// A client with its own small runtime, so that the commands can be plain code.
pub(crate) struct Client {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn new() -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let client = reqwest::Client::builder()
            .user_agent(concat!("llm-vitals/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .build();
        match (runtime, client) {
            (Ok(runtime), Ok(client)) => Ok(Self { runtime, client }),
            (Err(error), _) => Err(Failure::Other(format!("cannot start a runtime: {error}"))),
            (_, Err(error)) => Err(Failure::Other(format!("cannot set up HTTP: {error}"))),
        }
    }

    /// Gets a URL, whatever its status.
    pub(crate) fn get(&self, url: &str) -> Result<Response, Failure> {
        let request = async {
            let response = self.client.get(url).send().await?;
            let status = response.status().as_u16();
            let content_type = response.headers().get("content-type");
            let content_type = content_type
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned();
            let body = response.bytes().await?.to_vec();
            Ok(Response {
                status,
                content_type,
                body,
            })
        };
        self.runtime
            .block_on(request)
            .map_err(|error: reqwest::Error| Failure::Other(describe(url, &error)))
    }
}

/// `http://` in front if there is none, and no slash at the end.
pub(crate) fn base(url: &str) -> String {
    let url = url.trim_end_matches('/');
    if url.contains("://") {
        url.to_owned()
    } else {
        format!("http://{url}")
    }
}

/// Percent-encodes the value of a query parameter.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The innermost cause says what a person needs: connection refused, no such host.
fn describe(url: &str, error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    format!("cannot get {url}: {cause}")
}
