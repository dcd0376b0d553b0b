//! Alerts that make others not be told.

use std::collections::{BTreeSet, HashMap};

use llm_vitals_promql::Labels;

use super::config::InhibitRule;
use super::matchers::all_match;

/// The rules, and for each the alerts that may inhibit, by the labels that must be equal.
#[derive(Debug, Default)]
pub(crate) struct Inhibition {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    rule: InhibitRule,
    sources: HashMap<String, Sources>,
    /// When each of the sources ends.
    ends: HashMap<u64, i64>,
}

/// End and fingerprint of alerts: the last one tells whether any is left that fires.
#[derive(Debug, Default)]
struct Sources {
    one_sided: BTreeSet<(i64, u64)>,
    /// Those that are targets of the rule too, which do not inhibit each other.
    two_sided: BTreeSet<(i64, u64)>,
}

impl Inhibition {
    pub(crate) fn new(rules: &[InhibitRule]) -> Self {
        let rule = |rule: &InhibitRule| Rule {
            rule: rule.clone(),
            sources: HashMap::new(),
            ends: HashMap::new(),
        };
        Self {
            rules: rules.iter().map(rule).collect(),
        }
    }

    /// Takes an alert in, or its new end.
    pub(crate) fn put(&mut self, fingerprint: u64, labels: &Labels, ends_at: i64) {
        for rule in &mut self.rules {
            if all_match(&rule.rule.source_matchers, labels) {
                rule.remove(fingerprint, labels);
                rule.set(labels).insert((ends_at, fingerprint));
                rule.ends.insert(fingerprint, ends_at);
            }
        }
    }

    pub(crate) fn remove(&mut self, fingerprint: u64, labels: &Labels) {
        for rule in &mut self.rules {
            rule.remove(fingerprint, labels);
        }
    }

    /// The alert that makes one with these labels not be told now.
    pub(crate) fn inhibiting(&self, labels: &Labels, now_ms: i64) -> Option<u64> {
        self.rules
            .iter()
            .find_map(|rule| rule.inhibiting(labels, now_ms))
    }
}

impl Rule {
    fn inhibiting(&self, labels: &Labels, now_ms: i64) -> Option<u64> {
        if self.ends.is_empty() || !all_match(&self.rule.target_matchers, labels) {
            return None;
        }
        let sources = self.sources.get(&self.key(labels))?;
        let firing = |set: &BTreeSet<(i64, u64)>| {
            let last = set.last().filter(|(ends_at, _)| *ends_at > now_ms);
            last.map(|(_, fingerprint)| *fingerprint)
        };
        let is_source = || all_match(&self.rule.source_matchers, labels);
        firing(&sources.one_sided).or_else(|| firing(&sources.two_sided).filter(|_| !is_source()))
    }

    /// The values that must be equal. A label that is not there is an empty one.
    fn key(&self, labels: &Labels) -> String {
        let mut key = String::new();
        for name in &self.rule.equal {
            let value = labels.get(name).unwrap_or_default();
            // With its length, so that no value can look like two.
            key.push_str(&format!("{}:{value}", value.len()));
        }
        key
    }

    fn set(&mut self, labels: &Labels) -> &mut BTreeSet<(i64, u64)> {
        let is_target = all_match(&self.rule.target_matchers, labels);
        let sources = self.sources.entry(self.key(labels)).or_default();
        if is_target {
            &mut sources.two_sided
        } else {
            &mut sources.one_sided
        }
    }

    fn remove(&mut self, fingerprint: u64, labels: &Labels) {
        let Some(ends_at) = self.ends.remove(&fingerprint) else {
            return;
        };
        self.set(labels).remove(&(ends_at, fingerprint));
        let key = self.key(labels);
        let rest = self.sources.get(&key);
        if rest.is_some_and(|rest| rest.one_sided.is_empty() && rest.two_sided.is_empty()) {
            self.sources.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use llm_vitals_promql::{Dialect, MatchOp, Matcher};

    use super::*;

    fn inhibition(source: &str, target: &str, equal: &[&str]) -> Inhibition {
        let matcher = |text: &str| {
            let (name, value) = text.split_once('=').unwrap();
            vec![Matcher::new(name, MatchOp::Equal, value, Dialect::V2).unwrap()]
        };
        Inhibition::new(&[InhibitRule {
            source_matchers: matcher(source),
            target_matchers: matcher(target),
            equal: equal.iter().map(|&name| name.to_owned()).collect(),
        }])
    }

    fn labels(text: &str) -> Labels {
        Labels::new(text.split(',').map(|pair| pair.split_once('=').unwrap()))
    }

    #[test]
    fn a_source_that_has_ended_inhibits_no_more() {
        let mut inhibition = inhibition("s=1", "t=1", &[]);
        inhibition.put(7, &labels("s=1"), 100);
        assert_eq!(inhibition.inhibiting(&labels("t=1"), 99), Some(7));
        assert_eq!(inhibition.inhibiting(&labels("t=1"), 100), None);
        inhibition.put(7, &labels("s=1"), 200);
        assert_eq!(inhibition.inhibiting(&labels("t=1"), 100), Some(7));
        inhibition.remove(7, &labels("s=1"));
        assert_eq!(inhibition.inhibiting(&labels("t=1"), 100), None);
        assert!(inhibition.rules[0].sources.is_empty());
    }

    #[test]
    fn a_label_that_is_not_there_is_equal_to_an_empty_one() {
        let mut inhibition = inhibition("s=1", "t=1", &["zone", "host"]);
        inhibition.put(7, &labels("s=1,host=a"), 100);
        assert_eq!(inhibition.inhibiting(&labels("t=1,host=a"), 0), Some(7));
        assert_eq!(inhibition.inhibiting(&labels("t=1,host=a,zone=b"), 0), None);
        assert_eq!(inhibition.inhibiting(&labels("t=1"), 0), None);
    }

    #[test]
    fn alerts_that_match_both_sides_do_not_inhibit_each_other_or_themselves() {
        let mut inhibition = inhibition("x=1", "x=1", &[]);
        inhibition.put(7, &labels("x=1,n=7"), 100);
        inhibition.put(8, &labels("x=1,n=8"), 100);
        assert_eq!(inhibition.inhibiting(&labels("x=1,n=7"), 0), None);
        let mut inhibition = self::inhibition("s=1", "t=1", &[]);
        inhibition.put(7, &labels("s=1,t=1"), 100);
        assert_eq!(inhibition.inhibiting(&labels("s=1,t=1"), 0), None);
        assert_eq!(inhibition.inhibiting(&labels("t=1"), 0), Some(7));
        inhibition.put(9, &labels("s=1"), 100);
        assert_eq!(inhibition.inhibiting(&labels("s=1,t=1"), 0), Some(9));
    }
}
