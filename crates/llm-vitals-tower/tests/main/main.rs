//! What a scrape shows after each way in which a request can end.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod http;
#[cfg(feature = "reqwest")]
mod reqwest;
mod snapshot;
mod stack;
mod stream;
mod support;
mod truncated;
mod typed;
