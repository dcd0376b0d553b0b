//! Why an alert goes where it goes.

use std::fmt;
use std::time::Duration;

use llm_vitals_promql::{Labels, Matcher};

use crate::duration::format_duration;
use crate::notify::config::{Config, Receiver, Route};
use crate::notify::matchers::{list, print};

/// Who gets an alert, with all routes that were asked. `Display` shows it as a tree:
///
/// ```
/// use llm_vitals_alert::notify::Config;
/// use llm_vitals_promql::Labels;
///
/// let config = Config::parse("notify.yml", "notify: {webhook: 'http://127.0.0.1:9999/', critical: {repeat: 1h}}")?;
/// let labels = Labels::new([("alertname", "Slow"), ("severity", "warning")]);
/// assert_eq!(
///     config.explain(&labels).to_string(),
///     r#"{alertname="Slow", severity="warning"}
/// {}: matches
///   {severity=~"critical|page"}: no, severity is "warning"
///   {severity=~"warning|ticket"}: matches
///     => warning (webhook), grouped by alertname; first after 30s, then every 5m, again after 1d
/// "#
/// );
/// # Ok::<(), llm_vitals_alert::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Explanation {
    labels: String,
    receivers: Vec<String>,
    lines: Vec<(usize, String)>,
}

impl Explanation {
    pub(super) fn new(config: &Config, labels: &Labels) -> Self {
        let mut explanation = Self {
            labels: labels.to_string(),
            receivers: Vec::new(),
            lines: Vec::new(),
        };
        explanation.ask(config, &config.route, labels, 0);
        explanation
    }

    /// The names of those who get it, in the order of the routes; a name may be there twice.
    #[must_use]
    pub fn receivers(&self) -> &[String] {
        &self.receivers
    }

    fn line(&mut self, depth: usize, text: String) {
        self.lines.push((depth, text));
    }

    fn ask(&mut self, config: &Config, route: &Route, labels: &Labels, depth: usize) -> bool {
        let name = format!("{{{}}}", list(&route.matchers, ", "));
        let misses =
            |matcher: &&Matcher| !matcher.matches(labels.get(matcher.name()).unwrap_or_default());
        if let Some(matcher) = route.matchers.iter().find(misses) {
            let reason = match labels.get(matcher.name()) {
                Some(value) => format!("{} is {value:?}", matcher.name()),
                None => format!("it has no label {}", matcher.name()),
            };
            let which = if route.matchers.len() > 1 {
                format!("no, for {}: {reason}", print(matcher))
            } else {
                format!("no, {reason}")
            };
            self.line(depth, format!("{name}: {which}"));
            return false;
        }
        self.line(depth, format!("{name}: matches"));
        let before = self.receivers.len();
        let mut children = route.routes.iter();
        for child in children.by_ref() {
            if self.ask(config, child, labels, depth + 1) && !child.is_continued {
                break;
            }
        }
        let left = children.len();
        if left > 0 {
            let routes = if left == 1 { "route" } else { "routes" };
            let text =
                format!("{left} more {routes} not asked: the one above has no \"continue: true\"");
            self.line(depth + 1, text);
        }
        if self.receivers.len() == before {
            self.receivers.push(route.receiver.clone());
            let receiver = config
                .receivers
                .iter()
                .find(|receiver| receiver.name == route.receiver);
            self.line(depth + 1, told(route, receiver));
        }
        true
    }
}

fn told(route: &Route, receiver: Option<&Receiver>) -> String {
    let ways: Vec<&str> = receiver
        .map(|receiver| {
            let integrations = receiver.integrations.iter();
            integrations
                .map(|integration| integration.settings.integration())
                .collect()
        })
        .unwrap_or_default();
    let ways = if ways.is_empty() {
        "nobody".to_owned()
    } else {
        ways.join(", ")
    };
    let group_by = match &route.group_by {
        None => "each alert by itself".to_owned(),
        Some(labels) if labels.is_empty() => "all together".to_owned(),
        Some(labels) => format!("grouped by {}", labels.join(", ")),
    };
    let shown = |duration: Duration| {
        format_duration(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
    };
    let mut text = format!(
        "=> {} ({ways}), {group_by}; first after {}, then every {}, again after {}",
        route.receiver,
        shown(route.group_wait),
        shown(route.group_interval),
        shown(route.repeat_interval),
    );
    for (word, names) in [
        ("not during", &route.mute_time_intervals),
        ("only during", &route.active_time_intervals),
    ] {
        if !names.is_empty() {
            text.push_str(&format!("; {word} {}", names.join(", ")));
        }
    }
    text
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.labels)?;
        for (depth, text) in &self.lines {
            writeln!(f, "{:indent$}{text}", "", indent = depth * 2)?;
        }
        Ok(())
    }
}
