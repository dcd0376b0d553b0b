//! Signals: recorded series with short names.

use std::sync::LazyLock;

use llm_vitals_promql::{Error, Expr};

use crate::group::Group;
use crate::rule::Rule;
use crate::rule_file::RuleFile;

/// The recording rules of the signals, as a rule file of Prometheus.
pub const SIGNALS: &str = include_str!("signals.yml");

/// What the names of recorded signals begin with.
const PREFIX: &str = "llm:";

/// The recording rules of the signals.
///
/// ```
/// let group = &llm_vitals_alert::signals().groups()[0];
/// assert_eq!(group.rules()[0].name(), "llm:error_rate");
/// ```
#[must_use]
pub fn signals() -> &'static RuleFile {
    static FILE: LazyLock<RuleFile> = LazyLock::new(|| {
        #[expect(
            clippy::expect_used,
            reason = "the text is part of the crate and a test reads it"
        )]
        let file =
            RuleFile::parse("signals.yml", SIGNALS).expect("the shipped signals are a rule file");
        file
    });
    &FILE
}

/// The short names with the series that they stand for, such as `error_rate` and `llm:error_rate`.
pub fn aliases() -> impl Iterator<Item = (&'static str, &'static str)> {
    let names = signals()
        .groups()
        .iter()
        .flat_map(Group::rules)
        .map(Rule::name);
    names.filter_map(|name| name.strip_prefix(PREFIX).map(|short| (short, name)))
}

/// The expression with the series of the signals in place of their short names.
///
/// ```
/// use llm_vitals_promql::{Dialect, Expr};
///
/// let expr = Expr::parse("max(p95_latency{provider!=\"sim\"}) > 2000", Dialect::V3)?;
/// let expanded = llm_vitals_alert::expand_aliases(&expr)?;
/// assert_eq!(expanded.to_string(), "max(llm:p95_latency{provider!=\"sim\"}) > 2000");
/// # Ok::<(), llm_vitals_promql::Error>(())
/// ```
pub fn expand_aliases(expr: &Expr) -> Result<Expr, Error> {
    // Most files have none, and the signals themselves must not ask for themselves.
    if !crate::metric_names(expr)
        .iter()
        .any(|name| is_short_name(name))
    {
        return Ok(expr.clone());
    }
    expr.rename_metrics(|name| is_short_name(name).then(|| format!("{PREFIX}{name}")))
}

fn is_short_name(name: &str) -> bool {
    aliases().any(|(short, _)| short == name)
}

/// Whether a metric is the recorded series of a signal.
pub(crate) fn is_signal(metric: &str) -> bool {
    metric.starts_with(PREFIX) && aliases().any(|(_, series)| series == metric)
}

/// The series that counts the events behind a signal, and the labels that both have.
pub(crate) fn events_of(metric: &str) -> Option<(&'static str, &'static str)> {
    let short = metric.strip_prefix(PREFIX)?;
    if !is_signal(metric) {
        return None;
    }
    if short.starts_with("cache_") {
        return Some(("llm:cache_lookup_count", "cache, node"));
    }
    let (of_service, measured) = match short.strip_prefix("service_") {
        Some(measured) => (true, measured),
        None => (false, short),
    };
    // A signal that is not here has events that no series counts: cancelled calls, streamed answers, tokens.
    let events = match (of_service, measured) {
        (false, "error_rate" | "success_rate" | "request_count") => "llm:request_count",
        (true, "error_rate" | "success_rate" | "request_count") => "llm:service_request_count",
        (false, measured) if measured.ends_with("_latency") => "llm:success_count",
        (true, measured) if measured.ends_with("_latency") => "llm:service_success_count",
        _ => return None,
    };
    Some((events, if of_service { "" } else { "provider" }))
}
