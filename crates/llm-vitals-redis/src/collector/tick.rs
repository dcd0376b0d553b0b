//! One tick: who watches, which nodes, what they say.

use std::sync::PoisonError;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::Instant;

use super::ask;
use super::ownership::Standing;
use crate::collector::RedisCollector;
use crate::error::Error;
use crate::lease::Claim;
use crate::source::{Node, Reply};

impl RedisCollector {
    pub(super) async fn watch(&mut self) {
        let nodes = match self.source.nodes().await {
            Ok(nodes) => self.state().found(&nodes, &self.settings),
            Err(_) => self.state().not_found(),
        };
        if self.ownership.standing() == Standing::Standby {
            self.claim(&nodes).await;
        }
        let standing = self.ownership.standing();
        self.state().stands(standing);
        if standing == Standing::Standby {
            return;
        }
        self.read(&nodes).await;
        let standing = self.ownership.standing();
        self.state().stands(standing);
        if standing != Standing::Standby
            && let Some(sampling) = &self.settings.keys
        {
            self.sampler
                .pass(sampling, &*self.source, &self.state)
                .await;
        }
    }

    /// Asks for the lease alone, and a second node if the first one sends us there.
    async fn claim(&mut self, nodes: &[Node]) {
        for _ in 0..2 {
            let Some((home, command)) = self.ownership.request(nodes, Instant::now()) else {
                // No node that could hold the key is known: nobody can tell us that another one watches.
                self.ownership.unreachable();
                return;
            };
            match self.source.query(&home, &[command]).await {
                Ok(replies) => {
                    let verdict = Claim::verdict(replies.first().unwrap_or(&Reply::Nil));
                    if !self.ownership.told(verdict, Instant::now()) {
                        return;
                    }
                }
                Err(_) => return self.ownership.unreachable(),
            }
        }
        // Sent from one node to another: the slot is on its way.
        self.ownership.unreachable();
    }

    /// Asks every node that is due, all at once, and takes each answer as it comes.
    async fn read(&mut self, nodes: &[Node]) {
        let now = Instant::now();
        let lease = self.ownership.request(nodes, now);
        let home = self.ownership.home(nodes);
        let source = &self.source;
        let mut asked = FuturesUnordered::new();
        for node in nodes {
            let Some((mut commands, optional)) = ({
                let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                state
                    .due(&node.address, now)
                    .map(|node| ask::commands(&self.settings, node, now))
            }) else {
                continue;
            };
            let claims = lease.as_ref().filter(|(home, _)| home == node);
            let claims = claims.map(|(_, command)| command.clone());
            let has_claim = claims.is_some();
            if let Some(command) = claims {
                commands.insert(0, command);
            }
            asked.push(async move {
                let replies = source.query(node, &commands).await;
                (node, has_claim, optional, replies)
            });
        }
        let mut verdict = None;
        while let Some((node, has_claim, optional, replies)) = asked.next().await {
            let now = Instant::now();
            let result = replies.and_then(|mut replies| {
                if has_claim && !replies.is_empty() {
                    verdict = Some(Ok(Claim::verdict(&replies.remove(0))));
                }
                ask::read(&replies, &optional, now)
            });
            // Also where the lease was not asked for: the key may be gone when the node is back.
            if home == Some(node) && result.is_err() && verdict.is_none() {
                verdict = Some(Err(()));
            }
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            match result {
                Ok((sample, allowed)) => state.answered(&node.address, sample, &allowed),
                Err(error) => {
                    let kind = Error::kind(&error);
                    state.failed(&node.address, kind, now, &self.settings, &mut self.random);
                }
            }
        }
        drop(asked);
        match verdict {
            Some(Ok(verdict)) => {
                self.ownership.told(verdict, Instant::now());
            }
            Some(Err(())) => self.ownership.unreachable(),
            None => {}
        }
    }

    /// Gives the lease back, so that another process need not wait for its end.
    pub(super) async fn release(&mut self) {
        let nodes = self.state().nodes();
        if let Some((home, command)) = self.ownership.release(&nodes) {
            // It runs out by itself if this fails.
            let _ = self.source.query(&home, &[command]).await;
        }
    }
}
