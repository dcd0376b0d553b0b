//! The three alerts of the plan, over what a gateway exposes, with processes that are killed in between.

use std::path::Path;

use llm_vitals_alert::{Evaluator, RuleFile, Rules, State};
use llm_vitals_promql::{Format, Labels, Scrape, Store};

use crate::steps::told;

const RULES: &str = "
alerts:
  - name: HighErrorRate
    condition: error_rate > 0.05
    duration: 5m
    severity: critical
  - name: HighLatency
    condition: p95_latency > 2000
    duration: 10m
    severity: warning
  - name: LowCacheHitRate
    condition: cache_hit_rate < 0.5
    duration: 15m
    severity: warning
";

/// A process: its counters, its store and its evaluator are gone when it is.
struct Process {
    evaluator: Evaluator,
    store: Store,
    scrape: Scrape,
    success: u64,
    error: u64,
}

impl Process {
    fn start(state: &Path, now: i64) -> Self {
        let rules = Rules::new([RuleFile::parse("rules.yml", RULES).unwrap()]).unwrap();
        let mut process = Self {
            evaluator: Evaluator::new(rules),
            store: Store::new(),
            scrape: Scrape::new(Labels::empty()),
            success: 0,
            error: 0,
        };
        process
            .evaluator
            .restore(&State::load(state).unwrap(), now, &mut process.store);
        process
    }

    /// 5 seconds with 10 calls, of which `errors` fail.
    fn step(&mut self, state: &Path, now: i64, errors: u64) -> Vec<String> {
        self.error += errors;
        self.success += 10 - errors;
        let text = format!(
            "# TYPE llm_requests_total counter\n\
             llm_requests_total{{provider=\"openai\",model=\"m\",operation=\"chat\",status=\"success\"}} {}\n\
             llm_requests_total{{provider=\"openai\",model=\"m\",operation=\"chat\",status=\"error\"}} {}\n\
             llm_requests_total{{provider=\"other\",model=\"m\",operation=\"chat\",status=\"success\"}} {}\n",
            self.success, self.error, self.success
        );
        self.scrape
            .ingest(&mut self.store, text.as_bytes(), Format::Text, now)
            .unwrap();
        let changes = self.evaluator.evaluate(&mut self.store, now);
        self.evaluator.state().save(state).unwrap();
        changes
            .iter()
            .map(|change| format!("{}: {}", change.at() / 1_000, told(change)))
            .collect()
    }
}

#[test]
fn a_killed_process_loses_neither_pending_nor_firing() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("alerts.json");
    let mut now = 1_800_000;
    let mut changes = Vec::new();
    // Steps of 5 seconds with so many errors of 10 calls; then the process is killed, and another starts a minute later.
    for (steps, errors) in [(36, 1), (60, 1), (120, 0)] {
        let mut process = Process::start(&state, now);
        for _ in 0..steps {
            changes.extend(process.step(&state, now, errors));
            now += 5_000;
        }
        now += 60_000;
    }
    let alert = r#"{alertname="HighErrorRate", provider="openai", severity="critical"}"#;
    assert_eq!(
        changes,
        [
            // The first evaluation with two samples to make a rate of.
            format!("1815: none -> Pending {alert} 0.09999999999999999, Condition"),
            // 150 s pending, a minute and 15 s without data, and the other 150 s.
            format!("2205: Pending -> Firing {alert} 0.09999999999999999, Condition"),
            // Of the third process, whose calls are all answered.
            format!("2415: Firing -> Resolved {alert} 0.1, ConditionFalse"),
        ]
    );
}
