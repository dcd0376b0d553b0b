//! How long a tick takes. The bounds are wide: they tell apart what grows with the number of alerts from what grows with its square.

use std::time::{Duration, SystemTime};

use llm_vitals_alert::notify::Silence;

use super::*;

fn took<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let before = SystemTime::now();
    let done = what();
    (done, before.elapsed().unwrap_or_default())
}

/// Tests are built without optimization, and run beside each other.
const MOST: Duration = Duration::from_millis(1_500);

#[test]
fn ten_thousand_alerts_in_a_thousand_groups() {
    let text = format!(
        "{CONFIG}inhibit_rules:\n- {{source_matchers: ['severity=page'], target_matchers: ['severity=low'], equal: [alertname]}}\n"
    );
    let mut dispatcher = Dispatcher::new(parse(&text));
    for n in 0..1_000 {
        let matchers = vec![matcher("alertname", &format!("A{n}")), matcher("n", "3")];
        let silence = Silence::new(matchers, START, START + 60 * MINUTE, "me", "why");
        dispatcher.silences_mut().set(silence, START).unwrap();
    }
    let alerts = (0..10_000).map(|n| {
        let severity = if n % 2 == 0 { "page" } else { "low" };
        fires(
            &format!("A{};n={};severity={severity}", n % 1_000, n / 1_000),
            START,
        )
    });
    let alerts: Vec<PostedAlert> = alerts.collect();
    let ((), put) = took(|| assert_eq!(dispatcher.put(alerts, START), []));
    let (told, first) = took(|| dispatcher.tick(START + 30 * SECOND));
    assert_eq!(told.len(), 1_000);
    let (told, second) = took(|| dispatcher.tick(START + 330 * SECOND));
    assert_eq!(told.len(), 0);
    let (told, none) = took(|| dispatcher.tick(START + 331 * SECOND));
    assert_eq!(told.len(), 0);
    eprintln!(
        "10,000 alerts: put {put:?}, first tick {first:?}, second {second:?}, none due {none:?}"
    );
    assert!(
        put < MOST && first < MOST && second < MOST,
        "{put:?} {first:?} {second:?}"
    );
    assert!(none < Duration::from_millis(20), "{none:?}");
}

#[test]
fn many_sources_inhibit_many_targets() {
    let text = format!(
        "{CONFIG}inhibit_rules:\n- {{source_matchers: ['severity=page'], target_matchers: ['severity=low']}}\n"
    );
    let mut dispatcher = Dispatcher::new(parse(&text));
    let alerts = (0..20_000).map(|n| {
        let severity = if n % 2 == 0 { "page" } else { "low" };
        fires(&format!("A;n={n};severity={severity}"), START)
    });
    let alerts: Vec<PostedAlert> = alerts.collect();
    let (told, time) = took(|| {
        dispatcher.put(alerts, START);
        dispatcher.tick(START + 30 * SECOND)
    });
    assert_eq!(told[0].alerts.len(), 10_000);
    eprintln!("10,000 sources and 10,000 targets: {time:?}");
    assert!(time < 2 * MOST, "{time:?}");
}
