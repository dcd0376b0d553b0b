//! An OpenAI-compatible gateway that measures every call: the crates of llm-vitals, put together.

mod access;
mod alerts;
mod app;
mod banner;
mod body;
mod cache;
mod call_log;
mod cli;
mod config;
mod credentials;
mod dashboard;
mod deadline;
mod demo;
mod first_chunk;
mod front;
mod gate;
mod handlers;
mod hangups;
mod health;
mod jitter;
mod metrics;
mod models;
mod near;
mod notify;
mod openai_error;
mod order;
mod outcome;
mod page;
mod passive;
mod prices;
mod proxy;
mod redis_link;
mod redis_watch;
mod retry;
mod routing;
mod runbooks;
mod server;
mod signals;
mod simulated;
mod sse;
mod stack;
mod stall;
mod start;
mod stream_usage;
mod text;
mod trace;
mod upload;
mod upstream;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::cli::{Args, Command};
use crate::config::Config;

/// What a shell says of a command line that it cannot read.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    match cli::parse(std::env::args_os().skip(1)) {
        Ok(Command::Help) => print(cli::HELP),
        Ok(Command::Version) => print(concat!(
            "llm-vitals-gateway ",
            env!("CARGO_PKG_VERSION"),
            "\n"
        )),
        Ok(Command::Serve(args)) => match serve(&args) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => complain(&error.to_string(), 1),
        },
        Err(error) => complain(&error.to_string(), USAGE),
    }
}

fn serve(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::load(args, |name| std::env::var(name).ok())?;
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .from_env_lossy();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(start::run(config, args.demo));
    // Requests that did not end in time are given up.
    runtime.shutdown_background();
    result
}

fn print(text: &str) -> ExitCode {
    let written = std::io::stdout().write_all(text.as_bytes());
    if written.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn complain(message: &str, code: u8) -> ExitCode {
    // Nobody may be reading.
    let _ = writeln!(std::io::stderr(), "llm-vitals-gateway: {message}");
    ExitCode::from(code)
}
