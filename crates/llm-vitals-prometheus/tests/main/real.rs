//! The exposition before real readers: promtool, and a Prometheus server.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use llm_vitals_prometheus::{Exposition, Prometheus, Recorder, with_exemplar};
use metrics::with_local_recorder;

/// The program of this name; without it the test is skipped aloud, except under `CI=true`, where it fails.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "{name} is missing: apt-get install prometheus"
        );
        eprintln!("SKIPPED: {name} is missing: apt-get install prometheus");
    }
    found
}

/// Series of every type, with hostile labels and exemplars.
fn filled() -> (Recorder, Exposition) {
    let built = Prometheus::builder()
        .with_global_label("app", "test")
        .build();
    let (recorder, exposition) = built.expect("the defaults are valid");
    with_local_recorder(&recorder, || {
        metrics::describe_counter!("llm_requests_total", "Calls \\ by \"how\" they\nended.");
        metrics::describe_counter!("llm_cost_nanousd_total", "Cost in US dollars.");
        metrics::describe_histogram!("llm_request_duration_seconds", "Time of a call.");
        metrics::describe_gauge!("llm_requests_in_flight", "Calls that have not ended.");
        for model in ["gpt-x", "a\"b\\c\nd{}=,", "日本語"] {
            metrics::counter!("llm_requests_total", "model" => model).increment(7);
            metrics::counter!("llm_cost_nanousd_total", "model" => model).increment(1_500_000_001);
            with_exemplar("4bf92f3577b34da6a3ce929d0e0e4736", || {
                metrics::histogram!("llm_request_duration_seconds", "model" => model).record(0.3);
            });
        }
        metrics::gauge!("llm_requests_in_flight").set(2.0);
    });
    exposition.add(|out| {
        out.push_str(
            "# HELP own_ratio A ratio.\n# TYPE own_ratio gauge\nown_ratio{x=\"1\"} 0.25\n",
        );
    });
    (recorder, exposition)
}

#[test]
fn promtool_has_nothing_to_say() {
    let Some(promtool) = program("promtool") else {
        return;
    };
    let mut check = Command::new(promtool)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts");
    let text = filled().1.render();
    check
        .stdin
        .take()
        .expect("a pipe")
        .write_all(text.as_bytes())
        .expect("promtool reads");
    let output = check.wait_with_output().expect("promtool ends");
    let said = [output.stdout, output.stderr]
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .concat();
    assert!(output.status.success() && said.is_empty(), "{said}\n{text}");
}

/// Answers every request with `exposition`, as the `Accept` header asks.
fn serve(exposition: Exposition) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            answer(stream, &exposition);
        }
    });
    port
}

fn answer(mut stream: TcpStream, exposition: &Exposition) {
    let mut head = [0; 4096];
    let count = stream.read(&mut head).unwrap_or(0);
    let head = String::from_utf8_lossy(&head[..count]).to_ascii_lowercase();
    let accept = head.lines().find_map(|line| line.strip_prefix("accept: "));
    let (kind, body) = exposition.respond(accept);
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
    );
    // The server of a test that is over may have left.
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body.as_bytes()));
}

/// A Prometheus server that scrapes `target`; it ends with the test.
struct Server {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start(prometheus: &Path, target: u16) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the server");
        let config = folder.path().join("prometheus.yml");
        let text = format!(
            "global: {{scrape_interval: 200ms}}\nscrape_configs:\n- job_name: test\n  static_configs: [{{targets: ['127.0.0.1:{target}']}}]\n"
        );
        std::fs::write(&config, text).expect("the folder is writable");
        // Free now, and taken by nobody in the moment until the server binds it.
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .expect("a free port")
            .port();
        let process = Command::new(prometheus)
            .arg(format!("--config.file={}", config.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.path().join("data").display()
            ))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--enable-feature=exemplar-storage")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("prometheus starts");
        Self {
            process,
            port,
            _folder: folder,
        }
    }

    /// What the API answers to `path`, once it contains `expected`.
    fn eventually(&self, path: &str, expected: &str) -> String {
        let mut last = String::new();
        for _ in 0..300 {
            last = self.get(path).unwrap_or_default();
            if last.contains(expected) {
                return last;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("{path} never said {expected}; it said {last}");
    }

    fn get(&self, path: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes())?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_prometheus_server_reads_openmetrics_with_dollars_and_exemplars() {
    let Some(prometheus) = program("prometheus") else {
        return;
    };
    let (_recorder, exposition) = filled();
    let server = Server::start(&prometheus, serve(exposition));
    server.eventually("/api/v1/query?query=up", "\"1\"]");
    server.eventually("/api/v1/query?query=sum(llm_requests_total)", "\"21\"]");
    server.eventually(
        "/api/v1/query?query=sum(llm_cost_usd_total)",
        "\"4.500000003\"]",
    );
    server.eventually(
        "/api/v1/query?query=sum(llm_request_duration_seconds_sum)",
        "\"0.8999999999999999\"]",
    );
    server.eventually("/api/v1/query?query=own_ratio", "\"0.25\"]");
    let odd = r#"/api/v1/query?query=llm_requests_total{model="%E6%97%A5%E6%9C%AC%E8%AA%9E"}"#;
    server.eventually(odd, "\"7\"]");
    let exemplars =
        "/api/v1/query_exemplars?query=llm_request_duration_seconds_bucket&start=0&end=9999999999";
    server.eventually(
        exemplars,
        "\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\"",
    );
    let kinds = server.eventually(
        "/api/v1/metadata?metric=llm_request_duration_seconds",
        "histogram",
    );
    assert!(kinds.contains("Time of a call."), "{kinds}");
}
