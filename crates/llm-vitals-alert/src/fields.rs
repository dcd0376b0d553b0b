//! Fields of a rule file, read one by one while what is wrong is collected.

use llm_vitals_promql::{Dialect, Expr};

use crate::duration::parse_duration;
use crate::error::{ErrorKind, Problem};
use crate::near::did_you_mean;
use crate::signals::expand_aliases;
use crate::source::Source;
use crate::template::Template;
use crate::yaml::{Key, Yaml, YamlValue, place_in_scalar};

/// Reads one file.
pub(crate) struct Reader<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) dialect: Dialect,
    pub(crate) problems: Vec<Problem>,
}

/// The fields of one thing.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'y> {
    entries: &'y [(Key, Yaml)],
    pub(crate) at: usize,
}

/// A text of the file.
#[derive(Clone, Copy)]
pub(crate) struct Text<'y> {
    pub(crate) text: &'y str,
    pub(crate) at: usize,
}

/// Labels or annotations: names, and templates with their texts.
#[derive(Default)]
pub(crate) struct Templates {
    pub(crate) texts: Vec<(String, String)>,
    pub(crate) templates: Vec<(String, Template)>,
}

impl<'y> Fields<'y> {
    pub(crate) fn get(self, name: &str) -> Option<&'y Yaml> {
        let found = self.entries.iter().find(|(key, _)| key.name == name);
        found
            .map(|(_, value)| value)
            .filter(|value| !matches!(value.value, YamlValue::Null))
    }

    /// All fields that are there, in the order of the file.
    #[cfg(feature = "notify")]
    pub(crate) fn entries(self) -> &'y [(Key, Yaml)] {
        self.entries
    }

    /// Where the name of a field stands.
    pub(crate) fn key_at(self, name: &str) -> usize {
        let found = self.entries.iter().find(|(key, _)| key.name == name);
        found.map_or(self.at, |(key, _)| key.at)
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: Source<'a>, dialect: Dialect) -> Self {
        Self {
            source,
            dialect,
            problems: Vec::new(),
        }
    }

    pub(crate) fn wrong(&mut self, at: usize, bytes: usize, message: impl Into<String>) {
        self.problems
            .push(self.source.problem(ErrorKind::Rule, message, at, bytes));
    }

    /// Something that is wrong, and what may have been meant.
    #[cfg(feature = "notify")]
    pub(crate) fn wrong_with(
        &mut self,
        at: usize,
        bytes: usize,
        message: impl Into<String>,
        suggestion: Option<String>,
    ) {
        let problem = self.source.problem(ErrorKind::Rule, message, at, bytes);
        self.problems.push(problem.suggest(suggestion));
    }

    /// The fields of a value, of which only `allowed` may be there.
    pub(crate) fn fields<'y>(
        &mut self,
        yaml: &'y Yaml,
        what: &str,
        allowed: &[&str],
    ) -> Option<Fields<'y>> {
        let YamlValue::Map(entries) = &yaml.value else {
            let message = format!(
                "{what} is expected here, with its fields, and not {}",
                yaml.described()
            );
            self.wrong(yaml.at, 1, message);
            return None;
        };
        for (key, _) in entries {
            if allowed.contains(&&*key.name) {
                continue;
            }
            let message = format!("{what} has no field \"{}\"", key.name);
            let suggestion = did_you_mean(&key.name, allowed.iter().copied())
                .unwrap_or_else(|| format!("its fields are {}", allowed.join(", ")));
            let problem = self
                .source
                .problem(ErrorKind::Rule, message, key.at, key.name.len());
            self.problems.push(problem.suggest(Some(suggestion)));
        }
        Some(Fields {
            entries,
            at: yaml.at,
        })
    }

    pub(crate) fn list<'y>(&mut self, fields: Fields<'y>, name: &str) -> &'y [Yaml] {
        match fields.get(name) {
            None => &[],
            Some(Yaml {
                value: YamlValue::List(items),
                ..
            }) => items,
            Some(other) => {
                let message = format!("\"{name}\" is a list, and not {}", other.described());
                self.wrong(other.at, 1, message);
                &[]
            }
        }
    }

    pub(crate) fn text<'y>(&mut self, fields: Fields<'y>, name: &str) -> Option<Text<'y>> {
        let value = fields.get(name)?;
        match &value.value {
            YamlValue::Scalar(text) => Some(Text { text, at: value.at }),
            _ => {
                let message = format!("\"{name}\" is a text, and not {}", value.described());
                self.wrong(value.at, 1, message);
                None
            }
        }
    }

    /// A text that must be there and not empty.
    pub(crate) fn required<'y>(
        &mut self,
        fields: Fields<'y>,
        what: &str,
        name: &str,
    ) -> Option<Text<'y>> {
        if fields.get(name).is_none() {
            self.wrong(fields.at, 1, format!("{what} needs the field \"{name}\""));
            return None;
        }
        let text = self.text(fields, name)?;
        if text.text.trim().is_empty() {
            self.wrong(text.at, 1, format!("\"{name}\" is empty"));
            return None;
        }
        Some(text)
    }

    /// A duration in milliseconds.
    pub(crate) fn duration(&mut self, fields: Fields<'_>, name: &str) -> Option<i64> {
        let text = self.text(fields, name)?;
        match parse_duration(text.text) {
            Ok(milliseconds) => Some(milliseconds),
            Err(reason) => {
                let message = format!("\"{}\" for \"{name}\": {reason}", text.text);
                self.wrong(text.at, text.text.len(), message);
                None
            }
        }
    }

    /// A number, at least `least`.
    pub(crate) fn number(&mut self, fields: Fields<'_>, name: &str, least: f64) -> Option<f64> {
        let text = self.text(fields, name)?;
        let number = text.text.parse::<f64>().ok();
        let number = number.filter(|number| number.is_finite() && *number >= least);
        if number.is_none() {
            let message = format!(
                "\"{}\" for \"{name}\": expected a number, at least {least}",
                text.text
            );
            self.wrong(text.at, text.text.len(), message);
        }
        number
    }

    /// An expression. `expands` is whether short names of signals may stand in it.
    pub(crate) fn expr(&mut self, text: Text<'_>, expands: bool) -> Option<Expr> {
        let parsed = Expr::parse(text.text, self.dialect);
        let parsed = parsed.and_then(|expr| {
            if expands {
                expand_aliases(&expr)
            } else {
                Ok(expr)
            }
        });
        match parsed {
            Ok(expr) => Some(expr),
            Err(error) => {
                let range = error.range().unwrap_or(0..text.text.len());
                let place = place_in_scalar(self.source, text.at, text.text, range.start);
                let (message, at, length) = match place {
                    Some(at) => (error.message().to_owned(), at, range.len()),
                    // The text is folded or escaped: the place is told in the text itself.
                    None => (format!("in the expression at {error}"), text.at, 1),
                };
                let suggestion = place.and(error.suggestion());
                let problem = self
                    .source
                    .problem(ErrorKind::Expression, message, at, length);
                self.problems.push(problem.suggest(suggestion));
                None
            }
        }
    }

    /// Labels or annotations.
    pub(crate) fn templates(
        &mut self,
        fields: Fields<'_>,
        name: &str,
        is_template: bool,
    ) -> Templates {
        let mut out = Templates::default();
        let Some(yaml) = fields.get(name) else {
            return out;
        };
        let YamlValue::Map(entries) = &yaml.value else {
            let message = format!(
                "\"{name}\" is a list of names with texts, and not {}",
                yaml.described()
            );
            self.wrong(yaml.at, 1, message);
            return out;
        };
        for (key, value) in entries {
            let text = match &value.value {
                YamlValue::Scalar(text) => text.as_str(),
                YamlValue::Null => "",
                _ => {
                    let message =
                        format!("\"{}\" is a text, and not {}", key.name, value.described());
                    self.wrong(value.at, 1, message);
                    continue;
                }
            };
            let is_known =
                is_label_name(&key.name) && !(name == "labels" && key.name == "__name__");
            if !is_known {
                let message = format!(
                    "\"{}\" is no name: use letters, digits and underscores, no digit first",
                    key.name
                );
                self.wrong(key.at, key.name.len(), message);
                continue;
            }
            self.template(
                &mut out,
                &key.name,
                Text { text, at: value.at },
                is_template,
            );
        }
        out.texts.sort();
        out.templates.sort_by(|a, b| a.0.cmp(&b.0));
        out
    }

    /// Adds one label or annotation.
    pub(crate) fn template(
        &mut self,
        out: &mut Templates,
        name: &str,
        text: Text<'_>,
        is_template: bool,
    ) {
        if is_template {
            match Template::parse(text.text) {
                Ok(template) => out.templates.push((name.to_owned(), template)),
                Err(error) => {
                    let place = place_in_scalar(self.source, text.at, text.text, error.offset());
                    let (message, at) = match place {
                        Some(at) => (error.message().to_owned(), at),
                        None => (format!("in the template at {error}"), text.at),
                    };
                    let suggestion = place.and(error.suggestion());
                    let problem = self.source.problem(ErrorKind::Template, message, at, 1);
                    self.problems.push(problem.suggest(suggestion));
                }
            }
        }
        out.texts.push((name.to_owned(), text.text.to_owned()));
    }
}

pub(crate) fn is_label_name(name: &str) -> bool {
    let starts = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    name.bytes().next().is_some_and(starts)
        && name
            .bytes()
            .all(|byte| starts(byte) || byte.is_ascii_digit())
}

pub(crate) fn is_metric_name(name: &str) -> bool {
    let starts = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':');
    name.bytes().next().is_some_and(starts)
        && name
            .bytes()
            .all(|byte| starts(byte) || byte.is_ascii_digit())
}
