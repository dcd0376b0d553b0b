//! A range query is an instant query at each of its moments.

use std::collections::BTreeMap;

use llm_vitals_promql::{Dialect, Engine, ErrorKind, Expr, Labels, Snapshot, Value};

use crate::differential::{expressions::Generator, fill, random::Random, series};

#[test]
fn a_range_is_its_moments() {
    let (mut compared, mut values) = (0, 0);
    for seed in 0..4 {
        let mut random = Random::new(seed);
        let store = fill(&series::generate(&mut random));
        for case in 0..250 {
            let text = Generator::new(&mut random).case().expr;
            // Those are other moments in the one and in the other.
            if text.contains("start()") || text.contains("end()") {
                continue;
            }
            for dialect in [Dialect::V2, Dialect::V3] {
                let Ok(expr) = Expr::parse(&text, dialect) else {
                    continue;
                };
                let (start, end, step) = (
                    random.below(600) as i64 * 1000,
                    2_000_000,
                    37_000 + case * 1000,
                );
                let Ok(Value::Matrix(range)) =
                    Engine::new().eval_range(&store, &expr, start, end, step)
                else {
                    continue;
                };
                let snapshot = Snapshot::new(&store, expr.clone());
                let later = snapshot.eval_range(&Engine::new(), start, end, step);
                assert_eq!(
                    format!("{later:?}"),
                    format!(
                        "{:?}",
                        Ok::<_, llm_vitals_promql::Error>(Value::Matrix(range.clone()))
                    )
                );
                compared += 1;
                let mut columns: BTreeMap<i64, Vec<(Labels, f64)>> = BTreeMap::new();
                for series in &range {
                    for (time, value) in series.points() {
                        columns
                            .entry(*time)
                            .or_default()
                            .push((series.labels().clone(), *value));
                    }
                }
                for time in (start..=end).step_by(step as usize) {
                    let mut instant = match Engine::new().eval_instant(&store, &expr, time).unwrap()
                    {
                        Value::Scalar(value) => vec![(Labels::empty(), value)],
                        Value::Vector(samples) => samples
                            .iter()
                            .map(|sample| (sample.labels().clone(), sample.value()))
                            .collect(),
                        other => panic!("{other:?}"),
                    };
                    instant.sort_by(|(a, _), (b, _)| a.cmp(b));
                    let column = columns.remove(&time).unwrap_or_default();
                    values += column.len();
                    let same = instant.len() == column.len()
                        && instant.iter().zip(&column).all(|((a, x), (b, y))| {
                            a == b && (x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan())
                        });
                    assert!(
                        same,
                        "{text} at {time}\n  instant: {instant:?}\n  range:   {column:?}"
                    );
                }
                assert!(
                    columns.is_empty(),
                    "{text}: moments that were not asked for"
                );
            }
        }
    }
    assert!(
        compared > 1000 && values > 50_000,
        "{compared} ranges with {values} values"
    );
}

#[test]
fn what_is_no_range_is_an_error() {
    let store = fill(&[]);
    let range = |text: &str, start, end, step| {
        let expr = Expr::parse(text, Dialect::V3).unwrap();
        Engine::new().eval_range(&store, &expr, start, end, step)
    };
    assert_eq!(
        range("x", 0, 10, 0).unwrap_err().kind(),
        ErrorKind::Argument
    );
    assert_eq!(
        range("x[5m]", 0, 10, 1).unwrap_err().kind(),
        ErrorKind::Type
    );
    assert_eq!(
        range("\"x\"", 0, 10, 1).unwrap_err().kind(),
        ErrorKind::Type
    );
    assert_eq!(
        range("x", 0, i64::MAX, 1).unwrap_err().kind(),
        ErrorKind::Argument
    );
    assert_eq!(
        range("x", 0, 1 << 50, 1).unwrap_err().kind(),
        ErrorKind::Limit
    );
    assert_eq!(range("1", 10, 0, 1).unwrap(), Value::Matrix(Vec::new()));
}
