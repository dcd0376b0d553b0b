//! The dashboards for Grafana: what is in the folder is what the crate makes, and it keeps to the rules of Grafana's linter.

mod broken;
mod lint;

use std::path::PathBuf;

use llm_vitals_dashboard::grafana_dashboards;
use llm_vitals_promql::{Dialect, Engine, Expr, Labels, Store, Value as Answer};
use serde_json::Value;

use self::lint::{expressions, lint};

/// All dashboards, read from their texts.
fn dashboards() -> Vec<Value> {
    grafana_dashboards()
        .iter()
        .map(|dashboard| serde_json::from_str(&dashboard.json()).unwrap())
        .collect()
}

#[test]
fn the_files_are_what_the_crate_makes() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/grafana");
    let mut expected = Vec::new();
    for dashboard in grafana_dashboards() {
        let path = folder.join(dashboard.file_name());
        if std::env::var_os("LLM_VITALS_WRITE_DOCS").is_some() {
            std::fs::write(&path, dashboard.json()).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == dashboard.json(),
            "{} is not what the crate makes: run LLM_VITALS_WRITE_DOCS=1 cargo test -p llm-vitals-dashboard grafana",
            path.display()
        );
        expected.push(dashboard.file_name().to_owned());
    }
    let mut there: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    there.sort();
    expected.sort();
    assert_eq!(there, expected);
}

#[test]
fn every_expression_is_one_in_both_dialects() {
    let mut count = 0;
    for dashboard in dashboards() {
        for (panel, text) in expressions(&dashboard) {
            for dialect in [Dialect::V2, Dialect::V3] {
                if let Err(error) = Expr::parse(&text, dialect) {
                    panic!("{panel}: {}", error.render(&text));
                }
            }
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}

#[test]
fn the_linter_has_no_complaint() {
    for dashboard in dashboards() {
        assert_eq!(
            lint(&dashboard),
            Vec::<String>::new(),
            "{}",
            dashboard["title"]
        );
    }
}

#[test]
fn every_panel_names_its_metrics() {
    for dashboard in dashboards() {
        for panel in lint::panels(&dashboard) {
            let description = panel["description"].as_str().unwrap();
            let (about, metrics) = description.rsplit_once("\n\nMetric").unwrap();
            assert!(about.ends_with('.') && about.len() > 10, "{description}");
            assert!(metrics.contains(": `"), "{description}");
        }
    }
}

#[test]
fn addresses_stay() {
    let uids: Vec<String> = dashboards()
        .iter()
        .map(|dashboard| dashboard["uid"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        uids,
        [
            "llm-vitals-service",
            "llm-vitals-cost",
            "llm-vitals-cache",
            "llm-vitals-health",
            "llm-vitals-alerts"
        ]
    );
}

#[test]
fn the_forecast_is_what_was_spent_and_the_rest_of_the_month_at_that_rate() {
    let asked: Vec<String> = dashboards()
        .iter()
        .flat_map(expressions)
        .filter(|(panel, _)| panel == "\"By the month's end\"")
        .map(|(_, text)| text)
        .collect();
    let expr = Expr::parse(&asked[0], Dialect::V3).unwrap();
    // A dollar in 1,000 seconds, until 2026-11-24 12:30:00 UTC.
    let now = 1_795_523_400_000_i64;
    let mut store = Store::new();
    for minute in 0..=420 {
        let at = now - (420 - minute) * 60_000;
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let spent = minute as f64 * 0.06;
        let series = Labels::new([("__name__", "llm_cost_usd_total"), ("model", "m")]);
        store.append(&series, at, spent).unwrap();
    }
    let answer = Engine::new().eval_instant(&store, &expr, now).unwrap();
    let Answer::Vector(samples) = answer else {
        panic!("{answer:?}");
    };
    // The time of the panel is an hour here: 3.60. There are 6 days and 11 and a half hours to go: 559.80.
    assert_eq!(samples.len(), 1);
    assert!((samples[0].value() - 563.4).abs() < 1e-9, "{samples:?}");
}
