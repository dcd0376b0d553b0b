//! One alert in words.

use crate::notify::notification::{Ended, Evidence, NotifiedAlert};

use super::clean::clean;
use super::human::{human, span};
use super::sparkline::sparkline;
use super::{links, telling};

/// How long a text of a message may be, in characters.
const LONGEST_TEXT: usize = 1_000;
const LONGEST_LABEL: usize = 200;
/// How many labels are told.
const MOST_LABELS: usize = 20;
/// How many contributors are told.
const MOST_CONTRIBUTORS: usize = 3;

/// An alert in words.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct AlertMessage {
    /// Whether it fires.
    pub is_firing: bool,
    /// The rule's name.
    pub name: String,
    /// The label `severity`.
    pub severity: Option<String>,
    /// The annotation `summary`.
    pub summary: Option<String>,
    /// The annotation `description` or `message`.
    pub description: Option<String>,
    /// Labels that tell it from others, without the name and the severity.
    pub labels: Vec<(String, String)>,
    /// The value in its unit.
    pub value: Option<String>,
    /// What the value is compared with: `above 5%`.
    pub threshold: Option<String>,
    /// `since 2026-11-24 09:00:00 UTC (12m)`, or from when to when.
    pub time: String,
    /// Why it is over, as far as it is known: `the condition no longer holds`.
    pub ended: Option<String>,
    /// What contributes most: `gpt-4o 71%`.
    pub contributors: Vec<String>,
    /// The value over [`history_span`](Self::history_span), as blocks.
    pub sparkline: Option<String>,
    /// The span of the sparkline: `30m`.
    pub history_span: Option<String>,
    /// The runbook: an address, or a path as the rule says it.
    pub runbook: Option<String>,
    /// The page where the alert comes from.
    pub generator: Option<String>,
    /// The page of the alert.
    pub dashboard: Option<String>,
    /// The page with a silence for it, to be confirmed there.
    pub silence: Option<String>,
}

impl AlertMessage {
    pub(crate) fn of(alert: &NotifiedAlert, now_ms: i64, external_url: &str) -> Self {
        let annotation = |name: &str| {
            let text = alert.annotations.get(name)?;
            Some(clean(text, LONGEST_TEXT)).filter(|text| !text.is_empty())
        };
        let label = |name: &str| {
            let text = alert.labels.get(name)?;
            Some(clean(text, LONGEST_LABEL)).filter(|text| !text.is_empty())
        };
        let labels = telling(&alert.labels).take(MOST_LABELS);
        let evidence = alert.evidence.as_ref();
        let history = evidence.map(|evidence| sparkline(&evidence.history));
        let history = history.filter(|text| !text.is_empty());
        let runbook = annotation("runbook_url").or_else(|| annotation("runbook"));
        Self {
            is_firing: alert.ends_at.is_none(),
            name: label("alertname").unwrap_or_else(|| "an alert".to_owned()),
            severity: label("severity"),
            summary: annotation("summary"),
            description: annotation("description").or_else(|| annotation("message")),
            labels: labels
                .map(|(name, value)| (clean(name, LONGEST_LABEL), clean(value, LONGEST_LABEL)))
                .collect(),
            value: evidence.and_then(value),
            threshold: evidence.and_then(threshold),
            time: time(alert, now_ms),
            ended: ended(alert, evidence).map(str::to_owned),
            contributors: evidence.map(contributors).unwrap_or_default(),
            history_span: history.is_some().then(|| {
                let seconds = evidence.map_or(0, |evidence| evidence.history_seconds);
                span(i64::try_from(seconds).unwrap_or(0).saturating_mul(1_000))
            }),
            sparkline: history,
            runbook: runbook.map(|text| links::web(external_url, &text).unwrap_or(text)),
            generator: links::web(external_url, &alert.generator_url),
            dashboard: links::dashboard(external_url, &alert.labels),
            silence: (alert.ends_at.is_none())
                .then(|| links::silence(external_url, &alert.labels))
                .flatten(),
        }
    }

    /// `HighErrorRate (openai gpt-4o)`
    #[must_use]
    pub fn heading(&self) -> String {
        let values: Vec<&str> = self.labels.iter().map(|(_, value)| &**value).collect();
        if values.is_empty() {
            self.name.clone()
        } else {
            format!("{} ({})", self.name, values.join(" "))
        }
    }

    /// `firing` or `resolved`.
    #[must_use]
    pub fn state_text(&self) -> &'static str {
        if self.is_firing { "firing" } else { "resolved" }
    }

    /// Value and threshold: `10% (alerts above 5%)`.
    #[must_use]
    pub fn value_text(&self) -> Option<String> {
        let value = self.value.as_ref()?;
        Some(match &self.threshold {
            Some(threshold) => format!("{value} (alerts {threshold})"),
            None => value.clone(),
        })
    }

    /// The sparkline with its span: `▁▅█ (30m)`.
    #[must_use]
    pub fn history_text(&self) -> Option<String> {
        let (line, span) = (self.sparkline.as_ref()?, self.history_span.as_ref()?);
        Some(format!("{line} ({span})"))
    }

    /// Whether the runbook is an address that can be opened.
    #[must_use]
    pub fn has_runbook_link(&self) -> bool {
        let runbook = self.runbook.as_deref().unwrap_or_default();
        links::web("", runbook).is_some()
    }

    /// What is known of it, each with its name, in the order in which it is told; links but the runbook are not among them.
    #[must_use]
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let labels: Vec<String> = self
            .labels
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let value = if self.is_firing {
            "Value"
        } else {
            "Last value"
        };
        let facts = [
            (value, self.value_text()),
            ("Time", Some(self.time.clone())),
            ("Why it is over", self.ended.clone()),
            ("Most of it", Some(self.contributors.join(", "))),
            ("History", self.history_text()),
            ("Labels", Some(labels.join(", "))),
            ("Runbook", self.runbook.clone()),
        ];
        let known = facts
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)));
        known.filter(|(_, text)| !text.is_empty()).collect()
    }

    /// All of it as lines of plain text.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let state = if self.is_firing { "FIRING" } else { "RESOLVED" };
        let severity = self.severity.as_ref();
        let severity = severity.map(|text| format!(", {text}")).unwrap_or_default();
        let mut lines = vec![format!("{state} {}{severity}", self.heading())];
        lines.extend(self.summary.iter().map(|text| format!("  {text}")));
        lines.extend(self.description.iter().map(|text| format!("  {text}")));
        let links = [
            ("Alert", &self.dashboard),
            ("Silence", &self.silence),
            ("Source", &self.generator),
        ];
        let facts = self.facts().into_iter();
        lines.extend(facts.map(|(name, text)| format!("  {name}: {text}")));
        lines.extend(links.iter().filter_map(|(name, url)| {
            let url = url.as_ref()?;
            Some(format!("  {name}: {url}"))
        }));
        lines
    }
}

fn value(evidence: &Evidence) -> Option<String> {
    evidence.value.map(|value| human(value, evidence.unit))
}

fn threshold(evidence: &Evidence) -> Option<String> {
    let (op, limit) = evidence.threshold.as_ref()?;
    let limit = human(*limit, evidence.unit);
    Some(match &**op {
        ">" => format!("above {limit}"),
        ">=" => format!("at {limit} and above"),
        "<" => format!("below {limit}"),
        "<=" => format!("at {limit} and below"),
        "==" => format!("at {limit}"),
        "!=" => format!("at other than {limit}"),
        other => format!("{other} {limit}"),
    })
}

fn time(alert: &NotifiedAlert, now_ms: i64) -> String {
    let moment = crate::notify::texts::utc;
    let start = moment(alert.starts_at);
    match alert.ends_at {
        None => format!(
            "since {start} ({})",
            span(now_ms.saturating_sub(alert.starts_at))
        ),
        Some(end) => format!(
            "from {start} to {} ({})",
            moment(end),
            span(end.saturating_sub(alert.starts_at))
        ),
    }
}

fn ended(alert: &NotifiedAlert, evidence: Option<&Evidence>) -> Option<&'static str> {
    alert.ends_at?;
    Some(match evidence?.ended? {
        Ended::ConditionFalse => "the condition no longer holds",
        Ended::NoData => "there is no data any more, which does not mean that all is well",
        Ended::NotInResult => "the expression no longer gives it",
        Ended::RuleRemoved => "its rule was removed or changed",
        Ended::EvaluationFailed => "its rule can no longer be evaluated",
        Ended::EvaluationRecovered => "the rule can be evaluated again",
    })
}

fn contributors(evidence: &Evidence) -> Vec<String> {
    let shown = evidence.contributors.iter().take(MOST_CONTRIBUTORS);
    let text = shown.map(|contributor| {
        // The larger part first.
        let mut labels: Vec<(&String, &String)> = contributor.labels.iter().collect();
        labels.sort_by_key(|(name, _)| match &***name {
            "provider" => 0,
            "model" => 1,
            _ => 2,
        });
        let values: Vec<String> = labels
            .into_iter()
            .map(|(_, value)| clean(value, LONGEST_LABEL))
            .collect();
        format!("{} {:.0}%", values.join(" "), contributor.share * 100.0)
    });
    text.collect()
}
