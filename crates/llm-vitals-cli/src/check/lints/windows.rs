//! Windows of time.

use llm_vitals_promql::ast::NodeKind;

use super::Lint;
use crate::check::context::Context;
use crate::check::finding::{Finding, Level};
use crate::check::subject::Subject;
use crate::time::{format_duration, milliseconds};

pub(in crate::check) static SHORT_RANGE: Lint = Lint {
    code: "short-range",
    level: Level::Warning,
    about: "a window that holds too few samples for rate()",
};

pub(in crate::check) static LONG_RANGE: Lint = Lint {
    code: "long-range",
    level: Level::Warning,
    about: "a window that is longer than samples are kept, with --retention",
};

pub(in crate::check) fn check(
    subject: &Subject<'_>,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    if let Some(retention) = context
        .retention
        .filter(|kept| subject.rule.reach() > *kept)
    {
        let reach = format_duration(subject.rule.reach());
        let kept = format_duration(retention);
        let message = format!(
            "it looks back {reach}, and samples are kept for {kept}: its value is that of a shorter window"
        );
        let help = "shorter windows, a Prometheus that keeps its samples for longer, or tickets: false for an objective";
        findings.extend(subject.whole(&LONG_RANGE, message, help));
    }
    let interval = milliseconds(context.scrape_interval);
    subject.expr.root().walk(&mut |node| {
        let NodeKind::Call(call) = node.kind() else { return };
        let needs_two = matches!(
            call.function(),
            "rate" | "irate" | "increase" | "delta" | "idelta" | "deriv" | "predict_linear" | "changes" | "resets"
        );
        if !needs_two {
            return;
        }
        for argument in &call.arguments {
            let NodeKind::Range(range) = argument.without_parens().kind() else { continue };
            if range.range_ms >= 4 * interval {
                continue;
            }
            let held = range.range_ms / interval;
            let interval = format_duration(context.scrape_interval);
            let message = match held {
                0 | 1 => format!("{}() needs two samples, and with one each {interval} the window rarely has them", call.function()),
                _ => format!("with a sample each {interval} the window has {held}: one that is lost leaves a gap"),
            };
            let least = format_duration(4 * context.scrape_interval);
            let help = format!("a window of at least {least}, or --scrape-interval if samples are closer");
            findings.extend(subject.at(&SHORT_RANGE, argument, message, help));
        }
    });
}
