//! What can be chosen above the panels.

use serde_json::{Value, json};

/// The values of a label.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variable {
    name: &'static str,
    label: &'static str,
    /// The series whose values of the label can be chosen.
    series: &'static str,
}

pub(super) const PROVIDER: Variable = Variable {
    name: "provider",
    label: "Provider",
    series: r#"llm_requests_total{job=~"$job", instance=~"$instance"}"#,
};

pub(super) const MODEL: Variable = Variable {
    name: "model",
    label: "Model",
    series: r#"llm_requests_total{job=~"$job", instance=~"$instance", provider=~"$provider"}"#,
};

pub(super) const NODE: Variable = Variable {
    name: "node",
    label: "Redis",
    series: r#"redis_up{job=~"$job", instance=~"$instance"}"#,
};

pub(super) const CHECK: Variable = Variable {
    name: "check",
    label: "Check",
    series: r#"health_check_status{job=~"$job", instance=~"$instance"}"#,
};

/// Only gateways have this one, so other jobs of the same Prometheus cannot be chosen.
const JOB: Variable = Variable {
    name: "job",
    label: "Job",
    series: "llm_requests_in_flight",
};

const INSTANCE: Variable = Variable {
    name: "instance",
    label: "Instance",
    series: r#"llm_requests_in_flight{job=~"$job"}"#,
};

/// The data source, job and instance, then the others.
pub(super) fn list(others: &[Variable]) -> Value {
    let source = json!({
        "name": "datasource",
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "regex": "",
        "refresh": 1,
        "hide": 0,
        "multi": false,
        "includeAll": false,
        "options": [],
        "current": {}
    });
    let all = [JOB, INSTANCE];
    let variables = all.iter().chain(others).map(Variable::render);
    std::iter::once(source).chain(variables).collect()
}

impl Variable {
    fn render(&self) -> Value {
        let query = format!("label_values({}, {})", self.series, self.name);
        json!({
            "name": self.name,
            "label": self.label,
            "type": "query",
            "datasource": {"type": "prometheus", "uid": "${datasource}"},
            "definition": query,
            "query": query,
            "regex": "",
            "refresh": 2,
            "sort": 1,
            "hide": 0,
            "multi": true,
            "includeAll": true,
            "allValue": ".*",
            "options": [],
            "current": {"selected": true, "text": ["All"], "value": ["$__all"]}
        })
    }
}
