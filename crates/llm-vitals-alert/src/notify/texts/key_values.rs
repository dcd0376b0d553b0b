//! Labels and annotations with the methods that Alertmanager gives them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::template::{Object, Value, print_map, wrong_arguments};

/// `KV`: texts by name.
#[derive(Debug)]
pub(super) struct KeyValues(pub(super) BTreeMap<String, String>);

/// `Pairs`: names and texts in an order.
#[derive(Debug)]
struct Pairs(Vec<(String, String)>);

#[derive(Debug)]
struct Pair(String, String);

impl KeyValues {
    pub(super) fn value(map: &BTreeMap<String, String>) -> Value {
        Value::Object(Arc::new(Self(map.clone())))
    }

    /// `alertname` first, then by name.
    fn sorted(&self) -> Pairs {
        let mut pairs: Vec<(String, String)> = self
            .0
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        pairs.sort_by_key(|(name, _)| name != "alertname");
        Pairs(pairs)
    }

    fn without(&self, names: &[Value]) -> Value {
        let names: Vec<String> = names.iter().map(Value::print).collect();
        let kept = self.0.iter().filter(|(name, _)| !names.contains(name));
        let kept = kept.map(|(name, value)| (name.clone(), value.clone()));
        Value::Object(Arc::new(Self(kept.collect())))
    }
}

impl Object for KeyValues {
    fn type_name(&self) -> &'static str {
        "template.KV"
    }

    fn print(&self) -> String {
        let entries = self.0.iter();
        print_map(entries.map(|(name, value)| (name.clone(), value.clone())))
    }

    fn items(&self) -> Option<Vec<(Value, Value)>> {
        let text = |text: &String| Value::Text(text.clone());
        let items = self.0.iter();
        Some(
            items
                .map(|(name, value)| (text(name), text(value)))
                .collect(),
        )
    }

    fn missing(&self) -> Option<Value> {
        Some(Value::Text(String::new()))
    }

    fn member(&self, name: &str, arguments: &[Value]) -> Result<Option<Value>, String> {
        Ok(Some(match (name, arguments) {
            ("SortedPairs", []) => Value::Object(Arc::new(self.sorted())),
            ("Names", []) => self.sorted().names(),
            ("Values", []) => self.sorted().values(),
            ("Remove", [Value::List(names)]) => self.without(names),
            ("SortedPairs" | "Names" | "Values" | "Remove", _) => {
                return Err(wrong_arguments(arguments));
            }
            (_, [_, ..]) => return Err("it is a label and takes nothing".to_owned()),
            // One that is not there is an empty text, as in Go.
            (name, []) => Value::Text(self.0.get(name).cloned().unwrap_or_default()),
        }))
    }
}

impl Pairs {
    fn names(&self) -> Value {
        let names = self.0.iter();
        Value::List(names.map(|(name, _)| Value::Text(name.clone())).collect())
    }

    fn values(&self) -> Value {
        let values = self.0.iter();
        Value::List(
            values
                .map(|(_, value)| Value::Text(value.clone()))
                .collect(),
        )
    }
}

impl Object for Pairs {
    fn type_name(&self) -> &'static str {
        "template.Pairs"
    }

    fn print(&self) -> String {
        let pairs = self.0.iter();
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{{{name} {value}}}"))
            .collect();
        format!("[{}]", pairs.join(" "))
    }

    fn items(&self) -> Option<Vec<(Value, Value)>> {
        let pair = |(name, value): &(String, String)| {
            Value::Object(Arc::new(Pair(name.clone(), value.clone())))
        };
        Some(
            (0_i64..)
                .map(Value::Int)
                .zip(self.0.iter().map(pair))
                .collect(),
        )
    }

    fn member(&self, name: &str, arguments: &[Value]) -> Result<Option<Value>, String> {
        match (name, arguments) {
            ("Names", []) => Ok(Some(self.names())),
            ("Values", []) => Ok(Some(self.values())),
            ("Names" | "Values", _) => Err(wrong_arguments(arguments)),
            _ => Ok(None),
        }
    }
}

impl Object for Pair {
    fn type_name(&self) -> &'static str {
        "template.Pair"
    }

    fn print(&self) -> String {
        format!("{{{} {}}}", self.0, self.1)
    }

    fn member(&self, name: &str, _arguments: &[Value]) -> Result<Option<Value>, String> {
        Ok(match name {
            "Name" => Some(Value::Text(self.0.clone())),
            "Value" => Some(Value::Text(self.1.clone())),
            _ => None,
        })
    }
}
