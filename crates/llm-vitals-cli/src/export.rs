//! `llm-vitals export`: rule files and configurations as other programs read them.

use std::path::Path;
use std::process::ExitCode;

use llm_vitals_alert::notify::{Config, ExportSecrets};
use llm_vitals_alert::{RuleFile, export_prometheus};
use serde_json::json;

use crate::arguments::{Arguments, Flag, UsageError};
use crate::command::Command;
use crate::failure::Failure;
use crate::output::{Format, Output};

pub(crate) const COMMAND: Command = Command {
    name: "export",
    operands: "prometheus|alertmanager FILE",
    about: "write a rule file of Prometheus or a configuration of Alertmanager",
    details: "\
prometheus: alerts, signals and options as plain PromQL. The file may have the short form, Prometheus' groups, or both. What comes out is one rule file on standard output, with
the recording rules of the signals where an alert uses them. An option that plain PromQL cannot say is an error, never
left out in silence.

alertmanager: the file says who is told, in Alertmanager's own form or in the short one under \"notify:\". Alerts go the same
ways there. What Alertmanager does not have is an error. Secrets are left out unless --secrets asks for them.",
    flags: &[
        Flag {
            name: "--dialect",
            value: Some("v2|v3"),
            about: "in whose language a rule file is read: Prometheus 2 or 3; v3 unless given",
        },
        Flag {
            name: "--secrets",
            value: None,
            about: "write keys, passwords and secret addresses of a configuration too",
        },
    ],
    examples: &[
        "llm-vitals export prometheus alerts.yaml > rules.yaml",
        "llm-vitals export prometheus alerts.yaml | promtool check rules",
        "llm-vitals export alertmanager notify.yml --secrets > alertmanager.yml",
    ],
    run,
};

fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    let (target, path) = match arguments.operands() {
        [target, path] if matches!(target.as_str(), "prometheus" | "alertmanager") => {
            (target.as_str(), path)
        }
        [target] | [target, _] if !matches!(target.as_str(), "prometheus" | "alertmanager") => {
            let message = format!("{target:?} is no target: say prometheus or alertmanager");
            return Err(UsageError(message).into());
        }
        [_, _, ..] => return Err(UsageError("one file at a time".to_owned()).into()),
        _ => {
            return Err(UsageError("say prometheus or alertmanager, and a file".to_owned()).into());
        }
    };
    let exported = if target == "prometheus" {
        prometheus(arguments, path)?
    } else {
        alertmanager(arguments, path, output)?
    };
    match output.format {
        Format::Text => output.text(exported),
        Format::Json => output.json(&json!({target: exported})),
    }
    Ok(ExitCode::SUCCESS)
}

fn prometheus(arguments: &Arguments, path: &str) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::Other(format!("cannot read {path}: {error}")))?;
    let file = RuleFile::parse_with(path, &text, arguments.dialect()?);
    file.and_then(|file| export_prometheus(&file))
        .map_err(|error| Failure::Other(error.render()))
}

fn alertmanager(arguments: &Arguments, path: &str, output: &Output) -> Result<String, Failure> {
    let secrets = if arguments.has("--secrets") {
        ExportSecrets::Shown
    } else {
        output.note("secrets are left out; --secrets writes them too");
        ExportSecrets::Placeholders
    };
    let config = Config::read(Path::new(path));
    config
        .and_then(|config| config.to_alertmanager(secrets))
        .map_err(|error| Failure::Other(error.render()))
}
