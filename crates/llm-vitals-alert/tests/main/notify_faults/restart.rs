//! A restart while messages wait.

use std::future::Future;
use std::time::Duration;

use llm_vitals_alert::notify::Notifications;
use tokio::task::JoinSet;

use super::server::{Act, OK, Server};
use super::{KINDS, Running, alert, config};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_sent_once_after_a_restart_and_not_before_the_receiver_wants_it() {
    with_each_kind(waits_over_a_restart).await;
}

async fn waits_over_a_restart(kind: &'static str, text: &'static str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.json");
    let server = Server::start(|_, _| Act::Answer(429, "retry-after: 2\r\n", "")).await;
    let builder = || {
        let builder = Notifications::builder(config(text, &server.url()));
        builder.with_state_file(&path).unwrap()
    };
    let running = Running::start(builder());
    running.notifications.put([alert("HighErrorRate")]);
    while server.seen().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    running.stop().await;
    assert_eq!(server.seen().len(), 1, "{kind}");

    server.acts(|_, _| OK);
    let running = Running::start(builder());
    running.delivered(1).await;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let seen = server.seen();
    assert_eq!(seen.len(), 2, "{kind}: {seen:?}");
    // With room for a busy machine.
    assert!((2.0..4.0).contains(&seen[1].at), "{kind}: {seen:?}");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_on_its_way_when_the_process_ends_is_sent_again() {
    with_each_kind(is_cut_off_by_a_restart).await;
}

async fn is_cut_off_by_a_restart(kind: &'static str, text: &'static str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.json");
    let server = Server::start(|_, _| Act::Hang).await;
    let builder = || {
        let builder = Notifications::builder(config(text, &server.url()));
        builder.with_state_file(&path).unwrap()
    };
    let running = Running::start(builder());
    running.notifications.put([alert("HighErrorRate")]);
    while server.seen().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    running.stop().await;
    server.acts(|_, _| OK);
    let running = Running::start(builder());
    running.delivered(1).await;
    let seen = server.seen();
    assert_eq!(seen.len(), 2, "{kind}: {seen:?}");
    running.stop().await;
}

/// Runs a case with each receiver, all at once.
async fn with_each_kind<F: Future<Output = ()> + Send + 'static>(
    case: impl Fn(&'static str, &'static str) -> F,
) {
    let mut cases = JoinSet::new();
    for (kind, text) in KINDS {
        cases.spawn(case(kind, text));
    }
    while let Some(done) = cases.join_next().await {
        done.unwrap();
    }
}
