//! `llm-vitals route test`: who gets an alert, and why.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use llm_vitals_alert::notify::Route;
use llm_vitals_promql::Labels;
use serde_json::json;

use crate::arguments::{Arguments, Flag, UsageError};
use crate::command::Command;
use crate::configuration;
use crate::failure::Failure;
use crate::output::{Format, Output, printable};
use crate::time::now_ms;

pub(crate) const COMMAND: Command = Command {
    name: "route",
    operands: "test [--config FILE] LABEL=VALUE...",
    about: "say who gets an alert with these labels, and why",
    details: "\
The file is a configuration of Alertmanager or the short form under \"notify:\", in a file of its own or in the gateway's. Each route that is asked is shown, with the
condition that fails where one does, and for each that handles the alert who is told, how alerts are grouped, and when.
Alertmanager sends it the same way: llm-vitals export alertmanager writes the file for it.",
    flags: &[
        Flag {
            name: "--config",
            value: Some("FILE"),
            about: "the configuration; notify.yml or alertmanager.yml here unless given",
        },
        Flag {
            name: "--at",
            value: Some("TIME"),
            about: "the moment for which quiet times are looked up; now unless given",
        },
    ],
    examples: &[
        "llm-vitals route test alertname=HighErrorRate severity=critical provider=openai",
        "llm-vitals route test --config alertmanager.yml --at 2026-11-24T03:00:00Z severity=warning",
    ],
    run,
};

/// Where a configuration is looked for.
const USUAL: [&str; 2] = ["notify.yml", "alertmanager.yml"];

fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    let operands = match arguments.operands() {
        [word, operands @ ..] if word == "test" => operands,
        [word, ..] => return Err(UsageError(format!("{word:?} is no subcommand: say test")).into()),
        [] => return Err(UsageError("say test, and the labels of an alert".to_owned()).into()),
    };
    let labels = operands
        .iter()
        .map(|text| label(text))
        .collect::<Result<Vec<_>, _>>()?;
    let labels = Labels::new(labels);
    let at = arguments.time("--at")?.unwrap_or_else(now_ms);
    let path = path(arguments)?;
    let config = configuration::read(&path, output)?;
    let explanation = config.explain(&labels);
    let routes = config.routes_for(&labels);
    let is_muted = |route: &Route| config.is_muted(route, at);
    match output.format {
        Format::Json => {
            let told = routes.iter().map(|route| {
                json!({"receiver": route.receiver(), "route": route.key(), "muted": is_muted(route)})
            });
            let told: Vec<_> = told.collect();
            output.json(&json!({"routes": told, "explanation": explanation.to_string()}));
        }
        Format::Text => {
            for line in explanation.to_string().lines() {
                output.text(format_args!("{}\n", printable(line)));
            }
            for route in routes.iter().filter(|route| is_muted(route)) {
                output.text(format_args!(
                    "{} is not told at this time: the time intervals of its route\n",
                    printable(route.receiver())
                ));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn path(arguments: &Arguments) -> Result<PathBuf, UsageError> {
    if let Some(path) = arguments.value("--config") {
        return Ok(path.into());
    }
    let found = USUAL.iter().map(Path::new).find(|path| path.is_file());
    found.map(Path::to_owned).ok_or_else(|| {
        UsageError(format!(
            "there is no {} here: name a file with --config",
            USUAL.join(" and no ")
        ))
    })
}

/// A label as amtool reads it, with quotes around its value or without.
fn label(text: &str) -> Result<(String, String), UsageError> {
    let parts = text.split_once('=').filter(|(name, value)| {
        let name = name.trim();
        !name.is_empty() && !name.ends_with('!') && !value.starts_with('~')
    });
    let Some((name, value)) = parts else {
        return Err(UsageError(format!(
            "{text:?} is no label: write LABEL=VALUE"
        )));
    };
    let value = value.trim();
    let inner = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    Ok((name.trim().to_owned(), inner.unwrap_or(value).to_owned()))
}
