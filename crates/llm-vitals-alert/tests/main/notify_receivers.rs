//! What the receivers send, and what they make of the answers.

mod alertmanager;
mod file;
mod hostile;
mod msteams;
mod pagerduty;
mod push;
mod schema;
mod server;
mod slack;
mod slack_thread;
mod support;
mod webhook;
