//! Deliveries that take their time or fail.

use super::*;

const TWO: &str = "
route: {receiver: team, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 4h}
receivers:
- name: team
  webhook_configs: [{url: 'http://127.0.0.1:9/'}, {url: 'http://127.0.0.1:9/', send_resolved: false}]
";

fn tick(dispatcher: &mut Dispatcher, seconds: i64) -> Vec<Notification> {
    dispatcher.tick(START + seconds * SECOND)
}

fn texts(notifications: &[Notification]) -> Vec<String> {
    notifications.iter().map(text).collect()
}

fn receipt(thread: &str) -> Receipt {
    Receipt {
        thread: Some(thread.to_owned()),
    }
}

#[test]
fn what_waits_counts_as_told() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START)], START);
    let first = tick(&mut dispatcher, 30);
    assert_eq!(texts(&first), ["30 First [A]"]);
    assert_eq!(tick(&mut dispatcher, 330), []);
    // It ends while its beginning still waits: both are told, in this order.
    dispatcher.put(
        [ended("A", START, START + 400 * SECOND)],
        START + 400 * SECOND,
    );
    let last = tick(&mut dispatcher, 630);
    assert_eq!(texts(&last), ["630 AllResolved [a]"]);
    assert_eq!(tick(&mut dispatcher, 930), []);
    dispatcher.delivered(&first[0], receipt("1"), START + 940 * SECOND);
    assert_eq!(dispatcher.receipt(&first[0].key()), Some(&receipt("1")));
    dispatcher.delivered(&last[0], receipt("2"), START + 950 * SECOND);
    assert_eq!(dispatcher.receipt(&first[0].key()), None);
    assert_eq!(tick(&mut dispatcher, 1_230), []);
    assert_eq!(dispatcher.counts().unnotified, 0);
}

#[test]
fn a_failure_is_told_again_at_the_next_tick() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START)], START);
    let first = tick(&mut dispatcher, 30);
    dispatcher.failed(&first[0], START + 31 * SECOND);
    let again = tick(&mut dispatcher, 330);
    assert_eq!(texts(&again), ["330 First [A]"]);
    dispatcher.delivered(&again[0], Receipt::default(), START + 331 * SECOND);
    assert_eq!(tick(&mut dispatcher, 630), []);
}

#[test]
fn an_end_that_could_not_be_told_is_told_again() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START)], START);
    let first = tick(&mut dispatcher, 30);
    dispatcher.delivered(&first[0], Receipt::default(), START + 30 * SECOND);
    dispatcher.put(
        [ended("A", START, START + 60 * SECOND)],
        START + 60 * SECOND,
    );
    let end = tick(&mut dispatcher, 330);
    dispatcher.failed(&end[0], START + 331 * SECOND);
    assert_eq!(texts(&tick(&mut dispatcher, 630)), ["630 AllResolved [a]"]);
}

#[test]
fn an_end_is_not_lost_when_it_fails_and_later_messages_arrive() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A;n=X", START)], START);
    let first = tick(&mut dispatcher, 30);
    dispatcher.delivered(&first[0], Receipt::default(), START + 30 * SECOND);
    dispatcher.put(
        [ended("A;n=X", START, START + 60 * SECOND)],
        START + 60 * SECOND,
    );
    let end = tick(&mut dispatcher, 330);
    assert_eq!(texts(&end), ["330 AllResolved [a x]"]);
    dispatcher.put([fires("A;n=Y", START)], START + 400 * SECOND);
    let other = tick(&mut dispatcher, 630);
    assert_eq!(texts(&other), ["630 NewAlerts [A Y]"]);
    dispatcher.put(
        [ended("A;n=Y", START, START + 700 * SECOND)],
        START + 700 * SECOND,
    );
    let other_end = tick(&mut dispatcher, 930);
    assert_eq!(texts(&other_end), ["930 AllResolved [a y]"]);
    dispatcher.failed(&end[0], START + 940 * SECOND);
    dispatcher.delivered(&other[0], Receipt::default(), START + 941 * SECOND);
    dispatcher.delivered(&other_end[0], Receipt::default(), START + 942 * SECOND);
    assert_eq!(
        texts(&tick(&mut dispatcher, 1_230)),
        ["1230 AllResolved [a x]"]
    );
}

#[test]
fn what_was_merged_arrives_with_the_newest() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A;n=X", START)], START);
    tick(&mut dispatcher, 30);
    dispatcher.put([fires("A;n=Y", START)], START + 60 * SECOND);
    let newer = tick(&mut dispatcher, 330);
    assert_eq!(texts(&newer), ["330 NewAlerts [A X, A Y]"]);
    dispatcher.delivered(&newer[0], receipt("1"), START + 340 * SECOND);
    assert_eq!(tick(&mut dispatcher, 630), []);
    // What is reported for an older one changes nothing any more.
    dispatcher.failed(&newer[0], START + 640 * SECOND);
    assert_eq!(tick(&mut dispatcher, 930), []);
}

#[test]
fn one_of_two_ways_fails_and_only_it_is_told_again() {
    let mut dispatcher = Dispatcher::new(parse(TWO));
    dispatcher.put([fires("A;n=X", START), fires("A;n=Y", START)], START);
    for notification in tick(&mut dispatcher, 30) {
        dispatcher.delivered(&notification, Receipt::default(), START + 30 * SECOND);
    }
    dispatcher.put(
        [ended("A;n=X", START, START + 60 * SECOND)],
        START + 60 * SECOND,
    );
    let end = tick(&mut dispatcher, 330);
    // The other one does not want to know.
    assert_eq!(texts(&end), ["330 NewResolved [a x, A Y]"]);
    dispatcher.failed(&end[0], START + 331 * SECOND);
    dispatcher.put([fires("A;n=Z", START)], START + 400 * SECOND);
    let both = tick(&mut dispatcher, 630);
    assert_eq!(
        texts(&both),
        ["630 NewAlerts [a x, A Y, A Z]", "630 NewAlerts [A Y, A Z]"]
    );
    assert_eq!([both[0].integration, both[1].integration], [0, 1]);
    assert_ne!(both[0].key(), both[1].key());
}

#[test]
fn a_receiver_that_is_down_for_days_does_not_fill_the_memory() {
    let mut dispatcher = dispatcher();
    let mut now = START;
    let mut last = None;
    for round in 0..200 {
        let alert = if round % 2 == 0 {
            fires("A", now)
        } else {
            ended("A", now - MINUTE, now)
        };
        dispatcher.put([alert], now);
        now += 6 * MINUTE;
        last = dispatcher.tick(now).pop().or(last);
    }
    let state = serde_json::to_value(dispatcher.state()).unwrap();
    assert_eq!(state["log"][0]["pending"].as_array().unwrap().len(), 8);
    // It comes back: the newest message settles all.
    dispatcher.delivered(&last.unwrap(), Receipt::default(), now);
    let state = serde_json::to_value(dispatcher.state()).unwrap();
    assert_eq!(state["log"][0]["pending"], serde_json::Value::Null);
}
