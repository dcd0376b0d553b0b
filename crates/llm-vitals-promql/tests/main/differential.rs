//! Random expressions over random series, against the engine of Prometheus itself.
//!
//! `promtool test rules` evaluates expressions over series that a file gives. Asked to expect a sample that never comes it prints
//! what it found, in full precision. So one run of it answers thousands of expressions, in dialect V2 (it is version 2.42).
//!
//! What is not compared, because promtool has no one answer:
//!
//! - which of equal values `topk` and `bottomk` keep: it adds the series in random order. They are asked only of metrics whose
//!   values all differ;
//! - sums in the last bits, for the same reason: numbers compare to a part in 10^9, or of the largest number in the samples where
//!   large ones cancel;
//! - the order of results, which it sorts; the reference cases look at that;
//! - dates of NaN and of infinities: there they are what a conversion to an integer gives on that processor, here they are NaN;
//! - the last digit of `cos` and its kin, which `count_values` would make visible: it is asked of plain numbers only;
//! - `timestamp` of a selector with both `offset` and `@`: 2.42 finds no sample there once the offset is longer than the lookback,
//!   where the selector alone has one;
//! - an aggregation whose parameter changes with time and whose operand has `@`: as the operand stays the same, 2.42 takes the
//!   parameter of the first moment for all moments of a subquery;
//! - `(x @ t)[2m:30s] offset -2m`, where offset and range of a subquery cancel: 2.42 then looks at another moment than `t`;
//! - `predict_linear(x[5m] @ t, s)` within a subquery: 2.42 predicts from the first moment at all of them; an instant query, which
//!   the reference cases have, predicts from its own;
//! - sines of huge numbers, remainders of rounded ones and what is rounded up or down from a half, where the last bit of the argument decides about the result;
//! - strings, for which it has no output.
//!
//! `PROMQL_DIFFERENTIAL_SEED` and `PROMQL_DIFFERENTIAL_GROUPS` ask for other and for more cases.

use std::env;
use std::time::Duration;

use llm_vitals_promql::{Dialect, Engine, Expr, Labels, Store, Value, parse_values};

pub(crate) mod expressions;
mod promtool;
pub(crate) mod random;
pub(crate) mod series;

use self::expressions::Generator;
use self::promtool::{Answer, Case};
use self::random::Random;

const CASES_OF_A_GROUP: usize = 500;

#[test]
fn differential_against_promtool() {
    let Some(promtool) = promtool::find() else {
        return;
    };
    let number = |name: &str, default: u64| {
        env::var(name).map_or(default, |text| text.parse().expect("a number"))
    };
    let seed = number("PROMQL_DIFFERENTIAL_SEED", 20_261_124);
    let groups = number("PROMQL_DIFFERENTIAL_GROUPS", 8);
    let (mut equal, mut errors, mut empty) = (0, 0, 0);
    let mut different = Vec::new();
    for group in 0..groups {
        let mut random = Random::new(seed.wrapping_add(group));
        let series = series::generate(&mut random);
        let cases: Vec<Case> = (0..CASES_OF_A_GROUP)
            .map(|_| Generator::new(&mut random).case())
            .collect();
        let answers = promtool.ask(&series, &cases);
        assert_eq!(answers.len(), cases.len(), "an answer for each case");
        let store = fill(&series);
        for (case, answer) in cases.iter().zip(answers) {
            let ours = evaluate(&store, case);
            if agree(&ours, &answer) {
                equal += 1;
                errors += usize::from(matches!(answer, Answer::Error(_)));
                empty +=
                    usize::from(matches!(&answer, Answer::Samples(samples) if samples.is_empty()));
            } else {
                different.push(format!(
                    "seed {seed} group {group} at {}s: {}\n  promtool: {answer:?}\n  ours:     {ours:?}",
                    case.at_ms / 1000,
                    case.expr
                ));
            }
        }
    }
    println!(
        "differential: {equal} equal ({errors} of them errors, {empty} empty), {} different",
        different.len()
    );
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(
        equal - errors - empty > equal / 2,
        "most cases have a value"
    );
}

pub(crate) fn fill(series: &[(String, String)]) -> Store {
    let mut store = Store::builder()
        .with_retention(Duration::from_secs(u64::MAX))
        .build();
    for (labels, values) in series {
        let labels = Labels::parse(labels).unwrap();
        for (at, value) in parse_values(values).unwrap().into_iter().enumerate() {
            if let Some(value) = value {
                store
                    .append(&labels, at as i64 * series::INTERVAL_MS, value)
                    .unwrap();
            }
        }
    }
    store
}

fn evaluate(store: &Store, case: &Case) -> Answer {
    let result = Expr::parse(&case.expr, Dialect::V2)
        .and_then(|expr| Engine::new().eval_instant(store, &expr, case.at_ms));
    match result {
        Ok(Value::Scalar(value)) => Answer::Samples(vec![(Labels::empty(), value)]),
        Ok(Value::Vector(samples)) => {
            let sample =
                |sample: &llm_vitals_promql::Sample| (sample.labels().clone(), sample.value());
            let mut samples: Vec<_> = samples.iter().map(sample).collect();
            samples.sort_by(|(a, _), (b, _)| a.cmp(b));
            Answer::Samples(samples)
        }
        Ok(other) => Answer::Error(format!("{other:?}")),
        Err(error) => Answer::Error(error.to_string()),
    }
}

fn agree(ours: &Answer, theirs: &Answer) -> bool {
    match (ours, theirs) {
        (Answer::Error(_), Answer::Error(_)) => true,
        (Answer::Samples(ours), Answer::Samples(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|((a, x), (b, y))| a == b && nearly_equal(*x, *y))
        }
        _ => false,
    }
}

fn nearly_equal(a: f64, b: f64) -> bool {
    let scale = a.abs().max(b.abs()).max(series::LARGEST * 1e-3);
    a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-9 * scale
}
