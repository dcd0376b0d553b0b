//! What calls say about the ones who are called.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use llm_vitals_health::{
    Admission, Cause, Check, Fleet, FleetBuilder, Hold, Outcome, Passive, Report, Status, Target,
};
use proptest::prelude::*;
use tokio::time::Instant;

use crate::support::{builder, seconds, start};

const FAILED: Outcome = Outcome::Failed(Cause::Server);
const REFUSED: Outcome = Outcome::Refused(Cause::Auth);

const fn throttled(seconds: u64) -> Outcome {
    Outcome::Throttled {
        retry_after: Some(Duration::from_secs(seconds)),
    }
}

/// Two targets, so that the first can be spared; the second is up.
struct Test {
    start: Instant,
    fleet: Fleet,
    first: Target,
    second: Target,
}

impl Test {
    fn new() -> Self {
        Self::with(Fleet::builder())
    }

    fn with(builder: FleetBuilder) -> Self {
        let fleet = builder.with_seed(3).build();
        let test = Self {
            start: Instant::now(),
            first: fleet.target("first"),
            second: fleet.target("second"),
            fleet,
        };
        test.second.record(Outcome::Success, test.start);
        test
    }

    fn at(&self, seconds: f64) -> Instant {
        self.start + Duration::from_secs_f64(seconds)
    }

    fn record(&self, times: usize, outcome: Outcome, seconds: f64) {
        for _ in 0..times {
            self.first.record(outcome, self.at(seconds));
        }
    }

    fn admit(&self, seconds: f64) -> Admission {
        self.first.admit(self.at(seconds))
    }

    fn status(&self, seconds: f64) -> Status {
        self.first.status(self.at(seconds))
    }

    /// Until when the first is held, in seconds from the start, and why.
    fn held(&self, seconds: f64) -> Option<(Hold, f64)> {
        match self.admit(seconds) {
            Admission::Held { hold, until } => Some((hold, (until - self.start).as_secs_f64())),
            _ => None,
        }
    }
}

#[test]
fn nothing_heard_is_unknown_and_available() {
    let test = Test::new();
    assert_eq!(test.status(0.0), Status::Unknown);
    assert!(matches!(test.admit(0.0), Admission::Available));
}

#[test]
fn five_failures_in_a_row_hold_a_target_however_few_its_calls() {
    let test = Test::new();
    test.record(4, FAILED, 0.0);
    assert!(matches!(test.admit(0.0), Admission::Available));
    assert_eq!(test.status(0.0), Status::Up);
    test.record(1, FAILED, 0.0);
    let (hold, until) = test.held(0.1).unwrap();
    assert_eq!(hold, Hold::Failed);
    assert!((4.0..=5.0).contains(&until), "{until}");
    assert_eq!(test.status(0.1), Status::Down);
    assert_eq!(test.second.status(test.at(0.1)), Status::Up);
}

#[test]
fn half_of_the_calls_hold_a_target_when_there_are_enough() {
    let test = Test::new();
    // Alternating, so that there are never five in a row.
    for _ in 0..9 {
        test.record(1, FAILED, 0.0);
        test.record(1, Outcome::Success, 0.0);
    }
    test.record(1, FAILED, 0.0);
    assert_eq!(test.held(0.0), None, "19 calls are too few");
    test.record(1, FAILED, 0.0);
    assert_eq!(test.held(0.0).unwrap().0, Hold::Failed);
}

#[test]
fn failures_leave_the_window() {
    let test = Test::new();
    for second in 0..12 {
        // One of two fails, but a window of 60 s never holds 20 calls.
        test.record(1, Outcome::Success, f64::from(second) * 10.0);
        test.record(1, FAILED, f64::from(second) * 10.0);
        assert_eq!(test.held(f64::from(second) * 10.0), None);
    }
}

#[test]
fn a_burst_of_429_is_degraded_and_held_as_long_as_it_asks() {
    let test = Test::new();
    test.record(1, Outcome::Success, 0.0);
    for wait in [5, 20, 1] {
        test.record(100, throttled(wait), 0.0);
    }
    assert_eq!(test.status(0.0), Status::Degraded);
    let (hold, until) = test.held(0.0).unwrap();
    assert_eq!(hold, Hold::Throttled);
    assert!((20.0..=22.0).contains(&until), "{until}");
    assert!(test.held(19.9).is_some());
    // Then it is available to all at once, and up: it never was down.
    assert!(matches!(test.admit(22.1), Admission::Available));
    assert!(matches!(test.admit(22.1), Admission::Available));
    assert_eq!(test.status(22.1), Status::Up);
}

#[test]
fn a_429_without_a_wait_is_believed_when_it_is_not_alone() {
    let test = Test::new();
    let throttled = Outcome::Throttled { retry_after: None };
    test.record(4, throttled, 0.0);
    assert_eq!(test.held(0.0), None);
    test.record(1, Outcome::Success, 0.0);
    test.record(4, throttled, 0.0);
    assert_eq!(test.held(0.0), None);
    test.record(1, throttled, 0.0);
    assert_eq!(test.held(0.0).unwrap().0, Hold::Throttled);
    assert_eq!(test.status(0.0), Status::Degraded);
}

#[test]
fn a_wait_that_is_too_long_is_cut() {
    let test = Test::new();
    test.record(1, throttled(1_000_000), 0.0);
    let (_, until) = test.held(0.0).unwrap();
    assert!((3_600.0..=3_960.0).contains(&until), "{until}");
}

#[test]
fn a_refused_key_is_degraded_and_not_down() {
    let test = Test::new();
    test.record(5, REFUSED, 0.0);
    assert_eq!(test.status(0.0), Status::Degraded);
    assert_eq!(test.held(0.0).unwrap().0, Hold::Refused);
}

#[test]
fn a_burst_of_callers_who_leave_or_err_changes_nothing() {
    let test = Test::new();
    test.record(1, Outcome::Success, 0.0);
    test.record(10_000, Outcome::Neutral, 0.0);
    assert_eq!(test.status(0.0), Status::Up);
    assert!(matches!(test.admit(0.0), Admission::Available));
    // And they are no sign of life.
    test.record(1, Outcome::Neutral, 59.0);
    assert_eq!(test.status(61.0), Status::Unknown);
    assert!(test.first.is_silent(test.at(61.0)));
}

#[test]
fn one_call_at_a_time_goes_on_trial_and_two_good_ones_end_the_hold() {
    let test = Test::new();
    test.record(5, FAILED, 0.0);
    let Admission::Trial(permit) = test.admit(5.1) else {
        panic!("its time is over");
    };
    assert_eq!(test.held(5.2).unwrap().0, Hold::Failed);
    permit.record(Outcome::Success, test.at(6.0));
    assert_eq!(test.status(6.0), Status::Down);
    let Admission::Trial(permit) = test.admit(6.1) else {
        panic!("one is not enough");
    };
    permit.record(Outcome::Success, test.at(6.2));
    assert_eq!(test.status(6.2), Status::Up);
    assert!(matches!(test.admit(6.2), Admission::Available));
    // The failures before do not count any more.
    test.record(4, FAILED, 6.3);
    assert!(matches!(test.admit(6.3), Admission::Available));
}

#[test]
fn holds_get_longer_and_shorter_again_after_a_good_while() {
    let test = Test::new();
    test.record(5, FAILED, 0.0);
    let mut now = 0.0;
    for full in [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0] {
        let (_, until) = test.held(now).unwrap();
        let length = until - now;
        assert!((full * 0.8..=full).contains(&length), "{full}: {length}");
        now = until + 0.001;
        let Admission::Trial(permit) = test.admit(now) else {
            panic!("its time is over");
        };
        permit.record(FAILED, test.at(now));
    }
    let (_, until) = test.held(now).unwrap();
    now = until + 0.001;
    test.record(2, Outcome::Success, now);
    // Longer than the last hold without a failure.
    now += 301.0;
    test.record(1, Outcome::Success, now);
    test.record(5, FAILED, now);
    let (_, until) = test.held(now).unwrap();
    assert!((4.0..=5.0).contains(&(until - now)), "{}", until - now);
}

#[test]
fn a_permit_that_is_not_used_is_given_back() {
    let test = Test::new();
    test.record(5, FAILED, 0.0);
    let Admission::Trial(permit) = test.admit(5.1) else {
        panic!("its time is over");
    };
    drop(permit);
    assert!(matches!(test.admit(5.1), Admission::Trial(_)));
    // A caller who leaves says nothing either.
    let Admission::Trial(permit) = test.admit(5.2) else {
        panic!("given back");
    };
    permit.record(Outcome::Neutral, test.at(5.3));
    assert!(matches!(test.admit(5.3), Admission::Trial(_)));
}

#[test]
fn a_trial_that_nobody_ends_expires() {
    let test = Test::new();
    test.record(5, FAILED, 0.0);
    let first = test.admit(5.1);
    assert!(matches!(first, Admission::Trial(_)));
    assert!(test.held(65.0).is_some());
    let second = test.admit(65.2);
    assert!(matches!(second, Admission::Trial(_)));
    // The permit that has expired does not end the other one's trial.
    drop(first);
    assert!(test.held(65.3).is_some());
}

#[test]
fn calls_from_before_change_nothing() {
    let test = Test::new();
    test.record(5, FAILED, 10.0);
    let (_, until) = test.held(10.0).unwrap();
    // They began before the hold: neither the failures nor the successes are news.
    for outcome in [
        FAILED,
        Outcome::Success,
        Outcome::Success,
        Outcome::Success,
        REFUSED,
    ] {
        test.first
            .record_since(outcome, test.at(1.0), test.at(11.0));
    }
    assert_eq!(test.held(11.0), Some((Hold::Failed, until)));
    test.record(2, Outcome::Success, 16.0);
    assert_eq!(test.status(16.0), Status::Up);
    for _ in 0..20 {
        test.first.record_since(FAILED, test.at(1.0), test.at(17.0));
    }
    assert_eq!(test.status(17.0), Status::Up);
}

#[test]
fn a_target_that_fails_now_and_then_is_degraded_until_it_is_clearly_better() {
    let test = Test::new();
    let mut second = 0.0;
    let mut run = |good: usize, bad: usize| {
        test.record(good, Outcome::Success, second);
        test.record(bad, FAILED, second);
        second += 1.0;
        test.status(second)
    };
    assert_eq!(run(19, 1), Status::Up);
    assert_eq!(run(17, 3), Status::Degraded);
    // Between a twentieth and a tenth it stays as it is.
    assert_eq!(run(20, 0), Status::Degraded);
    assert_eq!(run(30, 0), Status::Up);
    assert_eq!(run(0, 2), Status::Up);
}

#[test]
fn when_all_fail_at_once_none_is_kept_away() {
    let test = Test::new();
    for target in [&test.first, &test.second] {
        for _ in 0..5 {
            target.record(FAILED, test.at(1.0));
        }
    }
    assert!(test.fleet.has_shared_cause(test.at(1.0)));
    for target in [&test.first, &test.second] {
        assert_eq!(target.status(test.at(1.0)), Status::Down);
        let admission = target.admit(test.at(1.0));
        assert!(matches!(
            admission,
            Admission::LastResort {
                hold: Hold::Failed,
                ..
            }
        ));
        assert!(admission.is_admitted());
    }
    // Calls of last resort that fail make nothing worse, and two that succeed end the hold at once.
    let failed_again = test.admit(1.0);
    test.record(50, FAILED, 2.0);
    let (Admission::LastResort { until: before, .. }, Admission::LastResort { until, .. }) =
        (failed_again, test.admit(2.0))
    else {
        panic!("still the last resort");
    };
    assert_eq!(before, until);
    test.record(2, Outcome::Success, 2.5);
    assert_eq!(test.status(2.5), Status::Up);
    assert!(!test.fleet.has_shared_cause(test.at(2.5)));
    assert!(matches!(
        test.second.admit(test.at(2.5)),
        Admission::Held { .. }
    ));
}

#[test]
fn a_fleet_of_one_is_never_kept_away() {
    let fleet = Fleet::new();
    let (only, now) = (fleet.target("only"), Instant::now());
    for _ in 0..5 {
        only.record(FAILED, now);
    }
    assert!(matches!(only.admit(now), Admission::LastResort { .. }));
    assert!(!fleet.has_shared_cause(now), "one is no fleet");
}

#[test]
fn a_wait_that_was_asked_for_is_kept_even_by_the_last_resort() {
    let fleet = Fleet::new();
    let (only, now) = (fleet.target("only"), Instant::now());
    only.record(throttled(20), now);
    let until = |now| match only.admit(now) {
        Admission::LastResort {
            hold: Hold::Throttled,
            until,
        } => until,
        other => panic!("{other:?}"),
    };
    let before = until(now);
    // Somebody tried all the same.
    let later = now + Duration::from_secs(1);
    for outcome in [Outcome::Success, Outcome::Success, FAILED, REFUSED] {
        only.record(outcome, later);
    }
    assert_eq!(until(later), before);
    assert_eq!(only.status(later), Status::Degraded);
}

#[test]
fn of_many_who_ask_at_once_one_gets_the_trial() {
    let test = Test::new();
    test.record(5, FAILED, 0.0);
    let (now, ready) = (test.at(5.1), std::sync::Barrier::new(8));
    let trials: usize = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    ready.wait();
                    let asked: Vec<_> = (0..1_000).map(|_| test.first.admit(now)).collect();
                    // All permits are kept until all have asked.
                    ready.wait();
                    let is_trial =
                        |admission: &&Admission| matches!(admission, Admission::Trial(_));
                    asked.iter().filter(is_trial).count()
                })
            })
            .collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).sum()
    });
    assert_eq!(trials, 1);
}

#[test]
fn times_that_cannot_be_added_do_no_harm() {
    let most = Duration::MAX;
    let fleet = Fleet::builder()
        .with_window(most, 20, 0.5)
        .with_hold(most, most)
        .with_longest_retry_after(most)
        .with_trial(most)
        .with_silence(most)
        .build();
    let (target, now) = (fleet.target("x"), Instant::now());
    for outcome in [FAILED, throttled(u64::MAX), REFUSED] {
        for _ in 0..10 {
            target.record(outcome, now);
            let _ = target.admit(now + Duration::from_secs(1_000_000_000));
        }
    }
}

#[test]
fn more_can_be_kept_available_than_one() {
    let test = Test::with(Fleet::builder().with_min_available(2));
    test.record(5, FAILED, 0.0);
    assert!(matches!(test.admit(0.0), Admission::LastResort { .. }));
}

#[test]
fn names_from_outside_are_bounded() {
    let fleet = Fleet::new();
    for number in 0..1_500 {
        let _ = fleet.target(&format!("model-{number}"));
    }
    assert_eq!(fleet.target("model-999").name(), "model-999");
    assert_eq!(fleet.target("model-1400").name(), "other");
    fleet.remove("model-7");
    fleet.remove("model-8");
    assert_eq!(fleet.target("new").name(), "new");
}

#[tokio::test(start_paused = true)]
async fn the_check_asks_only_while_the_traffic_is_silent() {
    let (fleet, asked) = (Fleet::new(), Arc::new(AtomicU64::new(0)));
    let target = fleet.target("provider");
    let counted = Arc::clone(&asked);
    let fallback = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Report::degraded(Cause::RateLimited) }
    };
    let passive = Passive::new(target.clone()).with_fallback(Duration::from_secs(30), fallback);
    let health = start(
        builder()
            .with_check(Check::passive("provider", passive))
            .build()
            .unwrap(),
    );
    let status = || health.check("provider").unwrap().status;
    seconds(0.1).await;
    // Nothing heard at the start: ask once.
    assert_eq!(
        (status(), asked.load(Ordering::SeqCst)),
        (Status::Degraded, 1)
    );
    target.record(Outcome::Success, Instant::now());
    seconds(58.0).await;
    assert_eq!((status(), asked.load(Ordering::SeqCst)), (Status::Up, 1));
    // Silent from a minute on; then about every 30 s.
    seconds(80.0).await;
    assert_eq!(
        (status(), asked.load(Ordering::SeqCst)),
        (Status::Degraded, 4)
    );
    for _ in 0..5 {
        target.record(FAILED, Instant::now());
    }
    seconds(1.2).await;
    let state = health.check("provider").unwrap();
    assert_eq!(
        (state.status, state.cause),
        (Status::Down, Some(Cause::Server))
    );
}

#[tokio::test(start_paused = true)]
async fn silence_without_a_fallback_becomes_unknown() {
    let fleet = Fleet::new();
    let target = fleet.target("provider");
    let check = Check::passive("provider", Passive::new(target.clone()));
    let health = start(builder().with_check(check).build().unwrap());
    target.record(Outcome::Success, Instant::now());
    seconds(60.0).await;
    assert_eq!(health.check("provider").unwrap().status, Status::Up);
    seconds(62.0).await;
    assert_eq!(health.check("provider").unwrap().status, Status::Unknown);
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Success),
        Just(FAILED),
        Just(REFUSED),
        Just(Outcome::Neutral),
        (0..100_u64).prop_map(throttled),
        Just(Outcome::Throttled { retry_after: None }),
    ]
}

proptest! {
    #[test]
    fn some_target_always_takes_calls_and_each_does_in_the_end(
        steps in prop::collection::vec((0..3_usize, any_outcome(), 0..5_000_u64, any::<bool>()), 1..300)
    ) {
        let fleet = Fleet::builder().with_seed(5).build();
        let targets = ["a", "b", "c"].map(|name| fleet.target(name));
        let mut now = Instant::now();
        let mut kept = Vec::new();
        for (target, outcome, milliseconds, keeps) in steps {
            now += Duration::from_millis(milliseconds);
            let target = &targets[target];
            match target.admit(now) {
                // Some permits are never given back.
                Admission::Trial(permit) if keeps => kept.push(permit),
                Admission::Trial(permit) => permit.record(outcome, now),
                _ => target.record(outcome, now),
            }
            let admitted = targets.each_ref().map(|target| target.admit(now));
            prop_assert!(admitted.iter().any(Admission::is_admitted), "{admitted:?}");
            // While one is down, it is held, and the other way round.
            for (target, admission) in targets.iter().zip(&admitted) {
                let is_held = !matches!(admission, Admission::Available);
                prop_assert!(is_held || target.status(now) != Status::Down);
            }
        }
        now += Duration::from_secs(2 * 3_600);
        for target in &targets {
            let is_kept_away = matches!(target.admit(now), Admission::Held { .. } | Admission::LastResort { .. });
            prop_assert!(!is_kept_away, "{}", target.name());
        }
    }
}
