//! Recording rules.

use std::collections::HashSet;

use llm_vitals_promql::{LabelsBuilder, Store};

use crate::group::Group;
use crate::rule::Rule;

use super::Settings;
use super::outcome::{Written, vector};

/// The series that the rule makes.
pub(super) fn evaluate(
    group: &Group,
    rule: &Rule,
    store: &Store,
    settings: &Settings,
    at_ms: i64,
) -> Result<Vec<Written>, String> {
    let result = vector(
        &settings.engine,
        store,
        &rule.expr,
        at_ms - group.query_offset_ms,
    )?;
    let mut seen = HashSet::with_capacity(result.len());
    let mut written = Vec::with_capacity(result.len());
    for (labels, value) in result {
        let mut builder = LabelsBuilder::from_labels(&labels);
        builder.set("__name__", &rule.name);
        for (name, value) in &rule.labels {
            builder.set(name, value);
        }
        let labels = builder.build();
        if !seen.insert(labels.clone()) {
            return Err(format!(
                "two series of the result have the same labels: {labels}"
            ));
        }
        written.push((labels, value));
    }
    if group.limit > 0 && written.len() > group.limit {
        return Err(format!(
            "{} series, and the group's limit is {}",
            written.len(),
            group.limit
        ));
    }
    Ok(written)
}
