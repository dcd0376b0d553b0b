//! Replays what `benches/rules.py` captured of a Prometheus server and compares: `rules DIRECTORY`.
//!
//! The directory has `plan.json` (the target, the scrapes with their times, the groups with the times of their evaluations),
//! the scrapes, the rule files, and the server's own words: `rules.json` (all alerts at the end) and `samples.json` (all samples
//! that its rules have written). All of them have to be equal here, to the last bit. Prints durations and memory as JSON; ends
//! with 1 if anything differs.
//!
//! A server that has started writes no `ALERTS` and no `ALERTS_FOR_STATE` before it has looked for its former alerts, which is
//! after the second evaluation of a group. What is written here in those two is not compared.
#![allow(clippy::print_stdout, reason = "the result goes to standard output")]
#![expect(clippy::disallowed_types, reason = "this program only measures")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs, process};

use llm_vitals_alert::{AlertState, Evaluator, RuleFile, Rules};
use llm_vitals_promql::{Dialect, Engine, Expr, Format, Labels, Scrape, Store, Value as PromValue};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Texts to compare by what they belong to: an alert, or a sample of a series.
type Facts = BTreeMap<String, String>;

enum Step {
    Scrape(PathBuf),
    Evaluation(usize),
}

struct Group {
    name: String,
    evaluator: Evaluator,
    milliseconds: Vec<f64>,
}

struct Replay {
    store: Store,
    groups: Vec<Group>,
    ingests: Vec<f64>,
    end: i64,
    /// The first two evaluations of each group. No two groups share a time.
    starting: BTreeSet<i64>,
}

fn main() -> Outcome<()> {
    let directory = env::args_os().nth(1).ok_or("usage: rules DIRECTORY")?;
    let directory = PathBuf::from(directory);
    let replay = replay(&directory)?;
    let (resident, peak) = (memory("VmRSS:")?, memory("VmHWM:")?);

    let (alerts, samples) = (alerts(&replay.groups), samples(&replay)?);
    let server_alerts = server_alerts(&read(&directory, "rules.json")?)?;
    let server_samples = server_samples(&read(&directory, "samples.json")?)?;
    let mut differences = differences(&server_alerts, &alerts);
    differences.extend(self::differences(&server_samples, &samples));

    let durations: BTreeMap<_, _> = replay
        .groups
        .iter()
        .map(|group| (&group.name, &group.milliseconds))
        .collect();
    let firing = alerts.values().filter(|fact| fact.starts_with("firing"));
    println!(
        "{}",
        json!({
            "durations_ms": durations,
            "ingests_ms": replay.ingests,
            "rss_mib": resident,
            "peak_mib": peak,
            "series": replay.store.stats().series,
            "alerts": alerts.len(),
            "firing": firing.count(),
            "samples": samples.len(),
            "differing": differences.len(),
            "differences": &differences[..differences.len().min(10)],
        })
    );
    if alerts.is_empty() || samples.is_empty() || !differences.is_empty() {
        process::exit(1);
    }
    Ok(())
}

fn replay(directory: &Path) -> Outcome<Replay> {
    let plan = read(directory, "plan.json")?;
    let target = labels(&plan["target"])?;
    let mut scrape = Scrape::new(Labels::new(&target))
        .with_dialect(Dialect::V2)
        .with_up();
    let mut steps = Vec::new();
    for entry in list(&plan["scrapes"])? {
        let file = directory.join(text(&entry["file"])?);
        steps.push((time(&entry["at"])?, Step::Scrape(file)));
    }
    let mut groups = Vec::new();
    let (mut starting, mut times) = (BTreeSet::new(), BTreeSet::new());
    for (number, group) in list(&plan["groups"])?.iter().enumerate() {
        let name = text(&group["file"])?;
        let rules = fs::read_to_string(directory.join(name))?;
        let file = RuleFile::parse_with(name, &rules, Dialect::V2)?;
        groups.push(Group {
            name: text(&group["name"])?.to_owned(),
            // Each group has its own phase, so each has its own evaluator; the store is one.
            evaluator: Evaluator::new(Rules::without_signals([file])?),
            milliseconds: Vec::new(),
        });
        for (evaluation, at) in list(&group["evaluations"])?.iter().enumerate() {
            let at = time(at)?;
            if !times.insert(at) {
                return Err("two groups are evaluated at the same time".into());
            }
            if evaluation < 2 {
                starting.insert(at);
            }
            steps.push((at, Step::Evaluation(number)));
        }
    }
    steps.sort_by_key(|(at, _)| *at);

    let mut replay = Replay {
        store: Store::new(),
        groups,
        ingests: Vec::new(),
        end: steps.last().map_or(0, |(at, _)| *at),
        starting,
    };
    for (at, step) in steps {
        match step {
            Step::Scrape(file) => {
                let body = fs::read(file)?;
                let start = Instant::now();
                scrape.ingest(&mut replay.store, &body, Format::Text, at)?;
                replay.ingests.push(milliseconds(start));
            }
            Step::Evaluation(number) => {
                let group = &mut replay.groups[number];
                let start = Instant::now();
                let changes = group.evaluator.evaluate_all(&mut replay.store, at);
                group.milliseconds.push(milliseconds(start));
                drop(changes);
            }
        }
    }
    Ok(replay)
}

fn milliseconds(start: Instant) -> f64 {
    1000.0 * start.elapsed().as_secs_f64()
}

/// The alerts that are active at the end.
fn alerts(groups: &[Group]) -> Facts {
    let mut facts = Facts::new();
    for group in groups {
        for active in group.evaluator.alerts() {
            let alert = active.alert();
            let state = match alert.state() {
                AlertState::Pending => "pending",
                AlertState::Firing => "firing",
                _ => continue,
            };
            let labels = pairs(alert.labels());
            let annotations: BTreeMap<_, _> = alert.annotations().iter().cloned().collect();
            facts.insert(
                format!("alert {} {labels:?}", group.name),
                alert_fact(state, alert.active_at(), alert.value(), &annotations),
            );
        }
    }
    facts
}

fn server_alerts(answer: &Value) -> Outcome<Facts> {
    let mut facts = Facts::new();
    for group in list(&answer["data"]["groups"])? {
        for rule in list(&group["rules"])? {
            if rule["health"] != "ok" {
                return Err(format!("the server could not evaluate a rule: {rule}").into());
            }
            for alert in rule["alerts"].as_array().into_iter().flatten() {
                let labels = labels(&alert["labels"])?;
                let fact = alert_fact(
                    text(&alert["state"])?,
                    time(&alert["activeAtMs"])?,
                    text(&alert["value"])?.parse()?,
                    &self::labels(&alert["annotations"])?,
                );
                facts.insert(format!("alert {} {labels:?}", text(&group["name"])?), fact);
            }
        }
    }
    Ok(facts)
}

fn alert_fact(
    state: &str,
    active_at: i64,
    value: f64,
    annotations: &BTreeMap<String, String>,
) -> String {
    format!("{state} since {active_at}, value {value:?}, {annotations:?}")
}

/// All samples that rules have written.
fn samples(replay: &Replay) -> Outcome<Facts> {
    let expr = Expr::parse(
        r#"{__name__=~"ALERTS|ALERTS_FOR_STATE|bench:.+"}[1h]"#,
        Dialect::V2,
    )?;
    let PromValue::Matrix(series) = Engine::new().eval_instant(&replay.store, &expr, replay.end)?
    else {
        return Err("no range of samples".into());
    };
    let mut facts = Facts::new();
    for series in series {
        let labels = pairs(series.labels());
        let is_of_alert = labels["__name__"].starts_with("ALERTS");
        for (at, value) in series.points() {
            if is_of_alert && replay.starting.contains(at) {
                continue;
            }
            facts.insert(format!("sample {labels:?} at {at}"), format!("{value:?}"));
        }
    }
    Ok(facts)
}

fn server_samples(answer: &Value) -> Outcome<Facts> {
    let mut facts = Facts::new();
    for series in list(&answer["data"]["result"])? {
        let labels = labels(&series["metric"])?;
        for point in list(&series["values"])? {
            let seconds = point[0].as_f64().ok_or("no time")?;
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970")]
            let at = (seconds * 1000.0).round() as i64;
            let value: f64 = text(&point[1])?.parse()?;
            facts.insert(format!("sample {labels:?} at {at}"), format!("{value:?}"));
        }
    }
    Ok(facts)
}

fn differences(server: &Facts, own: &Facts) -> Vec<String> {
    let mut found = Vec::new();
    for (what, theirs) in server {
        match own.get(what) {
            Some(ours) if ours == theirs => {}
            Some(ours) => found.push(format!("{what}: server {theirs}; here {ours}")),
            None => found.push(format!("{what}: server {theirs}; not here")),
        }
    }
    let more = own.iter().filter(|(what, _)| !server.contains_key(*what));
    found.extend(more.map(|(what, ours)| format!("{what}: not at the server; here {ours}")));
    found
}

/// A line of this process's `/proc` status, in MiB.
fn memory(field: &str) -> Outcome<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|line| line.split_whitespace().next());
    Ok(kib.ok_or("no memory in /proc")?.parse::<f64>()? / 1024.0)
}

fn read(directory: &Path, name: &str) -> Outcome<Value> {
    Ok(serde_json::from_slice(&fs::read(directory.join(name))?)?)
}

fn pairs(labels: &Labels) -> BTreeMap<String, String> {
    labels
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn labels(value: &Value) -> Outcome<BTreeMap<String, String>> {
    let object = value.as_object().ok_or("no labels")?;
    object
        .iter()
        .map(|(name, value)| Ok((name.clone(), text(value)?.to_owned())))
        .collect()
}

fn list(value: &Value) -> Outcome<&Vec<Value>> {
    Ok(value.as_array().ok_or("no list")?)
}

fn text(value: &Value) -> Outcome<&str> {
    Ok(value.as_str().ok_or("no text")?)
}

fn time(value: &Value) -> Outcome<i64> {
    Ok(value.as_i64().ok_or("no time in milliseconds")?)
}
