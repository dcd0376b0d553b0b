//! The exact text of a scrape.

use std::time::Duration;

use llm_vitals_health::{
    Cause, Check, Criticality, Fleet, Group, HISTOGRAMS, METRICS, Outcome, Report,
};
use llm_vitals_prometheus::Prometheus;
use tokio::time::Instant;

use crate::support::{Dependency, builder, every_second, seconds, start};

#[tokio::test(start_paused = true)]
async fn a_scrape_shows_statuses_times_and_transitions() {
    let (database, later) = (Dependency::new(), Dependency::new());
    let health = start(
        builder()
            .with_check(
                database
                    .check("data\"base")
                    .in_group(Group::Ready, Criticality::Critical),
            )
            .with_check(
                later
                    .check("later")
                    .with_initial_delay(Duration::from_secs(3_600)),
            )
            .build()
            .unwrap(),
    );
    seconds(0.5).await;
    database.is(Report::down(Cause::Connect));
    seconds(3.0).await;
    let mut text = String::new();
    health.render(&mut text);
    let expected = r#"# HELP health_check_status 1 for the status that a check has, 0 for the others.
# TYPE health_check_status gauge
health_check_status{check="data\"base",status="up"} 0
health_check_status{check="data\"base",status="degraded"} 0
health_check_status{check="data\"base",status="down"} 1
health_check_status{check="data\"base",status="unknown"} 0
health_check_status{check="later",status="up"} 0
health_check_status{check="later",status="degraded"} 0
health_check_status{check="later",status="down"} 0
health_check_status{check="later",status="unknown"} 1
# HELP health_check_last_run_timestamp_seconds When the last run of a check ended.
# TYPE health_check_last_run_timestamp_seconds gauge
health_check_last_run_timestamp_seconds{check="data\"base"} 1795507200
# HELP health_check_last_success_timestamp_seconds When a run of a check last found it up.
# TYPE health_check_last_success_timestamp_seconds gauge
health_check_last_success_timestamp_seconds{check="data\"base"} 1795507200
# HELP health_check_transitions_total How often a check came to have a status.
# TYPE health_check_transitions_total counter
health_check_transitions_total{check="data\"base",status="up"} 1
health_check_transitions_total{check="data\"base",status="degraded"} 0
health_check_transitions_total{check="data\"base",status="down"} 1
health_check_transitions_total{check="data\"base",status="unknown"} 0
health_check_transitions_total{check="later",status="up"} 0
health_check_transitions_total{check="later",status="degraded"} 0
health_check_transitions_total{check="later",status="down"} 0
health_check_transitions_total{check="later",status="unknown"} 0
# HELP health_group_status 1 for the status that a group of checks has, 0 for the others.
# TYPE health_group_status gauge
health_group_status{group="overall",status="up"} 0
health_group_status{group="overall",status="degraded"} 1
health_group_status{group="overall",status="down"} 0
health_group_status{group="overall",status="unknown"} 0
health_group_status{group="ready",status="up"} 0
health_group_status{group="ready",status="degraded"} 0
health_group_status{group="ready",status="down"} 1
health_group_status{group="ready",status="unknown"} 0
health_group_status{group="startup",status="up"} 1
health_group_status{group="startup",status="degraded"} 0
health_group_status{group="startup",status="down"} 0
health_group_status{group="startup",status="unknown"} 0
# HELP health_scheduler_heartbeat_timestamp_seconds When the scheduler of the checks last had its turn.
# TYPE health_scheduler_heartbeat_timestamp_seconds gauge
health_scheduler_heartbeat_timestamp_seconds "#;
    let (text, beat) = text.split_at(expected.len().min(text.len()));
    assert_eq!(text, expected);
    let beat: f64 = beat.trim().parse().unwrap();
    // The clock on the wall stands still, and the last turn was half a second ago.
    assert!((1_795_507_199.4..1_795_507_199.6).contains(&beat), "{beat}");
}

#[tokio::test(start_paused = true)]
async fn durations_go_through_the_facade() {
    let built = Prometheus::builder().with_histograms(HISTOGRAMS).build();
    let (recorder, exposition) = built.unwrap();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let slow = Check::new("slow", || tokio::time::sleep(Duration::from_millis(30)));
    let hung = Check::new("hung", std::future::pending::<()>);
    let health = start(
        builder()
            .with_check(every_second(slow))
            .with_check(every_second(hung))
            .build()
            .unwrap(),
    );
    exposition.add(move |out| health.render(out));
    seconds(0.6).await;
    let text = exposition.render();
    for line in [
        "# HELP health_check_duration_seconds Time of one run of a check; of one that was cancelled, its deadline.",
        r#"health_check_duration_seconds_bucket{check="slow",le="0.025"} 0"#,
        r#"health_check_duration_seconds_bucket{check="slow",le="0.05"} 1"#,
        r#"health_check_duration_seconds_sum{check="hung"} 0.5"#,
        r#"health_check_status{check="slow",status="up"} 1"#,
        "llm_vitals_exposition_errors_total 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
}

#[test]
fn holds_of_targets_are_counted() {
    let fleet = Fleet::builder().with_seed(1).build();
    let now = Instant::now();
    let retry_after = Some(Duration::from_secs(60));
    fleet.target("a").record(Outcome::Success, now);
    fleet
        .target("b")
        .record(Outcome::Throttled { retry_after }, now);
    let mut text = String::new();
    fleet.render(&mut text);
    let expected = r#"# HELP health_target_held 1 while calls to a target are held, by the reason.
# TYPE health_target_held gauge
health_target_held{target="a",reason="failed"} 0
health_target_held{target="a",reason="throttled"} 0
health_target_held{target="a",reason="refused"} 0
health_target_held{target="b",reason="failed"} 0
health_target_held{target="b",reason="throttled"} 1
health_target_held{target="b",reason="refused"} 0
# HELP health_target_holds_total How often calls to a target came to be held, by the reason.
# TYPE health_target_holds_total counter
health_target_holds_total{target="a",reason="failed"} 0
health_target_holds_total{target="a",reason="throttled"} 0
health_target_holds_total{target="a",reason="refused"} 0
health_target_holds_total{target="b",reason="failed"} 0
health_target_holds_total{target="b",reason="throttled"} 1
health_target_holds_total{target="b",reason="refused"} 0
"#;
    assert_eq!(text, expected);
}

#[test]
fn every_histogram_is_in_the_table() {
    for (name, _) in HISTOGRAMS {
        assert!(
            METRICS
                .iter()
                .any(|metric| (metric.0, metric.1) == (*name, "histogram"))
        );
    }
}
