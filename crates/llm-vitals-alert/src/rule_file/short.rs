//! The short form of an alert.

use llm_vitals_promql::Expr;

use crate::compile::{NoData, Options, compile, data_of};
use crate::error::ErrorKind;
use crate::fields::{Fields, Reader, Templates};
use crate::rule::{Rule, RuleKind};
use crate::yaml::Yaml;

const FIELDS: &[&str] = &[
    "name",
    "condition",
    "duration",
    "severity",
    "runbook",
    "summary",
    "labels",
    "annotations",
    "clear_condition",
    "on_no_data",
    "min_events",
    "keep_firing_for",
];

pub(super) fn read(reader: &mut Reader<'_>, yaml: &Yaml) -> Option<Rule> {
    let fields = reader.fields(yaml, "an alert", FIELDS)?;
    let name = reader.required(fields, "an alert", "name");
    let text = reader.required(fields, "an alert", "condition");
    let condition = text.and_then(|text| reader.expr(text, true));
    let hold_ms = reader.duration(fields, "duration").unwrap_or(0);
    let keep_firing_ms = reader.duration(fields, "keep_firing_for").unwrap_or(0);
    let mut labels = reader.templates(fields, "labels", true);
    let mut annotations = reader.templates(fields, "annotations", true);
    short_field(
        reader,
        fields,
        "severity",
        ("labels", "severity"),
        &mut labels,
    );
    short_field(
        reader,
        fields,
        "summary",
        ("annotations", "summary"),
        &mut annotations,
    );
    short_field(
        reader,
        fields,
        "runbook",
        ("annotations", "runbook_url"),
        &mut annotations,
    );
    let clear = reader
        .text(fields, "clear_condition")
        .and_then(|text| reader.expr(text, true));
    let min_events = reader.number(fields, "min_events", 1.0);
    let on_no_data = no_data(reader, fields);
    let (name, text, condition) = (name?, text?, condition?);
    let options = Options {
        clear,
        min_events,
        on_no_data,
    };
    let expr = compiled(reader, fields, name.text, &condition, &options, &labels)?;
    let (line, column) = reader.source.line_and_column(text.at);
    Some(Rule {
        kind: RuleKind::Alerting,
        name: name.text.to_owned(),
        expr,
        data: data_of(&condition),
        condition: text.text.to_owned(),
        line,
        column,
        hold_ms,
        keep_firing_ms,
        labels: labels.texts,
        annotations: annotations.texts,
        label_templates: labels.templates,
        annotation_templates: annotations.templates,
    })
}

/// A field of the short form that is a label or an annotation in the long one.
fn short_field(
    reader: &mut Reader<'_>,
    fields: Fields<'_>,
    name: &str,
    (long, long_name): (&str, &str),
    templates: &mut Templates,
) {
    let Some(text) = reader.text(fields, name) else {
        return;
    };
    if templates.texts.iter().any(|(have, _)| have == long_name) {
        let message =
            format!("\"{name}\" is there twice: as a field, and as \"{long_name}\" in \"{long}\"");
        reader.wrong(fields.key_at(name), name.len(), message);
        return;
    }
    reader.template(templates, long_name, text, true);
    templates.texts.sort();
    templates.templates.sort_by(|a, b| a.0.cmp(&b.0));
}

fn no_data(reader: &mut Reader<'_>, fields: Fields<'_>) -> NoData {
    let Some(text) = reader.text(fields, "on_no_data") else {
        return NoData::Resolve;
    };
    match text.text {
        "resolve" => NoData::Resolve,
        "keep" => NoData::Keep,
        "alert" => NoData::Alert,
        other => {
            let message =
                format!("\"{other}\" for \"on_no_data\": expected resolve, keep or alert");
            reader.wrong(text.at, other.len(), message);
            NoData::Resolve
        }
    }
}

fn compiled(
    reader: &mut Reader<'_>,
    fields: Fields<'_>,
    name: &str,
    condition: &Expr,
    options: &Options,
    labels: &Templates,
) -> Option<Expr> {
    match compile(name, condition, options, &labels.texts) {
        Ok(expr) => Some(expr),
        Err(wrong) => {
            let at = fields.key_at(wrong.field);
            let problem =
                reader
                    .source
                    .problem(ErrorKind::Expression, wrong.message, at, wrong.field.len());
            reader.problems.push(problem);
            None
        }
    }
}
