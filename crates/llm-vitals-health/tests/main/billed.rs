//! What a check that costs money may spend.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use llm_vitals_health::{
    Billed, Cause, Check, Fleet, Outcome, Passive, Probe as _, Report, Spend, Status,
};
use tokio::time::Instant;

use crate::support::{builder, every_second, seconds, start};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test(start_paused = true)]
async fn a_budget_is_a_cap_over_any_stretch_of_its_length() {
    let spend = Spend::new(1_000, HOUR);
    let probe = Billed::new(spend.clone(), 300, || async { ((), None) })
        .with_min_interval(Duration::from_secs(600));
    let mut reports = Vec::new();
    for _ in 0..8 {
        reports.push(probe.check().await.status());
        seconds(600.0).await;
    }
    // At 0, 10 and 20 minutes; the fourth would be over the cap until the first is an hour old.
    let (up, none) = (Status::Up, Status::Unknown);
    assert_eq!(reports, [up, up, up, none, none, none, up, up]);
    assert_eq!(spend.total_nanousd(), 1_500);
}

#[tokio::test(start_paused = true)]
async fn what_a_run_really_cost_replaces_what_it_could_have() {
    let spend = Spend::new(1_000, HOUR);
    let probe = Billed::new(spend.clone(), 900, || async { ((), Some(100)) });
    for _ in 0..2 {
        assert_eq!(probe.check().await, Report::up());
        seconds(300.0).await;
    }
    assert_eq!(spend.total_nanousd(), 200);
    // 200 and 900 are over the cap.
    let refused = probe.check().await;
    assert_eq!(
        (refused.status(), refused.cause()),
        (Status::Unknown, Some(Cause::Budget))
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_cut_off_counts_as_if_it_had_cost_the_most() {
    let spend = Spend::new(1_000, HOUR);
    let probe = Billed::new(spend.clone(), 400, || async {
        std::future::pending::<()>().await;
        ((), Some(1))
    });
    let health = start(
        builder()
            .with_check(every_second(Check::new("slow", probe)))
            .build()
            .unwrap(),
    );
    seconds(1.0).await;
    assert_eq!(health.check("slow").unwrap().cause, Some(Cause::Timeout));
    assert_eq!(spend.total_nanousd(), 400);
}

#[tokio::test(start_paused = true)]
async fn runs_are_far_apart_and_only_on_our_turn() {
    let runs = Arc::new(AtomicU64::new(0));
    let ours = Arc::new(AtomicBool::new(false));
    let (counted, asked) = (Arc::clone(&runs), Arc::clone(&ours));
    let probe = Billed::new(Spend::new(u64::MAX, HOUR), 1, move || {
        counted.fetch_add(1, Ordering::SeqCst);
        async { ((), Some(1)) }
    })
    .with_min_interval(Duration::ZERO)
    .with_turn(move || asked.load(Ordering::SeqCst));
    assert_eq!(probe.check().await, Report::unknown());
    ours.store(true, Ordering::SeqCst);
    for _ in 0..120 {
        probe.check().await;
        seconds(1.0).await;
    }
    // At 0 and 60 s: a minute is the least, whatever was asked for.
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn money_is_spent_only_while_the_traffic_is_silent_and_shows_in_a_scrape() {
    let fleet = Fleet::new();
    let target = fleet.target("openai");
    let spend = Spend::new(1_000_000_000, HOUR);
    let billed = Billed::new(spend.clone(), 2_000_000, || async { ((), Some(1_500_000)) });
    let passive = Passive::new(target.clone()).with_fallback(Duration::from_secs(300), billed);
    let check = Check::passive("openai", passive).with_jitter(0.0);
    let health = start(builder().with_check(check).build().unwrap());
    target.record(Outcome::Success, Instant::now());
    for _ in 0..10 {
        seconds(30.0).await;
        target.record(Outcome::Success, Instant::now());
    }
    assert_eq!(spend.total_nanousd(), 0);
    assert_eq!(health.check("openai").unwrap().status, Status::Up);
    seconds(62.0).await;
    assert_eq!(spend.total_nanousd(), 1_500_000);
    let mut text = String::new();
    health.render(&mut text);
    let line = r#"health_probe_cost_usd_total{check="openai"} 0.001500000"#;
    assert!(text.lines().any(|found| found == line), "{text}");
}
