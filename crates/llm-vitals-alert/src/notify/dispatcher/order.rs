//! In which order the alerts of a group are told.

use std::cmp::Ordering;

use llm_vitals_promql::Labels;

/// Alertmanager's order: by `job`, by `instance`, those without after those with; then fewer labels first; then by the labels.
pub(super) fn alert_order(one: &Labels, other: &Labels) -> Ordering {
    for name in ["job", "instance"] {
        let order = match (one.get(name), other.get(name)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(one), Some(other)) => one.cmp(other),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    set_order(one, other)
}

/// Alertmanager's order of label sets: fewer labels first, then by the labels.
pub(super) fn set_order(one: &Labels, other: &Labels) -> Ordering {
    one.len()
        .cmp(&other.len())
        .then_with(|| label_order(one, other))
}

/// By the first label that differs. Who has not the label that comes first by name is the lesser.
fn label_order(one: &Labels, other: &Labels) -> Ordering {
    for ((name, value), (other_name, other_value)) in one.iter().zip(other.iter()) {
        let order = other_name.cmp(name).then_with(|| value.cmp(other_value));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn job_and_instance_come_first_then_the_number_of_labels() {
        let labels =
            |text: &str| Labels::new(text.split(',').map(|pair| pair.split_once('=').unwrap()));
        let mut alerts = [
            "a=1,b=1",
            "b=1",
            "a=1",
            "a=2",
            "instance=x,z=1",
            "job=b,c=1",
            "a=1,b=2,job=a",
            "instance=y,job=a",
            "c=1,b=1",
        ]
        .map(|text| (labels(text), text));
        alerts.sort_by(|(one, _), (other, _)| alert_order(one, other));
        assert_eq!(
            alerts.map(|(_, text)| text),
            [
                "instance=y,job=a",
                "a=1,b=2,job=a",
                "job=b,c=1",
                "instance=x,z=1",
                "b=1",
                "a=1",
                "a=2",
                "c=1,b=1",
                "a=1,b=1"
            ]
        );
    }
}
