//! Ends that something keeps from being told.

use llm_vitals_alert::notify::Silence;

use super::*;

/// A is told, silenced for 20 minutes, and ends meanwhile.
fn ends_under_a_silence(dispatcher: &mut Dispatcher) -> Vec<String> {
    dispatcher.put([fires("A", START)], START);
    let mut told = run(dispatcher, START + MINUTE);
    let matchers = vec![matcher("alertname", "A")];
    let silence = Silence::new(matchers, START, START + 20 * MINUTE, "me", "why");
    dispatcher
        .silences_mut()
        .set(silence, START + MINUTE)
        .unwrap();
    let end = START + 10 * MINUTE;
    dispatcher.put([ended("A", START, end)], end);
    told.extend(run(dispatcher, START + 60 * MINUTE));
    told
}

#[test]
fn the_end_is_told_when_the_silence_is_over() {
    let told = ends_under_a_silence(&mut dispatcher());
    assert_eq!(told, ["30 First [A]", "1230 AllResolved [a]"]);
}

#[test]
fn the_end_is_never_told_as_by_alertmanager() {
    let told = ends_under_a_silence(&mut dispatcher().with_alertmanager_ends());
    assert_eq!(told, ["30 First [A]"]);
}

#[test]
fn an_end_that_nobody_has_to_know_is_not_kept() {
    let mut dispatcher = dispatcher();
    let matchers = vec![matcher("alertname", "A")];
    let silence = Silence::new(matchers, START, START + 20 * MINUTE, "me", "why");
    dispatcher.silences_mut().set(silence, START).unwrap();
    dispatcher.put([fires("A", START)], START);
    run(&mut dispatcher, START + MINUTE);
    dispatcher.put([ended("A", START, START + MINUTE)], START + MINUTE);
    assert_eq!(
        run(&mut dispatcher, START + 60 * MINUTE),
        Vec::<String>::new()
    );
    assert!(dispatcher.groups(START + 60 * MINUTE).is_empty());
    assert_eq!(dispatcher.next_tick(), None, "the group is still there");
}

/// An end that is posted again after it was told, while another alert of the group fires and a third one comes.
fn an_end_posted_again(dispatcher: &mut Dispatcher) -> Vec<String> {
    dispatcher.put([fires("A;n=X", START), fires("A;n=Y", START)], START);
    let end = START + MINUTE;
    let mut told = run(dispatcher, end);
    dispatcher.put([ended("A;n=X", START, end)], end);
    told.extend(run(dispatcher, START + 6 * MINUTE));
    dispatcher.put([fires("A;n=Z", START)], START + 6 * MINUTE);
    told.extend(run(dispatcher, START + 11 * MINUTE));
    dispatcher.put([ended("A;n=X", START, end)], START + 11 * MINUTE);
    told.extend(run(dispatcher, START + 20 * MINUTE));
    told
}

#[test]
fn an_end_is_told_once() {
    let told = an_end_posted_again(&mut dispatcher());
    let expected = [
        "30 First [A X, A Y]",
        "330 NewResolved [a x, A Y]",
        "630 NewAlerts [A Y, A Z]",
    ];
    assert_eq!(told, expected);
    let told = an_end_posted_again(&mut dispatcher().with_alertmanager_ends());
    assert_eq!(told[..3], expected);
    assert_eq!(told[3..], ["930 NewResolved [a x, A Y, A Z]"]);
}
