//! What an alert should have beside its condition.

use super::Lint;
use crate::check::context::Context;
use crate::check::finding::{Finding, Level};
use crate::check::subject::Subject;
use crate::time::format_duration;

pub(in crate::check) static SHORT_FOR: Lint = Lint {
    code: "short-for",
    level: Level::Warning,
    about: "a duration shorter than the distance of evaluations: it waits for the next one, however short",
};

pub(in crate::check) static MISSING_SUMMARY: Lint = Lint {
    code: "missing-summary",
    level: Level::Note,
    about: "an alert without a summary or description",
};

pub(in crate::check) static MISSING_RUNBOOK: Lint = Lint {
    code: "missing-runbook",
    level: Level::Note,
    about: "an alert without a runbook",
};

pub(in crate::check) fn check(
    subject: &Subject<'_>,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    if !subject.is_alert() {
        return;
    }
    let rule = subject.rule;
    let interval = subject.group.interval().unwrap_or(context.interval);
    if !rule.hold().is_zero() && rule.hold() < interval {
        let (hold, interval) = (format_duration(rule.hold()), format_duration(interval));
        let message = format!(
            "the condition is looked at each {interval}, so {hold} of holding cannot be told"
        );
        findings.extend(subject.whole(
            &SHORT_FOR,
            message,
            format!("at least {interval}, or nothing at all"),
        ));
    }
    let has = |names: &[&str]| {
        rule.annotations()
            .iter()
            .any(|(name, _)| names.contains(&name.as_str()))
    };
    if !has(&["summary", "description", "message"]) {
        let message = "whoever is woken reads a name and labels only";
        findings.extend(subject.whole(
            &MISSING_SUMMARY,
            message,
            "a summary: what is wrong, with {{ $value }} and labels",
        ));
    }
    if !has(&["runbook", "runbook_url"]) {
        let message = "whoever is woken is not told what to do";
        findings.extend(subject.whole(
            &MISSING_RUNBOOK,
            message,
            "a runbook (runbook_url among the annotations) with a link",
        ));
    }
}
