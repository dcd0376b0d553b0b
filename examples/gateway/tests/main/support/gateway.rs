use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use tempfile::TempDir;

use super::metrics::FAMILIES;
use super::{Metrics, eventually};

const BINARY: &str = env!("CARGO_BIN_EXE_llm-vitals-gateway");

/// A gateway that runs until this is dropped.
pub(crate) struct Gateway {
    child: Child,
    pub(crate) base: String,
    pub(crate) http: Client,
    printed: Arc<Mutex<String>>,
    folder: TempDir,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments);
    for key in [
        "OPENAI_API_KEY",
        "OPENROUTER_API_KEY",
        "ANTHROPIC_API_KEY",
        "GEMINI_API_KEY",
        "REDIS_URL",
        "RUST_LOG",
    ] {
        command.env_remove(key);
    }
    command
}

/// Runs the binary until it ends by itself, with a file of this text if there is one.
pub(crate) fn run_to_its_end(
    arguments: &[&str],
    file: Option<&str>,
    environment: &[(&str, &str)],
) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(arguments);
    command
        .envs(environment.iter().copied())
        .current_dir(folder.path());
    if let Some(text) = file {
        std::fs::write(folder.path().join("gateway.yaml"), text).unwrap();
        command.args(["--config", "gateway.yaml"]);
    }
    command.output().unwrap()
}

impl Gateway {
    /// Starts a gateway with a file of this text.
    pub(crate) fn start(file: &str) -> Self {
        Self::start_with(&["--listen", "127.0.0.1:0"], file)
    }

    pub(crate) fn start_with(arguments: &[&str], file: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gateway.yaml");
        std::fs::write(&path, file).unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut child = command(arguments)
            .arg("--config")
            .arg(&path)
            .env("RUST_LOG", "debug")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let base = line
            .trim_end()
            .strip_prefix("listening on ")
            .map(ToOwned::to_owned);
        // The banner must find a reader.
        let printed = Arc::new(Mutex::new(line.clone()));
        let all = Arc::clone(&printed);
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                *all.lock().unwrap() += &(line + "\n");
            }
        });
        let http = Client::builder().no_proxy().build().unwrap();
        let gateway = Self {
            child,
            base: base.clone().unwrap_or_default(),
            http,
            printed,
            folder,
        };
        assert!(
            base.is_some(),
            "it printed {line:?} and logged {}",
            gateway.log()
        );
        gateway
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// What it has printed so far.
    pub(crate) fn printed(&self) -> String {
        self.printed.lock().unwrap().clone()
    }

    /// Its file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("gateway.yaml")
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.base))
    }

    pub(crate) fn post(&self, path: &str, body: impl Into<String>) -> RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.base));
        request
            .header("content-type", "application/json")
            .body(body.into())
    }

    pub(crate) async fn chat(&self, body: impl Into<String>) -> Response {
        self.post("/v1/chat/completions", body)
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn metrics(&self) -> Metrics {
        let text = self
            .get("/metrics")
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        Metrics::parse(&text)
    }

    /// The metrics, once each of the families has counted so many requests.
    pub(crate) async fn metrics_after(&self, counts: [f64; 3]) -> Metrics {
        eventually("the requests end", async || {
            let metrics = self.metrics().await;
            let counted = FAMILIES.map(|name| metrics.sum(name, &[]));
            (counted == counts).then_some(())
        })
        .await;
        // A scrape may come in the middle of a request's end; the next one does not.
        self.metrics().await
    }

    /// Asks it to end.
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    pub(crate) fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        let kill = kill
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string());
        assert!(kill.status().unwrap().success());
    }

    /// Whether it has ended, and with success.
    pub(crate) fn ended(&mut self) -> Option<bool> {
        self.child
            .try_wait()
            .unwrap()
            .map(|status| status.success())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It fails only if it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Status and error object of a refusal.
pub(crate) async fn refusal(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    (status, body["error"].clone())
}
