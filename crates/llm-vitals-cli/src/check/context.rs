//! What the lints know beside the rule.

use std::collections::HashMap;
use std::time::Duration;

use llm_vitals_alert::{Rule, RuleFile, RuleKind, aliases, signals};
use llm_vitals_promql::{Dialect, MetricType, Store};

use super::subject::Subject;

/// The other rules, the metrics that there are, and how often things happen.
pub(super) struct Context<'a> {
    pub(super) files: &'a [RuleFile],
    /// What is exposed, if that is known.
    pub(super) live: Option<&'a Store>,
    pub(super) dialect: Dialect,
    pub(super) scrape_interval: Duration,
    pub(super) interval: Duration,
    /// For how long samples are kept, if that was said.
    pub(super) retention: Option<Duration>,
    recorded: HashMap<&'a str, &'a Rule>,
    short_names: HashMap<&'static str, &'static str>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        files: &'a [RuleFile],
        live: Option<&'a Store>,
        dialect: Dialect,
        scrape_interval: Duration,
        interval: Duration,
    ) -> Self {
        let all = files.iter().chain([signals()]);
        let rules = all
            .flat_map(|file| file.groups())
            .flat_map(|group| group.rules());
        let recorded = rules.filter(|rule| rule.kind() == RuleKind::Recording);
        Self {
            files,
            live,
            dialect,
            scrape_interval,
            interval,
            retention: None,
            recorded: recorded.map(|rule| (rule.name(), rule)).collect(),
            short_names: aliases().collect(),
        }
    }

    pub(super) fn with_retention(mut self, retention: Option<Duration>) -> Self {
        self.retention = retention;
        self
    }

    /// The rule that records a metric, if one does.
    pub(super) fn recorded(&self, metric: &str) -> Option<&'a Rule> {
        self.recorded.get(metric).copied()
    }

    /// The series that a name in an expression of the rule stands for.
    pub(super) fn canonical<'n>(&self, subject: &Subject<'_>, metric: &'n str) -> &'n str {
        let is_short_form = subject.group.name() == "llm-vitals";
        match self.short_names.get(metric) {
            Some(series) if is_short_form => series,
            _ => metric,
        }
    }

    /// The type of a metric, as its exposition says, or of the histogram or summary that a series is part of.
    pub(super) fn metric_type(&self, metric: &str) -> Option<MetricType> {
        let live = self.live?;
        let known = |name: &str| live.metadata(name).map(|about| about.metric_type);
        let family = || {
            let parts = ["_bucket", "_count", "_sum", "_total"].into_iter();
            parts
                .filter_map(|part| metric.strip_suffix(part))
                .find_map(known)
        };
        known(metric)
            .or_else(family)
            .filter(|found| *found != MetricType::Unknown)
    }
}
