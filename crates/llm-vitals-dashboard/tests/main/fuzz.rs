//! Parameters that nobody would write.

use llm_vitals_promql::Dialect;
use proptest::prelude::*;
use tokio::runtime::Runtime;

use crate::support::{dashboard, form, get, post};

const PATHS: [&str; 12] = [
    "query",
    "query_range",
    "query_exemplars",
    "series",
    "labels",
    "label/job/values",
    "label/%ff%00/values",
    "metadata",
    "rules",
    "alerts",
    "status/buildinfo",
    "format_query",
];
const NAMES: [&str; 16] = [
    "query",
    "time",
    "start",
    "end",
    "step",
    "timeout",
    "limit",
    "match[]",
    "metric",
    "type",
    "stats",
    "rule_name[]",
    "rule_group[]",
    "file[]",
    "exclude_alerts",
    "x",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "up",
            "requests_total",
            "rate(requests_total[5m])",
            "sum by (provider) (increase(requests_total[1h:1s]))",
            "{__name__=~\".+\"}",
            "{__name__=~\"(.*)*x\"}",
            "in_flight @ 1e300",
            "in_flight offset 100y",
            "count_over_time(in_flight[100y:1ms])",
            "topk(1e300, in_flight)",
            "\"\\xff\"",
            "1e400",
            "label_replace(in_flight, \"a\", \"$1\", \"\", \"(\")",
            "((((((",
            "sum(",
            "0",
            "-1",
            "1e300",
            "1764000000",
            "1763999700",
            "9223372036854775807",
            "-9223372036854775808",
            "9007199254740993",
            "0x10",
            "1ms",
            "100y",
            "0.0000001",
            "NaN",
            "Inf",
            "-Inf",
            "1e-400",
            "2025-11-24T16:00:00Z",
            "9999-12-31T23:59:59Z",
            "-009999-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "true",
            "alert",
            "record",
            "",
            "\0",
            "🦀",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,24}",
        any::<f64>().prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_asked_has_an_answer(
        path in prop::sample::select(PATHS.to_vec()),
        pairs in prop::collection::vec((prop::sample::select(NAMES.to_vec()), value()), 0..7),
        raw in prop::option::of("[ -~]{0,40}"),
        is_post in any::<bool>(),
        is_v2 in any::<bool>(),
    ) {
        let dialect = if is_v2 { Dialect::V2 } else { Dialect::V3 };
        let dashboard = dashboard().with_dialect(dialect).with_timeout(std::time::Duration::from_millis(300));
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, &**value)).collect();
        let mut text = form(&pairs);
        if let Some(raw) = raw {
            let raw: String = raw.chars().filter(|c| !matches!(c, ' ' | '#' | '<' | '>' | '"' | '`' | '{' | '}' | '\\' | '^' | '|')).collect();
            text = format!("{text}&{raw}");
        }
        let said = Runtime::new().unwrap().block_on(async {
            if is_post {
                post(&dashboard, &format!("/api/v1/{path}"), &text).await
            } else {
                get(&dashboard, &format!("/api/v1/{path}?{text}")).await
            }
        });
        let body = said.json();
        match said.status {
            200 => prop_assert_eq!(&body["status"], "success"),
            400 | 422 | 503 => {
                prop_assert_eq!(&body["status"], "error");
                prop_assert!(body["error"].as_str().is_some_and(|text| !text.is_empty()));
                let expected = match said.status { 400 => "bad_data", 422 => "execution", _ => "timeout" };
                prop_assert_eq!(&body["errorType"], expected);
            }
            status => prop_assert!(false, "{} {} {}: {}", status, path, text, body),
        }
    }
}
