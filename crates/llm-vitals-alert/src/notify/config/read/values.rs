//! Values of a configuration: switches, addresses, secrets in the file or beside it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::environment;
use crate::error::{ErrorKind, Problem};
use crate::fields::{Fields, Reader, Text};
use crate::notify::secret::Secret;
use crate::yaml::{Yaml, YamlValue};

/// No key and no address is longer.
const MOST_SECRET: u64 = 64 << 10;

/// Reads the values of one file.
pub(in crate::notify::config) struct Values<'a> {
    pub(in crate::notify::config) reader: Reader<'a>,
    pub(in crate::notify::config) warnings: Vec<Problem>,
    folder: &'a Path,
    environment: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Values<'a> {
    pub(super) fn new(
        reader: Reader<'a>,
        folder: &'a Path,
        environment: &'a dyn Fn(&str) -> Option<String>,
    ) -> Self {
        Self {
            reader,
            warnings: Vec::new(),
            folder,
            environment,
        }
    }

    pub(in crate::notify::config) fn warn(
        &mut self,
        at: usize,
        bytes: usize,
        message: impl Into<String>,
        suggestion: Option<String>,
    ) {
        let problem = self
            .reader
            .source
            .problem(ErrorKind::Rule, message, at, bytes);
        self.warnings.push(problem.suggest(suggestion));
    }

    /// A path that the file names.
    pub(super) fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }

    pub(super) fn path_of(&mut self, fields: Fields<'_>, name: &str) -> Option<PathBuf> {
        let text = self.reader.text(fields, name)?;
        (!text.text.is_empty()).then(|| self.path(text.text))
    }

    pub(in crate::notify::config) fn string(
        &mut self,
        fields: Fields<'_>,
        name: &str,
    ) -> Option<String> {
        self.reader
            .text(fields, name)
            .map(|text| text.text.to_owned())
    }

    /// `true` or `false`, or YAML's older words for them.
    pub(super) fn switch(&mut self, fields: Fields<'_>, name: &str) -> Option<bool> {
        let text = self.reader.text(fields, name)?;
        let written = self.reader.source.text.get(text.at..).unwrap_or_default();
        let value = match text.text {
            _ if written.starts_with(['"', '\'']) => None,
            "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => {
                Some(true)
            }
            "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n"
            | "N" => Some(false),
            _ => None,
        };
        if value.is_none() {
            let message = format!("\"{name}\" is true or false, without quotes");
            self.reader.wrong(text.at, text.text.len(), message);
        }
        value
    }

    pub(in crate::notify::config) fn duration(
        &mut self,
        fields: Fields<'_>,
        name: &str,
    ) -> Option<Duration> {
        let milliseconds = self.reader.duration(fields, name)?;
        Some(Duration::from_millis(milliseconds.unsigned_abs()))
    }

    pub(super) fn whole(&mut self, fields: Fields<'_>, name: &str) -> Option<usize> {
        let text = self.reader.text(fields, name)?;
        let number = text.text.parse().ok();
        if number.is_none() {
            let message = format!("\"{name}\" is a whole number, 0 or more");
            self.reader.wrong(text.at, text.text.len(), message);
        }
        number
    }

    /// A list of texts.
    pub(in crate::notify::config) fn texts<'y>(
        &mut self,
        fields: Fields<'y>,
        name: &str,
    ) -> Vec<Text<'y>> {
        let mut texts = Vec::new();
        for item in self.reader.list(fields, name) {
            match &item.value {
                YamlValue::Scalar(text) => texts.push(Text { text, at: item.at }),
                _ => {
                    let message = format!(
                        "\"{name}\" is a list of texts, and not of {}",
                        item.described()
                    );
                    self.reader.wrong(item.at, 1, message);
                }
            }
        }
        texts
    }

    /// Names with texts, in the order of the file.
    pub(super) fn pairs<'y>(
        &mut self,
        fields: Fields<'y>,
        name: &str,
    ) -> Vec<(&'y str, usize, Text<'y>)> {
        let Some(yaml) = fields.get(name) else {
            return Vec::new();
        };
        let YamlValue::Map(entries) = &yaml.value else {
            let message = format!(
                "\"{name}\" is a list of names with texts, and not {}",
                yaml.described()
            );
            self.reader.wrong(yaml.at, 1, message);
            return Vec::new();
        };
        let mut pairs = Vec::new();
        for (key, value) in entries {
            let text = match &value.value {
                YamlValue::Scalar(text) => text,
                YamlValue::Null => "",
                _ => {
                    let message = format!("a text is expected here, and not {}", value.described());
                    self.reader.wrong(value.at, 1, message);
                    continue;
                }
            };
            pairs.push((&*key.name, key.at, Text { text, at: value.at }));
        }
        pairs
    }

    /// A secret that stands in the file. An empty one is none.
    pub(in crate::notify::config) fn secret(
        &mut self,
        fields: Fields<'_>,
        name: &str,
    ) -> Option<Secret> {
        let text = self.reader.text(fields, name)?;
        self.secret_of(text)
    }

    /// A text with its variables.
    pub(in crate::notify::config) fn secret_of(&mut self, text: Text<'_>) -> Option<Secret> {
        match environment::expand(text.text, self.environment) {
            Ok(value) => (!value.is_empty()).then(|| Secret::new(value)),
            Err(name) => {
                let message = format!("the environment variable {name} is not set");
                self.reader.wrong(text.at, 1, message);
                None
            }
        }
    }

    /// A secret in the file under `name`, or in a file of its own that `name_file` names.
    pub(super) fn secret_or_file(&mut self, fields: Fields<'_>, name: &str) -> Option<Secret> {
        let inline = self.secret(fields, name);
        let file = self.of_file(fields, &format!("{name}_file"));
        self.only_one(fields, name);
        inline.or(file)
    }

    /// The address under `name`, or in a file of its own that `name_file` names.
    pub(super) fn url_or_file(&mut self, fields: Fields<'_>, name: &str) -> Option<Secret> {
        let inline = self.url(fields, name);
        let file_name = format!("{name}_file");
        let file = self.of_file(fields, &file_name).filter(|url| {
            let checked = check_url(url.expose());
            if let Err(reason) = checked {
                let at = fields.get(&file_name).map_or(fields.at, |yaml| yaml.at);
                let message = format!("the address in this file {reason}");
                self.reader.wrong(at, 1, message);
            }
            checked.is_ok()
        });
        self.only_one(fields, name);
        inline.or(file)
    }

    /// An address, which may hold secrets.
    pub(in crate::notify::config) fn url(
        &mut self,
        fields: Fields<'_>,
        name: &str,
    ) -> Option<Secret> {
        let text = self.reader.text(fields, name)?;
        self.url_of(text, name)
    }

    pub(in crate::notify::config) fn url_of(
        &mut self,
        text: Text<'_>,
        name: &str,
    ) -> Option<Secret> {
        let before = self.reader.problems.len();
        let secret = self.secret_of(text);
        if self.reader.problems.len() > before {
            return None;
        }
        match check_url(secret.as_ref().map_or("", Secret::expose)) {
            Ok(()) => secret,
            Err(reason) => {
                let message = format!("the address for \"{name}\" {reason}");
                self.reader.wrong(text.at, text.text.len(), message);
                None
            }
        }
    }

    /// Says so where both are there.
    fn only_one(&mut self, fields: Fields<'_>, name: &str) {
        let file_name = format!("{name}_file");
        let is_there = |name: &str| {
            fields.get(name).is_some_and(
                |yaml| !matches!(&yaml.value, YamlValue::Scalar(text) if text.is_empty()),
            )
        };
        if is_there(name) && is_there(&file_name) {
            let message = format!("at most one of \"{name}\" and \"{file_name}\" may be there");
            self.reader
                .wrong(fields.key_at(&file_name), file_name.len(), message);
        }
    }

    fn of_file(&mut self, fields: Fields<'_>, name: &str) -> Option<Secret> {
        let text = self.reader.text(fields, name)?;
        if text.text.is_empty() {
            return None;
        }
        let path = self.path(text.text);
        match read_secret(&path) {
            Ok(secret) => Some(Secret::of_file(secret, path)),
            Err(reason) => {
                let message = format!("cannot read the secret for \"{name}\": {reason}");
                self.reader.wrong(text.at, text.text.len(), message);
                None
            }
        }
    }

    /// A field that Alertmanager has and this crate has not: without it the message would not go where it should.
    pub(super) fn refuse(&mut self, fields: Fields<'_>, names: &[&str], instead: &str) {
        for name in names {
            if fields.get(name).is_some() {
                let message = format!("\"{name}\" is not supported here");
                let suggestion = (!instead.is_empty()).then(|| instead.to_owned());
                self.reader
                    .wrong_with(fields.key_at(name), name.len(), message, suggestion);
            }
        }
    }

    /// Fields that Alertmanager has and that make no difference here that matters.
    pub(super) fn ignore(&mut self, fields: Fields<'_>, names: &[&str]) {
        for name in names {
            if fields.get(name).is_some() {
                let message = format!("\"{name}\" is read and makes no difference here");
                self.warn(fields.key_at(name), name.len(), message, None);
            }
        }
    }
}

/// What stands in a list, of which each item has fields.
pub(super) fn items<'y>(values: &mut Values<'_>, fields: Fields<'y>, name: &str) -> &'y [Yaml] {
    values.reader.list(fields, name)
}

fn read_secret(path: &Path) -> Result<String, String> {
    let length = std::fs::metadata(path)
        .map_err(|error| error.to_string())?
        .len();
    if length > MOST_SECRET {
        return Err(format!("the file is larger than {} KiB", MOST_SECRET >> 10));
    }
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let secret = text.trim();
    if secret.is_empty() {
        return Err("the file is empty".to_owned());
    }
    Ok(secret.to_owned())
}

/// Whether a text is the address of an HTTP server; the reason ends a sentence and shows nothing of the address.
pub(super) fn check_url(url: &str) -> Result<(), &'static str> {
    let lower = url
        .get(..8.min(url.len()))
        .unwrap_or(url)
        .to_ascii_lowercase();
    let scheme = ["http://", "https://"]
        .into_iter()
        .find(|scheme| lower.starts_with(scheme));
    let Some(scheme) = scheme else {
        return Err("must begin with http:// or https://");
    };
    if url.chars().any(|char| char.is_ascii_control()) {
        return Err("has control characters in it");
    }
    let rest = &url[scheme.len()..];
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, after) = rest.split_at(end);
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (host, ""),
    };
    if host.is_empty() && port.is_empty() {
        return Err("has no host");
    }
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("has a port that is no number");
    }
    if host.contains(|char: char| char.is_whitespace() || "<>\"{}|\\^`".contains(char)) {
        return Err("has a host with a character that no host has");
    }
    let path = after.split(['?', '#']).next().unwrap_or_default();
    let is_hex = |digits: Option<&str>| {
        digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    if path
        .match_indices('%')
        .any(|(at, _)| !is_hex(path.get(at + 1..at + 3)))
    {
        return Err("has a \"%\" without two hexadecimal digits after it");
    }
    Ok(())
}
