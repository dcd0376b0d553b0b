//! `llm-vitals notify test`: a sample for every integration of a receiver.

use std::iter;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use llm_vitals_alert::notify::{
    Integration, Notification, NotifyError, Receiver, Settings, Texts, build_notifier,
};
use serde_json::json;
use tokio::time::Instant;

use crate::arguments::{Arguments, Flag, UsageError, nearest};
use crate::command::{Command, FOUND};
use crate::configuration;
use crate::failure::Failure;
use crate::output::{Format, Output, printable};
use crate::route;
use crate::texts::{self, FailedTemplate};
use crate::time::now_ms;

pub(crate) const COMMAND: Command = Command {
    name: "notify",
    operands: "test RECEIVER [--config FILE] [--resolve]",
    about: "send a sample to a receiver, to see whether it arrives",
    details: "\
The sample says that it is one: an alert NotificationTest, severity info. It goes to every integration of the receiver, past the
routes, once each, with what came of it and how long it took. A pager rings: --resolve tells a moment later that it is over.
A template that fails is named, though a message without it arrives. A heartbeat is not tried: it is sent while all works. Keys and addresses are shown in no message.",
    flags: &[
        Flag {
            name: "--config",
            value: Some("FILE"),
            about: "the configuration; notify.yml or alertmanager.yml here unless given",
        },
        Flag {
            name: "--resolve",
            value: None,
            about: "also tell that it is over, where the integration wants to know",
        },
    ],
    examples: &[
        "llm-vitals notify test team --config notify.yml",
        "llm-vitals notify test on-call --config alertmanager.yml --resolve",
    ],
    run,
};

/// The longest time that an integration may take.
const LONGEST: Duration = Duration::from_secs(60);

/// What came of one message.
struct Sent {
    integration: &'static str,
    index: usize,
    message: &'static str,
    took: Duration,
    result: Result<(), Trouble>,
    templates: Vec<FailedTemplate>,
}

/// Why it was not sent.
enum Trouble {
    /// It cannot be, or need not.
    Skipped(String),
    Failed(NotifyError),
    /// What sends cannot be made.
    Wrong(String),
}

fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    let name = match arguments.operands() {
        [word, name] if word == "test" => name,
        [word, ..] if word != "test" => {
            return Err(UsageError(format!("{word:?} is no subcommand: say test")).into());
        }
        _ => return Err(UsageError("say test, and one receiver".to_owned()).into()),
    };
    let path = route::path(arguments)?;
    let config = configuration::read(&path, output)?;
    let receivers = config.receivers();
    let Some(receiver) = receivers.iter().find(|receiver| receiver.name() == name) else {
        let meant = nearest(name, receivers.iter().map(Receiver::name));
        let meant = meant
            .map(|near| format!("; did you mean {near}?"))
            .unwrap_or_default();
        return Err(UsageError(format!("there is no receiver {name:?}{meant}")).into());
    };
    if receiver.integrations().is_empty() {
        return Err(Failure::Other(format!(
            "the receiver {name:?} has nobody to tell"
        )));
    }
    let texts = config
        .texts()
        .map_err(|error| Failure::Other(error.render()))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| Failure::Other(format!("cannot begin: {error}")))?;
    let mut all = Vec::new();
    for (index, integration) in receiver.integrations().iter().enumerate() {
        let sent = send(name, index, integration, &texts, arguments.has("--resolve"));
        all.extend(runtime.block_on(sent));
    }
    match output.format {
        Format::Json => output.json(&json!({
            "receiver": name,
            "results": all.iter().map(Sent::json).collect::<Vec<_>>(),
        })),
        Format::Text => {
            for sent in &all {
                for line in iter::once(sent.line()).chain(sent.warnings()) {
                    output.text(format_args!("{}\n", printable(&line)));
                }
            }
        }
    }
    let is_well = |sent: &Sent| {
        sent.templates.is_empty() && matches!(sent.result, Ok(()) | Err(Trouble::Skipped(_)))
    };
    Ok(match all.iter().all(is_well) {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(FOUND),
    })
}

async fn send(
    receiver: &str,
    index: usize,
    integration: &Integration,
    texts: &Arc<Texts>,
    resolves: bool,
) -> Vec<Sent> {
    let sent = |message, took, result| Sent {
        integration: integration.settings().integration(),
        index,
        message,
        took,
        result,
        templates: Vec::new(),
    };
    if matches!(integration.settings(), Settings::Heartbeat(_)) {
        let why = Trouble::Skipped("it is sent while all works".to_owned());
        return vec![sent("firing", Duration::ZERO, Err(why))];
    }
    let notifier = match build_notifier(receiver, integration, texts) {
        Ok(notifier) => notifier,
        Err(error) => {
            let why = Trouble::Wrong(error.to_string());
            return vec![sent("firing", Duration::ZERO, Err(why))];
        }
    };
    let mut all = Vec::new();
    let mut notification = Notification::sample(receiver, index, now_ms());
    let mut receipt = None;
    for message in ["firing", "resolved"] {
        let began = Instant::now();
        let attempt = notifier.notify(&notification, receipt.as_ref());
        let late = |_| Err(NotifyError::temporary("timeout", "no end after 60 seconds"));
        let result = tokio::time::timeout(LONGEST, attempt)
            .await
            .unwrap_or_else(late);
        let is_sent = result.is_ok();
        let result = result
            .map(|given| receipt = Some(given))
            .map_err(Trouble::Failed);
        all.push(Sent {
            templates: texts::failed(texts, integration.settings(), &notification),
            ..sent(message, began.elapsed(), result)
        });
        if !resolves || !is_sent || message == "resolved" {
            break;
        }
        if !integration.send_resolved() {
            let why = Trouble::Skipped("it does not want to know (send_resolved)".to_owned());
            all.push(sent("resolved", Duration::ZERO, Err(why)));
            break;
        }
        notification = notification.resolved(now_ms());
    }
    all
}

impl Sent {
    fn line(&self) -> String {
        let what = format!("{}[{}] {}", self.integration, self.index, self.message);
        match &self.result {
            Ok(()) => format!("{what}: delivered in {:.2} s", self.took.as_secs_f64()),
            Err(Trouble::Skipped(why)) => format!("{what}: skipped: {why}"),
            Err(Trouble::Wrong(why)) => format!("{what}: cannot be sent: {why}"),
            Err(Trouble::Failed(error)) => {
                let kind = match error.is_temporary() {
                    true => "may work later",
                    false => "will not work until something is changed",
                };
                format!("{what}: failed ({kind}): {error}")
            }
        }
    }

    /// A message arrives although a template of it fails.
    fn warnings(&self) -> impl Iterator<Item = String> {
        self.templates.iter().map(|failed| {
            let (integration, index, message) = (self.integration, self.index, self.message);
            let FailedTemplate { field, error, .. } = failed;
            format!("{integration}[{index}] {message}: warning: the template of {field} fails, and messages are sent without it: {error}")
        })
    }

    fn json(&self) -> serde_json::Value {
        let (result, error) = match &self.result {
            Ok(()) => ("delivered", None),
            Err(Trouble::Skipped(why)) => ("skipped", Some(why.clone())),
            Err(Trouble::Wrong(why)) => ("failed", Some(why.clone())),
            Err(Trouble::Failed(error)) => ("failed", Some(error.to_string())),
        };
        let (is_temporary, reason) = match &self.result {
            Err(Trouble::Failed(error)) => (Some(error.is_temporary()), Some(error.reason())),
            _ => (None, None),
        };
        json!({
            "integration": self.integration,
            "index": self.index,
            "message": self.message,
            "result": result,
            "seconds": self.took.as_secs_f64(),
            "temporary": is_temporary,
            "reason": reason,
            "error": error,
            "failed_templates": self.templates.iter()
                .map(|failed| json!({"field": failed.field, "error": failed.error}))
                .collect::<Vec<_>>(),
        })
    }
}
