use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;

use super::*;
use crate::notify::notification::{NotifiedAlert, NotifyReason};
use crate::notify::notifier::Receipt;

struct Nobody;

#[async_trait]
impl Notifier for Nobody {
    fn integration(&self) -> &'static str {
        "webhook"
    }

    async fn notify(&self, _: &Notification, _: Option<&Receipt>) -> Result<Receipt, NotifyError> {
        Ok(Receipt::default())
    }

    async fn check(&self) -> Result<(), NotifyError> {
        Ok(())
    }
}

fn lane() -> Lane {
    Lane::new("team", 0, 1, Arc::new(Nobody), QueueLimits::default())
}

fn firing(group: &str) -> Notification {
    Notification {
        receiver: "team".to_owned(),
        integration: 0,
        group_key: group.to_owned(),
        group_labels: BTreeMap::new(),
        alerts: vec![NotifiedAlert {
            labels: BTreeMap::from([("alertname".to_owned(), "A".to_owned())]),
            annotations: BTreeMap::new(),
            starts_at: 0,
            ends_at: None,
            generator_url: String::new(),
            evidence: None,
        }],
        reason: NotifyReason::First,
        at: 0,
        external_url: String::new(),
    }
}

fn sent(lane: &mut Lane, now: i64) -> String {
    match (lane.next(now), lane.ready_at()) {
        (Next::Send(notification), _) => notification.group_key,
        (Next::Wait, Some(at)) => format!("Wait({at})"),
        (Next::Wait, None) => "Idle".to_owned(),
    }
}

fn temporary(reason: &'static str) -> Result<(), NotifyError> {
    Err(NotifyError::temporary(reason, "no"))
}

#[test]
fn a_wait_that_was_asked_for_is_kept_to_the_millisecond() {
    let mut lane = lane();
    let _ = lane.push(firing("g"), 0);
    assert_eq!(sent(&mut lane, 0), "g");
    // Nothing else while one is in flight.
    let _ = lane.push(firing("h"), 0);
    assert_eq!(sent(&mut lane, 0), "Idle");
    let asked =
        NotifyError::temporary("rate_limited", "no").with_retry_after(Duration::from_millis(5000));
    let _ = lane.finish(&Err(asked), 0, 100);
    assert_eq!(sent(&mut lane, 100), "Wait(5101)");
    assert_eq!(sent(&mut lane, 5100), "Wait(5101)");
    // In the order as before.
    assert_eq!(sent(&mut lane, 5101), "g");
}

#[test]
fn failures_are_tried_again_without_end_and_told_after_five_minutes() {
    let mut lane = lane();
    let _ = lane.push(firing("g"), 0);
    let mut now = 0;
    let mut attempts = 0;
    while now < 3_600_000 {
        match lane.next(now) {
            Next::Send(_) => {
                attempts += 1;
                let _ = lane.finish(&temporary("connect"), now, now);
            }
            Next::Wait => {
                let until = lane.ready_at().unwrap();
                assert!(until - now >= 500 && until - now <= 60_000, "{now} {until}");
                now = until;
            }
        }
        assert_eq!(lane.failing(now).is_some(), now >= 300_000, "{now}");
    }
    assert!((60..1000).contains(&attempts), "{attempts}");
    assert_eq!((lane.state(now), lane.queued()), (LaneState::Failing, 1));
    assert_eq!(lane.failing(now), Some("connect"));
    assert!(matches!(lane.next(now + 60_000), Next::Send(_)));
    let outcome = lane.finish(&Ok(()), now, now);
    assert!(matches!(outcome, Outcome::Delivered { after_failing_ms: Some(ms) } if ms == now));
    assert_eq!((lane.state(now), lane.queued()), (LaneState::Working, 0));
    let counts = lane.counts();
    assert_eq!((counts.attempts, counts.delivered), (attempts + 1, 1));
    assert_eq!(counts.failed, BTreeMap::from([("connect", attempts)]));
}

#[test]
fn a_permanent_error_ends_the_notification_and_is_told_at_once() {
    let mut lane = lane();
    let _ = lane.push(firing("g"), 0);
    let _ = lane.push(firing("h"), 0);
    assert_eq!(sent(&mut lane, 0), "g");
    let error = NotifyError::permanent("auth", "invalid_token");
    assert!(matches!(lane.finish(&Err(error), 0, 0), Outcome::GivenUp));
    assert_eq!(
        (lane.failing(0), lane.last_error()),
        (Some("auth"), Some("invalid_token"))
    );
    // The other one is sent without a wait.
    assert_eq!(sent(&mut lane, 0), "h");
    let _ = lane.finish(&Ok(()), 0, 0);
    assert_eq!((lane.failing(0), lane.counts().given_up), (None, 1));
}

#[test]
fn a_message_that_alone_is_not_taken_does_not_hold_up_the_others() {
    let mut lane = lane();
    let mut now = 0;
    let mut arrived = 0;
    let mut poisoned = 0;
    let _ = lane.push(firing("poison"), now);
    // A new message each second for ten minutes.
    for second in 0..600 {
        let _ = lane.push(firing(&format!("g{second}")), now);
        while now < (second + 1) * 1000 {
            match lane.next(now) {
                Next::Send(notification) if notification.group_key == "poison" => {
                    poisoned += 1;
                    let _ = lane.finish(&temporary("server_error"), now, now);
                }
                Next::Send(_) => {
                    arrived += 1;
                    let _ = lane.finish(&Ok(()), now, now);
                }
                Next::Wait => now = lane.ready_at().unwrap_or(i64::MAX).min((second + 1) * 1000),
            }
        }
    }
    assert!(arrived >= 598, "{arrived}");
    assert!((8..40).contains(&poisoned), "{poisoned}");
    assert_eq!(lane.queued() as u64, 601 - arrived);
}

#[test]
fn what_waits_is_saved_with_the_wait_and_no_secret() {
    let mut before = lane();
    let _ = before.push(firing("g"), 10);
    let _ = before.push(firing("h"), 20);
    let _ = before.next(20);
    let asked =
        NotifyError::temporary("rate_limited", "no").with_retry_after(Duration::from_secs(30));
    let _ = before.finish(&Err(asked), 20, 20);
    let _ = before.next(30_021);
    let json = serde_json::to_string(&before.save()).unwrap();
    let mut after = lane();
    after.restore(serde_json::from_str(&json).unwrap(), 1000);
    assert_eq!(after.queued(), 2);
    // What was in flight comes first again, not before the wait is over.
    assert_eq!(sent(&mut after, 1000), "Wait(30021)");
    assert_eq!(sent(&mut after, 30_021), "g");
}
