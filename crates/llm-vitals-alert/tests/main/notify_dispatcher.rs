//! Which alerts are told to whom, and when, in made-up time.

mod bounds;
mod clock;
mod deliveries;
mod ends;
mod reload;
mod restart;
mod silences;
mod speed;

use std::sync::Arc;

use llm_vitals_alert::notify::{Config, Dispatcher, Notification, PostedAlert, Receipt};
use llm_vitals_promql::{Dialect, Labels, MatchOp, Matcher};

pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
/// A moment in 2023.
pub(crate) const START: i64 = 1_700_000_000_000;

/// `team` is told by name after 30 s, then every 5 minutes, and again after 4 hours.
const CONFIG: &str = "
route: {receiver: team, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 4h}
receivers:
- name: team
  webhook_configs: [{url: 'http://127.0.0.1:9/'}]
";

pub(crate) fn parse(text: &str) -> Arc<Config> {
    Arc::new(Config::parse("alertmanager.yml", text).unwrap())
}

fn dispatcher() -> Dispatcher {
    Dispatcher::new(parse(CONFIG))
}

/// `A` or `A;n=1`.
pub(crate) fn labels(text: &str) -> Labels {
    let pairs = text.split(';');
    Labels::new(pairs.map(|pair| pair.split_once('=').unwrap_or(("alertname", pair))))
}

pub(crate) fn fires(text: &str, from: i64) -> PostedAlert {
    PostedAlert::new(labels(text))
        .with_start(from)
        .without_timeout()
}

pub(crate) fn ended(text: &str, from: i64, to: i64) -> PostedAlert {
    PostedAlert::new(labels(text)).with_start(from).with_end(to)
}

fn matcher(name: &str, value: &str) -> Matcher {
    Matcher::new(name, MatchOp::Equal, value, Dialect::V2).unwrap()
}

/// `30 First [A]`: seconds since the start, the reason, and the alerts, those that are over in small letters.
fn text(notification: &Notification) -> String {
    let alerts = notification.alerts.iter().map(|alert| {
        let values: Vec<&str> = alert.labels.values().map(|value| &**value).collect();
        let values = values.join(" ");
        if alert.ends_at.is_some() {
            values.to_lowercase()
        } else {
            values
        }
    });
    let alerts: Vec<String> = alerts.collect();
    let at = (notification.at - START) / SECOND;
    format!("{at} {:?} [{}]", notification.reason, alerts.join(", "))
}

/// Ticks until a moment, at the times that the dispatcher asks for. All is delivered at once.
pub(crate) fn run(dispatcher: &mut Dispatcher, until: i64) -> Vec<String> {
    let mut told = Vec::new();
    while let Some(next) = dispatcher.next_tick().filter(|next| *next <= until) {
        for notification in dispatcher.tick(next) {
            dispatcher.delivered(&notification, Receipt::default(), next);
            told.push(text(&notification));
        }
    }
    told
}

#[test]
fn a_group_waits_then_repeats_on_its_grid() {
    let mut dispatcher = dispatcher();
    assert_eq!(dispatcher.next_tick(), None);
    dispatcher.put([fires("A", START)], START);
    assert_eq!(dispatcher.next_tick(), Some(START + 30 * SECOND));
    let told = run(&mut dispatcher, START + 8 * 60 * MINUTE + 15 * MINUTE);
    // Four hours have not passed at the tick after exactly four hours.
    assert_eq!(
        told,
        ["30 First [A]", "14730 Repeat [A]", "29430 Repeat [A]"]
    );
}

#[test]
fn groups_of_one_tick_come_in_the_order_in_which_they_were_made() {
    for _ in 0..5 {
        let mut dispatcher = dispatcher();
        let names = ["Z", "B", "Y", "A", "X"];
        dispatcher.put(names.map(|name| fires(name, START)), START);
        let told = run(&mut dispatcher, START + MINUTE);
        let expected = names.map(|name| format!("30 First [{name}]"));
        assert_eq!(told, expected);
    }
}

#[test]
fn an_alert_that_nobody_mentions_again_is_over_unless_it_is_of_this_process() {
    let mut dispatcher = dispatcher();
    let alerts = [PostedAlert::new(labels("A;n=X")), fires("A;n=Y", START)];
    dispatcher.put(alerts, START);
    let told = run(&mut dispatcher, START + 60 * MINUTE);
    assert_eq!(told, ["30 First [A X, A Y]", "330 NewResolved [a x, A Y]"]);
}

#[test]
fn what_begins_and_ends_between_two_ticks_is_counted() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START)], START);
    dispatcher.put([ended("A", START, START + SECOND)], START + SECOND);
    assert_eq!(
        run(&mut dispatcher, START + 60 * MINUTE),
        Vec::<String>::new()
    );
    assert_eq!(dispatcher.counts().unnotified, 1);
    // Its end comes once more, as a Prometheus sends it for a quarter of an hour.
    dispatcher.put([ended("A", START, START + SECOND)], START + MINUTE);
    run(&mut dispatcher, START + 120 * MINUTE);
    assert_eq!(dispatcher.counts().unnotified, 1);
}
