//! Prometheus' HTTP API, without HTTP: parameters in, JSON out.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use llm_vitals_alert::Evaluator;
use llm_vitals_promql::{Dialect, Engine, Expr, Store};

use crate::parameters::Parameters;
use crate::problem::{Problem, ProblemKind};
use crate::time::parse_time;
use crate::work::{Gate, Limit, lock};

mod build;
mod exemplars;
mod format;
mod labels;
mod metadata;
mod query;
mod rules;
mod selectors;
mod shown_rules;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Query,
    QueryRange,
    QueryExemplars,
    Series,
    Labels,
    LabelValues(String),
    Metadata,
    Rules,
    Alerts,
    BuildInfo,
    FormatQuery,
}

/// What is asked, and within which limits.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    pub(crate) store: Arc<Mutex<Store>>,
    pub(crate) evaluator: Option<Arc<Mutex<Evaluator>>>,
    /// How far apart evaluations are of groups that do not say.
    pub(crate) evaluation_interval: Duration,
    pub(crate) engine: Engine,
    pub(crate) dialect: Dialect,
    pub(crate) timeout: Duration,
    /// Points of a result.
    pub(crate) max_points: usize,
    /// For queries.
    pub(crate) gate: Gate,
}

/// `data` of an answer, and what is to be said with it.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) data: String,
    pub(crate) warnings: Vec<String>,
}

impl Endpoint {
    /// By what follows `api/v1/` in the path.
    pub(crate) fn of(path: &str) -> Option<Self> {
        Some(match path {
            "query" => Self::Query,
            "query_range" => Self::QueryRange,
            "query_exemplars" => Self::QueryExemplars,
            "series" => Self::Series,
            "labels" => Self::Labels,
            "metadata" => Self::Metadata,
            "rules" => Self::Rules,
            "alerts" => Self::Alerts,
            "status/buildinfo" => Self::BuildInfo,
            "format_query" => Self::FormatQuery,
            _ => {
                let name = path.strip_prefix("label/")?.strip_suffix("/values")?;
                if name.is_empty() || name.contains('/') {
                    return None;
                }
                Self::LabelValues(crate::parameters::decode_path(name))
            }
        })
    }
}

impl Api {
    /// Answers on a thread for blocking work, when there is room, and within the timeout.
    pub(crate) async fn answer(
        &self,
        gate: &Gate,
        endpoint: Endpoint,
        parameters: Parameters,
        now_ms: i64,
    ) -> Result<Answer, Problem> {
        let mut timeout = self.timeout;
        if let Some(text) = parameters.first("timeout") {
            timeout = timeout.min(query::span("timeout", text)?);
        }
        let api = self.clone();
        let work = move |limit: &Limit| api.work(&endpoint, &parameters, now_ms, limit);
        gate.run(timeout, work).await
    }

    fn work(
        &self,
        endpoint: &Endpoint,
        parameters: &Parameters,
        now_ms: i64,
        limit: &Limit,
    ) -> Result<Answer, Problem> {
        match endpoint {
            Endpoint::Query => self.query(parameters, now_ms, limit),
            Endpoint::QueryRange => self.query_range(parameters, limit),
            Endpoint::QueryExemplars => self.query_exemplars(parameters),
            Endpoint::Series => self.series(parameters),
            Endpoint::Labels => self.labels(parameters),
            Endpoint::LabelValues(name) => self.label_values(name, parameters),
            Endpoint::Metadata => self.metadata(parameters),
            Endpoint::Rules => self.rules(parameters),
            Endpoint::Alerts => Ok(self.alerts()),
            Endpoint::BuildInfo => Ok(self.build_info()),
            Endpoint::FormatQuery => self.format_query(parameters),
        }
    }

    fn expr(&self, parameters: &Parameters) -> Result<Expr, Problem> {
        let text = parameters.first("query").unwrap_or_default();
        Expr::parse(text, self.dialect)
            .map_err(|error| Problem::parameter("query", parse_error(&error)))
    }

    fn with_store<T>(&self, read: impl FnOnce(&Store) -> T) -> T {
        read(&lock(&self.store))
    }
}

impl Answer {
    pub(crate) fn new(data: String) -> Self {
        Self {
            data,
            warnings: Vec::new(),
        }
    }

    /// Keeps the first `limit` items, and says so if there were more.
    fn truncate<T>(&mut self, items: &mut Vec<T>, limit: Option<usize>) {
        if let Some(limit) = limit.filter(|limit| items.len() > *limit) {
            items.truncate(limit);
            self.warnings
                .push("results truncated due to limit".to_owned());
        }
    }
}

/// `1:5: parse error: unknown function "rte"; did you mean "rate"?`
fn parse_error(error: &llm_vitals_promql::Error) -> String {
    let place = error
        .position()
        .map(|(line, column)| format!("{line}:{column}: "))
        .unwrap_or_default();
    let suggestion = error
        .suggestion()
        .map(|text| format!("; {text}"))
        .unwrap_or_default();
    format!("{place}parse error: {}{suggestion}", error.message())
}

/// A moment that need not be there.
fn moment(parameters: &Parameters, name: &str, otherwise: i64) -> Result<i64, Problem> {
    let Some(text) = parameters.first(name) else {
        return Ok(otherwise);
    };
    parse_time(text).ok_or_else(|| {
        let message = format!("cannot parse {text:?} to a valid timestamp");
        // As Prometheus has it, which names the parameter in both.
        Problem::parameter(name, format!("Invalid time value for '{name}': {message}"))
    })
}

/// How many items are wanted at most; 0 is as many as there are.
fn limit(parameters: &Parameters) -> Result<Option<usize>, Problem> {
    let Some(text) = parameters.first("limit") else {
        return Ok(None);
    };
    match text.parse::<i64>() {
        Ok(limit) if limit >= 0 => Ok(usize::try_from(limit).ok().filter(|limit| *limit > 0)),
        Ok(_) => Err(Problem::parameter("limit", "limit must be non-negative")),
        Err(_) => {
            let message = format!("cannot parse {text:?} as a number");
            Err(Problem::parameter("limit", message))
        }
    }
}

fn execution(message: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Execution, message)
}
