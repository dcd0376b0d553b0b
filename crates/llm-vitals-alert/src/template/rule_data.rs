//! What templates of rules are filled in with.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::object::{Environment, Language};
use super::query_functions;
use super::value::{TemplateSample, Value};

/// What may stand in templates of rules.
pub(super) const LANGUAGE: Language = Language {
    functions: FUNCTIONS,
    variables: &["$", "$labels", "$value", "$externalLabels", "$externalURL"],
    has_methods: false,
    most_bytes: 64 << 10,
};

const FUNCTIONS: &[&str] = &[
    "and",
    "args",
    "eq",
    "externalURL",
    "first",
    "ge",
    "graphLink",
    "gt",
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "index",
    "label",
    "le",
    "len",
    "lt",
    "match",
    "ne",
    "not",
    "or",
    "parseDuration",
    "pathPrefix",
    "print",
    "printf",
    "println",
    "query",
    "reReplaceAll",
    "safeHtml",
    "sortByLabel",
    "stripDomain",
    "stripPort",
    "strvalue",
    "tableLink",
    "title",
    "toLower",
    "toTime",
    "toUpper",
    "value",
];

/// What a template of a rule is filled in with.
pub(crate) struct TemplateData<'a> {
    pub(crate) labels: &'a BTreeMap<String, String>,
    pub(crate) external_labels: &'a BTreeMap<String, String>,
    pub(crate) external_url: &'a str,
    pub(crate) value: f64,
    /// Answers `query`.
    pub(crate) query: &'a dyn Fn(&str) -> Result<Vec<TemplateSample>, String>,
}

/// The same, with the labels as a template has them.
pub(super) struct RuleData<'a> {
    data: &'a TemplateData<'a>,
    labels: Value,
    external_labels: Value,
}

impl<'a> RuleData<'a> {
    pub(super) fn new(data: &'a TemplateData<'a>) -> Self {
        Self {
            data,
            labels: Value::Labels(Arc::new(data.labels.clone())),
            external_labels: Value::Labels(Arc::new(data.external_labels.clone())),
        }
    }
}

impl Environment for RuleData<'_> {
    fn root(&self) -> Value {
        Value::Root
    }

    fn variables(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("$labels", self.labels.clone()),
            ("$value", Value::Float(self.data.value)),
            ("$externalLabels", self.external_labels.clone()),
            (
                "$externalURL",
                Value::Text(self.data.external_url.to_owned()),
            ),
        ]
    }

    fn root_field(&self, name: &str) -> Option<Value> {
        Some(match name {
            "Labels" => self.labels.clone(),
            "ExternalLabels" => self.external_labels.clone(),
            "ExternalURL" => Value::Text(self.data.external_url.to_owned()),
            "Value" => Value::Float(self.data.value),
            _ => return None,
        })
    }

    fn function(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, String>> {
        match (name, arguments) {
            ("externalURL", []) => Some(Ok(Value::Text(self.data.external_url.to_owned()))),
            ("pathPrefix", []) => {
                let url = self.data.external_url;
                let behind_host = url.split_once("://").map_or(url, |(_, rest)| rest);
                let path = behind_host.find('/').map(|at| &behind_host[at..]);
                Some(Ok(Value::Text(path.unwrap_or_default().to_owned())))
            }
            ("query" | "first" | "label" | "value" | "strvalue" | "sortByLabel", _) => {
                Some(query_functions::call(name, arguments, self.data))
            }
            _ => None,
        }
    }
}
