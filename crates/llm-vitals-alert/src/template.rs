//! Templates of labels and annotations: the part of Go's templates that rules use, with the functions of Prometheus.
//!
//! There are texts, `{{ pipelines }}`, variables, `if`, `range`, `with`, `define` and `template`, comments and trim markers; all
//! functions of Prometheus but `tmpl`, and of Go's own all but `call`, `html`, `js`, `slice` and `urlquery`.

use std::collections::BTreeMap;
use std::fmt;

mod ast;
mod compare;
mod exec;
mod functions;
mod humanize;
mod lexer;
mod parser;
mod printf;
mod query_functions;
mod text_functions;
mod time;
mod value;

use self::ast::Node;
use self::exec::Executor;
pub(crate) use self::value::TemplateSample;

/// A template that was read and checked.
///
/// ```
/// use llm_vitals_alert::Template;
///
/// assert!(Template::parse("{{ $labels.provider }} fails {{ $value | humanizePercentage }}").is_ok());
/// let error = Template::parse("{{ $value | humanise }}").unwrap_err();
/// assert_eq!(error.to_string(), r#"1:13: function "humanise" is not defined; did you mean "humanize"?"#);
/// ```
#[derive(Debug, Clone)]
pub struct Template {
    nodes: Vec<Node>,
    defined: BTreeMap<String, Vec<Node>>,
    mentions_value: bool,
}

/// Why a text is no template, or could not be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    message: String,
    suggestion: Option<String>,
    offset: usize,
    line: usize,
    column: usize,
}

/// What a template is filled in with.
pub(crate) struct TemplateData<'a> {
    pub(crate) labels: &'a BTreeMap<String, String>,
    pub(crate) external_labels: &'a BTreeMap<String, String>,
    pub(crate) external_url: &'a str,
    pub(crate) value: f64,
    /// Answers `query`.
    pub(crate) query: &'a dyn Fn(&str) -> Result<Vec<TemplateSample>, String>,
}

impl Template {
    /// Reads a template. The error says where it is wrong.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        parser::parse(text).map_err(|error| error.located(text))
    }

    /// Whether `$value` or `.Value` stands in it. A label that does makes a new alert with every value.
    #[must_use]
    pub fn mentions_value(&self) -> bool {
        self.mentions_value
    }

    /// The text, filled in. At most 64 KiB and a bounded number of steps.
    pub(crate) fn expand(&self, data: &TemplateData<'_>) -> Result<String, TemplateError> {
        Executor::new(&self.defined, data).run(&self.nodes)
    }
}

impl TemplateError {
    fn new(message: impl Into<String>, offset: usize) -> Self {
        Self {
            message: message.into(),
            suggestion: None,
            offset,
            line: 0,
            column: 0,
        }
    }

    fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }

    fn located(mut self, text: &str) -> Self {
        let before = text.get(..self.offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.line = before.matches('\n').count() + 1;
        self.column = before[line_start..].chars().count() + 1;
        self
    }

    /// The line of the template, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What may have been meant, as a sentence.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }

    pub(crate) fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}: ", self.line, self.column)?;
        }
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; {suggestion}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TemplateError {}
