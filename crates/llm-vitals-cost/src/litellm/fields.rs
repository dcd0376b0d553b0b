//! Prices by the names of their fields.

use serde_json::{Map, Value};

use crate::rate::{self, Rate};

/// The fields of a model, of a tier of its prices, or of its hours off peak.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a Map<String, Value>);

impl Fields<'_> {
    /// The rate that a field says, if it is there. Numbers may be written as text, which YAML makes of `3e-7`.
    pub(super) fn rate(self, field: &str) -> Result<Option<Rate>, String> {
        let value = match self.0.get(field) {
            None | Some(Value::Null) => return Ok(None),
            Some(value) => value,
        };
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number.and_then(rate::per_token) {
            Some(rate) => Ok(Some(rate)),
            None => Err(format!(
                "field `{field}`: expected dollars for a token from 0 to 1, found {value}"
            )),
        }
    }

    /// The lengths of `<prefix>_above_<length>_tokens<suffix>`, of fields that are there.
    pub(super) fn thresholds(self, prefixes: &[&str], suffix: &str) -> Vec<u64> {
        let fields = self.0.iter().filter(|(_, value)| !value.is_null());
        let lengths = fields.filter_map(|(field, _)| {
            prefixes.iter().find_map(|prefix| {
                let rest = field.strip_prefix(prefix)?.strip_prefix("_above_")?;
                let length = rest.strip_suffix(suffix)?.strip_suffix("_tokens")?;
                parse_length(length)
            })
        });
        lengths.collect()
    }
}

/// `200k` or `200000`.
fn parse_length(text: &str) -> Option<u64> {
    match text.strip_suffix('k') {
        Some(thousands) => thousands.parse::<u64>().ok()?.checked_mul(1000),
        None => text.parse().ok(),
    }
}
