//! The crate from outside.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed"
)]

mod api;
mod errors;
mod fuzz;
mod grafana;
mod history;
mod page;
mod prometheus;
mod promtool;
mod rules;
mod slow;
mod spend;
mod support;
