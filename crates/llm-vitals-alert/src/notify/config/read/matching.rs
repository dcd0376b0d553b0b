//! `matchers:`, and the older `match:` and `match_re:`.

use llm_vitals_promql::{MatchOp, Matcher};

use super::values::Values;
use crate::fields::{Fields, is_label_name};
use crate::notify::matchers::{matcher, parse, sort};
use crate::yaml::{YamlValue, place_in_scalar};

/// The names of the three fields.
pub(super) struct Names {
    pub(super) equal: &'static str,
    pub(super) regex: &'static str,
    pub(super) list: &'static str,
}

/// All conditions of a route or a rule, in the order in which Alertmanager's keys have them.
pub(super) fn read(values: &mut Values<'_>, fields: Fields<'_>, names: &Names) -> Vec<Matcher> {
    let mut matchers = Vec::new();
    for (field, op) in [(names.equal, MatchOp::Equal), (names.regex, MatchOp::Regex)] {
        for (name, at, value) in values.pairs(fields, field) {
            if !is_label_name(name) {
                let message = format!("\"{name}\" is no name of a label");
                values.reader.wrong(at, name.len(), message);
                continue;
            }
            let is_regex = op == MatchOp::Regex;
            if is_regex && is_null(fields, field, name) {
                let message = format!("\"{name}\" needs a regular expression");
                values.reader.wrong(at, name.len(), message);
                continue;
            }
            // Alertmanager compiles it with these signs around it and has them in its keys.
            let text = if is_regex {
                format!("^(?:{})$", value.text)
            } else {
                value.text.to_owned()
            };
            let made = matcher(name, op, value.text).and_then(|_| matcher(name, op, &text));
            match made {
                Ok(made) => matchers.push(made),
                Err(message) => values.reader.wrong(value.at, value.text.len(), message),
            }
        }
        if fields.get(field).is_some() {
            let message = format!("\"{field}\" is deprecated");
            let suggestion = format!("use \"{}\"", names.list);
            values.warn(fields.key_at(field), field.len(), message, Some(suggestion));
        }
    }
    matchers.extend(list(values, fields, names.list));
    sort(&mut matchers);
    matchers
}

fn list(values: &mut Values<'_>, fields: Fields<'_>, name: &str) -> Vec<Matcher> {
    let mut matchers = Vec::new();
    for text in values.texts(fields, name) {
        match parse(text.text) {
            Ok(parsed) => {
                matchers.extend(parsed.matchers);
                if let Some(newer) = parsed.newer_form {
                    values.warn(
                        text.at,
                        text.text.len(),
                        "Alertmanager reads this as versions before 0.27 did",
                        Some(format!("write {newer}")),
                    );
                }
            }
            Err(error) => {
                let source = values.reader.source;
                let place = place_in_scalar(source, text.at, text.text, error.offset);
                values
                    .reader
                    .wrong(place.unwrap_or(text.at), 1, error.message);
            }
        }
    }
    matchers
}

fn is_null(fields: Fields<'_>, field: &str, name: &str) -> bool {
    let Some(YamlValue::Map(entries)) = fields.get(field).map(|yaml| &yaml.value) else {
        return false;
    };
    let found = entries.iter().find(|(key, _)| key.name == name);
    found.is_some_and(|(_, value)| matches!(value.value, YamlValue::Null))
}
