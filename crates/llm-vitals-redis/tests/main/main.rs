//! What a collector shows of real servers, in every state that they can be in.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod cluster;
mod down;
mod exporter;
mod golden;
mod keys;
mod lease;
mod limits;
mod mock;
mod rights;
mod sentinel;
mod standalone;
mod support;
#[cfg(feature = "tls")]
mod tls;
