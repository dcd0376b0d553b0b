//! `llm-vitals query` and `llm-vitals explain`.

use crate::support::{run, run_in, serve, write};

const FIRST: &str = "\
# TYPE llm_requests_total counter
llm_requests_total{provider=\"openai\",status=\"success\"} 100
llm_requests_total{provider=\"openai\",status=\"error\"} 0
llm_requests_total{provider=\"gemini\",status=\"success\"} 50
# TYPE in_flight gauge
in_flight 3
";

const SECOND: &str = "\
# TYPE llm_requests_total counter
llm_requests_total{provider=\"openai\",status=\"success\"} 190
llm_requests_total{provider=\"openai\",status=\"error\"} 10
llm_requests_total{provider=\"gemini\",status=\"success\"} 50
# TYPE in_flight gauge
in_flight 5
";

#[test]
fn a_saved_scrape_is_a_table() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", FIRST);
    let table = run_in(
        folder.path(),
        &["query", "llm_requests_total", "--file", "a.txt"],
    );
    assert_eq!(table.code, 0, "{}", table.err);
    assert_eq!(
        table.out,
        "llm_requests_total\n\
         provider  status   value\n\
         openai    success    100  ████████████████████\n\
         openai    error        0\n\
         gemini    success     50  ██████████\n"
    );
    assert_eq!(table.err, "");
    let rate = run_in(
        folder.path(),
        &["query", "rate(llm_requests_total[5m])", "--file", "a.txt"],
    );
    assert_eq!(
        (rate.code, rate.out.as_str(), rate.err.as_str()),
        (
            0,
            "no series\n",
            "note: one scrape has one sample of each series: rate() and its like have no result\n"
        )
    );
}

#[test]
fn json_has_the_form_of_the_query_api_and_no_notes_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", FIRST);
    let words = [
        "query",
        "in_flight",
        "--file",
        "a.txt",
        "--at",
        "1700000000",
        "--format",
        "json",
    ];
    let answer = run_in(folder.path(), &words);
    let value: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(
        value["data"],
        serde_json::json!({"resultType": "vector", "result": [{"metric": {"__name__": "in_flight"}, "value": [1_700_000_000.0, "3"]}]})
    );
    assert_eq!(answer.err, "");
}

#[test]
fn rates_over_saved_scrapes_are_those_of_the_time_between_them() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", FIRST);
    write(folder.path(), "b.txt", SECOND);
    let expr = "sum(rate(llm_requests_total[5m]))";
    let words = [
        "query",
        expr,
        "--file",
        "a.txt",
        "--file",
        "b.txt",
        "--step",
        "10s",
        "--at",
        "1700000000",
        "--format",
        "json",
    ];
    let answer = run_in(folder.path(), &words);
    let value: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    // 100 more within ten seconds, of which those that began at 0 are not extrapolated before it.
    let rate: f64 = value["data"]["result"][0]["value"][1]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((9.4..=10.0).contains(&rate), "{rate}");
    assert_eq!(
        value["infos"][0],
        "2 scrapes, 10s apart: longer windows such as [5m] were read as [20s], so that rate() is that of what was seen"
    );
}

#[test]
fn a_live_target_is_scraped_twice_where_the_expression_looks_back() {
    let url = serve(|path, asked| match path {
        "/metrics" => Some(if asked == 0 { FIRST } else { SECOND }.to_owned()),
        _ => None,
    });
    let expr = "increase(llm_requests_total{status='error'}[1m]) > 0";
    let answer = run(&["query", expr, "--url", &url, "--every", "200ms"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.out.contains("openai"), "{}", answer.out);
    assert!(answer.err.contains("2 scrapes, 0."), "{}", answer.err);
}

#[test]
fn a_server_that_answers_queries_is_asked() {
    let url = serve(|path, _| {
        let one = r#"{"status":"success","data":{"resultType":"scalar","result":[0,"1"]}}"#;
        if path == "/api/v1/query?query=1" {
            return Some(one.to_owned());
        }
        let expected = "/api/v1/query_range?query=up%20%3E%200&start=999940&end=1000000&step=30";
        assert_eq!(path, expected);
        let result =
            r#"[{"metric":{"job":"x"},"values":[[999940,"1"],[999970,"2"],[1000000,"3"]]}]"#;
        Some(format!(
            r#"{{"status":"success","data":{{"resultType":"matrix","result":{result}}}}}"#
        ))
    });
    let words = [
        "query", "up > 0", "--url", &url, "--at", "1000000", "--range", "1m", "--step", "30s",
    ];
    let answer = run(&words);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(
        answer.out.starts_with("{job=\"x\"}\n3 │   █\n"),
        "{}",
        answer.out
    );
}

#[test]
fn errors_of_an_expression_show_the_place() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", FIRST);
    let wrong = run_in(
        folder.path(),
        &["query", "sum(rte(x[5m]))", "--file", "a.txt"],
    );
    assert_eq!(wrong.code, 1);
    assert_eq!(
        wrong.err,
        "llm-vitals query: unknown function \"rte\"\n  |\n1 | sum(rte(x[5m]))\n  |     ^^^ did you mean \"rate\"?\n"
    );
    let none = run(&["query", "x", "--url", "http://127.0.0.1:1"]);
    assert_eq!(none.code, 1);
    assert!(
        none.err.contains("cannot get http://127.0.0.1:1/"),
        "{}",
        none.err
    );
}

#[test]
fn colours_are_there_only_where_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", FIRST);
    let plain = run_in(
        folder.path(),
        &["query", "llm_requests_total", "--file", "a.txt"],
    );
    assert!(!plain.out.contains('\u{1b}'));
    let words = [
        "query",
        "llm_requests_total",
        "--file",
        "a.txt",
        "--color",
        "always",
    ];
    assert!(run_in(folder.path(), &words).out.contains('\u{1b}'));
}

#[test]
fn explain_shows_where_the_series_get_lost() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", FIRST);
    let expr = "sum by (provider) (llm_requests_total{status='failed'}) / on (provider) llm_requests_total > 0.1";
    let tree = run_in(folder.path(), &["explain", expr, "--file", "a.txt"]);
    assert_eq!(tree.code, 0, "{}", tree.err);
    assert_eq!(
        tree.out,
        "sum by (provider) (llm_requests_total{status=\"failed\"}) / on (provider) llm_requests_total > 0.1\n\n\
         >                                             no series\n\
         ├─ / on (provider)                            no series\n\
         │  ├─ sum by (provider)                       no series\n\
         │  │  └─ llm_requests_total{status=\"failed\"}  no series\n\
         │  └─ llm_requests_total                      3 series, 0 to 100\n\
         └─ 0.1\n"
    );
}

#[test]
fn short_names_of_signals_are_computed_from_what_was_scraped() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", FIRST);
    write(folder.path(), "b.txt", SECOND);
    let files = ["--file", "a.txt", "--file", "b.txt", "--step", "10s"];
    let answer = run_in(
        folder.path(),
        &[&["query", "error_rate", "--format", "json"], &files[..]].concat(),
    );
    assert_eq!(answer.code, 0, "{}", answer.err);
    let value: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    let result = &value["data"]["result"];
    assert_eq!(result.as_array().unwrap().len(), 1);
    assert_eq!(
        result[0]["metric"],
        serde_json::json!({"__name__": "llm:error_rate", "provider": "openai"})
    );
    let rate: f64 = result[0]["value"][1].as_str().unwrap().parse().unwrap();
    // 10 of 100; the errors began at 0 and are not extrapolated before it.
    assert!((0.05..=0.1).contains(&rate), "{rate}");

    let tree = run_in(
        folder.path(),
        &[&["explain", "error_rate > 0.01"], &files[..]].concat(),
    );
    assert_eq!(tree.code, 0, "{}", tree.err);
    assert!(
        tree.out.starts_with("llm:error_rate > 0.01\n"),
        "{}",
        tree.out
    );
    assert!(tree.out.contains("├─ llm:error_rate "), "{}", tree.out);
    assert!(
        tree.out
            .contains("llm_requests_total{status=\"error\"}[5m]"),
        "{}",
        tree.out
    );
}
