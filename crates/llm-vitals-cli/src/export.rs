//! `llm-vitals export`: rule files, configurations and dashboards as other programs read them.

use std::path::Path;
use std::process::ExitCode;

use llm_vitals_alert::notify::ExportSecrets;
use llm_vitals_alert::{RuleFile, export_prometheus};
use llm_vitals_dashboard::grafana_dashboards;
use serde_json::json;

use crate::arguments::{Arguments, Flag, UsageError};
use crate::broken::{Broken, RULES};
use crate::command::Command;
use crate::configuration;
use crate::failure::Failure;
use crate::file;
use crate::output::{Format, Output};

pub(crate) const COMMAND: Command = Command {
    name: "export",
    operands: "prometheus|alertmanager FILE, grafana FOLDER",
    about: "write a rule file of Prometheus, a configuration of Alertmanager, or dashboards of Grafana",
    details: "\
prometheus: alerts, signals and options as plain PromQL. The file may have the short form, Prometheus' groups, or both. What
comes out is one rule file on standard output, with the recording rules of the signals where an alert uses them. An
option that plain PromQL cannot say is an error, never left out in silence.

alertmanager: the file says who is told, in Alertmanager's own form or in the short one under \"notify:\", which may stand in the
gateway's file. Alerts go the same
ways there. What Alertmanager does not have is an error. Secrets are left out unless --secrets asks for them.

grafana: dashboards over the metrics of these libraries, a file for each, into a folder that Grafana is provisioned from.
Files of the same names are replaced.",
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
        "llm-vitals export grafana /var/lib/grafana/dashboards",
    ],
    run,
};

const TARGETS: [&str; 3] = ["prometheus", "alertmanager", "grafana"];

fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    let wrong = |message: &str| Err(UsageError(message.to_owned()).into());
    let (target, path) = match arguments.operands() {
        [target, ..] if !TARGETS.contains(&target.as_str()) => {
            return wrong(&format!(
                "{target:?} is no target: say prometheus, alertmanager or grafana"
            ));
        }
        [target, path] => (target.as_str(), path),
        [target] if target == "grafana" => return wrong("say a folder, too"),
        [_] => return wrong("say a file, too"),
        [] => return wrong("say prometheus or alertmanager and a file, or grafana and a folder"),
        _ => return wrong("one file at a time"),
    };
    let exported = match target {
        "prometheus" => prometheus(arguments, path)?,
        "alertmanager" => alertmanager(arguments, path, output)?,
        _ => return grafana(Path::new(path), output),
    };
    match output.format {
        Format::Text => output.text(exported),
        Format::Json => output.json(&json!({target: exported})),
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells the paths of the files.
fn grafana(folder: &Path, output: &Output) -> Result<ExitCode, Failure> {
    let failed = |path: &Path, error: &std::io::Error| {
        Failure::Other(format!("cannot write {}: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let mut written = Vec::new();
    for dashboard in grafana_dashboards() {
        let path = folder.join(dashboard.file_name());
        std::fs::write(&path, dashboard.json()).map_err(|error| failed(&path, &error))?;
        written.push(path.display().to_string());
    }
    match output.format {
        Format::Text => output.text(written.join("\n") + "\n"),
        Format::Json => output.json(&json!({ "grafana": written })),
    }
    Ok(ExitCode::SUCCESS)
}

fn prometheus(arguments: &Arguments, path: &str) -> Result<String, Failure> {
    let text = file::read(Path::new(path));
    let text = text.map_err(|error| Failure::Other(format!("{path}: {error}")))?;
    let file = RuleFile::parse_with(path, &text, arguments.dialect()?);
    file.and_then(|file| export_prometheus(&file))
        .map_err(|error| Failure::Other(Broken::of(&text, &RULES, &error).render()))
}

fn alertmanager(arguments: &Arguments, path: &str, output: &Output) -> Result<String, Failure> {
    let secrets = if arguments.has("--secrets") {
        ExportSecrets::Shown
    } else {
        output.note("secrets are left out; --secrets writes them too");
        ExportSecrets::Placeholders
    };
    let config = configuration::read(Path::new(path), output)?;
    config
        .to_alertmanager(secrets)
        .map_err(|error| Failure::Other(error.render()))
}
