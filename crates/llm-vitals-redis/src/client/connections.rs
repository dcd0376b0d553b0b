//! One connection for each address, made when it is needed and given up when it fails.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use redis::aio::{ConnectionLike as _, MultiplexedConnection};
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, Pipeline, ProtocolVersion,
    RedisConnectionInfo,
};

use super::convert;
use super::settings::{CredentialsSource, Timeouts};
use crate::error::{Error, ErrorKind};
use crate::source::{Command, Node, Reply};

/// What one more connection costs beyond the two timeouts, so that the outer one is the last resort.
const SLACK: std::time::Duration = std::time::Duration::from_millis(50);

/// How to connect to an address.
#[derive(Clone)]
pub(crate) struct Access {
    /// Its way of transport is the one for all addresses.
    pub(crate) example: ConnectionInfo,
    pub(crate) settings: RedisConnectionInfo,
    pub(crate) credentials: Option<CredentialsSource>,
}

/// The connections of a client.
pub(crate) struct Connections {
    /// For addresses that were not given but found.
    found: Access,
    given: HashMap<String, Access>,
    timeouts: Timeouts,
    open: Mutex<HashMap<String, MultiplexedConnection>>,
}

impl Connections {
    pub(crate) fn new(found: Access, timeouts: Timeouts) -> Self {
        Self {
            found,
            given: HashMap::new(),
            timeouts,
            open: Mutex::default(),
        }
    }

    pub(crate) fn add(&mut self, address: &str, access: Access) {
        self.given.insert(address.to_owned(), access);
    }

    pub(crate) fn credentials(&self) -> Option<CredentialsSource> {
        self.found.credentials.clone()
    }

    /// Gives up the connections to addresses that were found once and are no longer among `nodes`.
    pub(crate) fn keep(&self, nodes: &[Node]) {
        self.open().retain(|address, _| {
            self.given.contains_key(address) || nodes.iter().any(|node| node.address == *address)
        });
    }

    pub(crate) fn uses_tls(&self) -> bool {
        matches!(self.found.example.addr(), ConnectionAddr::TcpTls { .. })
    }

    /// Sends commands in one round trip. A connection that fails is given up.
    pub(crate) async fn query(
        &self,
        address: &str,
        commands: &[Command],
    ) -> Result<Vec<Reply>, Error> {
        let limit = self.timeouts.connect + self.timeouts.response + SLACK;
        // The driver has timeouts of its own; this one holds whatever the driver does.
        let result = tokio::time::timeout(limit, self.send(address, commands)).await;
        let result = result.unwrap_or_else(|_| {
            Err(Error::new(
                ErrorKind::Timeout,
                format!("{address} did not answer within {limit:?}"),
            ))
        });
        if result.is_err() {
            self.open().remove(address);
        }
        result
    }

    async fn send(&self, address: &str, commands: &[Command]) -> Result<Vec<Reply>, Error> {
        let mut connection = self.connection(address).await?;
        let mut pipeline = Pipeline::with_capacity(commands.len());
        for command in commands {
            let mut words = command.words().iter();
            let name = words.next().map_or(&b""[..], Vec::as_slice);
            let mut cmd = redis::Cmd::new();
            cmd.arg(name);
            words.for_each(|word| {
                cmd.arg(word.as_slice());
            });
            pipeline.add_command(cmd);
        }
        let values = connection
            .req_packed_commands(&pipeline, 0, commands.len())
            .await
            .map_err(|error| convert::error(address, "asked", error))?;
        if values.len() != commands.len() {
            return Err(Error::new(
                ErrorKind::Protocol,
                format!("{address} did not answer every command"),
            ));
        }
        Ok(values.into_iter().map(convert::reply).collect())
    }

    async fn connection(&self, address: &str) -> Result<MultiplexedConnection, Error> {
        if let Some(open) = self.open().get(address) {
            return Ok(open.clone());
        }
        let client = Client::open(self.info(address)?)
            .map_err(|error| convert::error(address, "connected to", error))?;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.timeouts.connect))
            .set_response_timeout(Some(self.timeouts.response));
        let connection = client
            .get_multiplexed_async_connection_with_config(&config)
            .await
            .map_err(|error| convert::error(address, "connected to", error))?;
        self.open().insert(address.to_owned(), connection.clone());
        Ok(connection)
    }

    fn info(&self, address: &str) -> Result<ConnectionInfo, Error> {
        let (access, addr) = match self.given.get(address) {
            Some(access) => (access, access.example.addr().clone()),
            None => (&self.found, at(self.found.example.addr(), address)?),
        };
        // The older protocol needs no HELLO, and CLIENT SETINFO may be denied: the smallest set of rights is enough.
        let mut settings = access
            .settings
            .clone()
            .set_protocol(ProtocolVersion::RESP2)
            .set_skip_set_lib_name();
        if let Some(credentials) = &access.credentials {
            let credentials = credentials();
            settings = RedisConnectionInfo::default()
                .set_db(settings.db())
                .set_protocol(ProtocolVersion::RESP2)
                .set_skip_set_lib_name()
                .set_password(&credentials.password);
            if let Some(user) = &credentials.user {
                settings = settings.set_username(user);
            }
        }
        let tcp = access.example.tcp_settings().clone().set_nodelay(true);
        let info = access.example.clone().set_addr(addr);
        Ok(info.set_tcp_settings(tcp).set_redis_settings(settings))
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, MultiplexedConnection>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The address of a node that was found, reached in the way of those that were given.
fn at(example: &ConnectionAddr, address: &str) -> Result<ConnectionAddr, Error> {
    let wrong = || Error::new(ErrorKind::Discovery, "a node has no address of host:port");
    let (host, port) = address.rsplit_once(':').ok_or_else(wrong)?;
    let (host, port) = (host.to_owned(), port.parse().map_err(|_| wrong())?);
    Ok(match example {
        ConnectionAddr::TcpTls {
            insecure,
            tls_params,
            ..
        } => ConnectionAddr::TcpTls {
            host,
            port,
            insecure: *insecure,
            tls_params: tls_params.clone(),
        },
        _ => ConnectionAddr::Tcp(host, port),
    })
}
