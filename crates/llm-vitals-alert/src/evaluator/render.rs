//! The evaluator's own metrics.

use std::fmt::Write as _;

use crate::alert::AlertState;
use crate::metrics::{self, Metric};

use super::Evaluator;
use super::group_state::GroupState;

impl Evaluator {
    /// Adds the metrics of [`METRICS`](crate::METRICS) to an exposition, as text.
    pub fn render(&self, out: &mut String) {
        let seconds = |milliseconds: i64| milliseconds as f64 / 1e3;
        let default = self.settings.interval_ms;
        self.of_groups(out, metrics::EVALUATIONS, |group| {
            Some(group.evaluations as f64)
        });
        self.of_groups(out, metrics::FAILURES, |group| Some(group.failures as f64));
        self.of_groups(out, metrics::ITERATIONS, |group| {
            Some(group.iterations as f64)
        });
        self.of_groups(out, metrics::MISSED, |group| Some(group.missed as f64));
        self.of_groups(out, metrics::DURATION, |group| {
            group.last_evaluation.map(|_| group.duration.as_secs_f64())
        });
        self.of_groups(out, metrics::LAST, |group| {
            group.last_evaluation.map(seconds)
        });
        self.of_groups(out, metrics::INTERVAL, |group| {
            Some(seconds(group.interval_ms(default)))
        });
        self.of_groups(out, metrics::RULES, |group| {
            Some(group.group.rules.len() as f64)
        });
        let alerts = self.alerts();
        head(out, metrics::ALERTS);
        for (name, state) in [
            ("pending", AlertState::Pending),
            ("firing", AlertState::Firing),
        ] {
            let count = alerts
                .iter()
                .filter(|alert| alert.alert().state() == state)
                .count();
            let _ = writeln!(out, "{}{{state=\"{name}\"}} {count}", metrics::ALERTS.name);
        }
        for (metric, value) in [
            (metrics::TEMPLATE_FAILURES, self.counts.template_failures),
            (metrics::REFUSED_SAMPLES, self.counts.refused_samples),
            (metrics::SAVE_FAILURES, self.counts.state_save_failures),
        ] {
            head(out, metric);
            let _ = writeln!(out, "{} {value}", metric.name);
        }
    }

    fn of_groups(
        &self,
        out: &mut String,
        metric: Metric,
        value: impl Fn(&GroupState) -> Option<f64>,
    ) {
        head(out, metric);
        for group in &self.groups {
            let name = format!("{};{}", group.group.file, group.group.name);
            if let Some(value) = value(group) {
                let _ = writeln!(
                    out,
                    "{}{{rule_group={}}} {value}",
                    metric.name,
                    crate::compile::quoted(&name)
                );
            }
        }
    }
}

fn head(out: &mut String, metric: Metric) {
    let Metric { name, kind, help } = metric;
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}
