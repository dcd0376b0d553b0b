//! A clock that jumps.

use super::*;

#[test]
fn a_jump_ahead_makes_each_group_due_once() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START), fires("B", START)], START);
    let later = START + 365 * 24 * 60 * MINUTE;
    let told: Vec<String> = dispatcher.tick(later).iter().map(text).collect();
    assert_eq!(told, ["31536000 First [A]", "31536000 First [B]"]);
    assert_eq!(dispatcher.tick(later), []);
    assert_eq!(dispatcher.next_tick(), Some(later + 5 * MINUTE));
}

#[test]
fn a_clock_that_is_set_back_takes_the_waiting_along() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START)], START);
    assert_eq!(run(&mut dispatcher, START + 30 * SECOND), ["30 First [A]"]);
    dispatcher.put([fires("B", START)], START + 40 * SECOND);
    // An hour back, 50 s after the start: A is due in 280 s, B in none.
    let back = 60 * MINUTE;
    dispatcher.tick(START + 50 * SECOND);
    assert_eq!(dispatcher.tick(START + 50 * SECOND - back), []);
    dispatcher.put(
        [fires("C", START + 50 * SECOND - back)],
        START + 50 * SECOND - back,
    );
    let told = run(&mut dispatcher, START + 6 * MINUTE - back);
    assert_eq!(told, ["-3520 First [C]"]);
    // What was told "in the future" repeats after four hours of the new time.
    let told = run(&mut dispatcher, START + 246 * MINUTE - back);
    assert!(
        told.iter().any(|told| told.ends_with("Repeat [A]")),
        "{told:?}"
    );
}

#[test]
fn times_that_are_a_little_out_of_order_change_nothing() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START)], START + 5);
    dispatcher.put([fires("B", START)], START);
    assert_eq!(dispatcher.next_tick(), Some(START + 5 + 30 * SECOND));
    assert_eq!(dispatcher.tick(START + 4 + 30 * SECOND), []);
    assert_eq!(dispatcher.tick(START + 5 + 30 * SECOND).len(), 2);
    // Before what was: no group is due again.
    assert_eq!(dispatcher.tick(START + 4 + 30 * SECOND), []);
}

#[test]
fn the_ends_of_time_do_no_harm() {
    for moments in [
        [i64::MIN, 0, i64::MAX],
        [i64::MAX, 0, i64::MIN],
        [0, i64::MIN, i64::MAX],
    ] {
        let mut dispatcher = dispatcher();
        for now in moments {
            dispatcher.put([fires("A", now), PostedAlert::new(labels("B"))], now);
            for notification in dispatcher.tick(now) {
                dispatcher.delivered(&notification, Receipt::default(), now);
            }
            let state = dispatcher.state();
            dispatcher.restore(state, now);
        }
    }
}
