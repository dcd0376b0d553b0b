//! Whether Redis answers.

use std::fmt;
use std::io;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::cause::Cause;
use crate::probe::Probe;
use crate::report::Report;

/// The longest line that is read of an answer.
const LONGEST_LINE: usize = 512;

/// Whether Redis or Valkey answers a `PING`, over a new connection each time: one of the application's pool would tell of the
/// pool. Without TLS.
///
/// Refused credentials are down (`auth`), a server that loads its data is degraded, and one that may not answer `PING` to this
/// user (`NOPERM`) is up: it answered, and the user was let in.
#[derive(Clone)]
pub struct RedisPing {
    address: String,
    credentials: Option<Credentials>,
}

#[derive(Clone)]
struct Credentials {
    user: Option<String>,
    password: String,
}

impl RedisPing {
    /// Connects to `host:port`.
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            credentials: None,
        }
    }

    /// Authenticates as the default user.
    #[must_use]
    pub fn with_password(mut self, password: impl Into<String>) -> Self {
        self.credentials = Some(Credentials {
            user: None,
            password: password.into(),
        });
        self
    }

    /// Authenticates as an ACL user; `+ping` is all that the user needs.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials = Some(Credentials {
            user: Some(user.into()),
            password: password.into(),
        });
        self
    }

    async fn ping(&self) -> Result<Report, Cause> {
        let connected = TcpStream::connect(&self.address).await;
        let mut stream = connected.map_err(|_| Cause::Connect)?;
        if let Some(credentials) = &self.credentials {
            let mut command = vec!["AUTH"];
            command.extend(credentials.user.as_deref());
            command.push(&credentials.password);
            // Whatever it is that is wrong with the credentials, they were not taken.
            if !ask(&mut stream, &command).await?.starts_with('+') {
                return Ok(Report::down(Cause::Auth));
            }
        }
        Ok(judge(&ask(&mut stream, &["PING"]).await?))
    }
}

#[async_trait]
impl Probe for RedisPing {
    async fn check(&self) -> Report {
        self.ping().await.unwrap_or_else(Report::down)
    }
}

impl fmt::Debug for RedisPing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisPing")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// What the first line of the answer to `PING` means.
fn judge(answer: &str) -> Report {
    let word = answer.split(' ').next().unwrap_or_default();
    match word {
        "+PONG" | "-NOPERM" => Report::up(),
        "-NOAUTH" | "-WRONGPASS" => Report::down(Cause::Auth),
        "-LOADING" | "-BUSY" | "-MASTERDOWN" => Report::degraded(Cause::Overloaded),
        _ if word.starts_with('-') => Report::down(Cause::Server),
        _ => Report::down(Cause::BadAnswer),
    }
}

/// Sends a command, and reads a line.
async fn ask(stream: &mut TcpStream, command: &[&str]) -> Result<String, Cause> {
    let asked = async {
        stream.write_all(&encode(command)).await?;
        read_line(stream).await
    };
    asked.await.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => Cause::BadAnswer,
        _ => Cause::Connect,
    })
}

/// An array of bulk strings, as every Redis takes it.
fn encode(command: &[&str]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", command.len()).into_bytes();
    for part in command {
        bytes.extend_from_slice(format!("${}\r\n{part}\r\n", part.len()).as_bytes());
    }
    bytes
}

async fn read_line(stream: &mut TcpStream) -> io::Result<String> {
    let mut line = Vec::new();
    let mut part = [0; 128];
    loop {
        let read = stream.read(&mut part).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        line.extend_from_slice(&part[..read]);
        if let Some(end) = line.windows(2).position(|bytes| bytes == b"\r\n") {
            line.truncate(end);
            return String::from_utf8(line).map_err(|_| io::ErrorKind::InvalidData.into());
        }
        if line.len() > LONGEST_LINE {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_an_array_of_bulk_strings() {
        assert_eq!(encode(&["PING"]), b"*1\r\n$4\r\nPING\r\n");
        assert_eq!(
            encode(&["AUTH", "é"]),
            "*2\r\n$4\r\nAUTH\r\n$2\r\né\r\n".as_bytes()
        );
    }

    #[test]
    fn answers_are_told_apart() {
        for (answer, expected) in [
            ("+PONG", Report::up()),
            ("-NOPERM User x has no permissions", Report::up()),
            (
                "-NOAUTH Authentication required.",
                Report::down(Cause::Auth),
            ),
            (
                "-LOADING Redis is loading",
                Report::degraded(Cause::Overloaded),
            ),
            (
                "-ERR max number of clients reached",
                Report::down(Cause::Server),
            ),
            ("HTTP/1.1 400 Bad Request", Report::down(Cause::BadAnswer)),
        ] {
            assert_eq!(judge(answer), expected, "{answer}");
        }
    }
}
