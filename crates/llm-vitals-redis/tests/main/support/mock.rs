//! A source that answers what a test says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use llm_vitals_redis::{Command, Error, ErrorKind, Node, RedisSource, Reply};

type Answer = dyn Fn(&Node, &Command) -> Result<Reply, Error> + Send + Sync;

/// Cloning it gives another handle of the same source.
#[derive(Clone)]
pub(crate) struct Mock {
    answer: Arc<Answer>,
    pub(crate) nodes: Arc<Mutex<Vec<Node>>>,
    pub(crate) delay: Duration,
    pub(crate) queries: Arc<AtomicUsize>,
    now: Arc<AtomicUsize>,
    pub(crate) most_at_once: Arc<AtomicUsize>,
}

impl Mock {
    pub(crate) fn new(
        answer: impl Fn(&Node, &Command) -> Result<Reply, Error> + Send + Sync + 'static,
    ) -> Self {
        Self {
            answer: Arc::new(answer),
            nodes: Arc::new(Mutex::new(vec![Node::new("cache:6379")])),
            delay: Duration::ZERO,
            queries: Arc::default(),
            now: Arc::default(),
            most_at_once: Arc::default(),
        }
    }

    /// Answers INFO with this text, and everything else with nothing.
    pub(crate) fn saying(info: &[u8]) -> Self {
        let info = info.to_vec();
        Self::new(move |_, command| {
            let is_info = command.words()[0] == b"INFO";
            Ok(if is_info {
                Reply::Bytes(info.clone())
            } else {
                Reply::Nil
            })
        })
    }

    pub(crate) fn down() -> Self {
        Self::new(|_, _| Err(Error::new(ErrorKind::Connection, "refused")))
    }
}

#[async_trait]
impl RedisSource for Mock {
    async fn nodes(&self) -> Result<Vec<Node>, Error> {
        let nodes = self.nodes.lock().unwrap().clone();
        if nodes.is_empty() {
            return Err(Error::new(ErrorKind::Discovery, "nobody knows"));
        }
        Ok(nodes)
    }

    async fn query(&self, node: &Node, commands: &[Command]) -> Result<Vec<Reply>, Error> {
        self.queries.fetch_add(1, Ordering::SeqCst);
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(self.delay).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        commands
            .iter()
            .map(|command| (self.answer)(node, command))
            .collect()
    }
}
