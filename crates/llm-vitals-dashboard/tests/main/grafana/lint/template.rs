//! What can be chosen above the panels.

use std::collections::BTreeSet;

use llm_vitals_promql::{Dialect, Expr};
use serde_json::Value;

use super::{Wrong, list};

pub(super) fn check(dashboard: &Value, wrong: &mut Wrong) {
    let variables = list(&dashboard["templating"]["list"]);
    let sources = variables
        .iter()
        .filter(|variable| variable["type"] == "datasource");
    let is_source = |variable: &&Value| {
        variable["name"] == "datasource"
            && variable["label"] == "Data source"
            && variable["query"] == "prometheus"
    };
    if sources.clone().count() != 1 || sources.filter(is_source).count() != 1 {
        wrong.say("template-datasource", "");
    }
    for (rule, name, label) in [
        ("template-job", "job", "Job"),
        ("template-instance", "instance", "Instance"),
    ] {
        let is_right = |variable: &Value| {
            variable["name"] == name
                && variable["type"] == "query"
                && variable["datasource"]["uid"] == "${datasource}"
                && variable["label"] == label
                && variable["multi"] == true
                && variable["allValue"] == ".*"
        };
        if !variables.iter().any(is_right) {
            wrong.say(rule, "");
        }
    }
    for variable in variables
        .iter()
        .filter(|variable| variable["type"] == "query")
    {
        let name = variable["name"].to_string();
        if variable["refresh"] != 2 {
            wrong.say("template-on-time-change-reload", &name);
        }
        if let Err(reason) = query(variable) {
            wrong.say("template-label-promql", &format!("{name}: {reason}"));
        }
    }
    used(dashboard, variables, wrong);
}

fn query(variable: &Value) -> Result<(), String> {
    let text = variable["query"].as_str().ok_or("no text")?;
    let inner = text
        .strip_prefix("label_values(")
        .and_then(|text| text.strip_suffix(')'));
    let (series, label) = inner
        .and_then(|inner| inner.rsplit_once(", "))
        .ok_or("not label_values(series, label)")?;
    if variable["name"] != label {
        return Err(format!("values of {label}"));
    }
    Expr::parse(series, Dialect::V2)
        .map(drop)
        .map_err(|error| error.to_string())
}

/// What is chosen has an effect, and what has one can be chosen.
fn used(dashboard: &Value, variables: &[Value], wrong: &mut Wrong) {
    let names: BTreeSet<&str> = variables
        .iter()
        .filter_map(|variable| variable["name"].as_str())
        .collect();
    let panels = dashboard["panels"].to_string();
    let used: BTreeSet<&str> = panels
        .split('$')
        .skip(1)
        .map(|text| {
            let text = text.trim_start_matches('{');
            let end = text.find(|next: char| !next.is_ascii_alphanumeric() && next != '_');
            &text[..end.unwrap_or(text.len())]
        })
        .filter(|name| !name.starts_with("__"))
        .collect();
    if names != used {
        wrong.say("own-variables", &format!("{names:?} and {used:?}"));
    }
}
