//! Shows each step as it runs, and adds up how they went.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::tool::Finished;

/// How one step went. A step that runs tests counts each of them, any other counts one.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) passed: u64,
    pub(super) failed: u64,
    /// What was left out, one sentence each.
    pub(super) skipped: Vec<String>,
    /// Stands behind the word `ok`.
    pub(super) note: String,
    /// Shown when something failed.
    pub(super) output: Vec<String>,
}

/// The sum of all steps.
#[derive(Debug, Default)]
pub(super) struct Report {
    passed: u64,
    failed: u64,
    skipped: Vec<String>,
    failed_steps: Vec<String>,
}

impl Outcome {
    pub(super) fn passed(note: impl Into<String>) -> Self {
        Self {
            passed: 1,
            failed: 0,
            skipped: Vec::new(),
            note: note.into(),
            output: Vec::new(),
        }
    }

    pub(super) fn failed(output: Vec<String>) -> Self {
        Self {
            passed: 0,
            failed: 1,
            skipped: Vec::new(),
            note: String::new(),
            output,
        }
    }

    pub(super) fn skipped(why: String) -> Self {
        Self {
            passed: 0,
            failed: 0,
            skipped: vec![why],
            note: String::new(),
            output: Vec::new(),
        }
    }
}

impl From<Finished> for Outcome {
    fn from(finished: Finished) -> Self {
        if finished.success {
            Self::passed("")
        } else {
            Self::failed(finished.output())
        }
    }
}

impl Report {
    pub(super) fn step(&mut self, name: &str, run: impl FnOnce() -> Outcome) {
        println!("==> {name}");
        let started = Instant::now();
        let outcome = run();
        for line in &outcome.output {
            println!("    | {line}");
        }
        println!("    {}", describe(&outcome, started.elapsed()));
        self.add(name, outcome);
    }

    /// Prints what was left out, what failed and, last, `N passed, N failed`.
    pub(super) fn close(self) -> ExitCode {
        println!();
        for line in &self.skipped {
            println!("SKIPPED {line}");
        }
        if !self.failed_steps.is_empty() {
            println!("failed: {}", self.failed_steps.join(", "));
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn add(&mut self, name: &str, outcome: Outcome) {
        self.passed += outcome.passed;
        self.failed += outcome.failed;
        if outcome.failed > 0 {
            self.failed_steps.push(name.to_owned());
        }
        // Many tests may miss the same server: one line says it.
        for line in outcome.skipped {
            let line = format!("{name}: {line}");
            if !self.skipped.contains(&line) {
                self.skipped.push(line);
            }
        }
    }
}

fn describe(outcome: &Outcome, time: Duration) -> String {
    let (word, note) = if outcome.failed > 0 {
        ("FAILED", outcome.note.clone())
    } else if outcome.passed == 0 {
        ("SKIPPED", outcome.skipped.join("; "))
    } else {
        ("ok", outcome.note.clone())
    };
    let seconds = time.as_secs_f64();
    if note.is_empty() {
        format!("{word}, {seconds:.1} s")
    } else {
        format!("{word}, {seconds:.1} s: {note}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_and_tells_each_missing_thing_once() {
        let mut report = Report::default();
        report.add("format", Outcome::passed(""));
        report.add("clippy", Outcome::failed(Vec::new()));
        let no_redis = "no redis-server".to_owned();
        let tests = Outcome {
            passed: 7,
            failed: 2,
            skipped: vec![no_redis.clone(), no_redis],
            ..Outcome::passed("")
        };
        report.add("tests", tests);
        report.add("licences", Outcome::skipped("no cargo-deny".to_owned()));
        assert_eq!((report.passed, report.failed), (8, 3));
        assert_eq!(report.failed_steps, ["clippy", "tests"]);
        assert_eq!(
            report.skipped,
            ["tests: no redis-server", "licences: no cargo-deny"]
        );
    }

    #[test]
    fn describes_in_one_line() {
        let described = |outcome: Outcome| describe(&outcome, Duration::from_millis(1234));
        assert_eq!(described(Outcome::passed("")), "ok, 1.2 s");
        assert_eq!(
            described(Outcome::passed("3 passed")),
            "ok, 1.2 s: 3 passed"
        );
        assert_eq!(described(Outcome::failed(Vec::new())), "FAILED, 1.2 s");
        assert_eq!(
            described(Outcome::skipped("no build".to_owned())),
            "SKIPPED, 1.2 s: no build"
        );
    }
}
