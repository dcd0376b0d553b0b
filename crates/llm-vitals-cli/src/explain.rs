//! `llm-vitals explain`: an expression as a tree, with what each part of it gives.

use std::process::ExitCode;

use llm_vitals_promql::Expr;
use llm_vitals_promql::ast::{Node, NodeKind, ValueType};
use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::command::Command;
use crate::failure::Failure;
use crate::number::short;
use crate::output::{Format, Output};
use crate::query::question;
use crate::source::{Answer, FLAGS, Options, Question, Source, signal};

mod label;

pub(crate) const COMMAND: Command = Command {
    name: "explain",
    operands: "EXPRESSION [--url URL | --file FILE]",
    about: "show an expression as a tree, with value and number of series of each part",
    details: "\
Why does a rule not fire? Where a part has no series, that is where to look. Without --url and --file the tree is
shown without values.

Short names of signals (error_rate, p95_latency, ...) are expanded, and below each stands what it is recorded from.",
    flags: &FLAGS,
    examples: &[
        "llm-vitals explain 'error_rate > 0.05' --url http://127.0.0.1:8080",
        "llm-vitals explain 'sum(rate(a[5m])) / sum(rate(b[5m]))'",
        "llm-vitals explain 'x and on (job) y' --file scrape.txt --format json",
    ],
    run,
};

/// A part of the expression, with what it gives.
struct Part<'a> {
    node: &'a Node,
    depth: usize,
    /// What is drawn in front.
    branch: String,
    found: Option<Result<Answer, String>>,
}

fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    let question = question(arguments)?;
    let source = if arguments.has("--url") || arguments.has("--file") {
        Some(Options::read(arguments)?.open(&question)?)
    } else {
        None
    };
    let mut parts = Vec::new();
    collect(
        question.expr.root(),
        &question,
        source.as_ref(),
        ("", ""),
        0,
        &mut parts,
    );
    let notes = source.as_ref().map(Source::notes).unwrap_or_default();
    match output.format {
        Format::Json => output.json(&to_json(&question, &parts, notes)),
        Format::Text => {
            for note in notes {
                output.note(note);
            }
            output.text(to_text(&question, &parts, output));
        }
    }
    let failed = parts.iter().any(|part| matches!(part.found, Some(Err(_))));
    Ok(if failed {
        ExitCode::from(crate::command::FOUND)
    } else {
        ExitCode::SUCCESS
    })
}

fn collect<'a>(
    node: &'a Node,
    question: &Question,
    source: Option<&Source>,
    (branch, below): (&str, &str),
    depth: usize,
    parts: &mut Vec<Part<'a>>,
) {
    // Parentheses say nothing that the tree does not.
    let node = node.without_parens();
    parts.push(Part {
        node,
        depth,
        branch: branch.to_owned(),
        found: source.and_then(|source| ask(node, question, source)),
    });
    let mut children: Vec<&'a Node> = node.children().collect();
    // What a signal is recorded from.
    children.extend(signal(node).map(|rule| rule.expr().root()));
    for (at, child) in children.iter().enumerate() {
        let is_last = at + 1 == children.len();
        let (branch, next) = if is_last {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        let branch = format!("{below}{branch}");
        let below = format!("{below}{next}");
        collect(child, question, source, (&branch, &below), depth + 1, parts);
    }
}

/// What a part gives on its own; `None` of numbers and texts, which say it themselves.
fn ask(node: &Node, question: &Question, source: &Source) -> Option<Result<Answer, String>> {
    if matches!(node.kind(), NodeKind::Number(_) | NodeKind::String(_)) {
        return None;
    }
    let text = node.to_string();
    let mut question = match Expr::parse(&text, question.expr.dialect()) {
        Ok(expr) => question.with_expr(expr),
        Err(error) => return Some(Err(error.to_string())),
    };
    if node.value_type() == ValueType::Matrix {
        question.range = None;
    }
    Some(source.ask(&question).map_err(|failure| failure.to_string()))
}

fn to_text(question: &Question, parts: &[Part<'_>], output: &Output) -> String {
    let style = output.style;
    let mut text = format!("{}\n\n", style.bold(&question.expr));
    let left = |part: &Part<'_>| format!("{}{}", part.branch, label::of(part.node));
    let width = parts
        .iter()
        .map(|part| left(part).chars().count())
        .max()
        .unwrap_or(0)
        .min(70);
    for part in parts {
        let name = left(part);
        let summary = match &part.found {
            None => style
                .dim(match part.node.value_type() {
                    ValueType::Scalar | ValueType::String => String::new(),
                    other => format!("{other}"),
                })
                .to_string(),
            Some(Ok(answer)) if is_empty(answer) => style.red("no series").to_string(),
            Some(Ok(answer)) => style.green(summary(answer)).to_string(),
            Some(Err(error)) => style
                .red(error.lines().next().unwrap_or_default())
                .to_string(),
        };
        let line = format!("{name:<width$}  {summary}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn is_empty(answer: &Answer) -> bool {
    match answer {
        Answer::Vector(series) => series.is_empty(),
        Answer::Matrix(series) => series.is_empty(),
        Answer::Scalar(_) | Answer::Text(_) => false,
    }
}

fn summary(answer: &Answer) -> String {
    let count = |count: usize| {
        if count == 1 {
            "1 series".to_owned()
        } else {
            format!("{count} series")
        }
    };
    match answer {
        Answer::Scalar(value) => short(*value),
        Answer::Text(text) => format!("{text:?}"),
        Answer::Vector(series) => {
            let values: Vec<f64> = series.iter().map(|(_, value)| *value).collect();
            match values.as_slice() {
                [value] => format!("{} = {}", count(1), short(*value)),
                values => {
                    let (low, high) = values
                        .iter()
                        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                            (low.min(*value), high.max(*value))
                        });
                    let nan = values.iter().filter(|value| value.is_nan()).count();
                    let nan = if nan > 0 {
                        format!(", {nan} of them NaN")
                    } else {
                        String::new()
                    };
                    if low > high {
                        return format!("{}, all NaN", count(values.len()));
                    }
                    format!(
                        "{}, {} to {}{nan}",
                        count(values.len()),
                        short(low),
                        short(high)
                    )
                }
            }
        }
        Answer::Matrix(series) => {
            let samples: usize = series.iter().map(|(_, points)| points.len()).sum();
            format!("{}, {samples} samples", count(series.len()))
        }
    }
}

fn to_json(question: &Question, parts: &[Part<'_>], notes: &[String]) -> Value {
    let parts = parts.iter().map(|part| {
        let mut value = json!({
            "expr": part.node.to_string(),
            "depth": part.depth,
            "type": part.node.value_type().to_string(),
        });
        match &part.found {
            None => {}
            Some(Ok(answer)) => {
                value["result"] = crate::query::json(answer, question, &[])["data"].take();
            }
            Some(Err(error)) => value["error"] = json!(error),
        }
        value
    });
    json!({"expr": question.expr.to_string(), "parts": parts.collect::<Value>(), "notes": notes})
}
