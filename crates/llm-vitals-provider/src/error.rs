//! Why a provider did not answer.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use crate::kind::ErrorKind;
use crate::rate_limits::RateLimits;
use crate::wire;

/// Any error, as tower's layers pass it on.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Why a provider did not answer, or stopped answering.
///
/// Its texts are bounded and free of keys: they may go to a log, never to a label.
#[derive(Debug)]
pub struct ProviderError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    provider: Option<String>,
    status: Option<u16>,
    code: Option<String>,
    retry_after: Option<Duration>,
    request_id: Option<String>,
    body: Option<String>,
    rate_limits: Option<RateLimits>,
    source: Option<BoxError>,
}

impl ProviderError {
    /// Creates an error from its kind and a sentence that says what was tried and how to mend it.
    pub fn new(kind: ErrorKind, message: impl AsRef<str>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: wire::redact(message.as_ref()),
            provider: None,
            status: None,
            code: None,
            retry_after: None,
            request_id: None,
            body: None,
            rate_limits: None,
            source: None,
        }))
    }

    /// Turns any error into this one: itself if it is one, else classified by [`ErrorKind::of`].
    #[must_use]
    pub fn from_boxed(error: BoxError) -> Self {
        match error.downcast::<Self>() {
            Ok(error) => *error,
            Err(error) => {
                Self::new(ErrorKind::of(error.as_ref()), error.to_string()).with_source(error)
            }
        }
    }

    /// Names the provider.
    #[must_use]
    pub fn with_provider(mut self, provider: impl Into<String>) -> Self {
        self.0.provider = Some(provider.into());
        self
    }

    /// Adds the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds the provider's own code, such as `insufficient_quota`.
    #[must_use]
    pub fn with_code(mut self, code: impl AsRef<str>) -> Self {
        self.0.code = Some(wire::redact(code.as_ref()));
        self
    }

    /// Adds how long the provider asks to wait.
    #[must_use]
    pub fn with_retry_after(mut self, retry_after: Duration) -> Self {
        self.0.retry_after = Some(retry_after);
        self
    }

    /// Adds the provider's id of the request.
    #[must_use]
    pub fn with_request_id(mut self, request_id: impl AsRef<str>) -> Self {
        self.0.request_id = Some(wire::redact(request_id.as_ref()));
        self
    }

    /// Adds the beginning of the response's body, without keys and control characters.
    #[must_use]
    pub fn with_body(mut self, body: &[u8]) -> Self {
        // Redaction bounds the text; no more than it can need is decoded.
        let head = &body[..body.len().min(4096)];
        self.0.body = Some(wire::redact(&String::from_utf8_lossy(head)));
        self
    }

    /// Adds the rate limits that came with the refusal.
    #[must_use]
    pub fn with_rate_limits(mut self, rate_limits: RateLimits) -> Self {
        self.0.rate_limits = Some(rate_limits);
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The kind of the error, to branch on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The sentence that says what went wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The provider's name.
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        self.0.provider.as_deref()
    }

    /// The HTTP status, when there was a response.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The provider's own code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// How long the provider asks to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The provider's id of the request, for its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The beginning of the response's body, without keys.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// The rate limits that came with the refusal.
    #[must_use]
    pub fn rate_limits(&self) -> Option<&RateLimits> {
        self.0.rate_limits.as_ref()
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(provider) = self.provider() {
            write!(f, "{provider}: ")?;
        }
        f.write_str(self.message())?;
        match (self.status(), self.code()) {
            (Some(status), Some(code)) => write!(f, " (status {status}, {code})"),
            (Some(status), None) => write!(f, " (status {status})"),
            (None, Some(code)) => write!(f, " ({code})"),
            (None, None) => Ok(()),
        }
    }
}

impl Error for ProviderError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_ref().map(|source| {
            let source: &(dyn Error + 'static) = source.as_ref();
            source
        })
    }
}

impl ErrorKind {
    /// Classifies any error by the first cause in its chain that is known: a [`ProviderError`], tower's timeout, load
    /// shed and closed buffer, or an I/O error.
    ///
    /// ```
    /// use llm_vitals_provider::ErrorKind;
    /// use std::io;
    ///
    /// let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    /// assert_eq!(ErrorKind::of(&refused), ErrorKind::Connect);
    /// ```
    #[must_use]
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(kind) = known(error) {
                return kind;
            }
            cause = error.source();
        }
        Self::Other
    }
}

fn known(error: &(dyn Error + 'static)) -> Option<ErrorKind> {
    if let Some(error) = error.downcast_ref::<ProviderError>() {
        return Some(error.kind());
    }
    if error.is::<tower::timeout::error::Elapsed>() {
        return Some(ErrorKind::Timeout);
    }
    if error.is::<tower::load_shed::error::Overloaded>() {
        return Some(ErrorKind::Overloaded);
    }
    if error.is::<tower::buffer::error::Closed>() {
        return Some(ErrorKind::Other);
    }
    #[cfg(feature = "reqwest")]
    if let Some(error) = error.downcast_ref::<reqwest::Error>() {
        if error.is_timeout() {
            return Some(ErrorKind::Timeout);
        }
        if error.is_connect() {
            return Some(ErrorKind::Connect);
        }
    }
    let error = error.downcast_ref::<io::Error>()?;
    // What an I/O error wraps is not among its sources.
    if let Some(kind) = error.get_ref().and_then(|inner| known(inner)) {
        return Some(kind);
    }
    match error.kind() {
        io::ErrorKind::TimedOut => Some(ErrorKind::Timeout),
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::AddrNotAvailable => Some(ErrorKind::Connect),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Some(ErrorKind::StreamInterrupted),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_cause_decides() {
        let inner = ProviderError::new(ErrorKind::Quota, "no credit");
        let outer = io::Error::other(inner);
        assert_eq!(ErrorKind::of(&outer), ErrorKind::Quota);
        assert_eq!(
            ErrorKind::of(&tower::timeout::error::Elapsed::new()),
            ErrorKind::Timeout
        );
        assert_eq!(
            ErrorKind::of(&tower::load_shed::error::Overloaded::new()),
            ErrorKind::Overloaded
        );
        assert_eq!(ErrorKind::of(&fmt::Error), ErrorKind::Other);
    }

    #[test]
    fn a_key_never_shows() {
        let error = ProviderError::new(ErrorKind::Auth, "bad key sk-abcdefghijklmnopqrstuvwx")
            .with_status(401)
            .with_body(b"{\"message\":\"Incorrect API key: sk-abcdefghijklmnopqrstuvwx\"}");
        assert!(!format!("{error} {error:?}").contains("abcdefghijkl"));
    }

    #[test]
    fn an_error_says_who_what_and_how_it_was_answered() {
        let error = ProviderError::new(ErrorKind::RateLimited, "too many requests")
            .with_provider("openai")
            .with_status(429)
            .with_code("rate_limit_exceeded");
        assert_eq!(
            error.to_string(),
            "openai: too many requests (status 429, rate_limit_exceeded)"
        );
    }
}
