//! Which Redis, and how to reach it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisConnectionInfo};

use super::connections::{Access, Connections};
use super::settings::{Credentials, CredentialsSource, Timeouts};
#[cfg(feature = "tls")]
use super::tls::Tls;
use super::{Plan, RedisClient};
use crate::error::{Error, ErrorKind};

/// Which Redis to connect to, and how. [`build`](Self::build) checks it and makes no connection.
///
/// URLs are `redis://[user][:password@]host[:port][/database]`, `rediss://` for TLS (feature `tls`), `unix:///path`; Valkey's
/// schemes too. Give a cluster or a Sentinel several addresses: one that answers is enough.
///
/// ```
/// use llm_vitals_redis::{Credentials, RedisTarget};
///
/// let target = RedisTarget::sentinel(["redis://10.0.0.1:26379", "redis://10.0.0.2:26379"], "cache")
///     .with_credentials(Credentials::new("vitals", "secret"));
/// assert!(!format!("{target:?}").contains("secret"));
/// let client = target.build()?;
/// # let _ = client;
/// # Ok::<(), llm_vitals_redis::Error>(())
/// ```
#[derive(Clone)]
pub struct RedisTarget {
    urls: Vec<String>,
    kind: Kind,
    credentials: Option<CredentialsSource>,
    sentinel_credentials: Option<CredentialsSource>,
    timeouts: Timeouts,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

#[derive(Clone, Debug)]
enum Kind {
    Standalone,
    Sentinel(String),
    Cluster,
}

impl RedisTarget {
    /// One server. [`with_node`](Self::with_node) adds others, such as its replicas.
    pub fn standalone(url: impl Into<String>) -> Self {
        Self::new([url], Kind::Standalone)
    }

    /// The primary that Sentinels call `service`, and its replicas. The URLs are those of Sentinels; `rediss://` and the
    /// database hold for the servers too, user and password do not.
    pub fn sentinel<U: Into<String>>(
        sentinels: impl IntoIterator<Item = U>,
        service: impl Into<String>,
    ) -> Self {
        Self::new(sentinels, Kind::Sentinel(service.into()))
    }

    /// All nodes of a cluster, found through any of these.
    pub fn cluster<U: Into<String>>(nodes: impl IntoIterator<Item = U>) -> Self {
        Self::new(nodes, Kind::Cluster)
    }

    fn new<U: Into<String>>(urls: impl IntoIterator<Item = U>, kind: Kind) -> Self {
        Self {
            urls: urls.into_iter().map(Into::into).collect(),
            kind,
            credentials: None,
            sentinel_credentials: None,
            timeouts: Timeouts::default(),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Adds a server, a Sentinel or a node of the cluster.
    #[must_use]
    pub fn with_node(mut self, url: impl Into<String>) -> Self {
        self.urls.push(url.into());
        self
    }

    /// The user of the servers, instead of the one in the URL.
    #[must_use]
    pub fn with_credentials(self, credentials: Credentials) -> Self {
        self.with_credentials_from(move || credentials.clone())
    }

    /// Asks for the user of the servers at every new connection, so that a password can change. It must not block.
    #[must_use]
    pub fn with_credentials_from(
        mut self,
        credentials: impl Fn() -> Credentials + Send + Sync + 'static,
    ) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// The user of the Sentinels, instead of the one in the URL.
    #[must_use]
    pub fn with_sentinel_credentials(mut self, credentials: Credentials) -> Self {
        self.sentinel_credentials = Some(Arc::new(move || credentials.clone()));
        self
    }

    /// How long a new connection may take, login included. Default: 1 s.
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.connect = timeout;
        self
    }

    /// How long a server may take to answer. Default: 500 ms.
    #[must_use]
    pub fn with_response_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.response = timeout;
        self
    }

    /// Authorities and certificates for `rediss://`.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Checks the settings. Connections are made when they are needed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for a URL that is none, for `rediss://` without the feature `tls`, for certificates that are
    /// none, and without any URL.
    pub fn build(self) -> Result<RedisClient, Error> {
        let config = |message: &str| Error::new(ErrorKind::Config, message);
        let mut seeds = Vec::new();
        for (at, url) in self.urls.iter().enumerate() {
            // The error of the driver is left out: it could show a part of the URL.
            let seed = url.as_str().into_connection_info().map_err(|_| {
                config(&format!(
                    "URL {} is not like redis://[user][:password@]host[:port][/database]",
                    at + 1
                ))
            })?;
            if !seed.addr().is_supported() {
                return Err(config(
                    "rediss:// needs the feature `tls` of llm-vitals-redis",
                ));
            }
            seeds.push(seed);
        }
        let first = seeds.first().ok_or_else(|| config("no URL was given"))?;
        let servers = match self.kind {
            // A URL of a Sentinel holds the user of the Sentinel.
            Kind::Sentinel(_) => RedisConnectionInfo::default().set_db(first.redis_settings().db()),
            Kind::Standalone | Kind::Cluster => first.redis_settings().clone(),
        };
        #[cfg(feature = "tls")]
        let example = super::tls::example(first, self.tls.as_ref())?;
        #[cfg(not(feature = "tls"))]
        let example = first.clone();
        let addresses: Vec<String> = seeds.iter().map(|seed| seed.addr().to_string()).collect();
        let is_sentinel = matches!(self.kind, Kind::Sentinel(_));
        let mut connections = Connections::new(
            Access {
                example: example.clone(),
                settings: servers,
                credentials: self.credentials,
            },
            self.timeouts,
        );
        for (seed, address) in seeds.iter().zip(&addresses) {
            connections.add(
                address,
                Access {
                    example: adopt(&example, seed),
                    // A Sentinel has no databases.
                    settings: if is_sentinel {
                        seed.redis_settings().clone().set_db(0)
                    } else {
                        seed.redis_settings().clone()
                    },
                    credentials: if is_sentinel {
                        self.sentinel_credentials.clone()
                    } else {
                        connections.credentials()
                    },
                },
            );
        }
        let plan = match self.kind {
            Kind::Standalone => Plan::Standalone(addresses),
            Kind::Sentinel(service) => Plan::Sentinel {
                sentinels: addresses,
                service,
            },
            Kind::Cluster => Plan::Cluster(addresses),
        };
        Ok(RedisClient::new(plan, connections))
    }
}

/// The address of `seed`, with the certificates of `example`.
fn adopt(example: &ConnectionInfo, seed: &ConnectionInfo) -> ConnectionInfo {
    let addr = match (seed.addr().clone(), example.addr()) {
        (
            ConnectionAddr::TcpTls {
                host,
                port,
                insecure,
                ..
            },
            ConnectionAddr::TcpTls { tls_params, .. },
        ) => ConnectionAddr::TcpTls {
            host,
            port,
            insecure,
            tls_params: tls_params.clone(),
        },
        (addr, _) => addr,
    };
    seed.clone().set_addr(addr)
}

impl fmt::Debug for RedisTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisTarget")
            .field("kind", &self.kind)
            .field("nodes", &self.urls.len())
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}
