//! What cannot be exported.

use crate::error::{Error, ErrorKind, Problem};
use crate::rule::Rule;
use crate::rule_file::RuleFile;
use crate::signals::is_signal;
use crate::source::Source;

pub(super) fn check(file: &RuleFile) -> Result<(), Error> {
    let mut problems = Vec::new();
    for group in file.groups() {
        for rule in group.rules() {
            problems.extend(check_rule(file, rule));
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::new(problems))
    }
}

fn check_rule(file: &RuleFile, rule: &Rule) -> Option<Problem> {
    if !is_signal(rule.name()) || !file.uses_signals() {
        return None;
    }
    let message = format!(
        "the rule records \"{}\", which the exported signals record too",
        rule.name()
    );
    let source = Source {
        name: file.name(),
        text: file.text(),
    };
    let line_start = file
        .text()
        .split_inclusive('\n')
        .take(rule.line() - 1)
        .map(str::len)
        .sum();
    let place = source.place(line_start, 0);
    Some(Problem::new(ErrorKind::Export, file.name(), message).at(Some(place)))
}
