//! The exposition, read by others.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::{Gateway, Reply, Upstream, answer, ask, eventually, is_there};

async fn gateway_with_traffic() -> (Gateway, Upstream) {
    let upstream = Upstream::start(|before, _| match before {
        3 => Reply::error(400, "invalid_request_error"),
        _ => Reply::json(200, answer("m"))
            .with("x-ratelimit-remaining-requests", "5")
            .with("x-ratelimit-limit-requests", "9"),
    })
    .await;
    let file = format!(
        "providers:\n{}prices:\n  overrides: {{up: {{m: {{prompt: 1, completion: 2}}}}}}\n",
        upstream.provider("up", "m")
    );
    let gateway = Gateway::start(&file);
    for _ in 0..5 {
        gateway.chat(ask("m")).await.bytes().await.unwrap();
    }
    (gateway, upstream)
}

#[tokio::test]
async fn promtool_has_no_complaint() {
    if !is_there("promtool") {
        return;
    }
    let (gateway, _upstream) = gateway_with_traffic().await;
    let response = gateway.get("/metrics").send().await.unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = response.text().await.unwrap();
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    promtool
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = promtool.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
    // Four answers of 11 and 7 tokens, at one and two dollars for a million.
    assert!(
        text.contains("llm_cost_usd_total{provider=\"up\",model=\"m\"} 0.0001\n"),
        "{text}"
    );
    assert!(
        text.contains("llm_rate_limit_remaining{provider=\"up\",resource=\"requests\"} 5\n"),
        "{text}"
    );
}

#[tokio::test]
async fn a_price_file_is_read_again_on_a_hangup() {
    let folder = tempfile::tempdir().unwrap();
    let prices = folder.path().join("prices.json");
    let write = |prompt: &str| {
        let text = format!(
            r#"{{"m-1": {{"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": {prompt}, "output_cost_per_token": 0}}}}"#
        );
        std::fs::write(&prices, text).unwrap();
    };
    write("1e-6");
    let upstream = Upstream::start(|_, _| Reply::json(200, answer("m-1"))).await;
    let file = format!(
        "providers:\n{}prices: {{bundled: false, litellm_file: \"{}\"}}\n",
        upstream.provider("openai", "m-1"),
        prices.display()
    );
    let gateway = Gateway::start(&file);
    let cost = async || {
        gateway.chat(ask("m-1")).await.bytes().await.unwrap();
        gateway.metrics().await.sum("llm_cost_usd_total", &[])
    };
    assert_eq!(cost().await, 0.000_011);
    // Longer than before, so that the change shows even where the clock of the file system is coarse.
    write("100e-6 ");
    gateway.signal("HUP");
    eventually("the prices are read", async || {
        gateway
            .log()
            .contains("read the prices again")
            .then_some(())
    })
    .await;
    assert_eq!(cost().await, 0.001_111);
}

#[tokio::test]
async fn openmetrics_goes_to_those_who_accept_it() {
    let (gateway, _upstream) = gateway_with_traffic().await;
    let response = gateway
        .get("/metrics")
        .header("accept", "application/openmetrics-text")
        .send()
        .await
        .unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    assert!(response.text().await.unwrap().ends_with("# EOF\n"));
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It fails only if it has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_prometheus_server_has_the_same_sums() {
    if !is_there("prometheus") {
        return;
    }
    let (gateway, _upstream) = gateway_with_traffic().await;
    let folder = tempfile::tempdir().unwrap();
    let target = gateway.base.trim_start_matches("http://");
    let file = format!(
        "scrape_configs: [{{job_name: gateway, scrape_interval: 1s, static_configs: [{{targets: [\"{target}\"]}}]}}]\n"
    );
    std::fs::write(folder.path().join("prometheus.yml"), file).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let _prometheus = Running(
        Command::new("prometheus")
            .arg(format!(
                "--config.file={}",
                folder.path().join("prometheus.yml").display()
            ))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.path().join("data").display()
            ))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stderr(log)
            .spawn()
            .unwrap(),
    );
    let query = async |query: &str| -> Option<f64> {
        let url = format!("http://127.0.0.1:{port}/api/v1/query");
        let request = gateway
            .http
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded");
        let text = request
            .body(format!("query={query}"))
            .send()
            .await
            .ok()?
            .text()
            .await
            .ok()?;
        let answer: Value = serde_json::from_str(&text).ok()?;
        answer["data"]["result"][0]["value"][1]
            .as_str()?
            .parse()
            .ok()
    };
    eventually("the first scrape", async || {
        query("sum(llm_requests_total)").await
    })
    .await;
    let metrics = gateway.metrics().await;
    for (name, expected) in [
        ("llm_requests_total", 5.0),
        ("llm_attempts_total", 5.0),
        ("llm_service_requests_total", 5.0),
        ("llm_errors_total", 1.0),
        ("llm_tokens_total", 72.0),
        ("llm_cost_usd_total", 0.0001),
        ("llm_request_duration_seconds_count", 5.0),
        ("llm_rate_limit_remaining", 5.0),
    ] {
        assert_eq!(
            query(&format!("sum({name})")).await,
            Some(expected),
            "{name}"
        );
        assert_eq!(metrics.sum(name, &[]), expected, "{name}");
    }
}
