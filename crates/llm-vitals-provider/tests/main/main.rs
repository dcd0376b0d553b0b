//! The clients, against HTTP servers that this process runs.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod anthropic;
mod cuts;
mod failures;
mod gemini;
mod limits;
mod openai;
mod secrets;
mod server;
mod text;
