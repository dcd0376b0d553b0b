//! Texts of notifications: Alertmanager's templates over Alertmanager's data.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Problem};
use crate::source::Source;
use crate::template::{Library, TemplateError};

use super::notification::Notification;

mod alert_list;
mod data;
mod environment;
mod escape;
mod fingerprint;
mod functions;
mod key_values;
mod layout;
mod moment;
mod record;

use self::environment::{LANGUAGE, NotificationEnvironment};
pub(crate) use self::escape::escaped;
#[cfg(feature = "email")]
pub(crate) use self::fingerprint::fingerprint;
#[cfg(feature = "email")]
pub(crate) use self::moment::day;
pub(crate) use self::moment::utc;

/// The definitions that ship with the crate, under the names that Alertmanager's have.
const SHIPPED: &str = include_str!("texts/default.tmpl");
/// How many files of templates there may be.
const MOST_FILES: usize = 1_000;

/// Definitions that the texts of receivers may call: the shipped ones, and those of files.
///
/// A text is a template of Go over the data that Alertmanager has, with its functions. Beside its fields, the data and each alert have
/// `.Message` with what this process knows: value, threshold, contributors, sparkline, links.
///
/// ```
/// # use llm_vitals_alert::notify::{Notification, Texts};
/// # let notification: Notification = serde_json::from_value(serde_json::json!({
/// #     "receiver": "team", "integration": 0, "group_key": "{}:{}", "reason": "first", "at": 1_000_000, "external_url": "",
/// #     "group_labels": {"alertname": "Down"},
/// #     "alerts": [{"labels": {"alertname": "Down", "provider": "a"}, "annotations": {}, "starts_at": 280_000,
/// #                 "ends_at": null, "generator_url": "", "evidence": null}],
/// # }))?;
/// let texts = Texts::default();
/// let text = "{{ .Status | toUpper }} {{ range .Alerts.Firing }}{{ .Labels.provider }}{{ end }}";
/// assert_eq!(texts.expand(text, &notification)?, "FIRING a");
/// assert_eq!(texts.expand(r#"{{ template "slack.default.title" . }}"#, &notification)?, "[FIRING:1] Down (a)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Texts {
    library: Library,
}

impl Default for Texts {
    /// The shipped definitions.
    fn default() -> Self {
        let mut library = Library::new(&LANGUAGE);
        let added = library.add("default.tmpl", SHIPPED);
        debug_assert!(added.is_ok(), "the shipped definitions are templates");
        Self { library }
    }
}

impl Texts {
    /// The shipped definitions and those of files, which are given by name or by glob and may define a name anew.
    ///
    /// An error tells of every file that cannot be read or is wrong, and of every call of a name that nothing defines. A glob that
    /// finds nothing is none.
    pub fn new(templates: &[PathBuf]) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let mut files = Vec::new();
        for path in templates {
            match found(path) {
                Ok(paths) => files.extend(paths),
                Err(problem) => problems.push(problem),
            }
        }
        if files.len() > MOST_FILES {
            let message = format!(
                "{} files of templates, and at most {MOST_FILES} are read",
                files.len()
            );
            return Err(Problem::new(ErrorKind::Template, "templates", message).into());
        }
        let mut texts = Self::default();
        let mut read: Vec<(String, String)> = vec![("default.tmpl".to_owned(), SHIPPED.to_owned())];
        for file in &files {
            let name = file.display().to_string();
            match fs::read_to_string(file) {
                Ok(text) => read.push((name, text)),
                Err(error) => problems.push(Problem::new(
                    ErrorKind::Read,
                    name,
                    format!("cannot be read: {error}"),
                )),
            }
        }
        for (name, text) in read.iter().skip(1) {
            // In Go, a file is a template of its base name.
            let base = Path::new(name).file_name().unwrap_or_default();
            if let Err(error) = texts.library.add(&base.to_string_lossy(), text) {
                problems.push(problem(name, text, &error));
            }
        }
        if problems.is_empty() {
            let undefined = texts.library.undefined();
            problems.extend(undefined.filter_map(|(file, error)| {
                let (name, text) = read.get(file)?;
                Some(problem(name, text, &error))
            }));
        }
        if problems.is_empty() {
            Ok(texts)
        } else {
            Err(Error::new(problems))
        }
    }

    /// Reads a text of a receiver without filling it in. The error says where it is wrong.
    pub fn check(&self, template: &str) -> Result<(), TemplateError> {
        self.library.parse(template).map(|_| ())
    }

    /// The text for a notification: at most 256 KiB, made within 2 seconds. An error is a sentence without a place in a file.
    pub fn expand(&self, template: &str, notification: &Notification) -> Result<String, String> {
        self.expand_escaped(template, notification, |_, value| value.to_owned())
    }

    /// The text as HTML: what is filled in is escaped for where it stands, as in Go's `html/template`, except within scripts,
    /// styles and handlers of events, where nothing is filled in.
    pub fn expand_html(
        &self,
        template: &str,
        notification: &Notification,
    ) -> Result<String, String> {
        self.expand_escaped(template, notification, escape::escape)
    }

    /// The text, with what is filled in made fit for the place behind what stands before it: `escape(before, value)`.
    pub(crate) fn expand_escaped(
        &self,
        template: &str,
        notification: &Notification,
        escape: fn(&str, &str) -> String,
    ) -> Result<String, String> {
        let parsed = self.library.parse(template);
        let parsed = parsed.map_err(|error| error.to_string())?;
        let environment = NotificationEnvironment::new(notification, escape);
        let text = self.library.expand(&parsed, &environment);
        text.map_err(|error| error.to_string())
    }
}

fn found(path: &Path) -> Result<Vec<PathBuf>, Problem> {
    let name = path.display().to_string();
    let wrong = |message: String| Problem::new(ErrorKind::Read, name.clone(), message);
    let paths = glob::glob(&name).map_err(|error| wrong(format!("is no glob: {}", error.msg)))?;
    // Sorted by name: later ones define over earlier ones.
    paths
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| wrong(format!("cannot be listed: {}", error.error())))
}

fn problem(name: &str, text: &str, error: &TemplateError) -> Problem {
    let source = Source { name, text };
    source
        .problem(ErrorKind::Template, error.message(), error.offset(), 1)
        .suggest(error.suggestion())
}
