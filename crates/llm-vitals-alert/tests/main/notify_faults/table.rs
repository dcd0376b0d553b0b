//! Each fault with each receiver: delivered when it should be, none lost, and how many times the receiver may have seen it.

use std::time::Duration;

use llm_vitals_alert::notify::{LaneState, Notifications};
use tokio::task::JoinSet;

use super::server::{Act, OK, Seen, Server};
use super::{KINDS, Running, alert, config, over};

/// What a fault does, and what must come of it.
#[derive(Clone, Copy)]
struct Fault {
    name: &'static str,
    /// By the number of the request, from 0.
    acts: fn(usize) -> Act,
    /// Requests until it is delivered, all in all.
    requests: usize,
    /// The wait before each next request, in seconds. The first is exact; the second has room for a busy machine.
    waits: (f64, f64),
    /// The reason in the metrics.
    reason: &'static str,
}

const FAULTS: [Fault; 8] = [
    Fault {
        name: "429 with Retry-After",
        acts: |request| match request {
            0 => Act::Answer(429, "retry-after: 2\r\n", "slow down"),
            _ => OK,
        },
        requests: 2,
        waits: (2.0, 3.5),
        reason: "rate_limited",
    },
    Fault {
        name: "429 with retry_after in the body",
        acts: |request| match request {
            0 => Act::Answer(429, "", "{\"retry_after\":1.5,\"ok\":false}"),
            _ => OK,
        },
        requests: 2,
        waits: (1.5, 3.0),
        reason: "rate_limited",
    },
    Fault {
        name: "429 without a word",
        acts: |request| match request {
            0 => Act::Answer(429, "", ""),
            _ => OK,
        },
        requests: 2,
        waits: (0.5, 2.5),
        reason: "rate_limited",
    },
    Fault {
        name: "500 twice",
        acts: |request| match request {
            0 | 1 => Act::Answer(500, "", "oops"),
            _ => OK,
        },
        requests: 3,
        waits: (0.5, 3.5),
        reason: "server_error",
    },
    Fault {
        name: "503 with Retry-After",
        acts: |request| match request {
            0 => Act::Answer(503, "retry-after: 1\r\n", ""),
            _ => OK,
        },
        requests: 2,
        waits: (1.0, 2.5),
        reason: "server_error",
    },
    Fault {
        name: "no answer",
        acts: |request| match request {
            0 => Act::Hang,
            _ => OK,
        },
        requests: 2,
        // And most of the 300 ms of the attempt, which began before the server saw it.
        waits: (0.5, 2.8),
        reason: "timeout",
    },
    Fault {
        name: "a reset",
        acts: |request| match request {
            0 => Act::Reset,
            _ => OK,
        },
        requests: 2,
        waits: (0.5, 2.5),
        reason: "connect",
    },
    Fault {
        name: ENDLESS,
        acts: |request| match request {
            0 => Act::Trickle,
            _ => OK,
        },
        requests: 2,
        waits: (0.5, 2.8),
        reason: "timeout",
    },
];

/// A fault for receivers that read what they are told; to the others the status says that it has arrived.
const ENDLESS: &str = "a body that never ends";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_that_says_yes_and_does_not_end_has_the_message() {
    for (kind, text) in KINDS {
        if !matches!(kind, "webhook" | "alertmanager") {
            continue;
        }
        let server = Server::start(|_, _| Act::Trickle).await;
        let running = Running::start(Notifications::builder(config(text, &server.url())));
        running.notifications.put([alert("HighErrorRate")]);
        running.delivered(1).await;
        assert_eq!(server.seen().len(), 1, "{kind}");
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_with_each_receiver_delays_and_loses_nothing() {
    let mut ready = Vec::new();
    for (kind, text) in KINDS {
        for fault in FAULTS {
            let needs_no_text = matches!(kind, "webhook" | "alertmanager");
            if fault.name == ENDLESS && needs_no_text {
                continue;
            }
            let server = Server::start(move |request, _| (fault.acts)(request)).await;
            // To read the system's certificates takes its time: before any is measured.
            let config = config(text, &server.url());
            let running = Running::start(Notifications::builder(config));
            ready.push((kind, text, fault, server, running));
        }
    }
    let mut cases = JoinSet::new();
    for (kind, text, fault, server, running) in ready {
        cases.spawn(async move {
            let case = format!("{text} {}", fault.name);
            running.notifications.put([alert("HighErrorRate")]);
            running.delivered(1).await;
            let seen = server.seen();
            assert_eq!(seen.len(), fault.requests, "{case}: {seen:?}");
            for pair in seen.windows(2) {
                let wait = pair[1].at - pair[0].at;
                assert!(
                    wait >= fault.waits.0 && wait <= fault.waits.1,
                    "{case}: {wait}"
                );
            }
            // The same message each time: a receiver that has seen it can tell.
            let body = |seen: &Seen| seen.text.split_once("\r\n\r\n").unwrap().1.to_owned();
            let keys = |text: &str| text.matches("HighErrorRate").count();
            assert!(keys(&body(&seen[0])) > 0, "{case}: {seen:?}");
            if kind == "pagerduty" || kind == "webhook" {
                assert!(
                    seen.iter().all(|one| body(one) == body(&seen[0])),
                    "{case}: {seen:?}"
                );
            }
            let mut metrics = String::new();
            running.notifications.render(&mut metrics);
            let failed = format!(
                "alert_notifications_failed_total{{integration=\"{kind}\",reason=\"{}\"}} {}\n",
                fault.reason,
                fault.requests - 1
            );
            assert!(metrics.contains(&failed), "{case}: {metrics}");
            // Its end is told once too, and nothing comes behind.
            running.notifications.put([over("HighErrorRate")]);
            running.delivered(2).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            let seen = server.seen();
            assert_eq!(
                seen.iter().filter(|seen| seen.is_answered).count(),
                2,
                "{case}"
            );
            assert_eq!(running.status().queued, 0, "{case}");
            running.stop().await;
        });
    }
    while let Some(done) = cases.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_will_never_take_it_is_told_apart() {
    for (kind, text) in KINDS {
        for (status, reason) in [(400, "client_error"), (404, "client_error"), (403, "auth")] {
            let server = Server::start(move |_, _| Act::Answer(status, "", "no")).await;
            let running = Running::start(Notifications::builder(config(text, &server.url())));
            running.notifications.put([alert("HighErrorRate")]);
            for _ in 0..6_000 {
                if running.status().failed > 0 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let status = running.status();
            assert_eq!(
                (status.state, status.failed, status.queued),
                (LaneState::Failing, 1, 0),
                "{kind}"
            );
            let error = status.last_error.unwrap();
            assert!(
                !error.contains(&server.address.to_string()),
                "{kind}: {error}"
            );
            let mut metrics = String::new();
            running.notifications.render(&mut metrics);
            // Slack and PagerDuty have meanings of their own.
            let has_own = matches!(kind, "slack" | "pagerduty");
            let reason = if has_own { "" } else { reason };
            let failed = format!("failed_total{{integration=\"{kind}\",reason=\"{reason}");
            assert!(metrics.contains(&failed), "{kind}: {metrics}");
            running.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_can_be_reached_it_waits() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refused = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    for (kind, text) in KINDS {
        for url in [refused.as_str(), "http://nowhere.invalid"] {
            let running = Running::start(Notifications::builder(config(text, url)));
            running.notifications.put([alert("HighErrorRate")]);
            for _ in 0..6_000 {
                if running.status().last_error.is_some() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let status = running.status();
            assert_eq!(
                (status.state, status.queued),
                (LaneState::Retrying, 1),
                "{kind} {status:?}"
            );
            let error = status.last_error.unwrap();
            assert!(error.contains("cannot connect: "), "{kind}: {error}");
            let checked = running.notifications.check().await;
            assert!(checked[0].2.is_err(), "{kind}: {checked:?}");
            running.stop().await;
        }
    }
}
