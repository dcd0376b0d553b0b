//! Configurations among the files: who is told.

use std::path::Path;

use llm_vitals_alert::Problem;
use llm_vitals_alert::notify::{Config, Notification, Texts};

use super::finding::{Finding, Level, Place};
use crate::broken::Broken;
use crate::configuration;
use crate::output::Output;
use crate::texts;
use crate::time::now_ms;

/// A configuration that loads.
#[derive(Debug)]
pub(super) struct Configuration {
    pub(super) path: String,
    /// The lines that findings show, and nothing else: there are secrets in the others.
    pub(super) shown: String,
    findings: Vec<Finding>,
}

/// The configuration in a file, with its texts.
pub(super) fn read(path: &str, text: &str, output: &Output) -> Result<Configuration, Broken> {
    let config = configuration::parse(Path::new(path), text, output)?;
    let texts = config.texts().map_err(|error| Broken::from(&error))?;
    let warnings = config.warnings();
    let mut findings: Vec<Finding> = warnings.iter().map(|warning| of(path, warning)).collect();
    findings.extend(templates(path, text, &config, &texts));
    Ok(Configuration {
        path: path.to_owned(),
        shown: shown(warnings),
        findings,
    })
}

fn of(path: &str, warning: &Problem) -> Finding {
    Finding {
        code: "notify",
        level: Level::Warning,
        file: path.to_owned(),
        rule: "configuration".to_owned(),
        place: Place {
            line: warning.line().unwrap_or(1),
            column: warning.column().unwrap_or(1),
            width: warning.width(),
        },
        message: warning.message().to_owned(),
        help: warning
            .suggestion()
            .unwrap_or("it is no error, and may be meant")
            .to_owned(),
    }
}

/// The templates that fail for a sample, while it fires or when it is over.
fn templates(path: &str, text: &str, config: &Config, texts: &Texts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for receiver in config.receivers() {
        for (index, integration) in receiver.integrations().iter().enumerate() {
            let settings = integration.settings();
            let firing = Notification::sample(receiver.name(), index, now_ms());
            let mut failed = texts::failed(texts, settings, &firing);
            if integration.send_resolved() {
                let resolved = firing.resolved(now_ms());
                for other in texts::failed(texts, settings, &resolved) {
                    if failed
                        .iter()
                        .all(|one| one.field != other.field || one.template != other.template)
                    {
                        failed.push(other);
                    }
                }
            }
            findings.extend(failed.into_iter().map(|failed| Finding {
                code: "notify",
                level: Level::Warning,
                file: path.to_owned(),
                rule: format!("receiver {}", receiver.name()),
                place: place(text, &failed.template),
                message: format!(
                    "{}[{index}]: the template of {} fails for a sample: {}",
                    settings.integration(),
                    failed.field,
                    failed.error
                ),
                help: "messages are sent without what fails; llm-vitals notify test shows how they look".to_owned(),
            }));
        }
    }
    findings
}

/// Where a template stands, if there is one line that it can be in, and the begin of the file if not.
fn place(text: &str, template: &str) -> Place {
    let begin = template.lines().find(|line| line.contains("{{"));
    let begin = begin.unwrap_or(template).trim();
    let mut found = text.lines().enumerate().filter_map(|(index, line)| {
        let at = line.find(begin)?;
        Some(Place {
            line: index + 1,
            column: line[..at].chars().count() + 1,
            width: begin.chars().count(),
        })
    });
    match (found.next(), found.next()) {
        (Some(place), None) => place,
        _ => Place {
            line: 1,
            column: 1,
            width: 1,
        },
    }
}

impl Configuration {
    pub(super) fn findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.findings)
    }
}

/// A text with the lines of the problems, as they may be seen, in their places.
fn shown(problems: &[Problem]) -> String {
    let last = problems.iter().filter_map(Problem::line).max().unwrap_or(0);
    let mut lines = vec![""; last];
    for problem in problems {
        if let (Some(line), Some(source)) = (problem.line(), problem.source_line()) {
            lines[line - 1] = source;
        }
    }
    lines.join("\n")
}
