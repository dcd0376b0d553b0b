//! The series store: order, limits, retention, staleness.

use std::time::Duration;

use llm_vitals_promql::{
    AppendError, Dialect, Engine, Expr, Labels, MatchOp, Matcher, STALE_MARKER, Snapshot, Store,
    Value, is_stale,
};

fn labels(name: &str, number: usize) -> Labels {
    Labels::new([("__name__", name), ("number", &number.to_string())])
}

fn values(store: &Store, text: &str, at: i64) -> Vec<(String, f64)> {
    let expr = Expr::parse(text, Dialect::V3).unwrap();
    let Value::Vector(samples) = Engine::new().eval_instant(store, &expr, at).unwrap() else {
        panic!()
    };
    samples
        .iter()
        .map(|sample| (sample.labels().to_string(), sample.value()))
        .collect()
}

#[test]
fn samples_come_in_order_of_time() {
    let mut store = Store::new();
    let x = labels("x", 0);
    assert_eq!(store.append(&x, 1000, 1.0), Ok(()));
    assert_eq!(store.append(&x, 1000, 1.0), Ok(()));
    assert_eq!(store.append(&x, 1000, 2.0), Err(AppendError::Duplicate));
    assert_eq!(store.append(&x, 999, 1.0), Err(AppendError::OutOfOrder));
    assert_eq!(store.append(&x, 1001, 2.0), Ok(()));
    assert_eq!(store.samples(&x, 0, 5000), [(1000, 1.0), (1001, 2.0)]);
    let stats = store.stats();
    assert_eq!(
        (stats.series, stats.samples, stats.appended_samples),
        (1, 2, 2)
    );
    assert_eq!(
        (stats.duplicate_samples, stats.out_of_order_samples),
        (1, 1)
    );
}

#[test]
fn a_stale_series_is_gone_at_once() {
    let mut store = Store::new();
    let x = labels("x", 0);
    store.append(&x, 0, 1.0).unwrap();
    store.append_stale(&x, 1000).unwrap();
    store.append_stale(&x, 2000).unwrap();
    store.append_stale(&labels("never", 0), 2000).unwrap();
    assert_eq!(values(&store, "x", 999).len(), 1);
    assert_eq!(values(&store, "x", 1000), []);
    assert_eq!(
        values(&store, "count_over_time(x[5m])", 2000),
        [("{number=\"0\"}".to_owned(), 1.0)]
    );
    assert_eq!(store.stats().samples, 2);
    store.append(&x, 3000, f64::NAN).unwrap();
    assert_eq!(values(&store, "x", 3000).len(), 1);
    assert!(is_stale(STALE_MARKER) && !is_stale(f64::NAN));
}

#[test]
fn blocks_and_tail_are_one_series() {
    let mut store = Store::builder()
        .with_retention(Duration::from_secs(1_000_000))
        .build();
    let x = labels("x", 0);
    for tick in 0..1000_i64 {
        store
            .append(&x, tick * 1000, (tick * tick) as f64 / 4.0)
            .unwrap();
    }
    for (start, end) in [
        (0, 999),
        (5, 5),
        (60, 70),
        (63, 64),
        (100, 900),
        (870, 940),
        (990, 2000),
    ] {
        let expected: Vec<_> = (start..=end.min(999))
            .map(|tick| (tick * 1000, (tick * tick) as f64 / 4.0))
            .collect();
        assert_eq!(
            store.samples(&x, start * 1000, end * 1000),
            expected,
            "{start} to {end}"
        );
    }
    for tick in [0, 1, 63, 64, 500, 871, 872, 935, 936, 999] {
        let expected = (tick * tick) as f64 / 4.0;
        assert_eq!(
            values(&store, "x", tick * 1000 + 500),
            [("x{number=\"0\"}".to_owned(), expected)],
            "{tick}"
        );
    }
}

#[test]
fn old_samples_go_and_empty_series_with_them() {
    let mut store = Store::builder()
        .with_retention(Duration::from_secs(600))
        .build();
    let (old, new) = (labels("old", 0), labels("new", 0));
    for tick in 0..2000_i64 {
        if tick < 100 {
            store.append(&old, tick * 1000, 1.0).unwrap();
        }
        store.append(&new, tick * 1000, tick as f64).unwrap();
        store.advance(tick * 1000);
    }
    assert_eq!(store.label_values("__name__"), ["new"]);
    assert_eq!(store.label_names(), ["__name__", "number"]);
    let kept = store.samples(&new, 0, i64::MAX);
    assert!(
        kept[0].0 <= 1_400_000 && kept[0].0 > 1_200_000,
        "{:?}",
        kept[0]
    );
    assert_eq!(store.stats().samples, kept.len());
    assert_eq!(
        store.append(&labels("late", 0), 1_000_000, 1.0),
        Err(AppendError::TooOld)
    );
    // The slot of the old series is used again.
    store.append(&old, 1_999_000, 5.0).unwrap();
    assert_eq!(
        values(&store, "old", 1_999_000),
        [("old{number=\"0\"}".to_owned(), 5.0)]
    );
    assert_eq!(values(&store, "{number=\"0\"}", 1_999_000).len(), 2);
}

#[test]
fn series_are_limited_and_counted() {
    let mut store = Store::builder().with_max_series(10).build();
    let refused = (0..15)
        .filter(|number| store.append(&labels("x", *number), 0, 1.0).is_err())
        .count();
    assert_eq!(refused, 5);
    assert_eq!(store.stats().refused_series, 5);
    assert_eq!(store.stats().series, 10);
    assert_eq!(store.append(&labels("x", 0), 1, 1.0), Ok(()));
    assert_eq!(
        store.append(&labels("x", 12), 1, 1.0),
        Err(AppendError::Full)
    );
}

#[test]
fn bytes_are_limited_by_dropping_the_oldest() {
    let limit = 1 << 20;
    let mut store = Store::builder().with_max_bytes(limit).build();
    for tick in 0..4000_i64 {
        for number in 0..100 {
            // Values that do not compress.
            let value = ((tick * 7919 + number as i64) as f64).sin();
            let _ = store.append(&labels("x", number), tick * 5000, value);
        }
        store.advance(tick * 5000);
        assert!(
            store.stats().bytes < limit + limit / 4,
            "{} bytes",
            store.stats().bytes
        );
    }
    let stats = store.stats();
    assert_eq!(stats.series, 100);
    assert!(stats.evicted_samples > 100_000, "{stats:?}");
    let kept = store.samples(&labels("x", 0), 0, i64::MAX);
    assert!(kept.len() >= 64 && kept.last().unwrap().0 == 3999 * 5000);
}

#[test]
fn a_sample_of_a_counter_takes_few_bytes() {
    let mut store = Store::new();
    for number in 0..100 {
        for tick in 0..4320_i64 {
            let count = tick * 3 + (tick * 31 + number as i64) % 5;
            store
                .append(&labels("x", number), tick * 5000, count as f64)
                .unwrap();
        }
    }
    let stats = store.stats();
    let bytes = stats.bytes as f64 / stats.samples as f64;
    assert!(bytes < 2.5, "{bytes} bytes a sample");
}

#[test]
fn matchers_select_series() {
    let mut store = Store::new();
    for number in 0..30 {
        store.append(&labels("x", number), 0, 1.0).unwrap();
    }
    store
        .append(&Labels::new([("__name__", "y")]), 0, 1.0)
        .unwrap();
    let count = |conditions: &[(&str, MatchOp, &str)]| {
        let matchers: Vec<Matcher> = conditions
            .iter()
            .map(|(name, op, value)| Matcher::new(*name, *op, *value, Dialect::V3).unwrap())
            .collect();
        store.series(&matchers).count()
    };
    assert_eq!(count(&[]), 31);
    assert_eq!(count(&[("__name__", MatchOp::Equal, "x")]), 30);
    assert_eq!(count(&[("number", MatchOp::Equal, "")]), 1);
    assert_eq!(count(&[("number", MatchOp::NotEqual, "")]), 30);
    assert_eq!(count(&[("number", MatchOp::Regex, "1|2|99")]), 2);
    assert_eq!(count(&[("number", MatchOp::Regex, "1.")]), 10);
    assert_eq!(count(&[("number", MatchOp::Regex, "1.|")]), 11);
    assert_eq!(count(&[("number", MatchOp::NotRegex, "1.")]), 21);
    assert_eq!(count(&[("number", MatchOp::NotRegex, "1.|")]), 20);
    assert_eq!(
        count(&[
            ("__name__", MatchOp::Equal, "x"),
            ("number", MatchOp::Regex, "2?5")
        ]),
        2
    );
    assert_eq!(
        count(&[
            ("__name__", MatchOp::Equal, "y"),
            ("number", MatchOp::Regex, ".+")
        ]),
        0
    );
    assert_eq!(count(&[("missing", MatchOp::Equal, "a")]), 0);
    assert_eq!(count(&[("missing", MatchOp::NotEqual, "a")]), 31);
}

#[test]
fn a_snapshot_stays_as_it_was() {
    let mut store = Store::new();
    let fill = |store: &mut Store, times: std::ops::Range<i64>| {
        for time in times {
            for number in 0..3 {
                store
                    .append(&labels("x", number), time * 1000, time as f64)
                    .unwrap();
            }
        }
    };
    fill(&mut store, 0..300);
    let expr = Expr::parse("sum(x) + sum(count_over_time(x[5m]))", Dialect::V3).unwrap();
    let snapshot = Snapshot::new(&store, expr);
    fill(&mut store, 300..600);
    let mut other = Store::new();
    fill(&mut other, 0..600);
    assert_eq!(store.stats(), other.stats());
    store.advance(100_000_000);
    assert_eq!(store.stats().series, 0);
    let value = snapshot.eval_instant(&Engine::new(), 299_000).unwrap();
    let Value::Vector(samples) = value else {
        panic!()
    };
    assert_eq!(samples[0].value(), 3.0 * 299.0 + 3.0 * 300.0);
}

#[test]
fn series_are_found_by_when_they_were() {
    let mut store = Store::new();
    store.append(&labels("x", 0), 1_000, 1.0).unwrap();
    store.append(&labels("x", 0), 5_000, 1.0).unwrap();
    store.append(&labels("x", 1), 6_000, 1.0).unwrap();
    let found = |start, end| store.series_between(&[], start, end).count();
    assert_eq!(
        [
            (0, 999),
            (0, 1_000),
            (2_000, 3_000),
            (5_000, 6_000),
            (6_001, 9_000)
        ]
        .map(|(start, end)| found(start, end)),
        [0, 1, 1, 2, 0]
    );
}
