//! Templates of labels and annotations: the part of Go's templates that rules use, with the functions of Prometheus.
//!
//! There are texts, `{{ pipelines }}`, variables, `if`, `range`, `with`, `define` and `template`, comments and trim markers; all
//! functions of Prometheus but `tmpl`, and of Go's own all but `call`, `html`, `js`, `slice` and `urlquery`.

use std::fmt;

mod ast;
mod compare;
mod exec;
mod functions;
mod humanize;
mod lexer;
#[cfg(feature = "notify")]
mod library;
mod object;
mod parser;
mod printf;
mod query_functions;
mod rule_data;
mod text_functions;
mod time;
mod value;

use self::ast::Node;
use self::exec::{Defined, Executor};
use self::rule_data::RuleData;
pub(crate) use self::rule_data::TemplateData;
pub(crate) use self::value::TemplateSample;
#[cfg(feature = "notify")]
pub(crate) use self::{
    functions::wrong_arguments,
    humanize::{general, humanize, humanize_duration},
    library::Library,
    object::{Environment, Language, Object},
    text_functions::query_escaped,
    value::{Value, print_map},
};

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
    defined: Defined,
    /// What it calls and does not define, with the places.
    called: Vec<(String, usize)>,
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

impl Template {
    /// Reads a template. The error says where it is wrong.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let template = parser::parse(text, &rule_data::LANGUAGE);
        let template = template.and_then(|template| match template.called.first() {
            Some((name, at)) => Err(TemplateError::undefined(name, *at)),
            None => Ok(template),
        });
        template.map_err(|error| error.located(text))
    }

    /// Whether `$value` or `.Value` stands in it. A label that does makes a new alert with every value.
    #[must_use]
    pub fn mentions_value(&self) -> bool {
        self.mentions_value
    }

    /// The text, filled in. At most 64 KiB and a bounded number of steps.
    pub(crate) fn expand(&self, data: &TemplateData<'_>) -> Result<String, TemplateError> {
        let environment = RuleData::new(data);
        Executor::new([&self.defined, &Defined::new()], &environment).run(&self.nodes)
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

    fn undefined(name: &str, at: usize) -> Self {
        Self::new(format!("template \"{name}\" is not defined"), at)
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
