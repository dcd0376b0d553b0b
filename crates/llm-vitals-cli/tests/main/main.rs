//! The command, run as a process.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod check;
mod cli;
mod export;
mod promtool;
mod query;
mod rule_tests;
mod schema;
mod support;
