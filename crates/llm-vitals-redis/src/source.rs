//! The seam between the collector and a client of Redis.

use async_trait::async_trait;

use crate::error::Error;

/// Where a collector gets its answers from: a client of Redis.
///
/// The crate's own is [`RedisClient`](crate::RedisClient); implement this to use another driver, another major version of
/// it, or a mock. Every call has to end by itself in bounded time. A dropped call may leave the request on its way.
#[async_trait]
pub trait RedisSource: Send + Sync {
    /// The nodes to watch, as they are now. Called once for each tick; without a change it should cost nothing, or one
    /// round trip to a server that knows them.
    ///
    /// # Errors
    ///
    /// When nobody could say. The collector then goes on with the nodes that it knows.
    async fn nodes(&self) -> Result<Vec<Node>, Error>;

    /// Sends `commands` to one node in one round trip, and returns as many replies in the same order.
    ///
    /// # Errors
    ///
    /// When the node could not be reached or did not answer in time. An error reply to one command is a
    /// [`Reply::Error`] among the others.
    async fn query(&self, node: &Node, commands: &[Command]) -> Result<Vec<Reply>, Error>;
}

/// A server that is watched.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Node {
    /// `host:port`, or the path of a socket.
    pub address: String,
    /// What it is for the others.
    pub role: NodeRole,
}

/// What a node is for the others, as far as the one who knows the nodes can say.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum NodeRole {
    /// Not known: a server that was only named.
    #[default]
    Unknown,
    /// Holds keys that others follow.
    Primary,
    /// Follows the primary at this address.
    Replica(String),
    /// Holds no keys: a primary of a cluster without slots.
    Empty,
}

impl Node {
    /// A node of which only the address is known.
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            role: NodeRole::Unknown,
        }
    }

    /// Says what the node is for the others.
    #[must_use]
    pub fn with_role(mut self, role: NodeRole) -> Self {
        self.role = role;
        self
    }
}

/// A command: its name and its arguments.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Command(Vec<Vec<u8>>);

impl Command {
    /// A command from its words, such as `["SLOWLOG", "LEN"]`.
    pub fn new<W: AsRef<[u8]>>(words: impl IntoIterator<Item = W>) -> Self {
        Self(
            words
                .into_iter()
                .map(|word| word.as_ref().to_vec())
                .collect(),
        )
    }

    /// The words, as they are sent.
    #[must_use]
    pub fn words(&self) -> &[Vec<u8>] {
        &self.0
    }
}

/// What a server answers.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reply {
    /// Nothing.
    Nil,
    /// A number.
    Integer(i64),
    /// A text or other bytes.
    Bytes(Vec<u8>),
    /// Several replies.
    List(Vec<Self>),
    /// An error: its code, such as `NOPERM`, and its text, which is shown to nobody.
    Error(String, String),
}

impl Reply {
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(crate) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(replies) => Some(replies),
            _ => None,
        }
    }

    pub(crate) fn error_code(&self) -> Option<&str> {
        match self {
            Self::Error(code, _) => Some(code),
            _ => None,
        }
    }
}
