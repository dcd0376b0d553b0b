//! `promtool` asks us.

use std::process::Command;

use axum::Router;

use crate::support::{NOW_S, dashboard, program};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn promtool_reads_our_answers() {
    let Some(promtool) = program("promtool") else {
        return;
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback_service(dashboard());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let now = NOW_S.to_string();
    let from = (NOW_S - 10).to_string();
    for (arguments, said) in [
        (
            vec![
                "instant",
                "--time",
                &now,
                &base,
                "sum(rate(requests_total[1m]))",
            ],
            "{} => 3 @[1764000000]\n",
        ),
        (
            vec!["instant", "--time", &now, &base, "1.5"],
            "scalar: 1.5 @[1764000000]\n",
        ),
        (
            vec![
                "range",
                "--start",
                &from,
                "--end",
                &now,
                "--step",
                "5s",
                &base,
                "in_flight",
            ],
            "in_flight =>\n2 @[1763999990]\n3 @[1763999995]\n4 @[1764000000]\n",
        ),
        (
            vec!["series", "--match", "requests_total", &base],
            "{__name__=\"requests_total\", provider=\"anthropic\"}\n{__name__=\"requests_total\", provider=\"openai\"}\n",
        ),
        (vec!["labels", &base, "provider"], "anthropic\nopenai\n"),
    ] {
        let program = promtool.clone();
        let owned: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        let output = tokio::task::spawn_blocking(move || {
            Command::new(program)
                .arg("query")
                .args(owned)
                .output()
                .unwrap()
        });
        let output = output.await.unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            said,
            "{arguments:?}"
        );
    }
}
