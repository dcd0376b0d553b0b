//! Whether this process is the one that watches.

use std::time::Duration;

use tokio::time::Instant;

use crate::lease::{Claim, Verdict};
use crate::source::{Command, Node, NodeRole};

/// A lease that the user may not have is asked for again after this time: each refusal counts as an error in Redis.
const REFUSED: Duration = Duration::from_secs(600);

#[derive(Debug)]
pub(crate) struct Ownership {
    claim: Option<Claim>,
    standing: Standing,
    /// When the server is asked next.
    due: Option<Instant>,
    /// Where the key of a cluster lives, once a node said so.
    home: Option<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Standing {
    /// Another process watches, or nothing is known yet.
    Standby,
    /// This process holds the lease.
    Holder,
    /// There is no lease to be had: every process watches.
    Unleased,
}

impl Ownership {
    pub(crate) fn new(claim: Option<Claim>) -> Self {
        let standing = match claim {
            Some(_) => Standing::Standby,
            None => Standing::Unleased,
        };
        Self {
            claim,
            standing,
            due: None,
            home: None,
        }
    }

    pub(crate) fn standing(&self) -> Standing {
        self.standing
    }

    /// The command for the node where the key lives, when it is time to ask.
    pub(crate) fn request(&self, nodes: &[Node], now: Instant) -> Option<(Node, Command)> {
        let claim = self.claim.as_ref()?;
        if self.standing != Standing::Standby && self.due.is_some_and(|due| now < due) {
            return None;
        }
        let command = match self.standing {
            Standing::Holder => claim.renew(),
            Standing::Standby | Standing::Unleased => claim.take(),
        };
        Some((self.home(nodes)?.clone(), command))
    }

    pub(crate) fn release(&self, nodes: &[Node]) -> Option<(Node, Command)> {
        let claim = self.claim.as_ref()?;
        let holds = self.standing == Standing::Holder;
        holds.then_some((self.home(nodes)?.clone(), claim.release()))
    }

    /// Where the key of all processes lives: on the first primary, unless a cluster said where.
    pub(crate) fn home<'a>(&self, nodes: &'a [Node]) -> Option<&'a Node> {
        let home = self.home.as_ref();
        let told = home.and_then(|home| nodes.iter().find(|node| node.address == *home));
        told.or_else(|| {
            let may_write = nodes
                .iter()
                .filter(|node| matches!(node.role, NodeRole::Primary | NodeRole::Unknown));
            may_write.min_by(|a, b| a.address.cmp(&b.address))
        })
    }

    /// Takes what the server said; true if another node has to be asked.
    pub(crate) fn told(&mut self, verdict: Verdict, now: Instant) -> bool {
        let Some(claim) = &self.claim else {
            return false;
        };
        let (standing, wait) = match verdict {
            Verdict::Held => (Standing::Holder, claim.ttl / 3),
            Verdict::HeldByAnother => (Standing::Standby, Duration::ZERO),
            Verdict::Refused => (Standing::Unleased, REFUSED),
            // Each attempt may count as an error in Redis, so that it is not made with every tick.
            Verdict::Unavailable => (Standing::Unleased, claim.ttl / 3),
            Verdict::Elsewhere(address) => {
                let news = self.home.as_ref() != Some(&address);
                self.home = Some(address);
                if !news {
                    self.standing = Standing::Unleased;
                }
                return news;
            }
        };
        self.standing = standing;
        self.due = Some(now + wait);
        false
    }

    /// The node with the key did not answer: whoever held the lease watches on, and so does everybody else, so that the
    /// outage is seen. The key may be gone, so that it is asked for as soon as the node is back.
    pub(crate) fn unreachable(&mut self) {
        self.due = None;
        if self.claim.is_some() && self.standing == Standing::Standby {
            self.standing = Standing::Unleased;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lease::Lease;
    use crate::random::Random;

    fn ownership() -> Ownership {
        let claim = Claim::new(
            &Lease::default(),
            Duration::from_secs(5),
            &mut Random::new(),
        );
        Ownership::new(Some(claim))
    }

    fn name(request: Option<(Node, Command)>) -> Option<(String, String)> {
        let (node, command) = request?;
        Some((
            node.address,
            String::from_utf8_lossy(&command.words()[0]).into_owned(),
        ))
    }

    #[test]
    fn asks_until_it_holds_and_then_a_third_of_the_time() {
        let (nodes, now) = ([Node::new("a:1")], Instant::now());
        let mut ownership = ownership();
        let take = Some(("a:1".to_owned(), "SET".to_owned()));
        assert_eq!(name(ownership.request(&nodes, now)), take);
        ownership.told(Verdict::HeldByAnother, now);
        assert_eq!(
            (ownership.standing(), name(ownership.request(&nodes, now))),
            (Standing::Standby, take)
        );
        ownership.told(Verdict::Held, now);
        assert_eq!(
            (ownership.standing(), ownership.request(&nodes, now)),
            (Standing::Holder, None)
        );
        let later = now + Duration::from_secs(10);
        assert_eq!(
            name(ownership.request(&nodes, later)),
            Some(("a:1".to_owned(), "EVAL".to_owned()))
        );
        ownership.told(Verdict::HeldByAnother, later);
        assert_eq!(ownership.standing(), Standing::Standby);
    }

    #[test]
    fn a_refusal_lets_everybody_watch_and_is_not_repeated_soon() {
        let (nodes, now) = ([Node::new("a:1")], Instant::now());
        let mut ownership = ownership();
        ownership.told(Verdict::Refused, now);
        assert_eq!(
            (ownership.standing(), ownership.request(&nodes, now)),
            (Standing::Unleased, None)
        );
        assert!(ownership.request(&nodes, now + REFUSED).is_some());
    }

    #[test]
    fn a_server_that_cannot_for_now_is_asked_a_little_later() {
        let (nodes, now) = ([Node::new("a:1")], Instant::now());
        let mut ownership = ownership();
        ownership.told(Verdict::Unavailable, now);
        assert_eq!(ownership.standing(), Standing::Unleased);
        assert_eq!(ownership.request(&nodes, now), None);
        assert!(
            ownership
                .request(&nodes, now + Duration::from_secs(10))
                .is_some()
        );
    }

    #[test]
    fn an_outage_is_seen_by_everybody_and_the_key_asked_for_at_once() {
        let (nodes, now) = ([Node::new("a:1")], Instant::now());
        let (mut standby, mut holder) = (ownership(), ownership());
        holder.told(Verdict::Held, now);
        holder.unreachable();
        standby.unreachable();
        assert_eq!(
            (standby.standing(), holder.standing()),
            (Standing::Unleased, Standing::Holder)
        );
        assert_eq!(
            name(standby.request(&nodes, now))
                .map(|asked| asked.1)
                .as_deref(),
            Some("SET")
        );
        assert_eq!(
            name(holder.request(&nodes, now))
                .map(|asked| asked.1)
                .as_deref(),
            Some("EVAL")
        );
    }

    #[test]
    fn the_key_lives_on_the_first_primary_or_where_the_cluster_said() {
        let now = Instant::now();
        let nodes = [
            Node::new("a:1").with_role(NodeRole::Replica("b:1".into())),
            Node::new("c:1").with_role(NodeRole::Primary),
            Node::new("b:1").with_role(NodeRole::Primary),
        ];
        let mut ownership = ownership();
        let home =
            |ownership: &Ownership| name(ownership.request(&nodes, now)).map(|asked| asked.0);
        assert_eq!(home(&ownership).as_deref(), Some("b:1"));
        assert!(ownership.told(Verdict::Elsewhere("c:1".into()), now));
        assert_eq!(home(&ownership).as_deref(), Some("c:1"));
        assert!(!ownership.told(Verdict::Elsewhere("c:1".into()), now));
    }
}
