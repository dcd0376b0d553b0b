use std::collections::BTreeMap;

use super::*;
use crate::notify::notification::{NotifiedAlert, NotifyReason};

/// `a b!`: a fires, b is over.
fn state(group: &str, alerts: &str, reason: NotifyReason) -> Notification {
    let alerts = alerts.split_whitespace().map(|word| {
        let name = word.trim_end_matches('!').to_owned();
        NotifiedAlert {
            labels: BTreeMap::from([("alertname".to_owned(), name)]),
            annotations: BTreeMap::new(),
            starts_at: 0,
            ends_at: word.ends_with('!').then_some(1),
            generator_url: String::new(),
            evidence: None,
        }
    });
    Notification {
        receiver: "team".to_owned(),
        integration: 0,
        group_key: format!("{{}}:{{g={group:?}}}"),
        group_labels: BTreeMap::from([("g".to_owned(), group.to_owned())]),
        alerts: alerts.collect(),
        reason,
        at: 0,
        external_url: String::new(),
    }
}

fn shown(notification: &Notification) -> String {
    let alerts = notification.alerts.iter().map(|alert| {
        let end = if alert.ends_at.is_some() { "!" } else { "" };
        format!("{}{end}", alert.labels["alertname"])
    });
    let alerts: Vec<String> = alerts.collect();
    format!("{}:{}", notification.group_labels["g"], alerts.join(","))
}

fn waiting(queue: &Queue) -> Vec<String> {
    queue
        .entries()
        .map(|entry| shown(&entry.notification))
        .collect()
}

fn push(queue: &mut Queue, group: &str, alerts: &str) -> bool {
    let pushed = queue.push(state(group, alerts, NotifyReason::NewAlerts), 0);
    matches!(pushed, Pushed::Taken)
}

#[test]
fn newer_states_of_a_group_replace_older_ones_where_nothing_is_lost() {
    let cases: &[(&[&str], &[&str], u64)] = &[
        (&["a"], &["g:a"], 0),
        // Firing over firing: the newer one.
        (&["a", "a b"], &["g:a,b"], 1),
        // What was over in the older is still told.
        (&["a b!", "a c"], &["g:a,c,b!"], 1),
        (&["a b!", "a b"], &["g:a,b"], 1),
        // That it fired and is over are both told.
        (&["a", "a!"], &["g:a", "g:a!"], 0),
        (&["a", "a!", "a! b!"], &["g:a", "g:a!,b!"], 1),
        (&["a!", "b!"], &["g:b!,a!"], 1),
        // Fires, is over, fires again: it fires.
        (&["a", "a!", "a"], &["g:a"], 2),
        (&["a", "a! b!", "a"], &["g:a,b!"], 2),
        (&["a!", "a"], &["g:a"], 1),
    ];
    for (pushes, expected, merged) in cases {
        let mut queue = Queue::new(QueueLimits::default());
        assert!(push(&mut queue, "other", "x"));
        for alerts in *pushes {
            assert!(push(&mut queue, "g", alerts));
        }
        let mut all = vec!["other:x".to_owned()];
        all.extend(expected.iter().map(|text| (*text).to_owned()));
        assert_eq!(
            (waiting(&queue), queue.merged),
            (all, *merged),
            "{pushes:?}"
        );
    }
}

#[test]
fn a_merged_notification_keeps_why_the_untold_one_was_sent() {
    let reason = |reasons: &[NotifyReason]| {
        let mut queue = Queue::new(QueueLimits::default());
        for reason in reasons {
            let _ = queue.push(state("g", "a", *reason), 0);
        }
        queue.take(0).map(|notification| notification.reason)
    };
    use NotifyReason::{First, NewAlerts, Repeat};
    assert_eq!(reason(&[First, NewAlerts]), Some(First));
    assert_eq!(reason(&[NewAlerts, Repeat]), Some(NewAlerts));
    assert_eq!(reason(&[Repeat, NewAlerts]), Some(NewAlerts));
}

#[test]
fn groups_keep_their_places_and_one_in_flight_is_not_touched() {
    let mut queue = Queue::new(QueueLimits::default());
    for group in ["1", "2", "3"] {
        assert!(push(&mut queue, group, "a"));
    }
    assert!(push(&mut queue, "2", "a b"));
    assert_eq!(waiting(&queue), ["1:a", "2:a,b", "3:a"]);
    assert_eq!(
        queue.take(0).map(|sent| shown(&sent)).as_deref(),
        Some("1:a")
    );
    assert!(push(&mut queue, "1", "a c"));
    assert_eq!(waiting(&queue), ["1:a", "2:a,b", "3:a", "1:a,c"]);
    assert_eq!((queue.len(), queue.merged), (4, 1));
    assert!(queue.arrived().is_some());
    assert_eq!(waiting(&queue), ["2:a,b", "3:a", "1:a,c"]);
}

#[test]
fn what_failed_waits_again_merged_with_what_came_meanwhile() {
    let failed = |meanwhile: &[&str], is_behind: bool| {
        let mut queue = Queue::new(QueueLimits::default());
        assert!(push(&mut queue, "1", "a"));
        assert!(push(&mut queue, "2", "x"));
        let _ = queue.take(0);
        for alerts in meanwhile {
            assert!(push(&mut queue, "1", alerts));
        }
        queue.put_back(is_behind, i64::MIN, false);
        waiting(&queue)
    };
    assert_eq!(failed(&[], false), ["1:a", "2:x"]);
    assert_eq!(failed(&[], true), ["2:x", "1:a"]);
    assert_eq!(failed(&["a!"], false), ["1:a", "1:a!", "2:x"]);
    assert_eq!(failed(&["a!"], true), ["2:x", "1:a", "1:a!"]);
    assert_eq!(failed(&["a b"], false), ["1:a,b", "2:x"]);
    assert_eq!(failed(&["a!", "a"], false), ["1:a", "2:x"]);
}

#[test]
fn one_that_is_put_aside_holds_up_its_own_group_only() {
    let mut queue = Queue::new(QueueLimits::default());
    for (group, alerts) in [("1", "a"), ("1", "a!"), ("2", "x")] {
        assert!(push(&mut queue, group, alerts));
    }
    let _ = queue.take(0);
    queue.put_back(false, 1000, true);
    assert_eq!(
        (queue.ready_at(), waiting(&queue)),
        (
            Some(i64::MIN),
            vec!["1:a".into(), "1:a!".into(), "2:x".into()]
        )
    );
    assert_eq!(
        queue.take(0).map(|sent| shown(&sent)).as_deref(),
        Some("2:x")
    );
    assert!(queue.arrived().is_some());
    assert_eq!(queue.ready_at(), Some(1000));
    assert_eq!(queue.take(999), None);
    assert_eq!(
        queue.take(1000).map(|sent| shown(&sent)).as_deref(),
        Some("1:a")
    );
}

#[test]
fn a_full_queue_merges_and_then_refuses() {
    let limits = QueueLimits {
        notifications: 4,
        ..QueueLimits::default()
    };
    let mut queue = Queue::new(limits);
    for (group, alerts) in [("1", "a"), ("1", "a!"), ("2", "x"), ("2", "x!")] {
        assert!(push(&mut queue, group, alerts));
    }
    assert!(push(&mut queue, "3", "y"));
    assert_eq!(
        (waiting(&queue), queue.merged),
        (vec!["1:a!".into(), "2:x!".into(), "3:y".into()], 2)
    );
    assert!(push(&mut queue, "4", "z"));
    // Its own two states become one.
    assert!(push(&mut queue, "4", "z!"));
    assert_eq!(
        (waiting(&queue).join(" "), queue.merged),
        ("1:a! 2:x! 3:y 4:z!".into(), 3)
    );
    assert!(!push(&mut queue, "5", "w"));
    assert!(push(&mut queue, "3", "y v"));
    assert_eq!(
        (waiting(&queue).join(" "), queue.merged),
        ("1:a! 2:x! 3:y,v 4:z!".into(), 4)
    );
}

#[test]
fn bytes_are_bounded_too_and_counted_exactly() {
    let one = size(&state("1", "a", NotifyReason::NewAlerts));
    let limits = QueueLimits {
        bytes: 2 * one,
        ..QueueLimits::default()
    };
    let mut queue = Queue::new(limits);
    assert!(push(&mut queue, "1", "a"));
    assert!(push(&mut queue, "2", "a"));
    assert!(!push(&mut queue, "3", "a"));
    assert!(!push(&mut queue, "2", "a b"));
    let _ = queue.take(0);
    assert!(!push(&mut queue, "3", "a"));
    queue.put_back(true, 0, false);
    assert_eq!(queue.bytes, 2 * one);
    for _ in 0..2 {
        let _ = queue.take(0);
        assert!(queue.arrived().is_some());
    }
    assert_eq!((queue.bytes, queue.len()), (0, 0));
}
