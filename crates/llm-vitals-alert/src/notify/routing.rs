//! Who gets an alert.

use llm_vitals_promql::{Labels, Matcher};

use super::config::{Config, Route};
use super::matchers::all_match;
use std::time::Duration;

mod explanation;

pub use self::explanation::Explanation;

impl Config {
    /// The routes that handle an alert with these labels, in the order of the file; at least one.
    ///
    /// As in Alertmanager: a route is asked after its parent, and before it itself its children are, in their order; the first that
    /// handles the alert ends the search among them unless it has `continue: true`. A route with none that does handles it itself.
    #[must_use]
    pub fn routes_for(&self, labels: &Labels) -> Vec<&Route> {
        let mut found = Vec::new();
        find(&self.route, labels, &mut found);
        if found.is_empty() {
            found.push(&self.route);
        }
        found
    }

    /// Who gets an alert with these labels, and why.
    #[must_use]
    pub fn explain(&self, labels: &Labels) -> Explanation {
        Explanation::new(self, labels)
    }

    /// Whether the route tells nobody at this moment, in milliseconds since 1970: one of its `mute_time_intervals` holds it, or it has
    /// `active_time_intervals` and none does.
    #[must_use]
    pub fn is_muted(&self, route: &Route, now_ms: i64) -> bool {
        self.muted_by(route, now_ms).is_some()
    }

    /// The names of the time intervals that mute the route at this moment: those that hold it, or all in which it would be active.
    pub(crate) fn muted_by<'r>(&self, route: &'r Route, now_ms: i64) -> Option<Vec<&'r str>> {
        let holds = |name: &&String| {
            let mut intervals = self.time_intervals.iter();
            intervals.any(|interval| interval.name == **name && interval.contains(now_ms))
        };
        let mute: Vec<&str> = route
            .mute_time_intervals
            .iter()
            .filter(holds)
            .map(String::as_str)
            .collect();
        if !mute.is_empty() {
            return Some(mute);
        }
        let active = &route.active_time_intervals;
        if active.is_empty() || active.iter().any(|name| holds(&name)) {
            return None;
        }
        Some(active.iter().map(String::as_str).collect())
    }
}

/// Whether the route or one below it handles the alert; which ones is added.
fn find<'r>(route: &'r Route, labels: &Labels, found: &mut Vec<&'r Route>) -> bool {
    if !all_match(&route.matchers, labels) {
        return false;
    }
    let before = found.len();
    for child in &route.routes {
        if find(child, labels, found) && !child.is_continued {
            break;
        }
    }
    if found.len() == before {
        found.push(route);
    }
    true
}

impl Route {
    /// Who is told.
    #[must_use]
    pub fn receiver(&self) -> &str {
        &self.receiver
    }

    /// Alertmanager's key of it, with which the keys of its groups begin: `{}/{severity="page"}`. Two routes may have the same.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Its conditions. All must hold.
    #[must_use]
    pub fn matchers(&self) -> &[Matcher] {
        &self.matchers
    }

    /// The labels by which alerts are put together; `None` is all labels.
    #[must_use]
    pub fn group_by(&self) -> Option<&[String]> {
        self.group_by.as_deref()
    }

    /// How long the first message of a group waits for more alerts.
    #[must_use]
    pub fn group_wait(&self) -> Duration {
        self.group_wait
    }

    /// How often a group is looked at after its first message.
    #[must_use]
    pub fn group_interval(&self) -> Duration {
        self.group_interval
    }

    /// After which time a group in which nothing is new is told again.
    #[must_use]
    pub fn repeat_interval(&self) -> Duration {
        self.repeat_interval
    }

    /// The routes below, in the order of the file.
    #[must_use]
    pub fn routes(&self) -> &[Self] {
        &self.routes
    }
}

#[cfg(test)]
mod tests;
