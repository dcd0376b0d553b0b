//! How silences change.

use llm_vitals_alert::notify::{Silence, SilenceError, SilenceState, Silences};

use super::*;

fn silence(value: &str, from: i64, to: i64) -> Silence {
    Silence::new(
        vec![matcher("a", value)],
        START + from,
        START + to,
        "me",
        "why",
    )
}

fn states(silences: &Silences, now: i64) -> Vec<(String, SilenceState)> {
    let all = silences.query(START + now).into_iter();
    all.map(|silence| {
        (
            silence.matchers[0].value().to_owned(),
            silence.state(START + now),
        )
    })
    .collect()
}

#[test]
fn times_change_in_place_and_other_matchers_make_another_one() {
    let mut dispatcher = dispatcher();
    let silences = dispatcher.silences_mut();
    let id = silences.set(silence("b", 0, 100), START).unwrap();
    let longer = silence("b", 0, 200).with_id(&id);
    assert_eq!(silences.set(longer, START + 10), Ok(id.clone()));
    assert_eq!(silences.get(&id).unwrap().ends_at, START + 200);
    let other = silences
        .set(silence("c", 0, 200).with_id(&id), START + 20)
        .unwrap();
    assert_ne!(other, id);
    assert_eq!(
        states(silences, 21),
        [
            ("c".to_owned(), SilenceState::Active),
            ("b".to_owned(), SilenceState::Expired)
        ]
    );
    // One that is over is not changed any more.
    let third = silences
        .set(silence("b", 0, 300).with_id(&id), START + 30)
        .unwrap();
    assert!(third != id && third != other);
    assert_eq!(silences.get(&id).unwrap().ends_at, START + 20);
    assert_eq!(silences.get(&third).unwrap().starts_at, START + 30);
}

#[test]
fn one_that_has_begun_keeps_its_beginning() {
    let mut dispatcher = dispatcher();
    let silences = dispatcher.silences_mut();
    let id = silences.set(silence("b", 5_000, 90_000), START).unwrap();
    // Before it begins, its beginning may move.
    let moved = silence("b", 7_000, 90_000).with_id(&id);
    assert_eq!(silences.set(moved, START), Ok(id.clone()));
    // Afterwards within its second only.
    let same = silence("b", 7_900, 80_000).with_id(&id);
    assert_eq!(silences.set(same, START + 8_000), Ok(id.clone()));
    let other = silence("b", 12_000, 80_000).with_id(&id);
    assert_ne!(silences.set(other, START + 9_000), Ok(id));
}

#[test]
fn what_is_none_is_refused() {
    let mut dispatcher = dispatcher();
    let silences = dispatcher.silences_mut();
    let any = Matcher::new("a", MatchOp::Regex, ".*", Dialect::V2).unwrap();
    let any = Silence::new(vec![any], START, START + 9, "me", "why");
    assert_eq!(silences.set(any, START), Err(SilenceError::MatchesEmpty));
    let none = Silence::new(Vec::new(), START, START + 9, "me", "why");
    assert_eq!(silences.set(none, START), Err(SilenceError::NoMatchers));
    let backwards = silence("b", 9, 9);
    assert_eq!(
        silences.set(backwards, START),
        Err(SilenceError::EndBeforeStart)
    );
    let past = silence("b", -9, -1);
    assert_eq!(silences.set(past, START), Err(SilenceError::EndInPast));
    let unknown = silence("b", 0, 9).with_id("x");
    assert_eq!(
        silences.set(unknown, START),
        Err(SilenceError::NotFound("x".to_owned()))
    );
    let id = silences.set(silence("b", 0, 9), START).unwrap();
    assert_eq!(silences.expire(&id, START + 5), Ok(()));
    assert_eq!(
        silences.expire(&id, START + 6),
        Err(SilenceError::Expired(id))
    );
    assert_eq!(silences.len(), 1);
}

#[test]
fn one_that_has_not_begun_ends_without_having_been() {
    let mut dispatcher = dispatcher();
    let silences = dispatcher.silences_mut();
    let id = silences.set(silence("b", 50, 90), START).unwrap();
    silences.expire(&id, START + 10).unwrap();
    let silence = silences.get(&id).unwrap();
    assert_eq!(
        (silence.starts_at, silence.ends_at),
        (START + 10, START + 10)
    );
    assert_eq!(silence.state(START + 60), SilenceState::Expired);
}

#[test]
fn they_are_forgotten_after_five_days() {
    let mut dispatcher = dispatcher();
    dispatcher.tick(START);
    dispatcher
        .silences_mut()
        .set(silence("b", 0, 1_000), START)
        .unwrap();
    let five_days = 120 * 60 * MINUTE;
    dispatcher.tick(START + five_days);
    assert_eq!(dispatcher.silences().len(), 1);
    dispatcher.tick(START + five_days + 20 * MINUTE);
    assert_eq!(dispatcher.silences().len(), 0);
}
