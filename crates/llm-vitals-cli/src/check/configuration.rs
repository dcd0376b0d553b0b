//! Configurations among the files: who is told.

use std::path::Path;

use llm_vitals_alert::notify::Config;
use llm_vitals_alert::{Error, Problem};

use super::finding::{Finding, Level, Place};

/// Names with which only configurations begin a line.
const OWN: [&str; 5] = ["notify", "route", "receivers", "inhibit_rules", "global"];

/// A configuration that loads.
#[derive(Debug)]
pub(super) struct Configuration {
    pub(super) path: String,
    /// The lines that findings show, and nothing else: there are secrets in the others.
    pub(super) shown: String,
    warnings: Vec<Problem>,
}

/// The configuration in a file; `None` if it is none.
pub(super) fn read(path: &str) -> Option<Result<Configuration, Error>> {
    let text = std::fs::read_to_string(path).ok()?;
    let begins = |line: &str| {
        let name = line.split(':').next().unwrap_or_default().trim_end();
        OWN.contains(&name)
    };
    if !text.lines().any(begins) {
        return None;
    }
    Some(Config::read(Path::new(path)).map(|config| {
        let warnings = config.warnings().to_vec();
        Configuration {
            path: path.to_owned(),
            shown: shown(&warnings),
            warnings,
        }
    }))
}

impl Configuration {
    pub(super) fn findings(&self) -> impl Iterator<Item = Finding> {
        self.warnings.iter().map(|warning| Finding {
            code: "notify",
            level: Level::Warning,
            file: self.path.clone(),
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
        })
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
