//! The step `build`: everything that later steps run, and where it lies.

use std::path::PathBuf;

use serde_json::Value;

use crate::tool::{self, Source};

use super::Context;
use super::checks::BENCHES;
use super::report::{Outcome, Report};

/// A program that the build made.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Executable {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) path: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Binary,
    Example,
}

pub(super) fn run(context: &mut Context, report: &mut Report) {
    let mut command = context.cargo([
        "build",
        "--workspace",
        "--exclude",
        BENCHES,
        "--all-targets",
        "--all-features",
    ]);
    command.args(["--message-format", "json-render-diagnostics"]);
    report.step("build", || {
        let mut finished = tool::run(&mut command);
        if finished.success {
            context.built = Some(finished.stdout().filter_map(executable).collect());
        }
        // What is for people is on stderr.
        finished.lines.retain(|line| line.source == Source::Err);
        Outcome::from(finished)
    });
}

/// The binary of this name.
pub(super) fn binary<'a>(built: &'a [Executable], name: &str) -> Option<&'a Executable> {
    built
        .iter()
        .find(|executable| executable.kind == Kind::Binary && executable.name == name)
}

/// The program that one of cargo's messages tells of, if it is a binary or an example and not a test of one.
fn executable(message: &str) -> Option<Executable> {
    let message: Value = serde_json::from_str(message).ok()?;
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] == true {
        return None;
    }
    let kind = match message["target"]["kind"][0].as_str()? {
        "bin" => Kind::Binary,
        "example" => Kind::Example,
        _ => return None,
    };
    let name = message["target"]["name"].as_str()?.to_owned();
    let path = message["executable"].as_str()?.into();
    Some(Executable { name, kind, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: &str, test: bool, executable: Option<&str>) -> String {
        serde_json::json!({
            "reason": "compiler-artifact",
            "target": {"kind": [kind], "name": "unary"},
            "profile": {"test": test},
            "executable": executable,
        })
        .to_string()
    }

    #[test]
    fn finds_programs_and_leaves_out_their_tests() {
        let example = executable(&message("example", false, Some("/t/examples/unary")));
        let expected = Executable {
            name: "unary".to_owned(),
            kind: Kind::Example,
            path: "/t/examples/unary".into(),
        };
        assert_eq!(example, Some(expected));
        assert_eq!(
            executable(&message("bin", true, Some("/t/deps/unary"))),
            None
        );
        assert_eq!(executable(&message("lib", false, None)), None);
        assert_eq!(executable("not JSON"), None);
    }
}
