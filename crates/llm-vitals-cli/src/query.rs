//! `llm-vitals query`: an expression against a gateway, a server or a saved scrape.

use std::process::ExitCode;

use llm_vitals_alert::expand_aliases;
use llm_vitals_promql::Expr;

use crate::arguments::Arguments;
use crate::command::Command;
use crate::failure::Failure;
use crate::output::{Format, Output};
use crate::source::{FLAGS, Options, Question};

mod json;
mod plot;
mod table;

pub(crate) use self::json::json;

pub(crate) const COMMAND: Command = Command {
    name: "query",
    operands: "EXPRESSION (--url URL | --file FILE)",
    about: "evaluate a PromQL expression against a gateway, a server or a saved scrape",
    details: "\
The answer is a table with a bar for each series, or with --range a plot.

--url is asked for /api/v1/query, as Prometheus has it. Where there is none, its /metrics is scraped: once, or
twice some seconds apart if the expression looks back, as rate() does. A window longer than what was seen is then
cut to it, and a note says so.

The short names of signals (error_rate, p95_latency, ...) may stand for what they are computed from.",
    flags: &FLAGS,
    examples: &[
        "llm-vitals query 'sum by (provider) (rate(llm_requests_total[5m]))' --url http://127.0.0.1:8080",
        "llm-vitals query error_rate --url http://127.0.0.1:8080 --scrapes 4",
        "llm-vitals query 'rate(llm_requests_total[5m])' --url http://prometheus:9090 --range 1h --step 1m",
        "curl -s http://127.0.0.1:8080/metrics | llm-vitals query llm_requests_total --file -",
    ],
    run,
};

fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    let options = Options::read(arguments)?;
    let question = question(arguments)?;
    let source = options.open(&question)?;
    let answer = source.ask(&question)?;
    match output.format {
        Format::Json => output.json(&json(&answer, &question, source.notes())),
        Format::Text => {
            for note in source.notes() {
                output.note(note);
            }
            output.text(table::render(&answer, output.style));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The question that the words of `query` and `explain` ask.
pub(crate) fn question(arguments: &Arguments) -> Result<Question, Failure> {
    let text = arguments.only_operand("the expression")?;
    let expr = Expr::parse(text, arguments.dialect()?).and_then(|expr| expand_aliases(&expr));
    let expr = expr.map_err(|error| Failure::Other(error.render(text)))?;
    let step = arguments
        .duration("--step")?
        .unwrap_or(std::time::Duration::from_secs(15));
    Ok(Question {
        expr,
        at: arguments.time("--at")?,
        range: arguments.duration("--range")?.map(|range| (range, step)),
    })
}
