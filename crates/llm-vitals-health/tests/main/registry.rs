//! What the registry knows, and when it stops believing it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use llm_vitals_health::{
    Cause, Check, Criticality, Drain, ErrorKind, Flag, Group, GroupPolicy, Health, Report, Status,
    Subject,
};
use tokio::time::Instant;

use crate::support::{Dependency, builder, every_second, seconds, start, told, wall};

fn critical(check: Check) -> Check {
    check.in_group(Group::Ready, Criticality::Critical)
}

#[tokio::test(start_paused = true)]
async fn nothing_is_known_before_the_first_run() {
    let dependency = Dependency::new();
    let delay = Duration::from_secs(3);
    let check = critical(dependency.check("database")).with_initial_delay(delay);
    let health = start(builder().with_check(check).build().unwrap());
    seconds(2.9).await;
    assert_eq!(health.status(Group::Ready), Status::Unknown);
    assert!(!health.passes(Group::Ready));
    assert_eq!(dependency.runs(), 0);
    seconds(0.2).await;
    assert_eq!(health.status(Group::Ready), Status::Up);
}

#[tokio::test(start_paused = true)]
async fn reading_runs_nothing() {
    let dependency = Dependency::new();
    let health = start(
        builder()
            .with_check(dependency.check("database"))
            .build()
            .unwrap(),
    );
    seconds(0.1).await;
    for _ in 0..1_000 {
        let _ = (
            health.status(Group::Overall),
            health.checks(),
            health.is_live(),
        );
        health.render(&mut String::new());
    }
    assert_eq!(dependency.runs(), 1);
    assert_eq!(health.check("database").unwrap().runs, 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_old_is_unknown_though_nobody_runs_anything() {
    let dependency = Dependency::new();
    let (health, runner) = builder()
        .with_check(critical(dependency.check("database")))
        .build()
        .unwrap();
    let running = tokio::spawn(runner.run(std::future::pending()));
    seconds(0.1).await;
    running.abort();
    // Three intervals and the timeout.
    seconds(3.3).await;
    assert_eq!(health.status(Group::Ready), Status::Up);
    let mut transitions = health.subscribe();
    seconds(0.2).await;
    assert_eq!(health.status(Group::Ready), Status::Unknown);
    let state = health.check("database").unwrap();
    assert_eq!(
        (state.status, state.cause),
        (Status::Unknown, Some(Cause::Stale))
    );
    assert_eq!(dependency.runs(), 1);
    let told = told(&mut transitions).await;
    let subjects: Vec<_> = told
        .iter()
        .map(|transition| transition.subject.clone())
        .collect();
    let expected = [
        Subject::Check("database".into()),
        Subject::Group(Group::Overall),
        Subject::Group(Group::Ready),
    ];
    assert_eq!(subjects, expected);
    assert_eq!(health.heartbeat_age().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_report_of_unknown_is_no_evidence() {
    let dependency = Dependency::new();
    let health = start(
        builder()
            .with_check(critical(dependency.check("database")))
            .build()
            .unwrap(),
    );
    seconds(0.5).await;
    dependency.is(Report::unknown());
    seconds(2.5).await;
    assert_eq!(health.status(Group::Ready), Status::Up);
    assert_eq!(
        health.check("database").unwrap().last_result,
        Some(Status::Unknown)
    );
    seconds(1.0).await;
    assert_eq!(health.status(Group::Ready), Status::Unknown);
    dependency.is_down();
    seconds(1.0).await;
    assert_eq!(health.status(Group::Ready), Status::Down);
}

#[tokio::test(start_paused = true)]
async fn transitions_are_told_once_each_with_their_cause() {
    let dependency = Dependency::new();
    let health = start(
        builder()
            .with_check(critical(dependency.check("database")))
            .build()
            .unwrap(),
    );
    let mut transitions = health.subscribe();
    seconds(0.5).await;
    dependency.is_down();
    seconds(10.0).await;
    let told: Vec<_> = told(&mut transitions)
        .await
        .into_iter()
        .map(|told| (told.subject, told.from, told.to, told.cause, told.at))
        .collect();
    let check = || Subject::Check("database".into());
    let (overall, ready) = (Subject::Group(Group::Overall), Subject::Group(Group::Ready));
    let expected = [
        (check(), Status::Unknown, Status::Up, None, wall()),
        (overall.clone(), Status::Degraded, Status::Up, None, wall()),
        (ready.clone(), Status::Unknown, Status::Up, None, wall()),
        (
            check(),
            Status::Up,
            Status::Down,
            Some(Cause::Connect),
            wall(),
        ),
        (overall, Status::Up, Status::Degraded, None, wall()),
        (ready, Status::Up, Status::Down, None, wall()),
    ];
    assert_eq!(told, expected);
}

#[tokio::test(start_paused = true)]
async fn a_slow_subscriber_misses_and_holds_up_nobody() {
    let (check, pusher) = Check::pushed("flips", Duration::from_secs(60));
    let (health, _runner) = builder()
        .with_check(check.with_rise(1).with_fall(1))
        .build()
        .unwrap();
    let mut transitions = health.subscribe();
    for number in 0..1_000 {
        assert!(pusher.push(number % 2 == 0));
    }
    let told = told(&mut transitions).await;
    assert_eq!(told.len(), 256);
    // Each change of the check is one of the group.
    assert_eq!(transitions.missed(), 2_000 - 256);
}

#[tokio::test(start_paused = true)]
async fn the_log_has_a_line_for_a_transition_and_none_for_a_run() {
    #[derive(Clone, Default)]
    struct Lines(Arc<std::sync::Mutex<Vec<u8>>>);
    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let written = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || written.clone())
        .without_time()
        .with_target(false)
        .with_ansi(false)
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let dependency = Dependency::new();
    let _health = start(
        builder()
            .with_check(dependency.check("database"))
            .build()
            .unwrap(),
    );
    seconds(5.5).await;
    dependency.is(Report::down(Cause::Connect).with_detail("port 5432\nFORGED LINE"));
    seconds(10.0).await;
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let expected = " INFO check changed check=database from=\"unknown\" to=\"up\"
 INFO group changed group=\"overall\" from=\"degraded\" to=\"up\"
 WARN check changed check=database from=\"up\" to=\"down\" cause=\"connect\"
 WARN group changed group=\"overall\" from=\"up\" to=\"degraded\"
";
    assert_eq!(text, expected);
}

#[tokio::test(start_paused = true)]
async fn what_has_started_stays_started() {
    let dependency = Dependency::new();
    dependency.is_down();
    let check = dependency
        .check("migration")
        .in_group(Group::Startup, Criticality::Critical);
    let health = start(builder().with_check(check).build().unwrap());
    seconds(5.0).await;
    assert_eq!(health.status(Group::Startup), Status::Down);
    dependency.is(Report::up());
    seconds(2.0).await;
    assert_eq!(health.status(Group::Startup), Status::Up);
    dependency.is_down();
    seconds(10.0).await;
    assert_eq!(health.check("migration").unwrap().status, Status::Down);
    assert_eq!(health.status(Group::Startup), Status::Up);
}

#[tokio::test(start_paused = true)]
async fn results_are_pushed_too() {
    let (check, pusher) = Check::pushed("worker", Duration::from_secs(5));
    assert!(!pusher.push(true), "it is not registered yet");
    let (health, _runner) = builder().with_check(critical(check)).build().unwrap();
    assert!(pusher.push(Report::up().with_measurement("queue", 3.0, "jobs")));
    assert_eq!(health.status(Group::Ready), Status::Up);
    seconds(5.1).await;
    assert_eq!(health.status(Group::Ready), Status::Unknown);
    assert!(pusher.push(Err::<(), _>("any error")));
    let state = health.check("worker").unwrap();
    assert_eq!(
        (state.status, state.cause),
        (Status::Down, Some(Cause::Failed))
    );
    assert!(health.unregister("worker"));
    assert!(!pusher.push(true));
}

#[tokio::test(start_paused = true)]
async fn checks_come_and_go_while_it_runs() {
    let health = start(builder().build().unwrap());
    seconds(1.0).await;
    let dependency = Dependency::new();
    for _ in 0..3 {
        health
            .register(critical(dependency.check("tenant")))
            .unwrap();
        assert_eq!(health.status(Group::Ready), Status::Unknown);
        seconds(0.1).await;
        assert_eq!(health.status(Group::Ready), Status::Up);
        assert!(health.unregister("tenant"));
        assert_eq!(health.status(Group::Ready), Status::Up);
        assert_eq!(health.checks(), []);
    }
    assert!(!health.unregister("tenant"));
    seconds(10.0).await;
    assert_eq!(dependency.runs(), 3);
}

#[tokio::test(start_paused = true)]
async fn taking_a_check_out_cancels_its_run() {
    let held = Arc::new(());
    let probe = {
        let held = Arc::clone(&held);
        move || {
            let held = Arc::clone(&held);
            async move {
                std::future::pending::<()>().await;
                drop(held);
            }
        }
    };
    let health = start(
        builder()
            .with_check(every_second(Check::new("hung", probe)))
            .build()
            .unwrap(),
    );
    seconds(0.1).await;
    assert_eq!(Arc::strong_count(&held), 3);
    health.unregister("hung");
    seconds(0.1).await;
    assert_eq!(Arc::strong_count(&held), 1);
}

#[tokio::test(start_paused = true)]
async fn all_who_ask_at_once_get_the_answer_of_one_run() {
    let runs = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&runs);
    let slow = Check::new("slow", move || {
        counted.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(200))
    });
    let check = every_second(slow).with_initial_delay(Duration::from_secs(3_600));
    let health = start(builder().with_check(check).build().unwrap());
    let asked: Vec<_> = (0..10)
        .map(|_| {
            let health = health.clone();
            tokio::spawn(async move { health.check_now("slow").await.unwrap().status })
        })
        .collect();
    let started = Instant::now();
    for answer in asked {
        assert_eq!(answer.await.unwrap(), Status::Up);
    }
    assert_eq!(started.elapsed().as_millis(), 200);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(health.check_now("no such check").await, None);
}

#[tokio::test]
async fn without_a_runner_nobody_waits_for_a_run() {
    let dependency = Dependency::new();
    let (health, runner) = builder()
        .with_check(dependency.check("database"))
        .build()
        .unwrap();
    drop(runner);
    assert_eq!(health.check_now("database").await, None);
}

#[tokio::test(start_paused = true)]
async fn readiness_fails_first_and_liveness_stays() {
    let dependency = Dependency::new();
    let drain = Drain::FailReady {
        wait: Duration::from_secs(5),
    };
    let health = start(
        builder()
            .with_check(critical(dependency.check("database")))
            .with_drain(drain)
            .build()
            .unwrap(),
    );
    seconds(0.1).await;
    let (begun, draining) = (Instant::now(), health.clone());
    let wait = tokio::spawn(async move { draining.drain().await });
    seconds(0.1).await;
    assert!(health.is_draining() && !health.passes(Group::Ready) && health.is_live());
    assert!(health.passes(Group::Overall) && health.passes(Group::Startup));
    wait.await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn readiness_stays_where_that_is_the_policy() {
    let (health, _runner) = builder().with_drain(Drain::StayReady).build().unwrap();
    health.drain().await;
    assert!(health.is_draining() && health.passes(Group::Ready));
}

#[tokio::test(start_paused = true)]
async fn liveness_is_flags_and_the_heartbeat_and_no_check() {
    let (dependency, worker) = (Dependency::new(), Flag::new());
    dependency.is_down();
    let everywhere = Group::ALL
        .into_iter()
        .fold(dependency.check("database"), |check, group| {
            check.in_group(group, Criticality::Critical)
        });
    let (health, runner) = builder()
        .with_check(everywhere)
        .with_liveness_flag("worker", &worker)
        .with_liveness_heartbeat(Duration::from_secs(30))
        .build()
        .unwrap();
    let running = tokio::spawn(runner.run(std::future::pending()));
    seconds(60.0).await;
    assert!(Group::ALL.into_iter().all(|group| !health.passes(group)));
    assert!(health.is_live());
    worker.set(false);
    assert!(!health.is_live());
    worker.set(true);
    running.abort();
    seconds(29.0).await;
    assert!(health.is_live());
    seconds(2.0).await;
    assert!(!health.is_live());
}

#[tokio::test(start_paused = true)]
async fn the_scheduler_has_its_turn_each_second_with_nothing_to_do() {
    let health = start(builder().build().unwrap());
    for _ in 0..10 {
        seconds(0.77).await;
        assert!(health.heartbeat_age() <= Duration::from_secs(1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_the_runner_and_its_runs() {
    let dependency = Dependency::new();
    let (health, runner) = builder()
        .with_check(dependency.check("database"))
        .build()
        .unwrap();
    runner.run(seconds(3.5)).await;
    assert_eq!(dependency.runs(), 4);
    seconds(3.6).await;
    assert_eq!(health.check("database").unwrap().status, Status::Unknown);
}

#[tokio::test(start_paused = true)]
async fn a_hint_is_degraded_at_worst() {
    let page = Dependency::new();
    page.is_down();
    let check = critical(page.check("status page")).degraded_at_worst();
    let health = start(builder().with_check(check).build().unwrap());
    seconds(5.0).await;
    assert_eq!(health.status(Group::Ready), Status::Degraded);
}

#[tokio::test(start_paused = true)]
async fn what_all_replicas_share_degrades_readiness_and_no_more() {
    let database = Dependency::new();
    let check = critical(database.check("database"))
        .in_group(Group::Overall, Criticality::Critical)
        .shared();
    let health = start(builder().with_check(check).build().unwrap());
    seconds(0.5).await;
    database.is_down();
    seconds(5.0).await;
    assert_eq!(health.status(Group::Overall), Status::Down);
    assert_eq!(health.status(Group::Ready), Status::Degraded);
    assert!(health.passes(Group::Ready));
}

#[tokio::test(start_paused = true)]
async fn policies_say_what_passes() {
    let dependency = Dependency::new();
    dependency.is(Report::degraded(Cause::Overloaded));
    let policy = GroupPolicy::new()
        .with_unknown_passing(true)
        .with_degraded_passing(false);
    let (health, runner) = builder()
        .with_check(critical(dependency.check("database")))
        .with_group_policy(Group::Ready, policy)
        .with_group_policy(
            Group::Startup,
            GroupPolicy::new().with_empty(Status::Unknown),
        )
        .build()
        .unwrap();
    assert!(health.passes(Group::Ready));
    let health = start((health, runner));
    seconds(0.1).await;
    assert_eq!(health.status(Group::Ready), Status::Degraded);
    assert!(!health.passes(Group::Ready));
    assert_eq!(health.status(Group::Startup), Status::Unknown);
}

#[test]
fn a_check_that_makes_no_sense_is_refused_when_it_is_registered() {
    let check = |name: &str| Check::new(name, || async {});
    let build = |checks: Vec<Check>| {
        let built = checks
            .into_iter()
            .fold(Health::builder(), |builder, check| {
                builder.with_check(check)
            });
        built.build().map(|_| ()).map_err(|error| error.kind())
    };
    let second = Duration::from_secs(1);
    for (expected, checks) in [
        (
            Ok(()),
            vec![
                check("a"),
                check("b").with_set("s"),
                check("c").with_set("s"),
            ],
        ),
        (Err(ErrorKind::Name), vec![check("")]),
        (Err(ErrorKind::Name), vec![check("status")]),
        (Err(ErrorKind::Name), vec![check("a\nb")]),
        (Err(ErrorKind::Name), vec![check(&"x".repeat(101))]),
        (Err(ErrorKind::Name), vec![check("a").with_set("checks")]),
        (Err(ErrorKind::Duplicate), vec![check("a"), check("a")]),
        (
            Err(ErrorKind::Duplicate),
            vec![check("a"), check("b").with_set("a")],
        ),
        (
            Err(ErrorKind::Setting),
            vec![check("a").with_interval(Duration::ZERO)],
        ),
        (
            Err(ErrorKind::Setting),
            vec![check("a").with_timeout(Duration::ZERO)],
        ),
        (
            Err(ErrorKind::Setting),
            vec![check("a").with_max_age(Duration::MAX)],
        ),
        (Err(ErrorKind::Setting), vec![check("a").with_rise(0)]),
        (Err(ErrorKind::Setting), vec![check("a").with_jitter(0.6)]),
        (
            Err(ErrorKind::Setting),
            vec![check("a").with_jitter(f64::NAN)],
        ),
        (
            Err(ErrorKind::Setting),
            vec![check("a").with_fall_of(3, 65)],
        ),
        (Err(ErrorKind::Setting), vec![check("a").with_fall_of(3, 2)]),
        (
            Err(ErrorKind::Setting),
            vec![check("a").with_max_age(second)],
        ),
    ] {
        let names: Vec<_> = checks.iter().map(|check| format!("{check:?}")).collect();
        assert_eq!(build(checks), expected, "{names:?}");
    }
    let error = Health::builder().with_check(check("")).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"cannot register the check "": names have 1 to 100 bytes without control characters, and are not "status", "checks" or "release""#
    );
}

#[test]
fn handles_can_be_shared() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<Health>();
    shared::<llm_vitals_health::HealthService>();
    shared::<llm_vitals_health::Fleet>();
    shared::<llm_vitals_health::Target>();
    shared::<llm_vitals_health::Pusher>();
}
