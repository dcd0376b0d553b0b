//! Where samples come from: files of scrapes, a live `/metrics`, or a server that answers queries itself.

use std::time::Duration;

use crate::arguments::{Arguments, Flag, UsageError};
use crate::failure::Failure;

mod answer;
mod http;
mod local;
mod remote;
mod scrapes;
mod window;

use self::answer::has_range;
pub(crate) use self::answer::{Answer, Question, signal};
pub(crate) use self::http::Client;
pub(crate) use self::local::Local;
pub(crate) use self::remote::Remote;
pub(crate) use self::scrapes::{read_scrapes, scrape};

/// Options of commands that look at samples.
pub(crate) const FLAGS: [Flag; 8] = [
    Flag {
        name: "--url",
        value: Some("URL"),
        about: "a gateway, a Prometheus-compatible server, or a /metrics",
    },
    Flag {
        name: "--file",
        value: Some("FILE"),
        about: "a saved scrape; several stand --step apart, in their order; - is standard input",
    },
    Flag {
        name: "--at",
        value: Some("TIME"),
        about: "the moment: 2026-11-24T10:00:00Z, or seconds since 1970; now unless given",
    },
    Flag {
        name: "--range",
        value: Some("DURATION"),
        about: "a range query over the time before the moment, such as 1h",
    },
    Flag {
        name: "--step",
        value: Some("DURATION"),
        about: "the distance of a range query's points, and of several --file; 15s unless given",
    },
    Flag {
        name: "--scrapes",
        value: Some("NUMBER"),
        about: "how often to scrape a live /metrics; 2 if the expression looks back, else 1",
    },
    Flag {
        name: "--every",
        value: Some("DURATION"),
        about: "the time between scrapes; 5s unless given",
    },
    Flag {
        name: "--dialect",
        value: Some("v2|v3"),
        about: "whose answers: Prometheus 2 or 3; v3 unless given",
    },
];

/// Something that answers questions.
pub(crate) enum Source {
    /// Samples that we hold and evaluate ourselves.
    Local(Box<Local>),
    /// A server that evaluates.
    Remote(Remote),
}

/// What the options of a command say of its source.
#[derive(Debug)]
pub(crate) struct Options {
    url: Option<String>,
    files: Vec<String>,
    at: Option<i64>,
    step: Duration,
    scrapes: Option<usize>,
    every: Duration,
}

impl Options {
    pub(crate) fn read(arguments: &Arguments) -> Result<Self, UsageError> {
        let options = Self {
            url: arguments.value("--url").map(str::to_owned),
            files: arguments.all("--file").map(str::to_owned).collect(),
            at: arguments.time("--at")?,
            step: arguments
                .duration("--step")?
                .unwrap_or(Duration::from_secs(15)),
            scrapes: arguments.number("--scrapes")?,
            every: arguments
                .duration("--every")?
                .unwrap_or(Duration::from_secs(5)),
        };
        match (&options.url, options.files.is_empty()) {
            (Some(_), false) => Err(UsageError("--url and --file exclude each other".to_owned())),
            (None, true) => Err(UsageError(
                "where are the samples? say --url URL or --file FILE".to_owned(),
            )),
            _ if options.scrapes == Some(0) => {
                Err(UsageError("--scrapes takes a number above 0".to_owned()))
            }
            _ => Ok(options),
        }
    }

    /// The source, which for a live `/metrics` is there after the last scrape only.
    pub(crate) fn open(&self, question: &Question) -> Result<Source, Failure> {
        let Some(url) = &self.url else {
            let at = question.at.unwrap_or_else(crate::time::now_ms);
            let texts = read_scrapes(&self.files)?;
            return ready(
                Local::from_texts(&texts, at, self.step, question.expr.dialect())?,
                question,
            );
        };
        let client = Client::new()?;
        if let Some(remote) = Remote::find(&client, url)? {
            return Ok(Source::Remote(remote));
        }
        if self.at.is_some() {
            let message = format!(
                "{url} answers no queries itself, so --at cannot be asked: it has only its /metrics of now"
            );
            return Err(Failure::Other(message));
        }
        let needed = if question.looks_back() { 2 } else { 1 };
        let count = self.scrapes.unwrap_or(needed);
        ready(
            Local::from_live(&client, url, count, self.every, question.expr.dialect())?,
            question,
        )
    }
}

fn ready(local: Local, question: &Question) -> Result<Source, Failure> {
    let asks_for_signals = question.asks_for_signals();
    let local = if asks_for_signals || has_range(question.expr.root()) {
        local.with_window_note()
    } else {
        local
    };
    let local = if asks_for_signals {
        local.with_signals()?
    } else {
        local
    };
    Ok(Source::Local(Box::new(local)))
}

impl Source {
    /// Answers.
    pub(crate) fn ask(&self, question: &Question) -> Result<Answer, Failure> {
        match self {
            Self::Local(local) => local.ask(question),
            Self::Remote(remote) => remote.ask(question),
        }
    }

    /// Remarks on how far its answers can be trusted.
    pub(crate) fn notes(&self) -> &[String] {
        match self {
            Self::Local(local) => local.notes(),
            Self::Remote(_) => &[],
        }
    }
}
