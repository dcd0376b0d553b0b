//! Sides of an operator that have no labels in common.

use std::collections::BTreeSet;

use llm_vitals_promql::ast::{BinaryOp, NodeKind};

use super::Lint;
use crate::check::context::Context;
use crate::check::finding::{Finding, Level};
use crate::check::known;
use crate::check::subject::Subject;

pub(in crate::check) static NEVER_MATCHES: Lint = Lint {
    code: "never-matches",
    level: Level::Warning,
    about: "two sides of an operator whose labels differ, so that their series do not find each other",
};

pub(in crate::check) fn check(
    subject: &Subject<'_>,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    subject.expr.root().walk(&mut |node| {
        let NodeKind::Binary(binary) = node.kind() else { return };
        let Some(matching) = &binary.matching else { return };
        // `or` takes what does not match, and `unless` is about what does not.
        if matches!(binary.op, BinaryOp::Or | BinaryOp::Unless) {
            return;
        }
        let (left, right) = (known::labels(&binary.left, context), known::labels(&binary.right, context));
        let named: BTreeSet<String> = matching.labels.iter().cloned().collect();
        let mut report = |message: String, help: &str| {
            findings.extend(subject.at(&NEVER_MATCHES, node, message, help));
        };
        if matching.is_on {
            for (side, labels) in [("left", &left), ("right", &right)] {
                let missing = labels.as_ref().map(|labels| &named - labels).unwrap_or_default();
                if !missing.is_empty() {
                    let message = format!("the {side} side has no label {}, which on (...) needs", list(&missing));
                    report(message, "keep it in by (...), or take it out of on (...)");
                    return;
                }
            }
            return;
        }
        let (Some(left), Some(right)) = (left, right) else { return };
        let (left, right) = (&left - &named, &right - &named);
        if left != right {
            let message = format!(
                "the left side has the labels {}, the right {}: series match only where all are the same",
                list(&left),
                list(&right)
            );
            report(message, "sum both by the same labels, or say on (...) and group_left or group_right");
        }
    });
}

fn list(labels: &BTreeSet<String>) -> String {
    if labels.is_empty() {
        return "()".to_owned();
    }
    format!(
        "({})",
        labels.iter().cloned().collect::<Vec<_>>().join(", ")
    )
}
