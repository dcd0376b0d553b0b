//! `llm-vitals export`: rule files as other programs read them.

use std::process::ExitCode;

use llm_vitals_alert::{RuleFile, export_prometheus};
use serde_json::json;

use crate::arguments::{Arguments, Flag, UsageError};
use crate::command::Command;
use crate::failure::Failure;
use crate::output::{Format, Output};

pub(crate) const COMMAND: Command = Command {
    name: "export",
    operands: "prometheus FILE",
    about: "write a rule file of Prometheus: alerts, signals and options as plain PromQL",
    details: "\
The file may have the short form, Prometheus' groups, or both. What comes out is one rule file on standard output, with
the recording rules of the signals where an alert uses them. An option that plain PromQL cannot say is an error, never
left out in silence.",
    flags: &[Flag {
        name: "--dialect",
        value: Some("v2|v3"),
        about: "in whose language the file is read: Prometheus 2 or 3; v3 unless given",
    }],
    examples: &[
        "llm-vitals export prometheus alerts.yaml > rules.yaml",
        "llm-vitals export prometheus alerts.yaml | promtool check rules",
    ],
    run,
};

fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    let path = match arguments.operands() {
        [target, path] if target == "prometheus" => path,
        [target] | [target, _] if target != "prometheus" => {
            return Err(UsageError(format!("{target:?} is no target: say prometheus")).into());
        }
        [_, _, ..] => return Err(UsageError("one file at a time".to_owned()).into()),
        _ => return Err(UsageError("say prometheus and a file".to_owned()).into()),
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::Other(format!("cannot read {path}: {error}")))?;
    let file = RuleFile::parse_with(path, &text, arguments.dialect()?);
    let exported = file
        .and_then(|file| export_prometheus(&file))
        .map_err(|error| Failure::Other(error.render()))?;
    match output.format {
        Format::Text => output.text(exported),
        Format::Json => output.json(&json!({"prometheus": exported})),
    }
    Ok(ExitCode::SUCCESS)
}
