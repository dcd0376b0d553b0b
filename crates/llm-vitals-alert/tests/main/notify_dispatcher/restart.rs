//! What is known after a restart.

use llm_vitals_alert::notify::{DispatcherState, Silence};

use super::*;

/// A new dispatcher with what the old one has kept, by way of JSON.
fn restarted(dispatcher: &Dispatcher, now: i64) -> Dispatcher {
    let json = serde_json::to_string(&dispatcher.state()).unwrap();
    let state: DispatcherState = serde_json::from_str(&json).unwrap();
    assert_eq!(state, dispatcher.state());
    let mut restarted = self::dispatcher();
    restarted.restore(state, now);
    restarted
}

#[test]
fn what_was_told_is_not_told_again_before_its_time() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START)], START);
    run(&mut dispatcher, START + MINUTE);
    let mut dispatcher = restarted(&dispatcher, START + 2 * MINUTE);
    dispatcher.put([fires("A", START)], START + 2 * MINUTE);
    let told = run(&mut dispatcher, START + 250 * MINUTE);
    assert_eq!(told, ["14520 Repeat [A]"]);
}

#[test]
fn an_end_that_came_meanwhile_is_told() {
    let mut dispatcher = dispatcher();
    dispatcher.put(
        [fires("A", START), ended("B", START, START + 3 * MINUTE)],
        START,
    );
    run(&mut dispatcher, START + MINUTE);
    let mut dispatcher = restarted(&dispatcher, START + 10 * MINUTE);
    // The end of B has passed, A's is posted by whoever restores its rule.
    dispatcher.put([ended("A", START, START + 9 * MINUTE)], START + 10 * MINUTE);
    let told = run(&mut dispatcher, START + 11 * MINUTE);
    assert_eq!(told, ["600 AllResolved [a]", "600 AllResolved [b]"]);
}

#[test]
fn an_alert_whose_rule_is_gone_does_not_fire_for_ever() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START)], START);
    run(&mut dispatcher, START + MINUTE);
    let mut dispatcher = restarted(&dispatcher, START + 2 * MINUTE);
    let told = run(&mut dispatcher, START + 60 * MINUTE);
    assert_eq!(told, ["420 AllResolved [a]"]);
}

#[test]
fn a_message_on_its_way_counts_as_told_and_its_failure_is_known() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START)], START);
    let first = dispatcher.tick(START + 30 * SECOND);
    let mut dispatcher = restarted(&dispatcher, START + MINUTE);
    dispatcher.put([fires("A", START)], START + MINUTE);
    assert_eq!(
        run(&mut dispatcher, START + 2 * MINUTE),
        Vec::<String>::new()
    );
    dispatcher.failed(&first[0], START + 3 * MINUTE);
    assert_eq!(run(&mut dispatcher, START + 6 * MINUTE), ["360 First [A]"]);
}

#[test]
fn silences_and_receipts_live_on() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START)], START);
    let first = dispatcher.tick(START + 30 * SECOND);
    let receipt = Receipt {
        thread: Some("17.5".to_owned()),
    };
    dispatcher.delivered(&first[0], receipt.clone(), START + 31 * SECOND);
    let silence = Silence::new(
        vec![matcher("alertname", "B")],
        START,
        START + 60 * MINUTE,
        "me",
        "why",
    );
    let id = dispatcher
        .silences_mut()
        .set(silence, START + MINUTE)
        .unwrap();
    let mut dispatcher = restarted(&dispatcher, START + 2 * MINUTE);
    assert_eq!(dispatcher.receipt(&first[0].key()), Some(&receipt));
    dispatcher.put([fires("A", START), fires("B", START)], START + 2 * MINUTE);
    assert_eq!(
        run(&mut dispatcher, START + 30 * MINUTE),
        Vec::<String>::new()
    );
    let alerts = dispatcher.alerts(START + 3 * MINUTE);
    let silenced: Vec<&[String]> = alerts.iter().map(|alert| &*alert.silenced_by).collect();
    assert!(silenced.contains(&&[id][..]), "{silenced:?}");
}

#[test]
fn a_state_from_the_future_is_one_of_now() {
    let month = 30 * 24 * 60 * MINUTE;
    let mut dispatcher = dispatcher();
    dispatcher.put(["A", "B", "C"].map(|name| fires(name, START)), START);
    let silence = Silence::new(
        vec![matcher("alertname", "C")],
        START,
        START + 60 * MINUTE,
        "me",
        "why",
    );
    dispatcher.silences_mut().set(silence, START).unwrap();
    let told = run(&mut dispatcher, START + MINUTE);
    assert_eq!(told, ["30 First [A]", "30 First [B]"]);
    let end = START + 2 * MINUTE;
    dispatcher.put([ended("B", START, end)], end);

    let back = end - month;
    let mut dispatcher = restarted(&dispatcher, back);
    dispatcher.put([fires("A", START), fires("C", START)], back);
    // B's end at once; nothing of A before four hours have passed since it was told, and nothing of C while it is silenced.
    let told = run(&mut dispatcher, back + 56 * MINUTE);
    assert_eq!(told, ["-2591880 AllResolved [b]"]);
    let told = run(&mut dispatcher, back + 250 * MINUTE);
    let at = |minutes: i64| (back - START) / SECOND + minutes * 60;
    assert_eq!(
        told,
        [
            format!("{} First [C]", at(60)),
            format!("{} Repeat [A]", at(240)),
        ]
    );
}
