//! What a template computes with, and how it prints.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::humanize::shortest;
use super::object::Object;
use super::time::timestamp;

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Labels(Arc<BTreeMap<String, String>>),
    Sample(Arc<TemplateSample>),
    List(Arc<[Self]>),
    /// Seconds since 1970.
    Time(f64),
    /// What `args` makes: `arg0`, `arg1`, ...
    Args(Arc<[Self]>),
    /// A text that is HTML already.
    #[cfg_attr(not(feature = "notify"), expect(dead_code, reason = "rules have none"))]
    Html(Arc<str>),
    /// Something with fields and methods of its own.
    #[cfg_attr(not(feature = "notify"), expect(dead_code, reason = "rules have none"))]
    Object(Arc<dyn Object>),
    /// What stands before everything in a rule: `.Labels`, `.Value`, ...
    Root,
}

/// One series of an answer to `query`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TemplateSample {
    pub(crate) labels: Arc<BTreeMap<String, String>>,
    pub(crate) value: f64,
}

impl Value {
    /// Whether `if` takes it for true.
    pub(crate) fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Labels(labels) => !labels.is_empty(),
            Self::List(items) | Self::Args(items) => !items.is_empty(),
            Self::Html(text) => !text.is_empty(),
            Self::Object(object) => object.is_true(),
            Self::Sample(_) | Self::Time(_) | Self::Root => true,
        }
    }

    /// The name of its type in Go, for messages.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::Labels(_) => "map[string]string",
            Self::Sample(_) => "sample",
            Self::List(_) => "list",
            Self::Time(_) => "time",
            Self::Args(_) => "map[string]interface {}",
            Self::Html(_) => "html",
            Self::Object(object) => object.type_name(),
            Self::Root => "data",
        }
    }

    /// As Go's `%v` prints it.
    pub(crate) fn print(&self) -> String {
        match self {
            Self::Nil => "<no value>".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Float(value) => shortest(*value),
            Self::Text(text) => text.clone(),
            Self::Labels(labels) => print_map(
                labels
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone())),
            ),
            Self::Sample(sample) => {
                let labels = Self::Labels(Arc::clone(&sample.labels)).print();
                format!("{{{labels} {}}}", shortest(sample.value))
            }
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::print).collect();
                format!("[{}]", items.join(" "))
            }
            Self::Time(seconds) => timestamp(*seconds),
            Self::Args(items) => print_map(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| (format!("arg{index}"), item.print())),
            ),
            Self::Html(text) => (**text).to_owned(),
            Self::Object(object) => object.print(),
            Self::Root => "{}".to_owned(),
        }
    }
}

pub(crate) fn print_map(entries: impl Iterator<Item = (String, String)>) -> String {
    let entries: Vec<String> = entries
        .map(|(name, value)| format!("{name}:{value}"))
        .collect();
    format!("map[{}]", entries.join(" "))
}
