//! The short form of an objective: alerts by burn rate over several windows, as the SRE workbook has them.
//!
//! The error budget of 30 days is burnt at a rate; 1 is just the budget. A page when 2 % of it burn in an hour (14.4) or 5 % in six
//! (6), a ticket when 10 % burn in a day (3) or in three (1). The short window beside each long one ends the alert soon after the
//! errors have ended.

use llm_vitals_promql::Expr;

use crate::duration::format_duration;
use crate::fields::{Fields, Reader, Text};
use crate::rule::{Rule, RuleKind};
use crate::template::Template;
use crate::yaml::Yaml;

const FIELDS: &[&str] = &[
    "name",
    "objective",
    "total",
    "errors",
    "labels",
    "runbook",
    "summary",
    "tickets",
];

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Long window, short window, rate.
type Burn = (i64, i64, f64);
const PAGES: [Burn; 2] = [(HOUR, 5 * MINUTE, 14.4), (6 * HOUR, 30 * MINUTE, 6.0)];
const TICKETS: [Burn; 2] = [(DAY, 2 * HOUR, 3.0), (3 * DAY, 6 * HOUR, 1.0)];

pub(super) fn read(reader: &mut Reader<'_>, yaml: &Yaml, rules: &mut Vec<Rule>) {
    let Some(fields) = reader.fields(yaml, "an objective", FIELDS) else {
        return;
    };
    let name = reader.required(fields, "an objective", "name");
    let objective = objective(reader, fields);
    let total = reader.required(fields, "an objective", "total");
    let errors = reader.required(fields, "an objective", "errors");
    let with_tickets = tickets(reader, fields);
    let labels = reader.templates(fields, "labels", true).texts;
    let runbook = reader.text(fields, "runbook");
    let summary = reader.text(fields, "summary");
    let (Some(name), Some(objective), Some(total), Some(errors)) = (name, objective, total, errors)
    else {
        return;
    };
    for part in [total, errors] {
        // The window comes behind it, so it must be a selector.
        let ranged = format!("{}[5m]", part.text.trim());
        if reader.expr(part, false).is_some() && Expr::parse(&ranged, reader.dialect).is_err() {
            reader.wrong(
                part.at,
                part.text.len(),
                "expected a counter, such as llm_service_requests_total{status=\"error\"}",
            );
            return;
        }
    }
    let slo = Slo {
        name,
        budget: (100.0 - objective) / 100.0,
        total: total.text.trim(),
        errors: errors.text.trim(),
        labels: &labels,
        annotations: [("runbook_url", runbook), ("summary", summary)],
    };
    let burns = if with_tickets {
        [PAGES, TICKETS].concat()
    } else {
        PAGES.to_vec()
    };
    let mut windows: Vec<i64> = burns
        .iter()
        .flat_map(|(long, short, _)| [*long, *short])
        .collect();
    windows.sort_unstable();
    windows.dedup();
    for window in windows {
        slo.push(reader, rules, slo.ratio(window));
    }
    slo.push(reader, rules, slo.alert("page", &PAGES));
    if with_tickets {
        slo.push(reader, rules, slo.alert("ticket", &TICKETS));
    }
}

fn objective(reader: &mut Reader<'_>, fields: Fields<'_>) -> Option<f64> {
    let text = reader.required(fields, "an objective", "objective")?;
    let number = text.text.trim_end_matches('%').trim().parse::<f64>().ok();
    let number = number.filter(|number| *number > 0.0 && *number < 100.0);
    if number.is_none() {
        let message = format!(
            "\"{}\" for \"objective\": expected a percentage between 0 and 100",
            text.text
        );
        reader.wrong(text.at, text.text.len(), message);
    }
    number
}

fn tickets(reader: &mut Reader<'_>, fields: Fields<'_>) -> bool {
    let Some(text) = reader.text(fields, "tickets") else {
        return true;
    };
    if !matches!(text.text, "true" | "false") {
        reader.wrong(text.at, text.text.len(), "expected true or false");
    }
    text.text != "false"
}

struct Slo<'a> {
    name: Text<'a>,
    /// The share of requests that may fail.
    budget: f64,
    total: &'a str,
    errors: &'a str,
    labels: &'a [(String, String)],
    annotations: [(&'static str, Option<Text<'a>>); 2],
}

/// A rule that is yet to be parsed.
struct Draft {
    kind: RuleKind,
    name: String,
    expr: String,
    labels: Vec<(String, String)>,
    annotations: Vec<(String, String)>,
}

impl Slo<'_> {
    /// The share of requests that failed in a window.
    fn ratio(&self, window: i64) -> Draft {
        let text = format_duration(window);
        Draft {
            kind: RuleKind::Recording,
            name: ratio_name(window),
            expr: format!(
                "sum(rate({}[{text}])) / (sum(rate({}[{text}])) > 0)",
                self.errors, self.total
            ),
            labels: vec![("slo".to_owned(), self.name.text.to_owned())],
            annotations: Vec::new(),
        }
    }

    fn alert(&self, severity: &str, burns: &[Burn]) -> Draft {
        let slo = crate::compile::quoted(self.name.text);
        let burn = |(long, short, rate): &Burn| {
            let above = |window| {
                format!(
                    "{}{{slo={slo}}} > ({rate} * {})",
                    ratio_name(window),
                    self.budget_text()
                )
            };
            format!("({} and {})", above(*long), above(*short))
        };
        // The two ratios of a pair have the same labels, and so have those of two pairs: one alert, whichever burns.
        let expr = burns.iter().map(burn).collect::<Vec<_>>().join(" or ");
        let mut labels = self.labels.to_vec();
        labels.push(("severity".to_owned(), severity.to_owned()));
        labels.sort();
        let texts = self
            .annotations
            .iter()
            .filter_map(|(name, text)| Some((*name, (*text)?.text)));
        let mut annotations: Vec<(String, String)> = texts
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect();
        if !annotations.iter().any(|(name, _)| name == "summary") {
            let summary = format!(
                "The error budget of {} burns too fast: {{{{ $value | humanizePercentage }}}} fail",
                self.name.text
            );
            annotations.push(("summary".to_owned(), summary));
        }
        annotations.sort();
        Draft {
            kind: RuleKind::Alerting,
            name: "ErrorBudgetBurn".to_owned(),
            expr,
            labels,
            annotations,
        }
    }

    /// The budget without the dust of binary fractions: 0.001 and not 0.0009999999999999432.
    fn budget_text(&self) -> String {
        let text = format!("{:.12}", self.budget);
        text.trim_end_matches('0').to_owned()
    }

    fn push(&self, reader: &mut Reader<'_>, rules: &mut Vec<Rule>, draft: Draft) {
        let expr = match Expr::parse(&draft.expr, reader.dialect) {
            Ok(expr) => expr,
            Err(error) => {
                reader.wrong(
                    self.name.at,
                    self.name.text.len(),
                    format!("the objective makes no expression: {error}"),
                );
                return;
            }
        };
        let is_alert = draft.kind == RuleKind::Alerting;
        let templates = |texts: &[(String, String)]| {
            let parsed = texts.iter().filter_map(|(name, text)| {
                // Those from the file were read before; the name of the objective is the only other part.
                Some((name.clone(), Template::parse(text).ok()?))
            });
            if is_alert {
                parsed.collect()
            } else {
                Vec::new()
            }
        };
        let (line, column) = reader.source.line_and_column(self.name.at);
        let rule = Rule {
            kind: draft.kind,
            name: draft.name,
            data: None,
            condition: draft.expr,
            expr,
            line,
            column,
            hold_ms: 0,
            keep_firing_ms: 0,
            label_templates: templates(&draft.labels),
            annotation_templates: templates(&draft.annotations),
            labels: draft.labels,
            annotations: draft.annotations,
        };
        if is_alert
            && rules
                .iter()
                .any(|other| rule.is_same(other) && rule.expr.text() == other.expr.text())
        {
            let message = format!("there are two objectives \"{}\"", self.name.text);
            reader.wrong(self.name.at, self.name.text.len(), message);
        }
        rules.push(rule);
    }
}

fn ratio_name(window: i64) -> String {
    format!("slo:error_ratio:rate{}", format_duration(window))
}
