//! The command line.

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
An OpenAI-compatible gateway that measures every call to a language model.

Usage: llm-vitals-gateway [--listen ADDRESS] [--config FILE] [--demo]

Options:
  --listen ADDRESS  where to listen; 127.0.0.1:8080 unless given, port 0 takes a free port
  --config FILE     a YAML file; examples/gateway/gateway.example.yaml explains every field
  --demo            answers from simulated providers and sends them varied traffic, so that /metrics shows something
  --help            this text
  --version         the version

Without a file, keys in the environment turn providers on:
  OPENAI_API_KEY      provider `openai`
  OPENROUTER_API_KEY  provider `openrouter`
  ANTHROPIC_API_KEY   provider `anthropic`
  GEMINI_API_KEY      provider `gemini`
  REDIS_URL           a Redis that keeps answers, and is watched
Without any key, simulated providers answer; nothing leaves this machine.
  RUST_LOG            what is logged to standard error: error, warn, info (unless given), debug

Endpoints:
  POST /v1/chat/completions   plain, or streamed with \"stream\": true
  POST /v1/completions        plain text
  POST /v1/embeddings
  GET  /v1/models             every model, by its name and as provider/model
  ANY  /proxy/PROVIDER/PATH   any other path of a provider, passed on as it is and measured
  GET  /metrics               for Prometheus
  GET  /stats                 requests, latencies and tokens as JSON
  GET  /                      the dashboard, in a browser
  GET  /api/v1/...            queries, rules and alerts, as Prometheus has them
  ANY  /api/v2/...            alerts and silences, as Alertmanager has them: for amtool
  GET  /health                which providers answer; /health/live, /health/ready and /health/startup for Kubernetes

Examples:
  llm-vitals-gateway
  OPENAI_API_KEY=... llm-vitals-gateway --listen 127.0.0.1:9000
  llm-vitals-gateway --config gateway.yaml
  curl http://127.0.0.1:8080/v1/chat/completions -H 'content-type: application/json' \\
    -d '{\"model\": \"sim-fast\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'
";

/// What the command line asks for.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Command {
    /// Start the gateway.
    Serve(Args),
    /// Print the help.
    Help,
    /// Print the version.
    Version,
}

/// The options of the gateway.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Args {
    /// Where to listen; wins over the file.
    pub(crate) listen: Option<SocketAddr>,
    /// The YAML file.
    pub(crate) config: Option<PathBuf>,
    /// Whether to send demonstration traffic.
    pub(crate) demo: bool,
}

/// A command line that says nothing sensible.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct UsageError(String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: see llm-vitals-gateway --help", self.0)
    }
}

impl std::error::Error for UsageError {}

/// Reads the arguments after the program's name.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, UsageError> {
    let mut arguments = arguments.into_iter();
    let mut args = Args::default();
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy();
        let (name, mut value) = match text.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(OsString::from(value))),
            _ => (&*text, None),
        };
        let mut take = |what: &str| {
            let value = value.take().or_else(|| arguments.next());
            value.ok_or_else(|| UsageError(format!("{name} needs {what}")))
        };
        match name {
            "--help" | "-h" => return Ok(Command::Help),
            "--version" | "-V" => return Ok(Command::Version),
            "--listen" => args.listen = Some(address(&take("an address such as 127.0.0.1:8080")?)?),
            "--config" => args.config = Some(take("a file")?.into()),
            "--demo" => args.demo = true,
            _ => return Err(UsageError(format!("there is no option {text}"))),
        }
        if value.is_some() {
            return Err(UsageError(format!("{name} takes no value")));
        }
    }
    Ok(Command::Serve(args))
}

fn address(value: &OsString) -> Result<SocketAddr, UsageError> {
    let value = value.to_string_lossy();
    value.parse().map_err(|_| {
        UsageError(format!(
            "--listen takes an address and a port such as 127.0.0.1:8080, not {value}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command, String> {
        let arguments = line.split_whitespace().map(OsString::from);
        parse(arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn options_take_values_after_a_space_or_an_equals_sign() {
        let expected = Command::Serve(Args {
            listen: Some(([127, 0, 0, 1], 9000).into()),
            config: Some("a.yaml".into()),
            demo: true,
        });
        assert_eq!(
            read("--listen 127.0.0.1:9000 --config a.yaml --demo"),
            Ok(expected)
        );
        assert!(read("--listen=127.0.0.1:9000").is_ok());
        assert_eq!(read(""), Ok(Command::Serve(Args::default())));
        assert_eq!(read("--demo -h"), Ok(Command::Help));
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let error = |line| read(line).unwrap_err();
        assert_eq!(
            error("--listn x"),
            "there is no option --listn: see llm-vitals-gateway --help"
        );
        assert_eq!(
            error("--config"),
            "--config needs a file: see llm-vitals-gateway --help"
        );
        assert_eq!(
            error("--demo=yes"),
            "--demo takes no value: see llm-vitals-gateway --help"
        );
        assert_eq!(
            error("--listen 8080"),
            "--listen takes an address and a port such as 127.0.0.1:8080, not 8080: see llm-vitals-gateway --help"
        );
    }
}
