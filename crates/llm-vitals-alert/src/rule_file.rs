//! Rule files: the short form, groups as Prometheus has them, and both in one.

use std::path::Path;

use llm_vitals_promql::Dialect;

use crate::error::{Error, ErrorKind, Problem};
use crate::fields::{Fields, Reader};
use crate::group::Group;
use crate::rule::Rule;
use crate::signals::is_signal;
use crate::source::Source;
use crate::yaml::Yaml;

mod prometheus;
mod short;
mod slo;

/// The group of a file's short forms.
pub(crate) const SHORT_GROUP: &str = "llm-vitals";

/// A rule file, read and checked.
///
/// ```
/// use llm_vitals_alert::RuleFile;
///
/// let file = RuleFile::parse(
///     "alerts.yml",
///     "
/// alerts:
///   - name: HighErrorRate
///     condition: error_rate > 0.05
///     duration: 5m
///     severity: critical
/// ",
/// )?;
/// let rule = &file.groups()[0].rules()[0];
/// assert_eq!(rule.expr().to_string(), "llm:error_rate > 0.05");
/// assert_eq!(rule.labels(), [("severity".to_owned(), "critical".to_owned())]);
/// # Ok::<(), llm_vitals_alert::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RuleFile {
    name: String,
    text: String,
    groups: Vec<Group>,
}

impl RuleFile {
    /// Reads a text; `name` is what errors call it. Expressions are those of Prometheus 3.
    ///
    /// The error holds everything that is wrong, as far as it can be found at once.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        Self::parse_with(name, text, Dialect::default())
    }

    /// Reads a text whose expressions are those of `dialect`.
    pub fn parse_with(name: &str, text: &str, dialect: Dialect) -> Result<Self, Error> {
        let source = Source { name, text };
        let yaml = Yaml::parse(source)?;
        let mut reader = Reader::new(source, dialect);
        let mut groups = Vec::new();
        if !matches!(yaml.value, crate::yaml::YamlValue::Null) {
            let fields = reader.fields(&yaml, "a rule file", &["alerts", "slos", "groups"]);
            if let Some(fields) = fields {
                groups = read_groups(&mut reader, fields);
            }
        }
        if !reader.problems.is_empty() {
            reader
                .problems
                .sort_by_key(|problem| (problem.line(), problem.column()));
            return Err(Error::new(reader.problems));
        }
        Ok(Self {
            name: name.to_owned(),
            text: text.to_owned(),
            groups,
        })
    }

    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Problem::new(
                ErrorKind::Read,
                &*name,
                format!("cannot read the file: {error}"),
            )
        })?;
        Self::parse(&name, &text)
    }

    /// What errors call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its groups. The short forms are one group, the first, with the name `llm-vitals`.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Whether an expression in it asks for a signal.
    #[must_use]
    pub fn uses_signals(&self) -> bool {
        let mut rules = self.groups.iter().flat_map(Group::rules);
        rules.any(|rule| {
            crate::metric_names(rule.expr())
                .iter()
                .any(|name| is_signal(name))
        })
    }
}

fn read_groups(reader: &mut Reader<'_>, fields: Fields<'_>) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut rules: Vec<Rule> = Vec::new();
    for slo in reader.list(fields, "slos") {
        slo::read(reader, slo, &mut rules);
    }
    for alert in reader.list(fields, "alerts") {
        if let Some(rule) = short::read(reader, alert) {
            if rules.iter().any(|other| rule.is_same(other)) {
                let message = format!(
                    "there are two alerts \"{}\" with the same labels",
                    rule.name
                );
                reader.wrong(alert.at, 1, message);
            }
            rules.push(rule);
        }
    }
    if !rules.is_empty() {
        groups.push(Group {
            name: SHORT_GROUP.to_owned(),
            file: reader.source.name.to_owned(),
            interval_ms: None,
            query_offset_ms: 0,
            limit: 0,
            rules,
        });
    }
    for group in reader.list(fields, "groups") {
        prometheus::read(reader, group, &mut groups);
    }
    groups
}
