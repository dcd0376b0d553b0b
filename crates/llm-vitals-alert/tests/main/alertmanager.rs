//! The Alertmanager of this machine.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::http::request;

/// As Debian names it, and as its makers do.
const NAMES: [&str; 2] = ["prometheus-alertmanager", "alertmanager"];

/// A process with its own folder and port, killed when dropped.
pub(crate) struct Alertmanager {
    child: Child,
    program: &'static str,
    arguments: Vec<String>,
    folder: TempDir,
    pub(crate) port: u16,
}

/// Its name. Without one a test is skipped aloud, except where CI counts on it.
pub(crate) fn find() -> Option<&'static str> {
    let is_there = |name: &&str| Command::new(name).arg("--version").output().is_ok();
    let found = NAMES.into_iter().find(is_there);
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "an Alertmanager must be there under CI"
        );
        eprintln!("SKIPPED: no Alertmanager to compare with");
    }
    found
}

impl Alertmanager {
    /// Starts one with these arguments besides the usual ones, and waits until it is ready. `None` where there is none.
    pub(crate) async fn start(config: &str, arguments: &[&str]) -> Option<Self> {
        let program = find()?;
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("alertmanager.yml"), config).unwrap();
        // Between this and the start somebody may take the port; then the test fails and says so.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let arguments: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
        let started = Self {
            child: spawn(program, folder.path(), port, &arguments),
            program,
            arguments,
            folder,
            port,
        };
        started.wait_until_ready().await;
        Some(started)
    }

    /// Ends it as an operator would, so that it saves what it knows, and starts it again.
    pub(crate) async fn restart(&mut self) {
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.child.wait();
        self.child = spawn(self.program, self.folder.path(), self.port, &self.arguments);
        self.wait_until_ready().await;
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A request that it must accept, and what it gives back.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let text = body.map(Value::to_string).unwrap_or_default();
        let json = Some("application/json");
        let answer = request(self.port, method, path, json, text.as_bytes()).await;
        let (status, _, answer) = answer.unwrap();
        assert_eq!(status, 200, "{method} {path} {body:?}: {answer}");
        serde_json::from_str(&answer).unwrap_or(Value::Null)
    }

    async fn wait_until_ready(&self) {
        for _ in 0..800 {
            let answer = request(self.port, "GET", "/-/ready", None, b"").await;
            if matches!(answer, Ok((200, ..))) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("Alertmanager does not start:\n{log}");
    }
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(program: &str, folder: &Path, port: u16, arguments: &[String]) -> Child {
    let log = File::options()
        .create(true)
        .append(true)
        .open(folder.join("log"));
    Command::new(program)
        .arg(format!(
            "--config.file={}",
            folder.join("alertmanager.yml").display()
        ))
        .arg(format!("--storage.path={}", folder.join("data").display()))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .arg("--cluster.listen-address=")
        .args(arguments)
        .env("GOMAXPROCS", "1")
        .stdout(Stdio::null())
        .stderr(log.unwrap())
        .spawn()
        .unwrap()
}
