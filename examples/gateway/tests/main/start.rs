//! How it starts, and when it does not.

use crate::support::{Gateway, ask, run_to_its_end};

fn error(file: Option<&str>, arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String) {
    let output = run_to_its_end(arguments, file, environment);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn an_open_relay_does_not_start() {
    let expected = "llm-vitals-gateway: refusing to listen on 0.0.0.0:0: everybody who reaches it could spend the key of provider \
                    `openai`; set client_keys in the file, or listen on 127.0.0.1\n";
    let key = [("OPENAI_API_KEY", "sk-live-1234567890")];
    assert_eq!(
        error(None, &["--listen", "0.0.0.0:0"], &key),
        (1, expected.to_owned())
    );
    let file =
        "listen: 0.0.0.0:0\nproviders:\n  openai: {kind: openai, key: \"${OPENAI_API_KEY}\"}\n";
    assert_eq!(error(Some(file), &[], &key), (1, expected.to_owned()));
}

#[test]
fn a_wrong_file_is_told_with_line_and_column() {
    for (file, expected) in [
        (
            "limits:\n  concurency: 5\n",
            "llm-vitals-gateway: gateway.yaml:2:3: unknown field `concurency`: did you mean `concurrency`?\n\
             \x20 |\n2 |   concurency: ***\n  |   ^\n",
        ),
        (
            "providers:\n  a:\n    kind: openai\n    key: ${NOT_SET}\n",
            "llm-vitals-gateway: gateway.yaml:4:10: the environment variable NOT_SET is not set: set it before starting the \
             gateway\n  |\n4 |     key: ${NOT_SET}\n  |          ^\n",
        ),
        (
            "listen: 8080\n",
            "llm-vitals-gateway: gateway.yaml:1:9: `8080` is nowhere to listen: write an address and a port such as 127.0.0.1:8080\n  |\n1 | listen: 8080\n  |         ^\n",
        ),
    ] {
        assert_eq!(error(Some(file), &[], &[]), (1, expected.to_owned()));
    }
}

#[test]
fn a_wrong_url_of_redis_is_told_and_not_shown() {
    let (code, text) = error(None, &[], &[("REDIS_URL", "http://:hunter2@h")]);
    assert_eq!(
        (code, &*text),
        (
            1,
            "llm-vitals-gateway: the URL of Redis is not like redis://[user][:password@]host[:port][/database]\n"
        )
    );
}

#[test]
fn a_wrong_command_line_is_told() {
    let expected =
        "llm-vitals-gateway: there is no option --cnfig: see llm-vitals-gateway --help\n";
    assert_eq!(
        error(None, &["--cnfig", "x"], &[]),
        (2, expected.to_owned())
    );
    let (code, text) = error(None, &["--config", "missing.yaml"], &[]);
    assert_eq!(code, 1);
    assert!(
        text.starts_with("llm-vitals-gateway: cannot read missing.yaml: "),
        "{text}"
    );
}

#[test]
fn help_teaches() {
    let output = run_to_its_end(&["--help"], None, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    for word in [
        "--listen",
        "--config",
        "--demo",
        "OPENAI_API_KEY",
        "/v1/chat/completions",
        "curl",
        "/metrics",
    ] {
        assert!(text.contains(word), "{word}");
    }
    assert!(text.lines().all(|line| line.len() <= 120), "{text}");
}

#[tokio::test]
async fn without_any_configuration_simulated_providers_answer() {
    let gateway = Gateway::start("");
    let response = gateway.chat(ask("sim-fast")).await;
    assert_eq!(response.status(), 200);
    response.bytes().await.unwrap();
    for path in ["/proxy/sim/v1/chat/completions", "/proxy/simm/x"] {
        assert_eq!(gateway.post(path, "{}").send().await.unwrap().status(), 404);
    }
    let metrics = gateway.metrics().await;
    assert!(
        metrics.sum(
            "llm_cost_usd_total",
            &["provider=\"sim\"", "model=\"sim-fast\""]
        ) > 0.0
    );
    assert_eq!(metrics.sum("llm_cost_unknown_requests_total", &[]), 0.0);
}

#[tokio::test]
async fn the_demonstration_shows_every_kind_of_outcome() {
    let gateway = Gateway::start_with(&["--listen", "127.0.0.1:0", "--demo"], "");
    crate::support::eventually("every kind of outcome", async || {
        let metrics = gateway.metrics().await;
        let all = [
            ("llm_requests_total", "status=\"success\""),
            ("llm_requests_total", "status=\"error\""),
            ("llm_requests_total", "status=\"cancelled\""),
            ("llm_requests_total", "operation=\"embeddings\""),
            ("llm_requests_total", "operation=\"text_completion\""),
            (
                "llm_time_to_first_token_seconds_count",
                "model=\"sim-smart\"",
            ),
        ];
        all.iter()
            .all(|(name, label)| metrics.sum(name, &[label]) > 0.0)
            .then_some(())
    })
    .await;
}
