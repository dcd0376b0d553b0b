//! `inhibit_rules:`.

use super::matching::{self, Names};
use super::values::Values;
use crate::fields::Fields;
use crate::notify::config::InhibitRule;

const FIELDS: &[&str] = &[
    "name",
    "source_match",
    "source_match_re",
    "source_matchers",
    "target_match",
    "target_match_re",
    "target_matchers",
    "equal",
];

const SOURCE: Names = Names {
    equal: "source_match",
    regex: "source_match_re",
    list: "source_matchers",
};

const TARGET: Names = Names {
    equal: "target_match",
    regex: "target_match_re",
    list: "target_matchers",
};

pub(super) fn read(values: &mut Values<'_>, root: Fields<'_>) -> Vec<InhibitRule> {
    let mut rules = Vec::new();
    for yaml in values.reader.list(root, "inhibit_rules") {
        let Some(fields) = values.reader.fields(yaml, "an inhibition rule", FIELDS) else {
            continue;
        };
        let source_matchers = matching::read(values, fields, &SOURCE);
        let target_matchers = matching::read(values, fields, &TARGET);
        let mut equal = Vec::new();
        for label in values.texts(fields, "equal") {
            if label.text.is_empty() {
                values
                    .reader
                    .wrong(label.at, 1, "an empty name in \"equal\"");
            }
            equal.push(label.text.to_owned());
        }
        if source_matchers.is_empty() || target_matchers.is_empty() {
            let side = if source_matchers.is_empty() {
                "source"
            } else {
                "target"
            };
            let message = format!("a rule without \"{side}_matchers\" is about every alert");
            values.warn(fields.at, 1, message, None);
        }
        rules.push(InhibitRule {
            source_matchers,
            target_matchers,
            equal,
        });
    }
    rules
}
