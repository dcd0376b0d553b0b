//! The checks of rules, one concept a file.

use llm_vitals_promql::Expr;

use super::context::Context;
use super::finding::{Finding, Level};
use super::subject::Subject;

mod alerts;
mod comparison;
mod counters;
mod live;
mod matching;
mod quantile;
mod ratio;
mod regex;
mod templates;
mod windows;

/// A check.
pub(super) struct Lint {
    pub(super) code: &'static str,
    pub(super) level: Level,
    pub(super) about: &'static str,
}

type Check = fn(&Subject<'_>, &Context<'_>, &mut Vec<Finding>);

/// What looks at each rule.
const CHECKS: &[Check] = &[
    ratio::check,
    comparison::check,
    counters::check,
    windows::check,
    quantile::check,
    matching::check,
    regex::check,
    templates::check,
    alerts::check,
    live::check,
];

/// All of them, for the list.
pub(super) const ALL: &[&Lint] = &[
    &ratio::SELF_RATIO,
    &ratio::UNGUARDED_RATIO,
    &comparison::NO_COMPARISON,
    &comparison::IMPOSSIBLE,
    &comparison::ALWAYS_TRUE,
    &counters::MISSING_RATE,
    &counters::RATE_OF_GAUGE,
    &counters::RATE_OF_AGGREGATE,
    &windows::SHORT_RANGE,
    &windows::LONG_RANGE,
    &quantile::QUANTILE_WITHOUT_LE,
    &quantile::QUANTILE_PER_SERIES,
    &quantile::QUANTILE_RANGE,
    &matching::NEVER_MATCHES,
    &regex::PLAIN_REGEX,
    &templates::VALUE_IN_LABEL,
    &templates::LOST_LABEL,
    &alerts::SHORT_FOR,
    &alerts::MISSING_SUMMARY,
    &alerts::MISSING_RUNBOOK,
    &live::DEAD_METRIC,
    &live::DEAD_LABEL,
    &live::THRESHOLD_SCALE,
];

/// Everything that is found, in the order of files and lines.
pub(super) fn run(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in context.files {
        for group in file.groups() {
            for rule in group.rules() {
                // As written where that parses, which it does but for what an objective makes of its parts.
                let written = Expr::parse(rule.condition(), context.dialect);
                let expr = written.as_ref().unwrap_or_else(|_| rule.expr());
                let subject = Subject {
                    file,
                    group,
                    rule,
                    expr,
                };
                for check in CHECKS {
                    check(&subject, context, &mut findings);
                }
            }
        }
    }
    let order = |file: &str| context.files.iter().position(|have| have.name() == file);
    findings.sort_by_key(|finding| {
        (
            order(&finding.file),
            finding.place.line,
            finding.place.column,
        )
    });
    findings
}
