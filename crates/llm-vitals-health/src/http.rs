//! The answers to those who ask over HTTP.

mod accept;
mod access;
mod body;
#[cfg(feature = "listener")]
mod listener;
mod page;
mod service;
mod time;

pub use self::access::Access;
#[cfg(feature = "listener")]
pub use self::listener::Listener;
pub use self::service::HealthService;
