//! One connection to Redis that never keeps anybody waiting for long.

use std::fmt;
use std::time::Duration;

use llm_vitals_provider::Secret;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::config::ConfigError;

/// How long a server is left alone after it did not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// A connection that is made when it is needed, and given up when something fails. After that everything fails at once for a
/// second, so that a server that hangs does not hold up every request.
pub(crate) struct RedisLink {
    client: Client,
    /// For the connection, and for each answer.
    timeout: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: Option<MultiplexedConnection>,
    /// Changes with each connection.
    number: u64,
    not_before: Option<Instant>,
}

/// Redis did not answer, or not as it should.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Broken;

impl RedisLink {
    /// Checks the URL, and makes no connection.
    pub(crate) fn new(url: &Secret, timeout: Duration) -> Result<Self, ConfigError> {
        // The error of the driver is left out: it could show a part of the URL.
        let client = Client::open(url.expose()).map_err(|_| {
            ConfigError::new(
                "the URL of Redis is not like redis://[user][:password@]host[:port][/database]",
            )
        })?;
        Ok(Self {
            client,
            timeout,
            state: Mutex::default(),
        })
    }

    /// Sends one command.
    pub(crate) async fn send<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Broken> {
        let (mut connection, number) = self.connection().await?;
        let answer = tokio::time::timeout(self.timeout, command.query_async(&mut connection));
        match answer.await {
            Ok(Ok(answer)) => Ok(answer),
            // What the server itself refuses leaves the connection as it is.
            Ok(Err(error)) if !error.is_io_error() && !error.is_connection_dropped() => {
                tracing::debug!("Redis refused {}: {:?}", name(command), error.kind());
                Err(Broken)
            }
            _ => {
                self.give_up(number).await;
                Err(Broken)
            }
        }
    }

    async fn connection(&self) -> Result<(MultiplexedConnection, u64), Broken> {
        // Those who come while a connection is made wait for that one.
        let mut state = self.state.lock().await;
        if let Some(open) = &state.open {
            return Ok((open.clone(), state.number));
        }
        if state.not_before.is_some_and(|at| Instant::now() < at) {
            return Err(Broken);
        }
        let options = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.timeout))
            .set_response_timeout(Some(self.timeout));
        let made = self
            .client
            .get_multiplexed_async_connection_with_config(&options);
        if let Ok(Ok(made)) = tokio::time::timeout(self.timeout * 2, made).await {
            state.number += 1;
            state.open = Some(made.clone());
            state.not_before = None;
            return Ok((made, state.number));
        }
        state.not_before = Some(Instant::now() + PAUSE);
        Err(Broken)
    }

    /// Gives the connection up, unless there is a newer one already.
    async fn give_up(&self, number: u64) {
        let mut state = self.state.lock().await;
        if state.number == number && state.open.take().is_some() {
            state.not_before = Some(Instant::now() + PAUSE);
        }
    }
}

impl fmt::Debug for RedisLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisLink").finish_non_exhaustive()
    }
}

fn name(command: &Cmd) -> String {
    match command.args_iter().next() {
        Some(redis::Arg::Simple(name)) => String::from_utf8_lossy(name).into_owned(),
        _ => String::new(),
    }
}
