//! Expected against got.

use llm_vitals_promql::Labels;

use crate::number::exact;

use super::mismatch::Difference;

/// An alert as tests see it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    pub(super) labels: Labels,
    /// Sorted by name.
    pub(super) annotations: Vec<(String, String)>,
}

/// Where samples differ; nothing if they do not.
pub(super) fn samples(
    mut expected: Vec<(Labels, f64)>,
    mut got: Vec<(Labels, f64)>,
    is_fuzzy: bool,
) -> Vec<Difference> {
    expected.sort_by(|(a, _), (b, _)| a.cmp(b));
    got.sort_by(|(a, _), (b, _)| a.cmp(b));
    let line = |(labels, value): &(Labels, f64)| format!("{labels} {}", exact(*value));
    let mut differences = Vec::new();
    let (mut left, mut right) = (expected.iter().peekable(), got.iter().peekable());
    loop {
        match (left.peek(), right.peek()) {
            (Some(want), Some(have)) if want.0 == have.0 => {
                if !equal(want.1, have.1, is_fuzzy) {
                    differences.push(Difference::Missing(line(want)));
                    differences.push(Difference::Unexpected(line(have)));
                    if want.1.is_nan() && have.1.is_nan() {
                        let hint = "NaN equals nothing, not even NaN: test it with x != bool x";
                        differences.push(Difference::Hint(hint.to_owned()));
                    }
                }
                left.next();
                right.next();
            }
            (Some(want), have) if have.is_none_or(|have| want.0 < have.0) => {
                differences.push(Difference::Missing(line(want)));
                left.next();
            }
            (_, Some(have)) => {
                differences.push(Difference::Unexpected(line(have)));
                right.next();
            }
            _ => return differences,
        }
    }
}

/// Where alerts differ. Two with the same labels differ in the annotations that are shown.
pub(super) fn alerts(mut expected: Vec<Seen>, mut got: Vec<Seen>) -> Vec<Difference> {
    expected.sort();
    got.sort();
    let mut differences = Vec::new();
    let mut unmatched = Vec::new();
    for want in expected {
        match got.iter().position(|have| *have == want) {
            Some(at) => drop(got.remove(at)),
            None => unmatched.push(want),
        }
    }
    for want in unmatched {
        let Some(at) = got.iter().position(|have| have.labels == want.labels) else {
            differences.push(Difference::Missing(want.labels.to_string()));
            differences.extend(
                want.annotations
                    .iter()
                    .map(|pair| Difference::Missing(annotation(pair))),
            );
            continue;
        };
        let have = got.remove(at);
        differences.push(Difference::Of(want.labels.to_string()));
        let missing = want
            .annotations
            .iter()
            .filter(|pair| !have.annotations.contains(pair));
        differences.extend(missing.map(|pair| Difference::Missing(annotation(pair))));
        let unexpected = have
            .annotations
            .iter()
            .filter(|pair| !want.annotations.contains(pair));
        differences.extend(unexpected.map(|pair| Difference::Unexpected(annotation(pair))));
    }
    for have in got {
        differences.push(Difference::Unexpected(have.labels.to_string()));
        differences.extend(
            have.annotations
                .iter()
                .map(|pair| Difference::Unexpected(annotation(pair))),
        );
    }
    differences
}

fn annotation((name, value): &(String, String)) -> String {
    format!("  {name}: {value:?}")
}

/// NaN equals nothing, as for promtool. Fuzzy: the last bit may differ.
fn equal(a: f64, b: f64, is_fuzzy: bool) -> bool {
    a == b || is_fuzzy && (a.next_up() == b || a.next_down() == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_paired_by_their_labels() {
        let one = |value: &str, sample: f64| (Labels::new([("a", value)]), sample);
        let differences = samples(
            vec![one("x", 1.0), one("y", 2.0), one("z", 3.0)],
            vec![one("z", 3.0), one("y", 2.5), one("w", 0.0)],
            false,
        );
        let text = |text: &str| text.to_owned();
        assert_eq!(
            differences,
            [
                Difference::Unexpected(text("{a=\"w\"} 0")),
                Difference::Missing(text("{a=\"x\"} 1")),
                Difference::Missing(text("{a=\"y\"} 2")),
                Difference::Unexpected(text("{a=\"y\"} 2.5")),
            ]
        );
    }

    #[test]
    fn fuzzy_forgives_the_last_bit_only() {
        assert!(!equal(0.3, 0.1 + 0.2, false));
        assert!(equal(0.3, 0.1 + 0.2, true));
        assert!(!equal(0.3, 0.300_000_000_1, true));
        assert!(!equal(f64::NAN, f64::NAN, true));
    }

    #[test]
    fn of_alerts_with_the_same_labels_the_annotations_are_compared() {
        let seen = |summary: &str| Seen {
            labels: Labels::new([("alertname", "A")]),
            annotations: vec![("summary".to_owned(), summary.to_owned())],
        };
        assert_eq!(
            alerts(vec![seen("5 %")], vec![seen("6 %")]),
            [
                Difference::Of("{alertname=\"A\"}".to_owned()),
                Difference::Missing("  summary: \"5 %\"".to_owned()),
                Difference::Unexpected("  summary: \"6 %\"".to_owned()),
            ]
        );
        assert_eq!(alerts(vec![seen("5 %")], vec![seen("5 %")]), []);
        assert_eq!(
            alerts(vec![seen("5 %"), seen("5 %")], vec![seen("5 %")]).len(),
            2
        );
    }
}
