//! A Prometheus server that scrapes the target; it ends with the test.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::form;

pub(super) struct Server {
    process: Child,
    port: u16,
    /// The label `instance` of its series.
    pub(super) instance: String,
    _folder: tempfile::TempDir,
}

/// Labels and samples.
pub(super) type Series = (BTreeMap<String, String>, Vec<(i64, f64)>);

impl Server {
    pub(super) fn start(prometheus: &Path, target: u16, lookback: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("prometheus.yml");
        let instance = format!("127.0.0.1:{target}");
        let text = format!(
            "global: {{scrape_interval: 200ms}}\nscrape_configs:\n- job_name: test\n  static_configs: [{{targets: ['{instance}']}}]\n"
        );
        std::fs::write(&config, text).unwrap();
        // Free now, and taken by nobody in the moment until the server binds it.
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let data = folder.path().join("data");
        let process = Command::new(prometheus)
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", data.display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg(format!("--query.lookback-delta={}s", lookback.as_secs()))
            .arg("--enable-feature=exemplar-storage")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            process,
            port,
            instance,
            _folder: folder,
        }
    }

    /// Waits until a query finds something.
    pub(super) fn wait_for(&self, query: &str) {
        for _ in 0..600 {
            let form = form(&[("query", query)]);
            let said = self.ask("POST", "/api/v1/query", &form);
            if said.is_ok_and(|(_, said)| {
                said["data"]["result"]
                    .as_array()
                    .is_some_and(|found| !found.is_empty())
            }) {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("{query} never had a result");
    }

    pub(super) fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, "").unwrap()
    }

    pub(super) fn post(&self, path: &str, form: &str) -> (u16, Value) {
        self.ask("POST", path, form).unwrap()
    }

    /// The samples of a range selector.
    pub(super) fn matrix(&self, query: &str, at_ms: Option<i64>) -> Vec<Series> {
        let at = at_ms.map(|at| format!("{}.{:03}", at / 1000, at % 1000));
        let mut pairs = vec![("query", query)];
        pairs.extend(at.as_deref().map(|at| ("time", at)));
        let (_, said) = self.post("/api/v1/query", &form(&pairs));
        let series = said["data"]["result"].as_array().unwrap().iter();
        let number = |text: &Value| match text.as_str().unwrap() {
            "+Inf" => f64::INFINITY,
            "-Inf" => f64::NEG_INFINITY,
            text => text.parse().unwrap(),
        };
        series
            .map(|series| {
                let labels = serde_json::from_value(series["metric"].clone()).unwrap();
                let samples = series["values"].as_array().unwrap().iter();
                let samples = samples.map(|sample| {
                    let time = (sample[0].as_f64().unwrap() * 1000.0).round();
                    (time as i64, number(&sample[1]))
                });
                (labels, samples.collect())
            })
            .collect()
    }

    fn ask(&self, method: &str, path: &str, form: &str) -> std::io::Result<(u16, Value)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let head = format!(
            "{method} {path} HTTP/1.0\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
            form.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(form.as_bytes())?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let status = text
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        Ok((
            status.unwrap_or(0),
            serde_json::from_str(body).unwrap_or(Value::Null),
        ))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
