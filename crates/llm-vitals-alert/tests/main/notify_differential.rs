//! The same alerts, silences and failures through a real Alertmanager and through the dispatcher: the same messages must reach the same
//! receivers, with the same alerts in the same order.
//!
//! Alertmanager runs in real time, many processes side by side; the dispatcher in made-up time. All that happens in a scenario keeps its
//! distance from the moments at which groups are due. Where the two differ a scenario is run again: what a machine that stalls does to
//! Alertmanager is another thing each time, and a difference between the two is there each time.

mod alertmanager;
mod ours;
mod random;
mod scenario;
mod scripted;
mod webhook;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use self::scenario::Scenario;
use self::webhook::Shared;

/// So often a scenario is run before it is said to differ.
const MOST_RUNS: usize = 4;

#[test]
fn messages_are_those_of_alertmanager() {
    if crate::alertmanager::find().is_none() {
        return;
    }
    let mut scenarios = scripted::scenarios();
    scenarios.extend((1..=30).map(random::scenario));
    assert!(scenarios.len() >= 50, "{} scenarios", scenarios.len());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(compare_all(scenarios));
}

async fn compare_all(scenarios: Vec<Scenario>) {
    let (port, webhooks) = webhook::serve().await;
    let lag = Arc::new(AtomicI64::new(0));
    tokio::spawn(watch_lag(Arc::clone(&lag)));
    let (mut waiting, mut differences) = (scenarios, Vec::new());
    let (mut messages, mut count) = (0, waiting.len());
    for run in 0..MOST_RUNS {
        let (again, told);
        (again, differences, told) = compare_once(&waiting, run, port, &webhooks, &lag).await;
        messages += told;
        waiting = again;
        if waiting.is_empty() {
            break;
        }
        eprintln!("{} scenarios differ in run {run}", waiting.len());
    }
    count -= waiting.len();
    assert!(waiting.is_empty(), "{}", differences.join("\n\n"));
    eprintln!("{count} scenarios with {messages} messages are equal");
    assert!(messages > 200, "only {messages} messages");
}

/// Gives the scenarios that differ, in what, and how many messages of the others were equal.
async fn compare_once(
    scenarios: &[Scenario],
    run: usize,
    port: u16,
    webhooks: &Shared,
    lag: &AtomicI64,
) -> (Vec<Scenario>, Vec<String>, usize) {
    let mut started = Vec::new();
    for (index, scenario) in scenarios.iter().enumerate() {
        let alertmanager = alertmanager::start(scenario, &format!("{run}-{index}"), port).await;
        started.push(alertmanager);
    }
    lag.store(0, Ordering::Relaxed);
    let mut tasks = Vec::new();
    for (index, (alertmanager, scenario)) in started.into_iter().zip(scenarios).enumerate() {
        let (scenario, webhooks) = (scenario.clone(), Arc::clone(webhooks));
        // So that not all of them do their work at the same moment.
        let began = now() + 200 + index as i64 * 13;
        tasks.push(tokio::spawn(async move {
            let (theirs, late) = alertmanager.run(&scenario, began, &webhooks).await;
            let ours = ours::run(&scenario, began);
            (theirs.difference(&ours), late, ours.told.len())
        }));
    }
    let (mut again, mut differences, mut messages) = (Vec::new(), Vec::new(), 0);
    for (task, scenario) in tasks.into_iter().zip(scenarios) {
        let (difference, late, told) = task.await.unwrap();
        let Some(difference) = difference else {
            messages += told;
            continue;
        };
        let late = late.max(lag.load(Ordering::Relaxed));
        again.push(scenario.clone());
        let name = &scenario.name;
        differences.push(format!("{name} (late by {late} ms): {difference}"));
    }
    (again, differences, messages)
}

/// By how much this process runs behind.
async fn watch_lag(most: Arc<AtomicI64>) {
    loop {
        let before = now();
        tokio::time::sleep(Duration::from_millis(20)).await;
        most.fetch_max(now() - before - 20, Ordering::Relaxed);
    }
}

fn now() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since_1970.as_millis()).unwrap()
}

fn alert_text<'a>(
    labels: impl Iterator<Item = (&'a str, &'a str)>,
    annotation: &str,
    status: &str,
) -> String {
    let labels: Vec<String> = labels
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("{} {annotation} {status}", labels.join(","))
}
