//! The gateway as its users meet it: the built binary, in front of servers that the tests script.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

mod alerts;
mod cache;
mod chat;
mod counts;
mod failures;
mod grafana;
mod health;
mod hostile;
mod metrics_page;
mod notify;
mod probes;
mod prometheus;
mod proxy;
mod start;
mod support;
mod text;
