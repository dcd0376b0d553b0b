//! Random series through the state machine and through promtool: every alert and every sample of `ALERTS` must be the same.

use std::fmt::Write as _;
use std::fs;

use llm_vitals_alert::AlertState;

use crate::rule_tests::promtool;
use crate::steps::{STEP, Steps};

/// A generator of numbers that is the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

const MINUTES: usize = 40;
const ROOMS: [&str; 3] = ["a", "b", "c"];
const RULES: &str = "
groups:
  - name: g
    rules:
      - {record: 'room:t', expr: 't * 2', labels: {of: '2'}}
      - {alert: Plain, expr: t > 5, annotations: {s: '{{ $value }} {{ $labels.room }}'}}
      - {alert: For, expr: t > 5, for: 3m, labels: {severity: page, room: '{{ $labels.room }}!'}}
      - {alert: Kept, expr: 'room:t > 10', keep_firing_for: 3m, annotations: {s: '{{ $value }}'}}
      - {alert: Both, expr: t > 5, for: 2m, keep_firing_for: 2m}
      - {alert: Short, expr: t > 5, for: 10s}
      - {alert: Scalar, expr: 'scalar(count(t > 5)) > bool 1', for: 1m}
      - {alert: After, expr: 'count by (room) (ALERTS{alertstate=\"firing\", alertname!=\"After\"}) > 2', for: 1m}
      - {alert: Held, expr: '(t > 5) or (t unless t < 3) and ignoring (alertname, alertstate, l) ALERTS{alertname=\"Held\", alertstate=\"firing\"}', for: 1m, labels: {l: x}}
";
const NAMES: [&str; 8] = [
    "Plain", "For", "Kept", "Both", "Short", "Scalar", "After", "Held",
];

/// The tests of promtool for one set of series, with what this crate gives as what is expected.
fn case(seed: u64) -> String {
    let mut random = Random(seed);
    let mut values: Vec<Vec<Option<f64>>> = Vec::new();
    for _ in ROOMS {
        let mut level = random.below(10);
        let value = |_| {
            if random.below(3) == 0 {
                level = random.below(10);
            }
            (random.below(12) != 0).then_some(level as f64)
        };
        values.push((0..MINUTES).map(value).collect());
    }
    let mut steps = Steps::new(RULES);
    steps.now = -STEP;
    let mut series = String::new();
    for (room, values) in ROOMS.iter().zip(&values) {
        let texts: Vec<String> = values
            .iter()
            .map(|value| value.map_or("stale".to_owned(), |value| value.to_string()))
            .collect();
        let _ = writeln!(
            series,
            "      - {{series: 't{{room=\"{room}\"}}', values: '{}'}}",
            texts.join(" ")
        );
    }
    let (mut alerts, mut samples) = (String::new(), String::new());
    for minute in 0..MINUTES {
        let texts = ROOMS.map(|room| format!("t{{room=\"{room}\"}}"));
        let now: Vec<(&str, Option<f64>)> = texts
            .iter()
            .zip(&values)
            .map(|(series, values)| (&**series, values[minute]))
            .collect();
        steps.step(&now);
        for name in NAMES {
            let _ = writeln!(
                alerts,
                "      - eval_time: {minute}m\n        alertname: {name}\n        exp_alerts:"
            );
            for alert in steps.evaluator.alerts() {
                let alert = alert.alert();
                if alert.name() != name || alert.state() != AlertState::Firing {
                    continue;
                }
                let labels: Vec<String> = alert
                    .labels()
                    .iter()
                    .filter(|(label, _)| *label != "alertname")
                    .map(|(label, value)| format!("{label}: '{value}'"))
                    .collect();
                let texts: Vec<String> = alert
                    .annotations()
                    .iter()
                    .map(|(name, text)| format!("{name}: '{text}'"))
                    .collect();
                let _ = writeln!(
                    alerts,
                    "          - {{exp_labels: {{{}}}, exp_annotations: {{{}}}}}",
                    labels.join(", "),
                    texts.join(", ")
                );
            }
        }
        for metric in ["ALERTS", "ALERTS_FOR_STATE", "room:t"] {
            let _ = writeln!(
                samples,
                "      - expr: '{{__name__=\"{metric}\"}}'\n        eval_time: {minute}m\n        exp_samples:"
            );
            for line in steps.series(metric) {
                let (labels, value) = line.rsplit_once(' ').unwrap();
                let _ = writeln!(
                    samples,
                    "          - {{labels: '{labels}', value: {value}}}"
                );
            }
        }
    }
    format!(
        "  - interval: 1m\n    name: 'seed {seed}'\n    input_series:\n{series}    alert_rule_test:\n{alerts}    promql_expr_test:\n{samples}"
    )
}

#[test]
fn random_series_give_the_alerts_and_samples_of_prometheus() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rules.yml"), RULES).unwrap();
    let cases: String = (1..=40)
        .map(|seed: u64| case(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
        .collect();
    let test = format!("rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n{cases}");
    let path = folder.path().join("test.yml");
    fs::write(&path, test).unwrap();
    promtool(&["test", "rules"], &path);
}
