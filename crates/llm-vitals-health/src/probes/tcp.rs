//! Whether somebody listens.

use async_trait::async_trait;
use tokio::net::TcpStream;

use crate::cause::Cause;
use crate::probe::Probe;
use crate::report::Report;

/// Whether a TCP connection to an address comes about. It is closed at once.
///
/// A load balancer or content network in between may take the connection for somebody who is down.
#[derive(Clone, Debug)]
pub struct TcpConnect(String);

impl TcpConnect {
    /// Connects to `host:port`. A name is looked up at each run.
    pub fn new(address: impl Into<String>) -> Self {
        Self(address.into())
    }
}

#[async_trait]
impl Probe for TcpConnect {
    async fn check(&self) -> Report {
        match TcpStream::connect(&self.0).await {
            Ok(_) => Report::up(),
            Err(_) => Report::down(Cause::Connect),
        }
    }
}
