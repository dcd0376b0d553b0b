//! Nothing grows without bound, and nothing is dropped in silence.

use llm_vitals_alert::notify::{
    Dispatcher, Limits, PostedAlert, RefusalReason, Silence, SilenceError,
};

use super::*;

fn limits(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    change(&mut limits);
    limits
}

#[test]
fn one_alert_too_many_is_refused_until_there_is_room() {
    let mut dispatcher = dispatcher().with_limits(limits(|limits| limits.max_alerts = 2));
    let refused = dispatcher.put(
        [fires("A", START), fires("B", START), fires("C", START)],
        START,
    );
    let refused: Vec<String> = refused.iter().map(ToString::to_string).collect();
    let expected = "alert {alertname=\"C\"} is not taken: there are as many alerts as may be";
    assert_eq!(refused, [expected]);
    assert_eq!(dispatcher.counts().refused, 1);
    // One that is there can change all the same.
    let end = START + SECOND;
    assert_eq!(dispatcher.put([ended("A", START, end)], end), []);
    run(&mut dispatcher, START + 10 * MINUTE);
    // What is over makes room.
    assert_eq!(dispatcher.put([fires("C", START)], START + 10 * MINUTE), []);
    assert_eq!(dispatcher.alerts(START + 10 * MINUTE).len(), 2);
}

#[test]
fn beyond_the_limit_of_groups_alerts_are_told_together() {
    let mut dispatcher = dispatcher().with_limits(limits(|limits| limits.max_groups = 2));
    let alerts = ["A", "B", "C", "D"].map(|name| fires(name, START));
    assert_eq!(dispatcher.put(alerts, START), []);
    let told = run(&mut dispatcher, START + MINUTE);
    assert_eq!(told, ["30 First [A]", "30 First [B]", "30 First [C, D]"]);
    assert_eq!(dispatcher.counts().beyond_groups, 2);
    let end = START + 2 * MINUTE;
    dispatcher.put([ended("C", START, end)], end);
    assert_eq!(
        run(&mut dispatcher, START + 6 * MINUTE),
        ["330 NewResolved [c, D]"]
    );
}

#[test]
fn alerts_that_are_none_are_refused() {
    let mut dispatcher = dispatcher().with_limits(limits(|limits| limits.max_text_bytes = 20));
    let alerts = [
        PostedAlert::new(Labels::empty()),
        ended("A", START + 1, START),
        fires("A;long=0123456789", START),
        PostedAlert::new(labels("A;=x")),
    ];
    let refused = dispatcher.put(alerts, START);
    let reasons: Vec<RefusalReason> = refused.iter().map(|refusal| refusal.reason()).collect();
    assert_eq!(
        reasons,
        [
            RefusalReason::NoLabels,
            RefusalReason::EndBeforeStart,
            RefusalReason::TooLarge,
            RefusalReason::NoName
        ]
    );
    assert_eq!(dispatcher.alerts(START), []);
}

#[test]
fn silences_make_room_when_they_are_over() {
    let mut dispatcher = dispatcher().with_limits(limits(|limits| limits.max_silences = 2));
    let silences = dispatcher.silences_mut();
    let silence = |minutes: i64| {
        let matchers = vec![matcher("a", "b")];
        Silence::new(matchers, START, START + minutes * MINUTE, "me", "why")
    };
    silences.set(silence(1), START).unwrap();
    let last = silences.set(silence(60), START).unwrap();
    let refused = silences.set(silence(60), START);
    assert_eq!(refused, Err(SilenceError::TooMany { most: 2 }));
    assert!(silences.set(silence(60), START + 2 * MINUTE).is_ok());
    assert!(silences.get(&last).is_some());
    assert_eq!(silences.len(), 2);
}

#[test]
fn the_log_does_not_grow_with_groups_that_are_gone() {
    let mut dispatcher: Dispatcher = dispatcher().with_limits(limits(|limits| {
        limits.max_log_entries = 10;
    }));
    let mut now = START;
    for round in 0..200 {
        let name = format!("A{round}");
        dispatcher.put([fires(&name, now - MINUTE)], now);
        run(&mut dispatcher, now);
        dispatcher.put([ended(&name, now - MINUTE, now)], now);
        now += 6 * MINUTE;
        run(&mut dispatcher, now);
    }
    let state = serde_json::to_value(dispatcher.state()).unwrap();
    let log = state["log"].as_array().unwrap().len();
    assert!(log <= 12, "{log} entries");
    assert_eq!(state["alerts"].as_array().unwrap().len(), 0);
    assert!(
        dispatcher
            .next_tick()
            .is_some_and(|next| next < now + 6 * MINUTE)
    );
}
