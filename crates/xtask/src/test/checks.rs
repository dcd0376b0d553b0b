//! The steps that are one cargo command each.

use crate::tool;

use super::Context;
use super::report::{Outcome, Report};

/// The package that is left out of everything but its own check: it depends on the competitors.
pub(super) const BENCHES: &str = "llm-vitals-benches";

pub(super) fn licences(context: &mut Context, report: &mut Report) {
    report.step("licences", || {
        if tool::find("cargo-deny").is_none() {
            return Outcome::skipped(
                "cargo-deny is not installed (`cargo install --locked cargo-deny`)".to_owned(),
            );
        }
        tool::run(&mut context.cargo(["deny", "check", "licenses", "bans", "sources"])).into()
    });
}

/// Names the files and not every line: `cargo fmt` mends them all.
pub(super) fn format(context: &mut Context, report: &mut Report) {
    report.step("format", || {
        tool::run(&mut context.cargo(["fmt", "--all", "--", "--check", "-l"])).into()
    });
}

pub(super) fn clippy(context: &mut Context, report: &mut Report) {
    report.step("clippy", || {
        let mut command = context.cargo(["clippy", "--workspace", "--exclude", BENCHES]);
        tool::run(command.args(["--all-targets", "--all-features", "--", "-D", "warnings"])).into()
    });
}

/// Alone, because in a build of the workspace one crate's features switch on another's dependencies.
pub(super) fn features(context: &mut Context, report: &mut Report) {
    for package in context.workspace.libraries() {
        let choices: &[&str] = if package.has_default_features {
            &["--no-default-features", ""]
        } else {
            &[""]
        };
        for choice in choices {
            let name = format!("features: {} {choice}", package.name);
            report.step(name.trim_end(), || {
                let mut command = context.cargo(["clippy", "--lib", "--package", &package.name]);
                command
                    .args(choice.split_whitespace())
                    .args(["--", "-D", "warnings"]);
                tool::run(&mut command).into()
            });
        }
    }
}

pub(super) fn benches(context: &mut Context, report: &mut Report) {
    report.step("benches", || {
        tool::run(&mut context.cargo(["check", "--package", BENCHES, "--benches"])).into()
    });
}

pub(super) fn docs(context: &mut Context, report: &mut Report) {
    report.step("docs", || {
        let mut command = context.cargo(["doc", "--workspace", "--exclude", BENCHES]);
        command
            .args(["--no-deps", "--all-features"])
            .env("RUSTDOCFLAGS", "-D warnings");
        tool::run(&mut command).into()
    });
}
