//! The client: the only folder that knows the `redis` crate.

mod cluster;
mod connections;
mod convert;
mod sentinel;
mod settings;
mod target;
#[cfg(feature = "tls")]
mod tls;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use self::connections::Connections;
use crate::error::{Error, ErrorKind};
use crate::source::{Command, Node, RedisSource, Reply};

pub use self::settings::Credentials;
pub use self::target::RedisTarget;
#[cfg(feature = "tls")]
pub use self::tls::Tls;

/// A cluster tells its nodes again after this time, and after every failure.
const TOPOLOGY_AGE: Duration = Duration::from_secs(10);

/// A client of one Redis: connections of its own, one for each node, made when they are needed.
///
/// A connection that failed is given up and made anew with the next request; a Sentinel is asked each time, a cluster every
/// 10 seconds and after a failure. Nothing is tried twice: when to try again is up to the caller. The driver spawns a task for
/// each connection on the tokio runtime that asks first; it ends with the connection.
pub struct RedisClient {
    plan: Plan,
    connections: Connections,
    known: Mutex<Known>,
}

/// How the nodes are found.
#[derive(Debug)]
pub(crate) enum Plan {
    Standalone(Vec<String>),
    Sentinel {
        sentinels: Vec<String>,
        service: String,
    },
    Cluster(Vec<String>),
}

/// The nodes of a cluster, and when they were read; nothing after a failure.
#[derive(Debug, Default)]
struct Known {
    nodes: Vec<Node>,
    read: Option<Instant>,
    /// Who told the nodes the last time, and is asked first the next time.
    teller: Option<String>,
}

impl RedisClient {
    fn new(plan: Plan, connections: Connections) -> Self {
        Self {
            plan,
            connections,
            known: Mutex::default(),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn cluster(&self, seeds: &[String]) -> Result<Vec<Node>, Error> {
        let mut ask = {
            let known = self.known();
            if known.read.is_some_and(|read| read.elapsed() < TOPOLOGY_AGE) {
                return Ok(known.nodes.clone());
            }
            known
                .nodes
                .iter()
                .map(|node| node.address.clone())
                .collect::<Vec<_>>()
        };
        ask.extend(
            seeds
                .iter()
                .filter(|seed| !ask.contains(seed))
                .cloned()
                .collect::<Vec<_>>(),
        );
        let nodes = self
            .first(&ask, cluster::ask, "a node of the cluster")
            .await?;
        let mut known = self.known();
        known.nodes.clone_from(&nodes);
        known.read = Some(Instant::now());
        drop(known);
        Ok(nodes)
    }

    /// The answer of whoever told the nodes the last time, else of the first of the others, which are asked all at once: dead
    /// ones cost time once.
    async fn first<'a, F>(
        &'a self,
        addresses: &'a [String],
        ask: impl Fn(&'a Connections, &'a str) -> F,
        who: &str,
    ) -> Result<Vec<Node>, Error>
    where
        F: Future<Output = Result<Vec<Node>, Error>> + Send + 'a,
    {
        let teller = self.known().teller.clone();
        let told = |address: &&String| teller.as_ref().is_none_or(|teller| teller == *address);
        let first = addresses.iter().find(told).or_else(|| addresses.first());
        let others = addresses.iter().filter(|address| Some(*address) != first);
        let mut last = Error::new(ErrorKind::Config, "no address was given");
        for group in [first.into_iter().collect(), others.collect::<Vec<_>>()] {
            let asked = group.into_iter().map(|address| {
                let nodes = ask(&self.connections, address);
                Box::pin(async move { nodes.await.map(|nodes| (address, nodes)) })
            });
            let asked: Vec<_> = asked.collect();
            if asked.is_empty() {
                continue;
            }
            match futures_util::future::select_ok(asked).await {
                Ok(((address, nodes), _)) => {
                    self.known().teller = Some(address.clone());
                    self.connections.keep(&nodes);
                    return Ok(nodes);
                }
                Err(error) => last = error,
            }
        }
        Err(Error::new(
            ErrorKind::Discovery,
            format!("could not look up the nodes: {who} has to answer"),
        )
        .with_source(last))
    }
}

#[async_trait]
impl RedisSource for RedisClient {
    async fn nodes(&self) -> Result<Vec<Node>, Error> {
        match &self.plan {
            Plan::Standalone(addresses) => Ok(addresses.iter().map(Node::new).collect()),
            Plan::Sentinel { sentinels, service } => {
                self.first(
                    sentinels,
                    |connections, address| sentinel::ask(connections, address, service),
                    "a Sentinel",
                )
                .await
            }
            Plan::Cluster(seeds) => self.cluster(seeds).await,
        }
    }

    async fn query(&self, node: &Node, commands: &[Command]) -> Result<Vec<Reply>, Error> {
        let replies = self.connections.query(&node.address, commands).await;
        if replies.is_err() {
            self.known().read = None;
        }
        replies
    }
}

impl fmt::Debug for RedisClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisClient")
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}
