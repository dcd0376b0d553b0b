//! What the checks, the calls and the answers lead to.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod billed;
#[cfg(feature = "listener")]
mod listener;
mod metrics;
mod passive;
mod probes;
#[cfg(feature = "redis")]
mod redis;
mod registry;
mod support;
mod trouble;
