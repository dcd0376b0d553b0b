//! `histogram_quantile`.

use llm_vitals_promql::ast::{Call, Node, NodeKind};

use super::Lint;
use crate::check::context::Context;
use crate::check::finding::{Finding, Level};
use crate::check::known;
use crate::check::subject::Subject;

pub(in crate::check) static QUANTILE_WITHOUT_LE: Lint = Lint {
    code: "quantile-without-le",
    level: Level::Error,
    about: "histogram_quantile() of series without the label le: there is no result",
};

pub(in crate::check) static QUANTILE_PER_SERIES: Lint = Lint {
    code: "quantile-per-series",
    level: Level::Note,
    about: "histogram_quantile() without a sum by (le): one quantile for each series, few events in each",
};

pub(in crate::check) static QUANTILE_RANGE: Lint = Lint {
    code: "quantile-range",
    level: Level::Error,
    about: "a quantile outside 0 to 1: the result is infinite",
};

pub(in crate::check) fn check(
    subject: &Subject<'_>,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    subject.expr.root().walk(&mut |node| match node.kind() {
        NodeKind::Call(call) => {
            if matches!(call.function(), "histogram_quantile" | "quantile_over_time")
                && let Some(quantile) = call.arguments.first()
            {
                outside(subject, quantile, findings);
            }
            if call.function() == "histogram_quantile" {
                buckets(subject, context, call, findings);
            }
        }
        NodeKind::Aggregate(aggregate)
            if aggregate.op == llm_vitals_promql::ast::Aggregation::Quantile =>
        {
            if let Some(quantile) = &aggregate.parameter {
                outside(subject, quantile, findings);
            }
        }
        _ => {}
    });
}

fn outside(subject: &Subject<'_>, quantile: &Node, findings: &mut Vec<Finding>) {
    if let NodeKind::Number(number) = quantile.without_parens().kind()
        && !(0.0..=1.0).contains(&number.value)
    {
        let help = format!("percentiles are hundredths: {}", number.value / 100.0);
        let message = "a quantile lies between 0 and 1; beyond, the result is infinite";
        findings.extend(subject.at(&QUANTILE_RANGE, quantile, message, help));
    }
}

fn buckets(subject: &Subject<'_>, context: &Context<'_>, call: &Call, findings: &mut Vec<Finding>) {
    let Some(series) = call.arguments.get(1) else {
        return;
    };
    if known::labels(series, context).is_some_and(|labels| !labels.contains("le")) {
        let message = "the label le is gone, which says what a bucket holds: there is no result";
        findings.extend(subject.at(
            &QUANTILE_WITHOUT_LE,
            series,
            message,
            "keep it: sum by (le, ...) (rate(..._bucket[5m]))",
        ));
        return;
    }
    let without_le = |node: &Node| match node.kind() {
        NodeKind::Aggregate(aggregate) => {
            aggregate.is_without && aggregate.labels.iter().any(|label| label == "le")
        }
        _ => false,
    };
    let (mut gone, mut aggregated, mut recorded) = (false, false, false);
    series.walk(&mut |node| {
        gone |= without_le(node);
        aggregated |= matches!(node.kind(), NodeKind::Aggregate(_));
        if let NodeKind::Selector(selector) = node.kind() {
            recorded |= selector
                .metric_name()
                .is_some_and(|name| context.recorded(name).is_some());
        }
    });
    if gone {
        let message = "the label le is gone, which says what a bucket holds: there is no result";
        findings.extend(subject.at(
            &QUANTILE_WITHOUT_LE,
            series,
            message,
            "do not name le in without (...)",
        ));
    } else if !aggregated && !recorded {
        let message = "this gives a quantile for each series, of the few events that each has";
        let help = "sum by (le) (rate(..._bucket[5m])), with the labels that the alert should tell apart beside le";
        findings.extend(subject.at(&QUANTILE_PER_SERIES, series, message, help));
    }
}
