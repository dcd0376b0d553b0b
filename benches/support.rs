//! What the benchmarks share.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::new_without_default,
    reason = "each benchmark uses a part"
)]

pub mod chat;
pub mod http;
pub mod streams;
