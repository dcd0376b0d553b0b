//! What there is: a scrape, or what a server with the query API of Prometheus knows.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use llm_vitals_alert::{RuleFile, signals};
use llm_vitals_promql::ast::NodeKind;
use llm_vitals_promql::{Dialect, Expr, Format, Labels, Scrape, Store};

use crate::failure::Failure;
use crate::source::{Answer, Client, Question, Remote, read_scrapes, scrape};
use crate::time::now_ms;

/// What saved scrapes have.
pub(super) fn of_files(files: &[String]) -> Result<Store, Failure> {
    let mut store = Store::new();
    for text in read_scrapes(files)? {
        take(&mut store, &text.name, &text.bytes, text.format)?;
    }
    Ok(store)
}

/// What a gateway's `/metrics` has; or, of a server that answers queries, the series of the metrics that the rules name.
pub(super) fn of_url(url: &str, files: &[RuleFile]) -> Result<Store, Failure> {
    let client = Client::new()?;
    let mut store = Store::new();
    match Remote::find(&client, url)? {
        None => {
            let text = scrape(&client, url)?;
            take(&mut store, &text.name, &text.bytes, text.format)?;
        }
        Some(remote) => take(
            &mut store,
            url,
            ask(&remote, files)?.as_bytes(),
            Format::Text,
        )?,
    }
    Ok(store)
}

fn take(store: &mut Store, name: &str, bytes: &[u8], format: Format) -> Result<(), Failure> {
    // Each its own source: what one has does not end because another has it not.
    let taken = Scrape::new(Labels::empty()).ingest(store, bytes, format, now_ms());
    taken
        .map(|_| ())
        .map_err(|error| Failure::Other(format!("{name}:{error}")))
}

/// An exposition of what a server has of the metrics that the rules name.
fn ask(remote: &Remote, files: &[RuleFile]) -> Result<String, Failure> {
    let types = remote.types()?;
    let mut text = String::new();
    let mut described = BTreeSet::new();
    let names = named(files);
    for name in &names {
        let parts = ["_bucket", "_count", "_sum", "_total"].into_iter();
        let families = parts
            .filter_map(|part| name.strip_suffix(part))
            .chain([name.as_str()]);
        for family in families {
            if let Some(kind) = types
                .get(family)
                .filter(|_| described.insert(family.to_owned()))
            {
                let _ = writeln!(text, "# TYPE {family} {kind}");
            }
        }
    }
    for name in &names {
        let Ok(expr) = Expr::parse(name, Dialect::V3) else {
            continue;
        };
        let question = Question {
            expr,
            at: None,
            range: None,
        };
        if let Answer::Vector(series) = remote.ask(&question)? {
            for (labels, value) in series {
                let labels = Labels::new(labels.iter().map(|(name, value)| (name, value)));
                let _ = writeln!(text, "{labels} {}", crate::number::exact(value));
            }
        }
    }
    // Names only, for those who mistyped one.
    let others = remote.metric_names()?;
    for name in others.iter().filter(|name| !names.contains(*name)) {
        let _ = writeln!(text, "{name} NaN");
    }
    Ok(text)
}

/// The metrics that the rules name, and those that the signals are made of.
fn named(files: &[RuleFile]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let rules = files
        .iter()
        .chain([signals()])
        .flat_map(|file| file.groups())
        .flat_map(|group| group.rules());
    for rule in rules {
        rule.expr().root().walk(&mut |node| {
            let selector = match node.kind() {
                NodeKind::Selector(selector) => selector,
                NodeKind::Range(range) => &range.selector,
                _ => return,
            };
            names.extend(selector.metric_name().map(str::to_owned));
        });
    }
    names
}
