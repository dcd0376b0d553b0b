//! `llm-vitals test`: runs the files that `promtool test rules` runs.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::arguments::{Arguments, Flag};
use crate::command::{Command, FOUND};
use crate::failure::Failure;
use crate::output::{Format, Output};

mod compare;
mod file;
mod mismatch;
mod report;
mod run;
mod series;

use self::file::TestFile;
use self::mismatch::Mismatch;

pub(crate) const COMMAND: Command = Command {
    name: "test",
    operands: "FILE...",
    about: "run rule tests: the files of `promtool test rules`, unchanged",
    details: "\
A test file names rule files, gives series, and says which alerts fire and what expressions give at which time.
The rule files may be Prometheus' or have the short form. A failed test is shown as what was expected (-) and what
was there (+).

Exit code 1 if any test failed or a file could not be read.",
    flags: &[
        Flag {
            name: "--dialect",
            value: Some("v2|v3"),
            about: "whose answers: Prometheus 2 or 3; v3 unless given",
        },
        Flag {
            name: "--run",
            value: Some("TEXT"),
            about: "only tests whose name has this text in it",
        },
    ],
    examples: &[
        "llm-vitals test tests/*.yaml",
        "llm-vitals test rules_test.yaml --run 'first error' --format json",
        "llm-vitals test rules_test.yaml --dialect v2",
    ],
    run,
};

/// What became of a test file.
struct Outcome {
    file: String,
    /// Remarks that are no failures.
    warnings: Vec<String>,
    /// Why nothing could be tested.
    error: Option<String>,
    /// How many tests of the file were run.
    tests: usize,
    mismatches: Vec<Mismatch>,
}

impl Outcome {
    fn is_ok(&self) -> bool {
        self.error.is_none() && self.mismatches.is_empty()
    }
}

fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    let files = arguments.some_operands("a test file")?;
    let dialect = arguments.dialect()?;
    let filter = arguments.value("--run").unwrap_or_default();
    let mut outcomes = Vec::new();
    for path in files {
        let mut outcome = Outcome {
            file: path.clone(),
            warnings: Vec::new(),
            error: None,
            tests: 0,
            mismatches: Vec::new(),
        };
        match TestFile::read(path) {
            Ok(file) => run::run(&file, dialect, filter, &mut outcome),
            Err(error) => outcome.error = Some(error),
        }
        if output.format == Format::Text {
            output.text(report::render(&outcome, output.style));
        }
        outcomes.push(outcome);
    }
    if output.format == Format::Json {
        let files: Value = outcomes.iter().map(to_json).collect();
        output.json(&json!({"ok": outcomes.iter().all(Outcome::is_ok), "files": files}));
    }
    let ran: usize = outcomes.iter().map(|outcome| outcome.tests).sum();
    if ran == 0 && !filter.is_empty() && outcomes.iter().all(Outcome::is_ok) {
        return Err(Failure::Other(format!(
            "no test has {filter:?} in its name"
        )));
    }
    Ok(if outcomes.iter().all(Outcome::is_ok) {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FOUND)
    })
}

fn to_json(outcome: &Outcome) -> Value {
    json!({
        "file": outcome.file,
        "ok": outcome.is_ok(),
        "tests": outcome.tests,
        "warnings": outcome.warnings,
        "error": outcome.error,
        "failures": outcome.mismatches.iter().map(Mismatch::to_json).collect::<Value>(),
    })
}
