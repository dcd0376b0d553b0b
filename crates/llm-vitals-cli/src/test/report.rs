//! Outcomes for people.

use std::fmt::Write as _;

use crate::output::Style;
use crate::time::format_duration;

use super::Outcome;
use super::mismatch::{Difference, What};

/// What became of a file, over several lines.
pub(super) fn render(outcome: &Outcome, style: Style) -> String {
    let mut text = String::new();
    let tests = if outcome.tests == 1 {
        "1 test".to_owned()
    } else {
        format!("{} tests", outcome.tests)
    };
    // Writing to a String does not fail.
    let _ = if outcome.is_ok() {
        writeln!(text, "{} {} ({tests})", style.green("ok    "), outcome.file)
    } else {
        writeln!(text, "{} {} ({tests})", style.red("FAILED"), outcome.file)
    };
    for warning in &outcome.warnings {
        let _ = writeln!(text, "  {} {warning}", style.yellow("warning:"));
    }
    if let Some(error) = &outcome.error {
        for line in error.trim_end().lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    let mut test = "";
    for mismatch in &outcome.mismatches {
        if mismatch.test != test {
            test = &mismatch.test;
            let _ = writeln!(text, "\n  {}", style.bold(test));
        }
        let (head, differences) = match &mismatch.what {
            What::Alerts {
                alertname,
                at,
                differences,
            } => (
                format!("alert {alertname} at {}", format_duration(*at)),
                differences.as_slice(),
            ),
            What::Samples {
                expr,
                at,
                differences,
            } => (
                format!("{} at {}", expr.trim(), format_duration(*at)),
                differences.as_slice(),
            ),
            What::Error(message) => (message.trim_end().replace('\n', "\n    "), &[][..]),
        };
        let _ = writeln!(text, "    {head}");
        for difference in differences {
            let _ = match difference {
                Difference::Of(of) => writeln!(text, "        {of}"),
                Difference::Missing(line) => {
                    writeln!(text, "      {}", style.red(format_args!("- {line}")))
                }
                Difference::Unexpected(line) => {
                    writeln!(text, "      {}", style.green(format_args!("+ {line}")))
                }
                Difference::Hint(line) => writeln!(text, "        {}", style.dim(line)),
            };
        }
    }
    if !outcome.is_ok() {
        text.push('\n');
    }
    text
}
