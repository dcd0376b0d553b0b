//! The step `page`: the dashboard's page is checked, and what the crate embeds is what its sources make.

use std::path::PathBuf;
use std::process::Command;

use crate::tool::{self, Finished};

use super::Context;
use super::report::{Outcome, Report};

/// Where the sources of the page are.
const SOURCES: &str = "crates/llm-vitals-dashboard/web";
/// Where the files are that the crate embeds, from there.
const EMBEDDED: &str = "../dist";
/// Where a build is compared with them, from there.
const FRESH: &str = "node_modules/.fresh";

pub(super) fn run(context: &mut Context, report: &mut Report) {
    if let Err(missing) = tools() {
        return report.step("page", || context.missing(missing));
    }
    report.step("page: npm ci", || {
        tool::run(&mut npm(context, &["ci"])).into()
    });
    report.step("page: types", || {
        tool::run(&mut npm(context, &["run", "check"])).into()
    });
    report.step("page: tests", || {
        let mut command = npm(context, &["test"]);
        counted(&tool::run(command.env("TEST_REPORTER", "tap")))
    });
    report.step("page: build", || {
        let built = tool::run(npm(context, &["run", "build"]).env("OUT_DIR", FRESH));
        if !built.success {
            return built.into();
        }
        let mut command = node(context);
        compared(tool::run(command.args(["build/same.mjs", FRESH, EMBEDDED])))
    });
}

/// What is missing to build the page, if something is.
pub(super) fn tools() -> Result<(), String> {
    for program in ["node", "npm"] {
        if tool::find(program).is_none() {
            return Err(format!(
                "there is no {program} on PATH: install Node.js 20.19 or later"
            ));
        }
    }
    Ok(())
}

pub(super) fn folder(context: &Context) -> PathBuf {
    context.workspace.root.join(SOURCES)
}

pub(super) fn npm(context: &Context, arguments: &[&str]) -> Command {
    let mut command = tool::command("npm");
    command.current_dir(folder(context)).args(arguments);
    command
}

pub(super) fn node(context: &Context) -> Command {
    let mut command = tool::command("node");
    command.current_dir(folder(context));
    command
}

/// The last line that says so is the note.
fn compared(finished: Finished) -> Outcome {
    let note = finished.stdout().last().unwrap_or_default().to_owned();
    let success = finished.success;
    let outcome = Outcome::from(finished);
    if success {
        Outcome::passed(note)
    } else {
        outcome
    }
}

/// Counts what node's runner counted. A run that counted nothing is a failure.
fn counted(finished: &Finished) -> Outcome {
    let number = |word: &str| {
        let mut lines = finished.stdout();
        lines.find_map(|line| line.strip_prefix(word)?.trim().parse().ok())
    };
    let (passed, failed) = (number("# pass "), number("# fail "));
    from_counts(finished, passed, failed)
}

/// The outcome of a run that says itself how many passed and failed.
pub(super) fn from_counts(
    finished: &Finished,
    passed: Option<u64>,
    failed: Option<u64>,
) -> Outcome {
    let passed = passed.unwrap_or(0);
    let mut failed = failed.unwrap_or(0);
    if failed == 0 && (!finished.success || passed == 0) {
        failed = 1;
    }
    Outcome {
        passed,
        failed,
        skipped: Vec::new(),
        note: format!("{passed} passed, {failed} failed"),
        output: if failed > 0 {
            finished.output()
        } else {
            Vec::new()
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::tool::{Line, Source};

    use super::*;

    fn finished(success: bool, text: &str) -> Finished {
        let lines = text.lines().map(|text| Line {
            source: Source::Out,
            text: text.to_owned(),
        });
        Finished {
            success,
            lines: lines.collect(),
        }
    }

    #[test]
    fn counts_what_the_runner_counted() {
        let tap = "TAP version 13\n1..3\n# tests 3\n# pass 2\n# fail 1\n";
        let outcome = counted(&finished(false, tap));
        assert_eq!((outcome.passed, outcome.failed), (2, 1));
        assert_eq!(outcome.note, "2 passed, 1 failed");
    }

    #[test]
    fn a_run_that_counted_nothing_is_a_failure() {
        assert_eq!(counted(&finished(true, "")).failed, 1);
        assert_eq!(counted(&finished(true, "# pass 0\n# fail 0")).failed, 1);
        assert_eq!(counted(&finished(false, "# pass 3\n# fail 0")).failed, 1);
    }

    #[test]
    fn a_comparison_says_what_it_compared() {
        assert_eq!(compared(finished(true, "x\n4 files")).note, "4 files");
        assert_eq!(compared(finished(false, "app.js")).output, ["app.js"]);
    }
}
