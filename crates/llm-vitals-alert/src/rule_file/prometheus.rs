//! Groups as Prometheus has them.

use crate::compile::data_of;
use crate::fields::{Fields, Reader, is_metric_name};
use crate::group::Group;
use crate::rule::{Rule, RuleKind};
use crate::yaml::Yaml;

const GROUP_FIELDS: &[&str] = &[
    "name",
    "interval",
    "query_offset",
    "limit",
    "labels",
    "rules",
];
const RULE_FIELDS: &[&str] = &[
    "record",
    "alert",
    "expr",
    "for",
    "keep_firing_for",
    "labels",
    "annotations",
];

pub(super) fn read(reader: &mut Reader<'_>, yaml: &Yaml, groups: &mut Vec<Group>) {
    let Some(fields) = reader.fields(yaml, "a group", GROUP_FIELDS) else {
        return;
    };
    let name = reader.required(fields, "a group", "name");
    if let Some(name) = name
        && groups.iter().any(|group| group.name == name.text)
    {
        let message = format!("there are two groups \"{}\" in this file", name.text);
        reader.wrong(name.at, name.text.len(), message);
    }
    let interval_ms = reader
        .duration(fields, "interval")
        .filter(|interval| *interval > 0);
    let query_offset_ms = reader.duration(fields, "query_offset").unwrap_or(0);
    let limit = limit(reader, fields);
    let common = reader.templates(fields, "labels", false).texts;
    let mut rules = Vec::new();
    for rule in reader.list(fields, "rules") {
        rules.extend(read_rule(reader, rule, &common));
    }
    groups.push(Group {
        name: name.map(|name| name.text.to_owned()).unwrap_or_default(),
        file: reader.source.name.to_owned(),
        interval_ms,
        query_offset_ms,
        limit,
        rules,
    });
}

/// How many alerts or series; 0 for any number.
fn limit(reader: &mut Reader<'_>, fields: Fields<'_>) -> usize {
    let Some(text) = reader.text(fields, "limit") else {
        return 0;
    };
    text.text.parse().unwrap_or_else(|_| {
        let message = format!("\"{}\" for \"limit\": expected a whole number", text.text);
        reader.wrong(text.at, text.text.len(), message);
        0
    })
}

fn read_rule(reader: &mut Reader<'_>, yaml: &Yaml, common: &[(String, String)]) -> Option<Rule> {
    let fields = reader.fields(yaml, "a rule", RULE_FIELDS)?;
    let (kind, name_field) = match (fields.get("record"), fields.get("alert")) {
        (Some(_), None) => (RuleKind::Recording, "record"),
        (None, Some(_)) => (RuleKind::Alerting, "alert"),
        (Some(_), Some(_)) => {
            reader.wrong(
                fields.key_at("alert"),
                5,
                "a rule has \"record\" or \"alert\", not both",
            );
            return None;
        }
        (None, None) => {
            reader.wrong(
                fields.at,
                1,
                "a rule needs the field \"record\" or the field \"alert\"",
            );
            return None;
        }
    };
    let is_alert = kind == RuleKind::Alerting;
    let name = reader.required(fields, "a rule", name_field);
    if !is_alert {
        check_recording(reader, fields);
    }
    if let Some(name) = name
        && !is_alert
        && !is_metric_name(name.text)
    {
        reader.wrong(
            name.at,
            name.text.len(),
            format!("\"{}\" is no name of a metric", name.text),
        );
    }
    let text = reader.required(fields, "a rule", "expr");
    let expr = text.and_then(|text| reader.expr(text, false));
    let hold_ms = reader.duration(fields, "for").unwrap_or(0);
    let keep_firing_ms = reader.duration(fields, "keep_firing_for").unwrap_or(0);
    let mut labels = reader.templates(fields, "labels", is_alert);
    let annotations = reader.templates(fields, "annotations", is_alert);
    for (name, value) in common {
        if !labels.texts.iter().any(|(have, _)| have == name) {
            let text = crate::fields::Text {
                text: value,
                at: fields.at,
            };
            reader.template(&mut labels, name, text, is_alert);
        }
    }
    labels.texts.sort();
    let (name, text, expr) = (name?, text?, expr?);
    let (line, column) = reader.source.line_and_column(text.at);
    Some(Rule {
        kind,
        name: name.text.to_owned(),
        data: data_of(&expr),
        expr,
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

fn check_recording(reader: &mut Reader<'_>, fields: Fields<'_>) {
    for name in ["for", "keep_firing_for", "annotations"] {
        if fields.get(name).is_some() {
            let message = format!("a recording rule has no \"{name}\"");
            reader.wrong(fields.key_at(name), name.len(), message);
        }
    }
}
