//! Amounts by day and month.

use std::io::ErrorKind;

use llm_vitals_dashboard::Spend;
use serde_json::{Value, json};

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;
/// 2026-11-24T00:00:00Z, a Tuesday; the month has 7 days left.
const MIDNIGHT: i64 = 1_795_478_400_000;
const USD: u64 = 1_000_000_000;

fn shown(spend: &Spend, now: i64) -> Value {
    serde_json::to_value(spend.report(now)).unwrap()
}

#[test]
fn nothing_is_known_before_something_was_counted() {
    assert_eq!(
        shown(&Spend::new(MIDNIGHT), MIDNIGHT + HOUR),
        json!({"today": null, "month": null, "forecast": null, "unpricedRequests": null})
    );
}

#[test]
fn a_process_says_since_when_it_has_counted() {
    let started = MIDNIGHT + 9 * HOUR;
    let mut spend = Spend::new(started);
    spend.record(started + SECOND, 2 * USD);
    spend.record(started + 30 * 60 * SECOND, 5 * USD);
    spend.record_unpriced(started + 30 * 60 * SECOND, 3);
    let now = started + 30 * 60 * SECOND;
    let said = shown(&spend, now);
    assert_eq!(
        said["today"],
        json!({"usd": 5.0, "since": "2026-11-24T09:00:00Z"})
    );
    assert_eq!(said["month"], said["today"]);
    assert_eq!(said["unpricedRequests"], 3);
    // 3 dollars in 1,799 seconds, for 6 days, 14 hours and a half.
    let expected = 5.0 + 3.0 / 1_799.0 * (6.0 * 24.0 + 14.5) * 3_600.0;
    assert!((spend.report(now).forecast_usd().unwrap() - expected).abs() < 1e-9);
    assert_eq!(said["forecast"]["basis"], "rate of the last 29m");
}

#[test]
fn a_day_and_a_month_begin_at_midnight() {
    // From the 29th on.
    let started = MIDNIGHT + 5 * 24 * HOUR;
    let mut spend = Spend::new(started);
    let at = |hours: i64| started + hours * HOUR;
    spend.record(at(1), 10 * USD);
    spend.record(at(25), 12 * USD);
    let said = shown(&spend, at(25));
    assert_eq!(
        said["today"],
        json!({"usd": 2.0, "since": "2026-11-30T00:00:00Z"})
    );
    assert_eq!(
        said["month"],
        json!({"usd": 12.0, "since": "2026-11-29T00:00:00Z"})
    );
    // Nothing was spent in December, which is known.
    let said = shown(&spend, at(49));
    assert_eq!(
        said["today"],
        json!({"usd": 0.0, "since": "2026-12-01T00:00:00Z"})
    );
    assert_eq!(said["month"], said["today"]);
    assert_eq!(said["forecast"], Value::Null);
}

#[test]
fn a_counter_that_begins_anew_takes_nothing_away() {
    let mut spend = Spend::new(MIDNIGHT);
    for (second, total) in [(1, 5 * USD), (2, 7 * USD), (3, USD), (4, 3 * USD)] {
        spend.record(MIDNIGHT + second * SECOND, total);
    }
    assert_eq!(spend.report(MIDNIGHT + 4 * SECOND).today_usd(), Some(10.0));
}

#[test]
fn the_rate_is_that_of_the_last_hour() {
    let mut spend = Spend::new(MIDNIGHT);
    // A dear hour and then a cheap one: 1 dollar an hour, 157 hours before the month ends.
    let mut total = 0;
    for minute in 0..=60 {
        total = minute * 10 * USD;
        spend.record(MIDNIGHT + minute.cast_signed() * 60 * SECOND, total);
    }
    for minute in 61..=180_u64 {
        total += USD / 60;
        spend.record(MIDNIGHT + minute.cast_signed() * 60 * SECOND, total);
    }
    let now = MIDNIGHT + 3 * HOUR;
    let report = spend.report(now);
    let left = 7.0 * 24.0 - 3.0;
    let expected = report.month_usd().unwrap() + left;
    assert!(
        (report.forecast_usd().unwrap() - expected).abs() < 1e-3,
        "{report:?} {expected}"
    );
    assert_eq!(
        shown(&spend, now)["forecast"]["basis"],
        "rate of the last 1h"
    );
    // Nobody has counted for long: no rate.
    assert_eq!(spend.report(now + 2 * HOUR).forecast_usd(), None);
}

#[test]
fn a_clock_that_is_set_back_begins_nothing() {
    let mut spend = Spend::new(MIDNIGHT);
    spend.record(MIDNIGHT + HOUR, 5 * USD);
    spend.record(MIDNIGHT - HOUR, 6 * USD);
    let said = shown(&spend, MIDNIGHT - HOUR);
    assert_eq!(said["today"]["usd"], 6.0);
    assert_eq!(said["forecast"], Value::Null);
}

#[test]
fn amounts_that_are_none_are_not_taken() {
    let mut spend = Spend::new(MIDNIGHT);
    for total in [f64::NAN, -1.0, f64::INFINITY, 1e300] {
        spend.record_usd(MIDNIGHT, total);
    }
    assert_eq!(spend.report(MIDNIGHT).today_usd(), None);
    spend.record_usd(MIDNIGHT, 0.000_123);
    assert_eq!(spend.report(MIDNIGHT).today_usd(), Some(0.000_123));
}

#[test]
fn a_restart_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spend.json");
    let mut spend = Spend::load(&path, MIDNIGHT + HOUR).unwrap();
    spend.record(MIDNIGHT + 2 * HOUR, 5 * USD);
    spend.record_unpriced(MIDNIGHT + 2 * HOUR, 4);
    spend.save(&path).unwrap();
    let mut spend = Spend::load(&path, MIDNIGHT + 3 * HOUR).unwrap();
    spend.record(MIDNIGHT + 3 * HOUR, USD);
    spend.record_unpriced(MIDNIGHT + 3 * HOUR, 1);
    let said = shown(&spend, MIDNIGHT + 3 * HOUR);
    assert_eq!(
        said["today"],
        json!({"usd": 6.0, "since": "2026-11-24T01:00:00Z"})
    );
    assert_eq!(said["unpricedRequests"], 5);
    assert_eq!(said["forecast"], Value::Null);
    // A new day, after a night in which nothing ran.
    let said = shown(
        &Spend::load(&path, MIDNIGHT + 30 * HOUR).unwrap(),
        MIDNIGHT + 30 * HOUR,
    );
    assert_eq!(
        said["today"],
        json!({"usd": 0.0, "since": "2026-11-25T00:00:00Z"})
    );
    assert_eq!(said["month"]["usd"], 5.0);
}

#[test]
fn a_damaged_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spend.json");
    for text in ["{", r#"{"version":2,"day":null,"month":null}"#] {
        std::fs::write(&path, text).unwrap();
        let error = Spend::load(&path, 0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert!(
            error.to_string().contains("remove it to start without it"),
            "{error}"
        );
    }
    assert!(
        Spend::new(0)
            .save(&folder.path().join("no/such/folder"))
            .is_err()
    );
}
