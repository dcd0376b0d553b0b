//! What stands behind alerts: of each default rule, and of conditions of every form.

use std::collections::BTreeMap;

use llm_vitals_alert::notify::{Ended, Evidence, human, sparkline};
use llm_vitals_alert::{AlertState, Reason};
use llm_vitals_promql::Engine;

use crate::rule_tests::{default_rules, replay};
use crate::steps::Steps;

/// The evidence as one line: value, threshold, history, contributors.
fn shown(evidence: &Evidence) -> String {
    let value = evidence
        .value
        .map_or("none".to_owned(), |value| human(value, evidence.unit));
    let threshold = evidence
        .threshold
        .as_ref()
        .map_or("none".to_owned(), |(op, limit)| {
            format!("{op} {}", human(*limit, evidence.unit))
        });
    let contributors: Vec<String> = evidence
        .contributors
        .iter()
        .map(|part| {
            let labels: Vec<&str> = part.labels.values().map(String::as_str).collect();
            format!("{} {:.0}%", labels.join(" "), part.share * 100.0)
        })
        .collect();
    format!(
        "{value} | {threshold} | {} | {}",
        sparkline(&evidence.history),
        contributors.join(", ")
    )
}

#[test]
fn each_default_rule_has_sensible_evidence() {
    let (rules, file) = default_rules();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for case in &file.tests {
        replay(case, &rules, 1, |minute, evaluator, store| {
            for group in rules.groups() {
                for rule in group.rules() {
                    let alerts = evaluator.alerts();
                    let firing = alerts.iter().map(|alert| alert.alert()).find(|alert| {
                        alert.name() == rule.name() && alert.state() == AlertState::Firing
                    });
                    let Some(alert) = firing else {
                        continue;
                    };
                    let evidence =
                        Evidence::gather(rule, alert, store, &Engine::new(), minute * 60_000);
                    found
                        .entry(rule.name().to_owned())
                        .or_insert_with(|| shown(&evidence));
                }
            }
        });
    }
    let expected = [
        ("CacheDown", "0 | == 0 | ·····················██████▁▁▁ | "),
        (
            "CacheEvictions",
            "20 a second | > 10 a second | ·················▂▄▅▇█████████ | ",
        ),
        (
            "CostBudgetSpent",
            "151.00 USD | > 150.00 USD | ▇▇▇▇▇▇▇▇▇▇▇███████████████████ | m a 100%",
        ),
        (
            "CostBurnHigh",
            "60.00 USD an hour | > 50.00 USD an hour | ···············▂▄▅▇███████████ | m a 100%",
        ),
        (
            "HighCancelledShare",
            "50% | > 20% | ···················███████████ | m 100%",
        ),
        (
            "LowCacheHitRate",
            "25% | < 50% | ··············████████████████ | miss 100%",
        ),
        (
            "MissingUsage",
            "10% | > 5% | ··············████████████████ | m 100%",
        ),
        (
            "ProviderDown",
            "0% | == 0% | ···························▁▁▁ | m 100%",
        ),
        (
            "ProviderHighErrorRate",
            "10% | > 5% | ························██████ | m 100%",
        ),
        (
            "ProviderHighLatency",
            "57 s | > 30 s | ···················███████████ | ",
        ),
        (
            "RateLimitNearlyReached",
            "5% | < 10% | ···························███ | ",
        ),
        (
            "ServiceHighErrorRate",
            "4% | > 2% | ························██████ | ",
        ),
        (
            "SlowFirstToken",
            "9.5 s | > 5 s | ···················███████████ | ",
        ),
        (
            "TokenSpike",
            "500 tokens a second | > 300 tokens a second | ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▄▅▇██████████ | m a 100%",
        ),
        (
            "TruncatedAnswers",
            "25% | > 10% | ·············█████████████████ | ",
        ),
        (
            "UnpricedRequests",
            "6 | > 0 | ························▂▃▅▆▇█ | ",
        ),
    ];
    for (name, line) in expected {
        assert_eq!(found.get(name).map(String::as_str), Some(line), "{name}");
    }
    // A rule that is added to the pack is added here.
    let alerts = rules.groups().iter().flat_map(|group| group.rules());
    let alerts: Vec<&str> = alerts
        .map(|rule| rule.name())
        .filter(|name| !name.starts_with("llm:"))
        .collect();
    assert_eq!(alerts.len(), expected.len());
}

/// A rule over series that get one value a minute, and the evidence of its only alert at the end.
fn gathered(rule: &str, series: &[(&str, &[f64])]) -> Evidence {
    let mut steps = Steps::new(&format!("alerts:\n  - {{name: A, {rule}}}\n"));
    let last = series.iter().map(|(_, values)| values.len()).max().unwrap();
    for minute in 0..last {
        let samples: Vec<(&str, Option<f64>)> = series
            .iter()
            .filter_map(|(labels, values)| Some((*labels, Some(*values.get(minute)?))))
            .collect();
        steps.step(&samples);
    }
    gather(&steps, &Engine::new())
}

fn gather(steps: &Steps, engine: &Engine) -> Evidence {
    let alerts = steps.evaluator.alerts();
    let (rule, alert) = (alerts[0].rule(), alerts[0].alert());
    Evidence::gather(rule, alert, &steps.store, engine, steps.now)
}

fn threshold(evidence: &Evidence) -> Option<(&str, f64)> {
    let (op, limit) = evidence.threshold.as_ref()?;
    Some((op, *limit))
}

#[test]
fn the_threshold_is_that_of_the_comparison_that_holds() {
    let x: (&str, &[f64]) = ("x{p=\"a\"}", &[1.0, 2.0, 7.0]);
    let cases: &[(&str, Option<(&str, f64)>)] = &[
        ("condition: x > 5", Some((">", 5.0))),
        ("condition: (x) >= (2 + 3)", Some((">=", 5.0))),
        ("condition: 5 < x", Some((">", 5.0))),
        ("condition: x > 5 and x > 3", Some((">", 5.0))),
        ("condition: x > 5 unless x > 9", Some((">", 5.0))),
        ("condition: x > 9 or x > 6", Some((">", 6.0))),
        ("condition: x > scalar(limit)", Some((">", 6.0))),
        ("condition: x > on () group_left () limit", Some((">", 6.0))),
        ("condition: x > on (p) own", Some((">", 4.0))),
        (
            "condition: x > 5, clear_condition: x < 1, on_no_data: keep",
            Some((">", 5.0)),
        ),
        ("condition: x > bool 5", None),
        ("condition: x * 2", None),
        ("condition: absent(nothing)", None),
    ];
    for (rule, expected) in cases {
        let evidence = gathered(
            rule,
            &[
                x,
                ("limit", &[6.0, 6.0, 6.0]),
                ("own{p=\"a\"}", &[4.0, 4.0, 4.0]),
                ("own{p=\"b\"}", &[8.0, 8.0, 8.0]),
            ],
        );
        assert_eq!(threshold(&evidence), *expected, "{rule}");
    }
}

#[test]
fn the_history_is_that_of_what_is_compared_for_the_labels_of_the_alert() {
    let evidence = gathered(
        "condition: x > 5",
        &[
            ("x{p=\"b\"}", &[1.0, 1.0, 1.0, 1.0]),
            ("x{p=\"a\"}", &[1.0, 2.0, f64::NAN, 7.0]),
        ],
    );
    assert_eq!(evidence.value, Some(7.0));
    assert_eq!(evidence.history_seconds, 1_800);
    assert_eq!(evidence.history.len(), 30);
    assert_eq!(
        evidence.history[25..],
        [None, Some(1.0), Some(2.0), None, Some(7.0)]
    );
}

#[test]
fn a_vanished_series_has_no_value() {
    let mut steps = Steps::new("alerts:\n  - {name: A, condition: x > 5, on_no_data: keep}\n");
    steps.step(&[("x", Some(7.0))]);
    steps.step(&[("x", None)]);
    let evidence = gather(&steps, &Engine::new());
    assert_eq!(evidence.value, None);
    assert_eq!(threshold(&evidence), Some((">", 5.0)));
    assert_eq!(evidence.history[28..], [Some(7.0), None]);
}

#[test]
fn the_largest_parts_come_first() {
    let rules = "alerts:\n  - {name: A, condition: error_rate > 0.05}\n";
    let mut steps = Steps::new(rules);
    for minute in 0..6 {
        let at = |rate: f64| Some(rate * f64::from(minute));
        steps.step(&[
            (
                "llm_requests_total{provider=\"a\\\"}\",model=\"m\",status=\"success\"}",
                at(50.0),
            ),
            (
                "llm_requests_total{provider=\"a\\\"}\",model=\"m\",status=\"error\"}",
                at(50.0),
            ),
            (
                "llm_errors_total{provider=\"a\\\"}\",model=\"small\",error_type=\"timeout\"}",
                at(6.0),
            ),
            (
                "llm_errors_total{provider=\"a\\\"}\",model=\"large\",error_type=\"timeout\"}",
                at(12.0),
            ),
            (
                "llm_errors_total{provider=\"a\\\"}\",model=\"large\",error_type=\"server\"}",
                at(30.0),
            ),
            (
                "llm_errors_total{provider=\"a\\\"}\",model=\"tiny\",error_type=\"server\"}",
                at(2.0),
            ),
            // Of another provider.
            (
                "llm_errors_total{provider=\"b\",model=\"large\",error_type=\"server\"}",
                at(900.0),
            ),
        ]);
    }
    let evidence = gather(&steps, &Engine::new());
    let parts: Vec<(String, f64)> = evidence
        .contributors
        .iter()
        .map(|part| {
            (
                format!("{:?}", part.labels),
                (part.share * 1e9).round() / 1e9,
            )
        })
        .collect();
    let name = |error: &str, model: &str| {
        format!("{{\"error_type\": \"{error}\", \"model\": \"{model}\"}}")
    };
    assert_eq!(
        parts,
        [
            (name("server", "large"), 0.6),
            (name("timeout", "large"), 0.24),
            (name("timeout", "small"), 0.12),
        ]
    );
}

#[test]
fn a_query_that_costs_too_much_gives_less() {
    let mut steps =
        Steps::new("alerts:\n  - {name: A, condition: 'sum(increase(x_total[10m])) > 5'}\n");
    for minute in 0..12 {
        let series: Vec<String> = (0..200)
            .map(|n| format!("x_total{{model=\"{n}\"}}"))
            .collect();
        let samples: Vec<(&str, Option<f64>)> = series
            .iter()
            .map(|series| (&**series, Some(f64::from(minute))))
            .collect();
        steps.step(&samples);
    }
    let all = gather(&steps, &Engine::new());
    assert_eq!((all.history.len(), all.contributors.len()), (30, 3));
    let none = gather(&steps, &Engine::new().with_max_series(10));
    assert_eq!((none.history.len(), none.contributors.len()), (0, 0));
    assert_eq!(none.value, all.value);
    assert_eq!(threshold(&none), Some((">", 5.0)));
}

#[test]
fn why_an_alert_is_over_is_kept() {
    let ended = |reason| Evidence::default().with_end(reason).ended;
    assert_eq!(ended(Reason::ConditionFalse), Some(Ended::ConditionFalse));
    assert_eq!(ended(Reason::NoData), Some(Ended::NoData));
    assert_eq!(ended(Reason::Condition), None);
}
