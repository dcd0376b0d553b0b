//! `rules` and `alerts`.

use llm_vitals_alert::{RuleKind, RuleStatus};
use serde_json::json;

use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::work::lock;

use super::shown_rules::{alert, group, is_active};
use super::{Answer, Api};

/// Which rules are wanted; an empty list is all.
struct Wanted<'a> {
    kind: Option<RuleKind>,
    names: Vec<&'a str>,
    groups: Vec<&'a str>,
    files: Vec<&'a str>,
}

impl Api {
    /// Waits for an evaluation of rules that is under way.
    pub(super) fn rules(&self, parameters: &Parameters) -> Result<Answer, Problem> {
        let wanted = Wanted::of(parameters)?;
        let shows_alerts = match parameters.first("exclude_alerts") {
            None => true,
            Some("true" | "1" | "t" | "T" | "TRUE" | "True") => false,
            Some("false" | "0" | "f" | "F" | "FALSE" | "False") => true,
            Some(text) => {
                let message = format!("not a boolean: {text:?}");
                return Err(Problem::parameter("exclude_alerts", message));
            }
        };
        let Some(evaluator) = &self.evaluator else {
            return Ok(Answer::new(json!({ "groups": [] }).to_string()));
        };
        let evaluator = lock(evaluator);
        let alerts = evaluator.alerts();
        let shown = if shows_alerts { &*alerts } else { &[] };
        let mut rules = evaluator.rules();
        rules.retain(|status| wanted.is(status));
        let groups = rules.chunk_by(|one, next| {
            let (one, next) = (one.group(), next.group());
            (one.file(), one.name()) == (next.file(), next.name())
        });
        let groups: Vec<_> = groups
            .map(|rules| group(rules, &alerts, shown, self.evaluation_interval))
            .collect();
        Ok(Answer::new(json!({ "groups": groups }).to_string()))
    }

    /// Alerts that are pending or firing.
    pub(super) fn alerts(&self) -> Answer {
        let Some(evaluator) = &self.evaluator else {
            return Answer::new(json!({ "alerts": [] }).to_string());
        };
        let evaluator = lock(evaluator);
        let alerts = evaluator.alerts();
        let active = alerts.iter().map(|active| active.alert());
        let shown: Vec<_> = active.filter(|alert| is_active(alert)).map(alert).collect();
        Answer::new(json!({ "alerts": shown }).to_string())
    }
}

impl<'a> Wanted<'a> {
    fn of(parameters: &'a Parameters) -> Result<Self, Problem> {
        let kind = match parameters
            .first("type")
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            None => None,
            Some("alert") => Some(RuleKind::Alerting),
            Some("record") => Some(RuleKind::Recording),
            Some(other) => {
                let message = format!("not supported value {other:?}");
                return Err(Problem::parameter("type", message));
            }
        };
        Ok(Self {
            kind,
            names: parameters.all("rule_name[]"),
            groups: parameters.all("rule_group[]"),
            files: parameters.all("file[]"),
        })
    }

    fn is(&self, status: &RuleStatus<'_>) -> bool {
        let among = |list: &[&str], text: &str| list.is_empty() || list.contains(&text);
        self.kind.is_none_or(|kind| kind == status.rule().kind())
            && among(&self.names, status.rule().name())
            && among(&self.groups, status.group().name())
            && among(&self.files, status.group().file())
    }
}
