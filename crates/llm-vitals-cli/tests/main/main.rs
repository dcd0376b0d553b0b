//! The command, run as a process.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod amtool;
mod check;
mod cli;
mod export;
mod gateway_file;
mod notify;
mod promtool;
mod query;
mod route;
mod rule_tests;
mod schema;
mod support;
