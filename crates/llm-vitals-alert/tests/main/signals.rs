//! The shipped signals over the metrics of the workspace.

use std::fs;

use llm_vitals_alert::{SIGNALS, aliases};
use llm_vitals_promql::Store;

use crate::rule_tests::promtool;
use crate::steps::Steps;

#[test]
fn the_design_s_signals_are_there() {
    let names: Vec<&str> = aliases().map(|(short, _)| short).collect();
    let of_requests = [
        "error_rate",
        "success_rate",
        "cancelled_rate",
        "request_rate",
        "average_latency",
        "p50_latency",
        "p95_latency",
        "p99_latency",
        "time_to_first_token_p95",
        "tokens_per_second",
        "cost_per_hour",
    ];
    for name in of_requests {
        assert!(names.contains(&name), "{name}");
        assert!(
            names.contains(&&*format!("service_{name}")),
            "service_{name}"
        );
    }
    for name in [
        "cache_hit_rate",
        "cache_miss_rate",
        "eviction_rate",
        "memory_usage",
        "key_count",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    assert!(aliases().all(|(short, series)| series == format!("llm:{short}")));
}

#[test]
fn the_file_is_one_that_prometheus_takes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signals.yml");
    fs::write(&path, SIGNALS).unwrap();
    promtool(&["check", "rules", "--lint-fatal"], &path);
}

/// 6 minutes of calls, `per_minute` of each status.
fn calls(steps: &mut Steps, per_minute: [f64; 3]) {
    for minute in 0..=6 {
        let minute = f64::from(minute);
        let series = ["success", "error", "cancelled"]
            .map(|status| format!("llm_requests_total{{provider=\"a\", status=\"{status}\"}}"));
        let samples: Vec<(&str, Option<f64>)> = series
            .iter()
            .zip(per_minute)
            .map(|(series, count)| (&**series, Some(minute * count)))
            .collect();
        steps.step(&samples);
    }
}

#[test]
fn rates_are_shares_of_what_ended() {
    let mut steps = Steps::new("");
    calls(&mut steps, [9.0, 1.0, 10.0]);
    assert_eq!(
        steps.series("llm:error_rate"),
        [r#"llm:error_rate{provider="a"} 0.1"#]
    );
    assert_eq!(
        steps.series("llm:success_rate"),
        [r#"llm:success_rate{provider="a"} 0.9"#]
    );
    assert_eq!(
        steps.series("llm:cancelled_rate"),
        [r#"llm:cancelled_rate{provider="a"} 0.5"#]
    );
    assert_eq!(
        steps.series("llm:service_error_rate"),
        [""; 0],
        "that is of the service's own family"
    );
    let count = steps.series("llm:request_count");
    assert_eq!(count, [r#"llm:request_count{provider="a"} 50"#]);
}

#[test]
fn without_traffic_there_is_no_sample() {
    let mut steps = Steps::new("");
    calls(&mut steps, [0.0, 0.0, 0.0]);
    let recorded: Vec<&str> = metrics(&steps.store)
        .into_iter()
        .filter(|name| name.starts_with("llm:"))
        .collect();
    assert_eq!(recorded, [""; 0]);
}

#[test]
fn latencies_are_milliseconds_of_successful_calls() {
    let mut steps = Steps::new("");
    let of = |status: &str, what: &str| {
        format!("llm_request_duration_seconds_{what}, status=\"{status}\"}}")
    };
    for minute in 0..=6 {
        let n = f64::from(minute);
        let series = [
            (of("success", "bucket{provider=\"a\", le=\"1\""), 10.0 * n),
            (of("success", "bucket{provider=\"a\", le=\"2\""), 20.0 * n),
            (
                of("success", "bucket{provider=\"a\", le=\"+Inf\""),
                20.0 * n,
            ),
            (of("success", "sum{provider=\"a\""), 20.0 * n),
            (of("success", "count{provider=\"a\""), 20.0 * n),
            (of("error", "sum{provider=\"a\""), 9_000.0 * n),
            (of("error", "count{provider=\"a\""), 20.0 * n),
        ];
        let samples: Vec<(&str, Option<f64>)> = series
            .iter()
            .map(|(series, value)| (&**series, Some(*value)))
            .collect();
        steps.step(&samples);
    }
    assert_eq!(
        steps.series("llm:average_latency"),
        [r#"llm:average_latency{provider="a"} 1000"#]
    );
    assert_eq!(
        steps.series("llm:p50_latency"),
        [r#"llm:p50_latency{provider="a"} 1000"#]
    );
    assert_eq!(
        steps.series("llm:p95_latency"),
        [r#"llm:p95_latency{provider="a"} 1900"#]
    );
}

#[test]
fn cache_rates_are_of_each_cache_and_each_node() {
    let mut steps = Steps::new("");
    for minute in 0..=6 {
        let n = f64::from(minute);
        steps.step(&[
            (
                "llm_cache_lookups_total{cache=\"c\", result=\"miss\"}",
                Some(3.0 * n),
            ),
            (
                "llm_cache_lookups_total{cache=\"c\", result=\"stale\"}",
                Some(n),
            ),
            (
                "llm_cache_lookups_total{cache=\"c\", result=\"error\"}",
                Some(9.0 * n),
            ),
            ("redis_keyspace_hits_total{node=\"r\"}", Some(3.0 * n)),
            ("redis_keyspace_misses_total{node=\"r\"}", Some(n)),
        ]);
    }
    assert_eq!(
        steps.series("llm:cache_hit_rate"),
        [
            r#"llm:cache_hit_rate{cache="c"} 0"#,
            r#"llm:cache_hit_rate{node="r"} 0.75"#
        ]
    );
    assert_eq!(
        steps.series("llm:cache_miss_rate"),
        [
            r#"llm:cache_miss_rate{cache="c"} 1"#,
            r#"llm:cache_miss_rate{node="r"} 0.25"#
        ]
    );
}

fn metrics(store: &Store) -> Vec<&str> {
    store.label_values("__name__")
}
