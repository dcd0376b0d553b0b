//! Configurations for an Alertmanager.

use std::time::Duration;

use self::yaml::Writer;
use super::config::{Config, InhibitRule, Route};
use super::matchers::print;
use super::time_interval::TimeInterval;
use crate::error::{Error, ErrorKind, Problem};

mod integrations;
mod intervals;
mod yaml;

/// What stands where a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "they are shown or they are not")]
pub enum ExportSecrets {
    /// A text that Alertmanager reads and that reaches nobody: `<secret>`, or an address at `secret.invalid`. A secret from a file stays
    /// the file's name where Alertmanager can read it from there. For showing and checking.
    Placeholders,
    /// The secrets themselves, those from files too where Alertmanager 0.25 cannot read them from there. For a file that is used.
    Shown,
}

impl Config {
    /// The configuration as a file of Alertmanager, with all that `global` or a parent says written out where it is in force.
    ///
    /// Alerts go the same ways there, with the same keys of their groups. What Alertmanager has not is an error that says why: a
    /// token of Slack, a push to Alertmanagers, a heartbeat, a receiver that this crate cannot send to (its fields were not read),
    /// a time for one attempt. `msteams_configs` needs Alertmanager 0.26 and `msteamsv2_configs` 0.28; all else 0.25. Texts that the file
    /// does not have are Alertmanager's own there.
    pub fn to_alertmanager(&self, secrets: ExportSecrets) -> Result<String, Error> {
        let (text, problems) = self.write(secrets);
        if problems.is_empty() {
            Ok(text)
        } else {
            Err(Error::new(problems))
        }
    }

    /// The same without secrets for somebody who looks at it, where what cannot be said is a comment.
    #[cfg(feature = "api")]
    pub(crate) fn shown(&self) -> String {
        let (text, problems) = self.write(ExportSecrets::Placeholders);
        let remarks = problems
            .iter()
            .map(|problem| format!("# {}\n", problem.message()));
        remarks.collect::<String>() + &text
    }

    /// The text, and what is wrong with it.
    fn write(&self, secrets: ExportSecrets) -> (String, Vec<Problem>) {
        let mut writer = Writer::new(secrets);
        if secrets == ExportSecrets::Placeholders {
            writer.comment("Secrets are left out: this file can be read, and it cannot be used.");
        }
        writer.field("global", "");
        writer.nested(|writer| writer.field("resolve_timeout", &duration(self.resolve_timeout)));
        if !self.templates.is_empty() {
            writer.list(
                "templates",
                self.templates.iter().map(|path| yaml::shown(path)),
            );
        }
        writer.field("route", "");
        writer.nested(|writer| route(writer, &self.route, None));
        if !self.inhibit_rules.is_empty() {
            writer.field("inhibit_rules", "");
            for rule in &self.inhibit_rules {
                writer.item(|writer| inhibit_rule(writer, rule));
            }
        }
        if !self.time_intervals.is_empty() {
            writer.field("time_intervals", "");
            for interval in &self.time_intervals {
                writer.item(|writer| time_interval(writer, interval));
            }
        }
        let mut problems = Vec::new();
        writer.field("receivers", "");
        for receiver in &self.receivers {
            writer.item(|writer| {
                writer.text("name", &receiver.name);
                integrations::write(writer, receiver, &mut |reason| {
                    let message = format!("the receiver \"{}\" {reason}", receiver.name);
                    problems.push(Problem::new(ErrorKind::Export, "alertmanager.yml", message));
                });
            });
        }
        (writer.finish(), problems)
    }
}

fn route(writer: &mut Writer, route: &Route, parent: Option<&Route>) {
    writer.text("receiver", &route.receiver);
    // An empty list would say nothing, which is the same only where the parent has one too.
    match &route.group_by {
        None => writer.list("group_by", ["...".to_owned()]),
        Some(labels) if labels.is_empty() => {}
        Some(labels) => writer.list("group_by", labels.iter().cloned()),
    }
    if parent.is_some() && !route.matchers.is_empty() {
        writer.list("matchers", route.matchers.iter().map(print));
    }
    writer.field("group_wait", &duration(route.group_wait));
    writer.field("group_interval", &duration(route.group_interval));
    writer.field("repeat_interval", &duration(route.repeat_interval));
    if route.is_continued {
        writer.field("continue", "true");
    }
    for (name, intervals) in [
        ("mute_time_intervals", &route.mute_time_intervals),
        ("active_time_intervals", &route.active_time_intervals),
    ] {
        if !intervals.is_empty() {
            writer.list(name, intervals.iter().cloned());
        }
    }
    if !route.routes.is_empty() {
        writer.field("routes", "");
        for child in &route.routes {
            writer.item(|writer| self::route(writer, child, Some(route)));
        }
    }
}

fn inhibit_rule(writer: &mut Writer, rule: &InhibitRule) {
    writer.list("source_matchers", rule.source_matchers.iter().map(print));
    writer.list("target_matchers", rule.target_matchers.iter().map(print));
    writer.list("equal", rule.equal.iter().cloned());
}

fn time_interval(writer: &mut Writer, interval: &TimeInterval) {
    writer.text("name", &interval.name);
    if interval.parts.is_empty() {
        return;
    }
    writer.field("time_intervals", "");
    for part in &interval.parts {
        writer.item(|writer| intervals::write(writer, part));
    }
}

/// As Alertmanager reads it.
fn duration(duration: Duration) -> String {
    crate::duration::format_duration(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
