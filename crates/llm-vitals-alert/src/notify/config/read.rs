//! Reads a configuration: Alertmanager's schema, or the short form.

use std::path::{Path, PathBuf};
use std::time::Duration;

use llm_vitals_promql::Dialect;

use self::values::Values;
use super::{Config, Receiver, short};
use crate::error::{Error, ErrorKind, Problem};
use crate::fields::{Fields, Reader};
use crate::source::Source;
use crate::yaml::{Yaml, YamlValue};

mod environment;
mod global;
mod hide;
mod http;
mod inhibit;
mod intervals;
mod matching;
mod receivers;
mod route;
mod slack;
pub(super) mod values;

pub(super) use self::global::host_and_port;
pub(super) use self::http::default as default_http;
pub(super) use self::intervals::{location, ranges, time_of};

/// A tree of routes has two levels of YAML for each of its own.
const DEEPEST: usize = 32;

const FIELDS: &[&str] = &[
    "global",
    "templates",
    "route",
    "receivers",
    "inhibit_rules",
    "time_intervals",
    "mute_time_intervals",
    "notify",
];

impl Config {
    /// Reads a text; `name` is what errors call it. Relative paths in it begin in the current folder.
    ///
    /// It is a configuration of Alertmanager 0.25 to 0.28, or the short form under `notify:` (see the documentation of the crate). What
    /// `amtool check-config` refuses is refused here too, and so is what could be read and never work: a file with a secret that is not
    /// there, a month 13, an option of a receiver that this crate does not have. The error holds everything that is wrong, and no secret.
    ///
    /// `${NAME}` in a secret or an address is the variable of the environment; `$${NAME}` is the text `${NAME}`. Secrets in files
    /// (`api_url_file`, ...) are read here, without blanks and line ends around them.
    ///
    /// # The short form
    ///
    /// ```
    /// use llm_vitals_alert::notify::{Config, ExportSecrets};
    ///
    /// let config = Config::parse("notify.yml", "
    /// notify:
    ///   slack: https://hooks.slack.com/services/T0/B0/x
    ///   critical: {pagerduty: 0123456789abcdef0123456789abcdef}
    /// ")?;
    /// let file = config.to_alertmanager(ExportSecrets::Placeholders)?;
    /// assert!(file.contains(r#"severity=~\"critical|page\""#));
    /// # Ok::<(), llm_vitals_alert::Error>(())
    /// ```
    ///
    /// | field | |
    /// |---|---|
    /// | `slack` | the address of a webhook, `{url, channel}`, or `{token, channel}` |
    /// | `pagerduty` | a routing key |
    /// | `email` | an address, or `{to, from, smarthost, username, password}` |
    /// | `webhook`, `msteams` | an address |
    /// | `alertmanager` | one or several addresses; each gets every alert |
    /// | `heartbeat` | an address that is called while all works |
    /// | `critical`, `warning` | ways to tell alerts of that severity besides those above, and `repeat` |
    /// | `repeat` | after which time an alert that goes on is told again |
    /// | `quiet` | `{from, to, weekdays, location}`, or several: when only critical alerts are told |
    ///
    /// What it means is chosen against too many messages, and [`to_alertmanager`](Self::to_alertmanager) shows it:
    ///
    /// - Alerts of one name are one message, however many series they are of. Critical ones are one for each provider, so that
    ///   a second provider that fails pages again.
    /// - The first message waits 30 seconds for others of its group; changes are told every 5 minutes; what goes on is told again after
    ///   4 hours where it is critical and after a day where it is not.
    /// - `critical` is `severity="critical"` or `"page"`; `warning` is `"warning"` or `"ticket"`. All others go to the ways at the top,
    ///   or, where there are none, to those of `warning`.
    /// - A critical alert hides alerts of lower severity with the same `alertname`, `provider`, `cache`, `node` and `slo`.
    /// - All are told when it is over.
    /// - An address alone for `email` is sent from and to that address by the mail server of this machine.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        read_in(name, text, Path::new(""), &environment)
    }

    /// Reads a file. Relative paths in it begin in its folder.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            let message = format!("cannot read the file: {error}");
            Problem::new(ErrorKind::Read, &*name, message)
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        read_in(&name, &text, folder, &environment)
    }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn read_in(
    name: &str,
    text: &str,
    folder: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Config, Error> {
    let source = Source { name, text };
    let yaml = Yaml::parse_within(source, DEEPEST).map_err(|error| {
        let problems = error.problems().iter().cloned();
        let hidden = problems.map(|problem| problem.hide(hide::sentence, hide::line));
        Error::new(hidden.collect())
    })?;
    let hidden = hide::Hidden::new(text, &yaml);
    let source = Source {
        name,
        text: hidden.text(),
    };
    let reader = Reader::new(source, Dialect::V2);
    let mut values = Values::new(reader, folder, environment);
    let config = read_all(&mut values, &yaml);
    let Values {
        reader, warnings, ..
    } = values;
    let tidy = |mut problems: Vec<Problem>| {
        problems.sort_by_key(|problem| (problem.line(), problem.column()));
        let problems = problems.into_iter();
        problems
            .map(|problem| problem.hide(|text| hidden.sentence(text), str::to_owned))
            .collect::<Vec<_>>()
    };
    match config {
        Some(config) if reader.problems.is_empty() => Ok(Config {
            warnings: tidy(warnings),
            ..config
        }),
        _ => Err(Error::new(tidy(reader.problems))),
    }
}

/// `None` only where a problem was found.
fn read_all(values: &mut Values<'_>, yaml: &Yaml) -> Option<Config> {
    if matches!(yaml.value, YamlValue::Null) {
        let message = "the file is empty: it needs \"route\" and \"receivers\", or \"notify\"";
        values.reader.wrong(0, 1, message);
        return None;
    }
    let fields = values.reader.fields(yaml, "a configuration", FIELDS)?;
    if fields.get("notify").is_none() {
        return read_full(values, fields);
    }
    for (key, _) in fields.entries() {
        let is_other =
            FIELDS.contains(&&*key.name) && key.name != "notify" && key.name != "templates";
        if is_other {
            let message = format!(
                "\"{}\" cannot stand beside the short form \"notify\"",
                key.name
            );
            values.reader.wrong(key.at, key.name.len(), message);
        }
    }
    let templates = templates(values, fields);
    let config = short::read(values, fields)?;
    Some(Config {
        templates,
        ..config
    })
}

fn read_full(values: &mut Values<'_>, fields: Fields<'_>) -> Option<Config> {
    let global = global::read(values, fields);
    let time_intervals = intervals::read(values, fields);
    let receivers: Vec<(Receiver, usize)> = receivers::read(values, fields, &global);
    let inhibit_rules = inhibit::read(values, fields);
    let templates = templates(values, fields);
    let names = route::Names {
        receivers: &receivers,
        intervals: &time_intervals,
    };
    let route = route::read_root(values, fields, &names);
    if let Some(route) = &route {
        route::warn_of_unused(values, route, &names);
    }
    Some(Config {
        route: route?,
        receivers: receivers
            .into_iter()
            .map(|(receiver, _)| receiver)
            .collect(),
        inhibit_rules,
        time_intervals,
        resolve_timeout: global.resolve_timeout.unwrap_or(Duration::from_secs(300)),
        templates,
        warnings: Vec::new(),
    })
}

fn templates(values: &mut Values<'_>, fields: Fields<'_>) -> Vec<PathBuf> {
    let texts = values.texts(fields, "templates");
    texts
        .into_iter()
        .map(|text| values.path(text.text))
        .collect()
}

#[cfg(test)]
mod tests;
