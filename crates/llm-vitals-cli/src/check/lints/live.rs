//! Rules against what there is.

use std::collections::BTreeSet;

use llm_vitals_promql::ast::{Node, NodeKind, Selector, ValueType};
use llm_vitals_promql::{Engine, Expr, MatchOp, Matcher, MetricType, Store, Value};

use super::Lint;
use crate::arguments::nearest;
use crate::check::context::Context;
use crate::check::finding::{Finding, Level};
use crate::check::subject::Subject;
use crate::number::short;

pub(in crate::check) static DEAD_METRIC: Lint = Lint {
    code: "dead-metric",
    level: Level::Warning,
    about: "a metric that nothing exposes (needs --url or --metrics)",
};

pub(in crate::check) static DEAD_LABEL: Lint = Lint {
    code: "dead-label",
    level: Level::Warning,
    about: "a label or a label's value that no series of the metric has (needs --url or --metrics)",
};

pub(in crate::check) static THRESHOLD_SCALE: Lint = Lint {
    code: "threshold-scale",
    level: Level::Warning,
    about: "a gauge whose values are shares, compared with percent (needs --url or --metrics)",
};

/// Series that the engine or the scraper makes, which no exposition has.
const OWN: [&str; 3] = ["ALERTS", "ALERTS_FOR_STATE", "up"];

pub(in crate::check) fn check(
    subject: &Subject<'_>,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    let Some(store) = context.live else { return };
    let mut optional = BTreeSet::new();
    allowed_to_miss(subject.expr.root(), &mut optional);
    subject.expr.root().walk(&mut |node| match node.kind() {
        NodeKind::Selector(selector) => {
            let found = selected(subject, context, store, node, selector);
            findings.extend(found.filter(|_| !optional.contains(&node.range().start)));
        }
        NodeKind::Range(range) => {
            let found = selected(subject, context, store, node, &range.selector);
            findings.extend(found.filter(|_| !optional.contains(&node.range().start)));
        }
        NodeKind::Binary(binary) if binary.op.is_comparison() => {
            findings.extend(scale(subject, store, &binary.left, &binary.right));
        }
        _ => {}
    });
}

/// Where the selectors begin that may be without series: what `absent` asks for.
fn allowed_to_miss(node: &Node, places: &mut BTreeSet<usize>) {
    if let NodeKind::Call(call) = node.kind()
        && matches!(call.function(), "absent" | "absent_over_time")
    {
        node.walk(&mut |below| {
            places.insert(below.range().start);
        });
    }
    node.children()
        .for_each(|child| allowed_to_miss(child, places));
}

fn selected(
    subject: &Subject<'_>,
    context: &Context<'_>,
    store: &Store,
    node: &Node,
    selector: &Selector,
) -> Option<Finding> {
    let written = selector.metric_name()?;
    let metric = context.canonical(subject, written);
    if OWN.contains(&metric) || metric.starts_with("scrape_") {
        return None;
    }
    if let Some(rule) = context.recorded(metric) {
        return recorded(subject, store, node, (written, rule.name()), rule.expr());
    }
    let of_metric = name(metric, context)?;
    if store
        .series(std::slice::from_ref(&of_metric))
        .next()
        .is_none()
    {
        let known = store.label_values("__name__");
        let help = match nearest(metric, known.into_iter()) {
            Some(near) => format!("did you mean {near}?"),
            None => "look into /metrics for what there is; some metrics come with their first event only".to_owned(),
        };
        return subject.at(
            &DEAD_METRIC,
            node,
            format!("nothing exposes {metric}: while that is so, this part has no series"),
            help,
        );
    }
    let others: Vec<&Matcher> = selector
        .matchers
        .iter()
        .filter(|matcher| matcher.name() != "__name__")
        .collect();
    for matcher in &others {
        let pair = [of_metric.clone(), (*matcher).clone()];
        if store.series(&pair).next().is_some() {
            continue;
        }
        let label = matcher.name();
        let series = store.series(std::slice::from_ref(&of_metric));
        let values: BTreeSet<&str> = series.filter_map(|labels| labels.get(label)).collect();
        if values.is_empty() {
            let names: BTreeSet<&str> = store
                .series(std::slice::from_ref(&of_metric))
                .flat_map(|labels| labels.iter().map(|(name, _)| name))
                .filter(|name| *name != "__name__")
                .collect();
            let list = names.iter().copied().collect::<Vec<_>>().join(", ");
            let help = match nearest(label, names.into_iter()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("its labels are {list}"),
            };
            return subject.at(
                &DEAD_LABEL,
                node,
                format!("no series of {metric} has the label {label}"),
                help,
            );
        }
        let list = values
            .iter()
            .take(8)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        let near = (matcher.op() == MatchOp::Equal)
            .then(|| nearest(matcher.value(), values.into_iter()))
            .flatten();
        let help = match near {
            Some(near) => format!("did you mean {near}?"),
            None => format!(
                "there is {list}; a value that comes with its first event only may be right all the same"
            ),
        };
        return subject.at(
            &DEAD_LABEL,
            node,
            format!("no series of {metric} has {matcher}"),
            help,
        );
    }
    None
}

/// A recorded series is dead if nothing exposes what it is made of.
fn recorded(
    subject: &Subject<'_>,
    store: &Store,
    node: &Node,
    (written, series): (&str, &str),
    expr: &Expr,
) -> Option<Finding> {
    // Those of the checked files are looked at themselves.
    if !series.starts_with("llm:") {
        return None;
    }
    let mut names = BTreeSet::new();
    expr.root().walk(&mut |node| {
        let selector = match node.kind() {
            NodeKind::Selector(selector) => selector,
            NodeKind::Range(range) => &range.selector,
            _ => return,
        };
        names.extend(selector.metric_name());
    });
    let exposed = store.label_values("__name__");
    if names.is_empty() || names.iter().any(|name| exposed.contains(name)) {
        return None;
    }
    let list = names.into_iter().collect::<Vec<_>>().join(", ");
    let message = format!("nothing exposes what {written} is made of: {list}");
    let help = "some metrics come with their first event only: check again after some traffic";
    subject.at(&DEAD_METRIC, node, message, help)
}

fn name(metric: &str, context: &Context<'_>) -> Option<Matcher> {
    Matcher::new("__name__", MatchOp::Equal, metric, context.dialect).ok()
}

/// A gauge between 0 and 1, compared with 2 and more.
fn scale(subject: &Subject<'_>, store: &Store, left: &Node, right: &Node) -> Option<Finding> {
    let NodeKind::Selector(selector) = left.without_parens().kind() else {
        return None;
    };
    let NodeKind::Number(threshold) = right.without_parens().kind() else {
        return None;
    };
    let metric = selector.metric_name()?;
    if right.value_type() != ValueType::Scalar || threshold.value < 2.0 {
        return None;
    }
    if store
        .metadata(metric)
        .is_some_and(|about| about.metric_type != MetricType::Gauge)
    {
        return None;
    }
    let expr = Expr::parse(&left.to_string(), subject.expr.dialect()).ok()?;
    let Value::Vector(samples) = Engine::new()
        .eval_instant(store, &expr, crate::time::now_ms())
        .ok()?
    else {
        return None;
    };
    let values: Vec<f64> = samples.iter().map(|sample| sample.value()).collect();
    let within = values.iter().all(|value| (0.0..=1.0).contains(value));
    let has_fraction = values.iter().any(|value| value.fract() != 0.0);
    if values.is_empty() || !within || !has_fraction {
        return None;
    }
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let message = format!(
        "{metric} seems to be a share: its highest value is {}",
        short(high)
    );
    let help = format!("90 % is 0.9: {}", threshold.value / 100.0);
    subject.at(&THRESHOLD_SCALE, right, message, help)
}
