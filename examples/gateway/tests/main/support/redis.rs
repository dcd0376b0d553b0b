use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::{eventually, is_there};

/// A redis-server that runs until this is dropped.
pub(crate) struct Redis {
    child: Option<Child>,
    port: u16,
    folder: TempDir,
}

impl Redis {
    /// Starts one; `None`, said aloud, where there is no redis-server.
    pub(crate) async fn start() -> Option<Self> {
        if !is_there("redis-server") {
            return None;
        }
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut redis = Self {
            child: None,
            port,
            folder: tempfile::tempdir().unwrap(),
        };
        redis.restart().await;
        Some(redis)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Kills it at once, as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Stops it where it is, or lets it go on.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        let mut kill = Command::new("kill");
        let status = kill.arg(format!("-{name}")).arg(id).status().unwrap();
        assert!(status.success());
    }

    /// Starts it again at the same address, empty.
    pub(crate) async fn restart(&mut self) {
        self.kill();
        let mut command = Command::new("redis-server");
        let child = command
            .args(["--port", &self.port.to_string()])
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .arg("--dir")
            .arg(self.folder.path())
            .stdout(Stdio::null())
            .spawn();
        self.child = Some(child.unwrap());
        eventually("redis answers", async || self.try_ask(&["PING"]).await).await;
    }

    /// What it answers to a command, as a text; a missing value is empty.
    pub(crate) async fn ask(&self, words: &[&str]) -> String {
        self.try_ask(words).await.unwrap()
    }

    async fn try_ask(&self, words: &[&str]) -> Option<String> {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.ok()?;
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        let answer: redis::Value = command.query_async(&mut connection).await.ok()?;
        Some(match answer {
            redis::Value::Nil => String::new(),
            redis::Value::Int(number) => number.to_string(),
            redis::Value::Okay => "OK".to_owned(),
            redis::Value::Array(list) => list.len().to_string(),
            other => redis::from_redis_value(other).unwrap(),
        })
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}
