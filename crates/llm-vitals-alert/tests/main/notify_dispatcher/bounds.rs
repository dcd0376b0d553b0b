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

fn pattern(value: &str) -> Matcher {
    Matcher::new("a", MatchOp::Regex, value, Dialect::V2).unwrap()
}

fn silence(matchers: Vec<Matcher>, minutes: i64) -> Silence {
    Silence::new(matchers, START, START + minutes * MINUTE, "me", "why")
}

#[test]
fn matchers_of_a_silence_are_few_and_short() {
    let mut dispatcher = dispatcher();
    let silences = dispatcher.silences_mut();
    let mut set = |matchers| silences.set(silence(matchers, 60), START);
    assert!(set(vec![pattern("b"); 64]).is_ok());
    let error = set(vec![pattern("b"); 65]).unwrap_err();
    assert_eq!(error, SilenceError::TooManyMatchers { most: 64 });
    assert_eq!(error.to_string(), "a silence has at most 64 matchers");
    assert!(set(vec![matcher("a", &"b".repeat(4096))]).is_ok());
    assert_eq!(
        set(vec![matcher("a", &"b".repeat(4097))]),
        Err(SilenceError::LongValue { most: 4096 })
    );
    assert_eq!(silences.len(), 2);
}

#[test]
fn regular_expressions_of_all_silences_are_counted() {
    let mut dispatcher = dispatcher().with_limits(limits(|limits| limits.max_silence_patterns = 3));
    let silences = dispatcher.silences_mut();
    let short = silences.set(silence(vec![pattern("b"), pattern("c")], 1), START);
    let other = silences.set(silence(vec![matcher("a", "b")], 1), START);
    let long = silences.set(silence(vec![pattern("d")], 60), START);
    let refused = Err(SilenceError::TooManyPatterns { most: 3 });
    assert_eq!(
        silences.set(silence(vec![pattern("e")], 60), START),
        refused
    );
    assert!(
        silences
            .set(silence(vec![matcher("a", "b")], 60), START)
            .is_ok()
    );
    // What is over makes room, if it has expressions.
    let now = START + 2 * MINUTE;
    assert!(silences.set(silence(vec![pattern("e")], 60), now).is_ok());
    assert_eq!(silences.get(&short.unwrap()), None);
    assert!(silences.get(&other.unwrap()).is_some());
    assert!(silences.set(silence(vec![pattern("f")], 60), now).is_ok());
    assert_eq!(silences.set(silence(vec![pattern("g")], 60), now), refused);
    // An end alone takes no room: expressions are counted until they are needed no more.
    silences.expire(&long.unwrap(), now).unwrap();
    assert!(silences.set(silence(vec![pattern("g")], 60), now).is_ok());
    assert_eq!(silences.set(silence(vec![pattern("h")], 60), now), refused);
}

#[test]
fn a_state_with_more_than_may_be_is_taken_up_as_far_as_it_may() {
    let saved = |id: usize, matchers: &[(String, bool)]| {
        let matchers: Vec<_> = matchers
            .iter()
            .map(|(value, is_regex)| {
                serde_json::json!({"name": "a", "value": value, "isRegex": is_regex, "isEqual": true})
            })
            .collect();
        serde_json::json!({
            "id": id.to_string(), "matchers": matchers, "startsAt": START, "endsAt": START + MINUTE,
            "updatedAt": START, "createdBy": "", "comment": "",
        })
    };
    let word = |value: &str, is_regex| (value.to_owned(), is_regex);
    let state = serde_json::json!({"saved_at": START, "silences": [
        saved(0, &[word("b", true), word("c", true)]),
        saved(1, &vec![word("b", false); 65]),
        saved(2, &[word(&"b".repeat(4097), false)]),
        saved(3, &[word("(", true)]),
        saved(4, &[word("d", true), word("e", true)]),
        saved(5, &[word("b", false)]),
        saved(6, &[word("f", true)]),
    ]});
    let state = serde_json::from_value(state).unwrap();
    let mut dispatcher = dispatcher().with_limits(limits(|limits| limits.max_silence_patterns = 3));
    dispatcher.restore(state, START);
    let ids = dispatcher.silences().query(START).into_iter();
    let mut ids: Vec<&str> = ids.map(|silence| &*silence.id).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["0", "5", "6"]);
    assert_eq!(dispatcher.counts().dropped_silences, 4);
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
