//! The command `llm-vitals`: asks gateways, and checks, tests, explains and exports alert rules and who is told of them.
//!
//! One file a command, with a folder of the same name beside it: [`query`] is `llm-vitals query`. A new command is a module with
//! a `COMMAND` and a line in [`command::COMMANDS`].

#![expect(
    clippy::print_stderr,
    reason = "errors of a command line tool go to standard error"
)]

use std::process::ExitCode;

mod arguments;
mod broken;
mod check;
mod command;
mod configuration;
mod explain;
mod export;
mod failure;
mod file;
mod notify;
mod number;
mod output;
mod query;
mod route;
mod schema;
mod source;
mod test;
mod texts;
mod time;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    command::run(&words)
}
