//! `llm-vitals check`: rule files that load, and rules that can do what they seem to say.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use llm_vitals_alert::RuleFile;
use llm_vitals_promql::Store;
use serde_json::{Value, json};

use crate::arguments::{Arguments, Flag, UsageError, nearest};
use crate::broken::{Broken, RULES};
use crate::command::{Command, FOUND};
use crate::failure::Failure;
use crate::file;
use crate::output::{Format, Output};

mod allow;
mod bounds;
mod configuration;
mod context;
mod exposed;
mod finding;
mod known;
mod lints;
mod place;
mod subject;

use self::context::Context;
use self::finding::{Finding, Level};

pub(crate) const COMMAND: Command = Command {
    name: "check",
    operands: "FILE...",
    about: "check rule files and configurations: do they load, and can the rules fire as they seem to say",
    details: "\
A file that says who is told (\"notify:\", or \"route:\" as Alertmanager has it) must load, and its templates must be filled in for a sample; of a gateway's file, \"notify:\" is read. Each rule file must load, too. Then each rule is looked at for mistakes that load well and never fire, or always do.
With --url or --metrics, metrics and label values that nothing exposes are found too.

A finding is an error (the rule cannot work), a warning (it most likely does not do what it seems to) or a note.
A comment in or right above the rule allows one, and in a file of its own line a whole file:
  # llm-vitals: allow(self-ratio)
  # llm-vitals: allow-file(missing-runbook)

Exit code 1 if a file does not load or there is an error; with --strict also if there is a warning.",
    flags: &[
        Flag {
            name: "--url",
            value: Some("URL"),
            about: "a gateway, or a Prometheus-compatible server, that says what there is",
        },
        Flag {
            name: "--metrics",
            value: Some("FILE"),
            about: "a saved scrape that says what there is; - is standard input",
        },
        Flag {
            name: "--scrape-interval",
            value: Some("DURATION"),
            about: "the distance of samples; 15s unless given",
        },
        Flag {
            name: "--interval",
            value: Some("DURATION"),
            about: "the distance of evaluations of groups that say none; 15s unless given",
        },
        Flag {
            name: "--retention",
            value: Some("DURATION"),
            about: "for how long samples are kept, 6h in the gateway: longer windows are found",
        },
        Flag {
            name: "--dialect",
            value: Some("v2|v3"),
            about: "Prometheus 2 or 3; v3 unless given",
        },
        Flag {
            name: "--strict",
            value: None,
            about: "warnings too give exit code 1",
        },
        Flag {
            name: "--quiet",
            value: None,
            about: "no notes",
        },
        Flag {
            name: "--allow",
            value: Some("CODE"),
            about: "leave out what has this code; may be there several times",
        },
        Flag {
            name: "--deny",
            value: Some("CODE"),
            about: "what has this code is an error; may be there several times",
        },
        Flag {
            name: "--lints",
            value: None,
            about: "list all checks with their codes",
        },
    ],
    examples: &[
        "llm-vitals check alerts.yaml",
        "llm-vitals check rules/*.yaml --url http://127.0.0.1:8080 --strict",
        "llm-vitals check alerts.yaml --metrics scrape.txt --format json",
        "llm-vitals check --lints",
    ],
    run,
};

fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    if arguments.has("--lints") {
        list(output);
        return Ok(ExitCode::SUCCESS);
    }
    let paths = arguments.some_operands("a rule file")?;
    let dialect = arguments.dialect()?;
    let mut files = Vec::new();
    let mut errors = Vec::new();
    let mut configurations = Vec::new();
    for path in paths {
        match load(path, dialect, output) {
            Ok(Loaded::Rules(file)) => files.push(file),
            Ok(Loaded::Configuration(configuration)) => configurations.push(configuration),
            Err(broken) => errors.push(broken),
        }
    }
    let live = live(arguments, &files)?;
    let interval = |name: &str| {
        arguments
            .duration(name)
            .map(|given| given.unwrap_or(Duration::from_secs(15)))
    };
    let context = Context::new(
        &files,
        live.as_ref(),
        dialect,
        interval("--scrape-interval")?,
        interval("--interval")?,
    )
    .with_retention(arguments.duration("--retention")?);
    let mut findings = lints::run(&context);
    findings.extend(
        configurations
            .iter_mut()
            .flat_map(configuration::Configuration::findings),
    );
    let (allowed, denied) = (codes(arguments, "--allow")?, codes(arguments, "--deny")?);
    findings.retain(|finding| !allowed.contains(&finding.code));
    for finding in &mut findings {
        if denied.contains(&finding.code) {
            finding.level = Level::Error;
        }
    }
    if arguments.has("--quiet") {
        findings.retain(|finding| finding.level != Level::Note);
    }
    let worst = if arguments.has("--strict") {
        Level::Warning
    } else {
        Level::Error
    };
    let is_ok = errors.is_empty() && findings.iter().all(|finding| finding.level < worst);
    match output.format {
        Format::Json => output.json(&to_json(is_ok, &errors, &findings)),
        Format::Text => to_text(output, &files, &configurations, &errors, &findings),
    }
    Ok(if is_ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FOUND)
    })
}

/// The codes that an option names.
fn codes(arguments: &Arguments, name: &str) -> Result<Vec<&'static str>, UsageError> {
    let code = |given: &str| {
        let known = || lints::ALL.iter().map(|lint| lint.code);
        known().find(|code| *code == given).ok_or_else(|| {
            let meant = nearest(given, known()).map(|near| format!("; did you mean {near}?"));
            UsageError(format!(
                "there is no check {given}{}",
                meant.unwrap_or_default()
            ))
        })
    };
    arguments.all(name).map(code).collect()
}

/// What is exposed, if that was asked for.
fn live(arguments: &Arguments, rules: &[RuleFile]) -> Result<Option<Store>, Failure> {
    let files: Vec<String> = arguments.all("--metrics").map(str::to_owned).collect();
    match (arguments.value("--url"), files.is_empty()) {
        (Some(_), false) => {
            Err(UsageError("--url and --metrics exclude each other".to_owned()).into())
        }
        (Some(url), true) => exposed::of_url(url, rules).map(Some),
        (None, false) => exposed::of_files(&files).map(Some),
        (None, true) => Ok(None),
    }
}

/// A file of either kind.
enum Loaded {
    Rules(RuleFile),
    Configuration(configuration::Configuration),
}

fn load(
    path: &str,
    dialect: llm_vitals_promql::Dialect,
    output: &Output,
) -> Result<Loaded, Broken> {
    let text = file::read(Path::new(path)).map_err(|error| Broken::unread(path, error))?;
    if crate::configuration::is_one(&text) {
        return configuration::read(path, &text, output).map(Loaded::Configuration);
    }
    let file = RuleFile::parse_with(path, &text, dialect);
    file.map(Loaded::Rules)
        .map_err(|error| Broken::of(&text, &RULES, &error))
}

fn to_text(
    output: &Output,
    files: &[RuleFile],
    configurations: &[configuration::Configuration],
    errors: &[Broken],
    findings: &[Finding],
) {
    let style = output.style;
    for error in errors {
        for fault in &error.0 {
            output.text(format_args!(
                "{} {}\n",
                style.red("error:"),
                fault.rendered.trim_end()
            ));
            output.text("\n");
        }
    }
    for finding in findings {
        let file = files.iter().find(|file| file.name() == finding.file);
        let configuration = configurations.iter().find(|file| file.path == finding.file);
        let text = file.map(RuleFile::text);
        let text = text.or(configuration.map(|file| &*file.shown));
        output.text(finding.render(text.unwrap_or_default(), style));
        output.text("\n");
    }
    let rules: usize = files
        .iter()
        .flat_map(|file| file.groups())
        .map(|group| group.rules().len())
        .sum();
    let broken: usize = errors.iter().map(|error| error.0.len()).sum();
    let count = |level: Level| {
        findings
            .iter()
            .filter(|finding| finding.level == level)
            .count()
    };
    output.text(format_args!(
        "{} in {}: {}, {}, {}\n",
        plural(rules, "rule"),
        plural(files.len() + configurations.len() + errors.len(), "file"),
        plural(broken + count(Level::Error), "error"),
        plural(count(Level::Warning), "warning"),
        plural(count(Level::Note), "note"),
    ));
}

fn plural(count: usize, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}

fn to_json(is_ok: bool, errors: &[Broken], findings: &[Finding]) -> Value {
    let errors = errors.iter().flat_map(|error| &error.0).map(|fault| {
        json!({
            "code": "load",
            "level": "error",
            "file": fault.file,
            "line": fault.line,
            "column": fault.column,
            "rule": null,
            "message": fault.message,
            "help": fault.help,
        })
    });
    let findings: Value = errors
        .chain(findings.iter().map(Finding::to_json))
        .collect();
    json!({"ok": is_ok, "findings": findings})
}

fn list(output: &Output) {
    if output.format == Format::Json {
        let lints = lints::ALL.iter();
        let lints: Value = lints
            .map(|lint| json!({"code": lint.code, "level": lint.level.name(), "about": lint.about}))
            .collect();
        output.json(&lints);
        return;
    }
    for lint in lints::ALL {
        output.text(format_args!(
            "{:<22} {:<8} {}\n",
            lint.code,
            lint.level.name(),
            lint.about
        ));
    }
}
