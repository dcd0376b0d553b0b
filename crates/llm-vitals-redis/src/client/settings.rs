//! How to connect.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A user and a password. `Debug` shows neither.
///
/// ```
/// use llm_vitals_redis::Credentials;
///
/// assert_eq!(format!("{:?}", Credentials::new("vitals", "secret")), "Credentials(***)");
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Credentials {
    pub(crate) user: Option<String>,
    pub(crate) password: String,
}

impl Credentials {
    /// A user of the access control list, and its password.
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            user: Some(user.into()),
            password: password.into(),
        }
    }

    /// The password of the default user.
    pub fn password(password: impl Into<String>) -> Self {
        Self {
            user: None,
            password: password.into(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(***)")
    }
}

/// Asked at every new connection, so that a password can change.
pub(crate) type CredentialsSource = Arc<dyn Fn() -> Credentials + Send + Sync>;

/// The times after which an attempt has failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    pub(crate) response: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(1),
            response: Duration::from_millis(500),
        }
    }
}
