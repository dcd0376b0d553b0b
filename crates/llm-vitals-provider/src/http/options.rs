//! How long a client waits, how much it reads, and over which connections.

use std::fmt;
use std::time::Duration;

use crate::error::ProviderError;
use crate::kind::ErrorKind;

/// How long a client waits for a server, how much it reads, and over which connections.
///
/// There is no deadline for a whole request: a long answer that keeps coming is healthy. Put a deadline around the
/// client as a tower layer.
///
/// ```
/// use std::time::Duration;
///
/// use llm_vitals_provider::HttpOptions;
///
/// let patient = HttpOptions::new().with_first_byte_timeout(Duration::from_secs(900));
/// assert_eq!(patient.first_byte_timeout(), Duration::from_secs(900));
/// assert_eq!(patient.idle_timeout(), Duration::from_secs(120));
/// ```
#[derive(Clone)]
pub struct HttpOptions {
    connect_timeout: Duration,
    first_byte_timeout: Duration,
    idle_timeout: Duration,
    max_answer: usize,
    max_event: usize,
    client: Option<reqwest::Client>,
}

impl HttpOptions {
    /// Creates the defaults: 10 s to connect, 300 s to the response's head, 120 s between two pieces of its body,
    /// answers of 64 MiB, events of 8 MiB.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            first_byte_timeout: Duration::from_secs(300),
            idle_timeout: Duration::from_secs(120),
            max_answer: 64 << 20,
            max_event: 8 << 20,
            client: None,
        }
    }

    /// Limits the time to connect, TLS included. No effect on a client from [`with_http_client`](Self::with_http_client).
    #[must_use]
    pub const fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Limits the time from the call to the response's head. A whole answer of a reasoning model has its head at the
    /// very end.
    #[must_use]
    pub const fn with_first_byte_timeout(mut self, timeout: Duration) -> Self {
        self.first_byte_timeout = timeout;
        self
    }

    /// Limits the time between two pieces of a response's body. A keep-alive of the server is such a piece.
    #[must_use]
    pub const fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Limits the bytes of a whole answer. Streams have no such limit, since they are not kept.
    #[must_use]
    pub const fn with_max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = bytes;
        self
    }

    /// Limits the bytes of one event of a stream.
    #[must_use]
    pub const fn with_max_event(mut self, bytes: usize) -> Self {
        self.max_event = bytes;
        self
    }

    /// Sends requests through `client`, to share its connections or to bring proxies and certificates of one's own.
    ///
    /// Its connect timeout and its redirects are then its own: `redirect::Policy::none()` keeps keys where they belong.
    #[must_use]
    pub fn with_http_client(mut self, client: reqwest::Client) -> Self {
        self.client = Some(client);
        self
    }

    /// The longest time to connect.
    #[must_use]
    pub const fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    /// The longest time to the response's head.
    #[must_use]
    pub const fn first_byte_timeout(&self) -> Duration {
        self.first_byte_timeout
    }

    /// The longest time between two pieces of a response's body.
    #[must_use]
    pub const fn idle_timeout(&self) -> Duration {
        self.idle_timeout
    }

    /// The most bytes of a whole answer.
    #[must_use]
    pub const fn max_answer(&self) -> usize {
        self.max_answer
    }

    /// The most bytes of one event.
    #[must_use]
    pub const fn max_event(&self) -> usize {
        self.max_event
    }

    /// The client given, or a new one that follows no redirect.
    pub(super) fn http_client(&self) -> Result<reqwest::Client, ProviderError> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        reqwest::Client::builder()
            .connect_timeout(self.connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("llm-vitals/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| {
                ProviderError::new(
                    ErrorKind::Other,
                    "cannot set up TLS: install the system's certificates or give a client of your own",
                )
                .with_source(error)
            })
    }
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for HttpOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpOptions")
            .field("connect_timeout", &self.connect_timeout)
            .field("first_byte_timeout", &self.first_byte_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("max_answer", &self.max_answer)
            .field("max_event", &self.max_event)
            // A client's `Debug` may show its default headers.
            .field("own_client", &self.client.is_some())
            .finish()
    }
}
