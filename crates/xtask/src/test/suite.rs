//! The steps `tests` and `doc-tests`.

use std::path::Path;

use crate::tool::{self, Finished};

use super::Context;
use super::checks::BENCHES;
use super::counts::Counts;
use super::report::{Outcome, Report};

/// Where a test finds the price file; without it that test skips.
const PRICES: &str = "LLM_VITALS_LITELLM_PRICES";

pub(super) fn tests(context: &mut Context, report: &mut Report) {
    report.step("tests", || {
        let nextest = tool::run(&mut context.cargo(["nextest", "--version"])).success;
        let selection = [
            "--workspace",
            "--exclude",
            BENCHES,
            "--all-features",
            "--no-fail-fast",
        ];
        let mut command = if nextest {
            context.cargo(["nextest", "run", "--profile", "ci"])
        } else {
            context.cargo(["test", "--lib", "--bins", "--tests"])
        };
        command.args(selection);
        if !nextest {
            // The lines that say what was skipped are in the output of tests that pass.
            command.args(["--", "--show-output"]);
        }
        if let Some(prices) = &context.prices {
            command.env(PRICES, prices);
        }
        if !nextest {
            return from_output(&tool::run(&mut command));
        }
        // Nextest keeps its results here, wherever the build's own folder is.
        let results = context.workspace.root.join("target/nextest/ci/junit.xml");
        // The last run's file must not speak for this one.
        if results.exists() && std::fs::remove_file(&results).is_err() {
            return Outcome::failed(vec![format!("cannot remove {}", results.display())]);
        }
        from_junit(&tool::run(&mut command), &results)
    });
}

pub(super) fn doc_tests(context: &mut Context, report: &mut Report) {
    report.step("doc-tests", || {
        let mut command = context.cargo(["test", "--doc", "--workspace", "--exclude", BENCHES]);
        from_output(&tool::run(
            command.args(["--all-features", "--no-fail-fast"]),
        ))
    });
}

fn from_junit(finished: &Finished, file: &Path) -> Outcome {
    let counts = std::fs::read_to_string(file)
        .ok()
        .and_then(|text| Counts::from_junit(&text));
    outcome(finished, counts.unwrap_or_default())
}

fn from_output(finished: &Finished) -> Outcome {
    let lines: Vec<&str> = finished
        .lines
        .iter()
        .map(|line| line.text.as_str())
        .collect();
    let mut outcome = outcome(finished, Counts::from_libtest(&lines));
    outcome.output = without_successes(outcome.output);
    outcome
}

/// Leaves out what passing tests wrote: the reader looks for what failed.
fn without_successes(lines: Vec<String>) -> Vec<String> {
    let mut inside = false;
    let kept = lines.into_iter().filter(|line| {
        inside = match line.as_str() {
            "successes:" => true,
            "failures:" => false,
            _ => inside && !line.starts_with("test result: "),
        };
        !inside
    });
    kept.collect()
}

/// A run that failed without a failed test (it did not compile, it was killed) is one failure of its own, and so is a
/// run in which no test ran at all.
fn outcome(finished: &Finished, counts: Counts) -> Outcome {
    let Counts {
        passed,
        mut failed,
        skipped,
    } = counts;
    let nothing_ran = passed + failed == 0;
    if failed == 0 && (!finished.success || nothing_ran) {
        failed = 1;
    }
    let note = format!("{passed} passed, {failed} failed");
    let mut output = Vec::new();
    if failed > 0 {
        output = finished.output();
    }
    if nothing_ran {
        output.push("no test ran".to_owned());
    }
    Outcome {
        passed,
        failed,
        skipped,
        note,
        output,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(success: bool) -> Finished {
        Finished {
            success,
            lines: Vec::new(),
        }
    }

    #[test]
    fn a_run_that_did_not_compile_is_a_failure() {
        let outcome = outcome(
            &finished(false),
            Counts {
                passed: 3,
                ..Counts::default()
            },
        );
        assert_eq!((outcome.passed, outcome.failed), (3, 1));
    }

    #[test]
    fn a_run_without_a_test_is_a_failure() {
        let outcome = outcome(&finished(true), Counts::default());
        assert_eq!((outcome.passed, outcome.failed), (0, 1));
        assert_eq!(outcome.output, ["no test ran"]);
    }

    #[test]
    fn a_failed_test_is_counted_once() {
        let outcome = outcome(
            &finished(false),
            Counts {
                passed: 3,
                failed: 2,
                ..Counts::default()
            },
        );
        assert_eq!((outcome.passed, outcome.failed), (3, 2));
        assert_eq!(outcome.note, "3 passed, 2 failed");
    }

    #[test]
    fn the_words_of_passing_tests_are_left_out() {
        let text = "test a ... ok\nsuccesses:\n--- a\nhi\nsuccesses:\n    a\nfailures:\n--- b\ntest result: FAILED.";
        let lines = text.lines().map(str::to_owned).collect();
        let kept = [
            "test a ... ok",
            "failures:",
            "--- b",
            "test result: FAILED.",
        ];
        assert_eq!(without_successes(lines), kept);
    }
}
