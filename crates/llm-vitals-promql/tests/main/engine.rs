//! Limits, raw ranges, and what the API promises.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use llm_vitals_promql::{
    Dialect, Engine, Error, ErrorKind, Expr, Labels, STALE_MARKER, Scrape, Store, Value,
};

fn store() -> Store {
    let mut store = Store::new();
    for instance in 0..100 {
        let labels = Labels::new([("__name__", "x"), ("instance", &instance.to_string())]);
        for tick in 0..100 {
            store.append(&labels, tick * 1000, tick as f64).unwrap();
        }
    }
    store
}

fn eval(engine: &Engine, store: &Store, text: &str, at: i64) -> Result<Value, Error> {
    engine.eval_instant(store, &Expr::parse(text, Dialect::V3).unwrap(), at)
}

#[test]
fn values_are_send_and_sync() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Store>();
    check::<Scrape>();
    check::<Engine>();
    check::<Expr>();
    check::<Value>();
    check::<Error>();
}

#[test]
fn samples_are_limited() {
    let store = store();
    let engine = Engine::new().with_max_samples(5_000);
    let error = eval(&engine, &store, "sum(rate(x[100s]))", 99_000).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(
        error.to_string(),
        "1:5: the evaluation needs more than 5000 samples"
    );
    eval(&engine, &store, "sum(rate(x[10s]))", 99_000).unwrap();
    let error = eval(&engine, &store, "max_over_time(vector(1)[1y:1ms])", 99_000).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}

#[test]
fn series_are_limited() {
    let engine = Engine::new().with_max_series(99);
    let error = eval(&engine, &store(), "x", 99_000).unwrap_err();
    assert_eq!(
        error.to_string(),
        "1:1: the selector finds 100 series; the limit is 99"
    );
}

#[test]
fn an_evaluation_stops_when_told() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let engine = Engine::new().with_interrupt(move || counter.fetch_add(1, Ordering::Relaxed) == 3);
    let store = store();
    let error = eval(
        &engine,
        &store,
        "sum_over_time(rate(x[10s])[100s:1s])",
        99_000,
    )
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!(asked.load(Ordering::Relaxed), 4);
}

#[test]
fn a_range_selector_gives_its_samples() {
    let mut store = Store::new();
    let labels = Labels::new([("__name__", "x")]);
    for (time, value) in [(0, 1.0), (1000, 2.0), (2000, STALE_MARKER), (3000, 4.0)] {
        store.append(&labels, time, value).unwrap();
    }
    let Value::Matrix(series) = eval(&Engine::new(), &store, "x[3s]", 3000).unwrap() else {
        panic!()
    };
    assert_eq!(series[0].points(), [(1000, 2.0), (3000, 4.0)]);
    let Value::Matrix(series) = eval(&Engine::new(), &store, "(x)[3s:1s]", 3000).unwrap() else {
        panic!()
    };
    assert_eq!(series[0].points(), [(1000, 2.0), (3000, 4.0)]);
    let expr = Expr::parse("x[3s]", Dialect::V2).unwrap();
    let Value::Matrix(series) = Engine::new().eval_instant(&store, &expr, 3000).unwrap() else {
        panic!()
    };
    assert_eq!(series[0].points(), [(0, 1.0), (1000, 2.0), (3000, 4.0)]);
}

#[test]
fn the_lookback_is_as_told() {
    let mut store = Store::new();
    store
        .append(&Labels::new([("__name__", "x")]), 0, 1.0)
        .unwrap();
    let found = |seconds, at, dialect| {
        let engine = Engine::new().with_lookback(Duration::from_secs(seconds));
        let expr = Expr::parse("x", dialect).unwrap();
        let Value::Vector(samples) = engine.eval_instant(&store, &expr, at).unwrap() else {
            panic!()
        };
        samples.len()
    };
    assert_eq!(found(60, 59_999, Dialect::V3), 1);
    assert_eq!(found(60, 60_000, Dialect::V3), 0);
    assert_eq!(found(60, 60_000, Dialect::V2), 1);
    assert_eq!(found(60, 60_001, Dialect::V2), 0);
}

#[test]
fn errors_of_an_evaluation_say_where() {
    let mut store = store();
    store
        .append(
            &Labels::new([("__name__", "y"), ("instance", "0")]),
            99_000,
            1.0,
        )
        .unwrap();
    let fails = |text: &str| eval(&Engine::new(), &store, text, 99_000).unwrap_err();
    let error = fails("1 + (x / on () y)");
    assert_eq!(error.kind(), ErrorKind::Matching);
    assert_eq!(error.range(), Some(5..16));
    assert!(
        error
            .to_string()
            .starts_with("1:6: several series of the left side, x{instance=\"1\"}"),
        "{error}"
    );
    let error = fails("y / on () x");
    assert_eq!(
        error.message(),
        "many-to-many matching: the right side has two series for {}: x{instance=\"0\"} and x{instance=\"1\"}"
    );
    let error = fails("abs({__name__=~\"x|y\"})");
    assert_eq!(error.kind(), ErrorKind::DuplicateLabels);
    assert_eq!(
        error.to_string(),
        "1:1: the result has two series with the labels {instance=\"0\"}"
    );
    let error = fails("x * on (instance) group_left (job) x or topk(NaN, x)");
    assert_eq!(error.kind(), ErrorKind::Argument);
    let error = fails("label_replace(x, \"a-b\", \"\", \"\", \"\")");
    assert_eq!(error.to_string(), "1:18: \"a-b\" is no name of a label");
    let error = fails("label_replace(x, \"a\", \"\", \"\", \"(\")");
    assert_eq!(
        error.to_string(),
        "1:31: a wrong regular expression: unclosed group"
    );
}

#[test]
fn texts_and_numbers_are_values() {
    let store = Store::new();
    assert_eq!(
        eval(&Engine::new(), &store, "\"a\\tb\"", 0).unwrap(),
        Value::String("a\tb".to_owned())
    );
    assert_eq!(
        eval(&Engine::new(), &store, "1h + time()", 5_000).unwrap(),
        Value::Scalar(3605.0)
    );
    assert_eq!(
        eval(&Engine::new(), &store, "x", 0).unwrap(),
        Value::Vector(Vec::new())
    );
    let far = eval(&Engine::new(), &store, "x", i64::MAX).unwrap_err();
    assert_eq!(far.kind(), ErrorKind::Argument);
}

#[test]
fn the_deepest_expressions_are_evaluated() {
    let store = store();
    for text in [
        format!("{}x{}", "(".repeat(190), ")".repeat(190)),
        format!("{}x{}", "abs(".repeat(190), ")".repeat(190)),
        format!("{}x", "-".repeat(190)),
        vec!["x"; 200].join(" or "),
        vec!["x"; 190].join(" ^ "),
        format!(
            "{}x{}",
            "sum by (instance) (x + ".repeat(90),
            ")".repeat(90)
        ),
        format!("{}x{}", "max_over_time(".repeat(60), "[2s:1s])".repeat(60)),
    ] {
        let result = eval(&Engine::new(), &store, &text, 99_000);
        assert!(
            !matches!(&result, Err(error) if error.kind() != ErrorKind::Limit),
            "{result:?}"
        );
    }
}

#[test]
fn values_of_labels_do_not_grow_without_end() {
    let store = store();
    let doubled = |inner: String| {
        format!(
            "label_join({inner}, \"a\", \"0123456789\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\", \"a\")"
        )
    };
    let text = (0..8).fold("x{instance=\"1\"}".to_owned(), |inner, _| doubled(inner));
    let error = eval(&Engine::new(), &store, &text, 99_000).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let ten_thousand = "$1".repeat(10_000);
    let text = format!("label_replace(x, \"a\", \"{ten_thousand}\", \"__name__\", \"(.*)\")");
    eval(&Engine::new(), &store, &text, 99_000).unwrap();
    let text = text.replace("$1", "$1$1$1$1$1$1$1");
    let error = eval(&Engine::new(), &store, &text, 99_000).unwrap_err();
    assert_eq!(
        error.message(),
        "the value of a label would have more than 65536 bytes"
    );
}

#[test]
fn no_moments_give_no_values() {
    let store = store();
    for text in [
        "sum(rate(x[5s]))",
        "topk(1, x) + on (instance) x",
        "x or x",
        "absent(x)",
        "max_over_time(x[5s:1s])",
        "quantile(0.5, x)",
        "count_values(\"a\", x)",
        "histogram_quantile(0.5, x)",
        "sort(x)",
        "1",
        "scalar(x)",
    ] {
        let expr = Expr::parse(text, Dialect::V3).unwrap();
        let value = Engine::new()
            .eval_range(&store, &expr, 90_000, 89_000, 1_000)
            .unwrap();
        assert_eq!(value, Value::Matrix(Vec::new()), "{text}");
    }
}
