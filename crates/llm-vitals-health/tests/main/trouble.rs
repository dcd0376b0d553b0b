//! Checks that misbehave.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use llm_vitals_health::{Cause, Check, Criticality, Group, Status};

use crate::support::{Dependency, builder, every_second, seconds, start};

/// Tells when it is dropped.
struct Cancelled(Arc<AtomicU64>);

impl Drop for Cancelled {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn a_hung_check_is_cancelled_at_its_deadline_and_holds_up_nobody() {
    let (started, cancelled) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let (counted, dropped) = (Arc::clone(&started), Arc::clone(&cancelled));
    let hung = every_second(Check::new("hung", move || {
        let guard = Cancelled(Arc::clone(&dropped));
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            std::future::pending::<()>().await;
            drop(guard);
        }
    }));
    let other = Dependency::new();
    let (health, runner) = builder()
        .with_check(hung.in_group(Group::Ready, Criticality::Critical))
        .with_check(other.check("other"))
        .with_most_running(2)
        .build()
        .unwrap();
    let health = start((health, runner));

    seconds(0.4).await;
    assert_eq!(health.check("hung").unwrap().status, Status::Unknown);
    assert_eq!(health.check("other").unwrap().status, Status::Up);
    seconds(0.2).await;
    let hung = health.check("hung").unwrap();
    assert_eq!(
        (hung.status, hung.cause),
        (Status::Down, Some(Cause::Timeout))
    );
    assert_eq!(hung.last_duration, Duration::from_millis(500));
    assert_eq!(health.status(Group::Ready), Status::Down);
    seconds(9.0).await;
    assert_eq!(started.load(Ordering::SeqCst), 10);
    assert_eq!(cancelled.load(Ordering::SeqCst), 10);
    assert_eq!(other.runs(), 10);
}

#[test]
fn a_check_that_blocks_its_thread_fails_and_is_never_run_twice() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(3)
        .enable_time()
        .build()
        .unwrap();
    let (release, blocked) = std::sync::mpsc::channel::<()>();
    let blocked = Arc::new(std::sync::Mutex::new(blocked));
    let started = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&started);
    let check = Check::new("blocks", move || {
        let (blocked, counted) = (Arc::clone(&blocked), Arc::clone(&counted));
        async move {
            counted.fetch_add(1, Ordering::SeqCst);
            // Neither a deadline nor a cancellation reaches this.
            let _ = blocked.lock().unwrap().recv();
        }
    })
    .with_interval(Duration::from_millis(20))
    .with_timeout(Duration::from_millis(20));
    let (health, runner) = builder().with_check(check).build().unwrap();
    runtime.spawn(runner.run(std::future::pending()));

    let mut watched = 0;
    // Every further interval counts as another failure.
    while health.check("blocks").unwrap().runs < 5 {
        std::thread::sleep(Duration::from_millis(10));
        watched += 1;
        assert!(watched < 3_000, "the check was not given up");
    }
    assert_eq!(health.check("blocks").unwrap().status, Status::Down);
    assert_eq!(started.load(Ordering::SeqCst), 1);
    drop(release);
    while health.check("blocks").unwrap().status != Status::Up {
        std::thread::sleep(Duration::from_millis(10));
        watched += 1;
        assert!(watched < 6_000, "the check did not come back");
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_and_its_words_are_nowhere() {
    let panics = Arc::new(AtomicBool::new(true));
    let asked = Arc::clone(&panics);
    let check = every_second(Check::new("panics", move || {
        let panics = asked.load(Ordering::SeqCst);
        async move { assert!(!panics, "password=hunter2") }
    }));
    let health = start(builder().with_check(check).build().unwrap());
    seconds(0.1).await;
    let state = health.check("panics").unwrap();
    assert_eq!(
        (state.status, state.cause),
        (Status::Down, Some(Cause::Panicked))
    );
    assert!(!format!("{health:?} {state:?}").contains("hunter2"));
    // And it is run again.
    panics.store(false, Ordering::SeqCst);
    seconds(2.0).await;
    assert_eq!(health.check("panics").unwrap().status, Status::Up);
}

#[tokio::test(start_paused = true)]
async fn a_panic_before_the_future_is_a_failure_too() {
    let check = every_second(Check::new("panics", || -> std::future::Ready<()> {
        panic!("password=hunter2")
    }));
    let health = start(builder().with_check(check).build().unwrap());
    seconds(0.1).await;
    assert_eq!(health.check("panics").unwrap().cause, Some(Cause::Panicked));
}

#[test]
fn a_log_that_blocks_keeps_no_reader_waiting() {
    struct Blocked(std::sync::mpsc::Sender<()>, Arc<std::sync::Mutex<()>>);
    impl std::io::Write for Blocked {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let _ = self.0.send(());
            drop(self.1.lock());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let (check, pusher) = Check::pushed("worker", Duration::from_secs(60));
    let (health, _runner) = builder().with_check(check).build().unwrap();
    let (writes, written) = std::sync::mpsc::channel();
    let gate = Arc::new(std::sync::Mutex::new(()));
    let closed = gate.lock().unwrap();
    std::thread::scope(|scope| {
        let gate = Arc::clone(&gate);
        scope.spawn(move || {
            let writer = move || Blocked(writes.clone(), Arc::clone(&gate));
            let subscriber = tracing_subscriber::fmt().with_writer(writer).finish();
            tracing::subscriber::with_default(subscriber, || pusher.push(false));
        });
        written.recv().unwrap();
        assert_eq!(health.check("worker").unwrap().status, Status::Down);
        assert_eq!(health.status(Group::Overall), Status::Degraded);
        drop(closed);
    });
}

#[tokio::test(start_paused = true)]
async fn a_flapping_dependency_changes_nothing_until_it_fails_for_good() {
    let dependency = Dependency::new();
    let check = dependency
        .check("flaps")
        .in_group(Group::Ready, Criticality::Critical);
    let health = start(builder().with_check(check).build().unwrap());
    let mut transitions = health.subscribe();
    seconds(0.5).await;
    crate::support::told(&mut transitions).await;
    for second in 0..60 {
        // Two failures in a row are one too few.
        if second % 3 == 0 {
            dependency.is(llm_vitals_health::Report::up());
        } else {
            dependency.is_down();
        }
        seconds(1.0).await;
        assert_eq!(health.status(Group::Ready), Status::Up, "{second}");
    }
    assert_eq!(crate::support::told(&mut transitions).await, []);
    dependency.is_down();
    seconds(1.0).await;
    assert_eq!(health.status(Group::Ready), Status::Down);
}

#[tokio::test]
async fn a_stall_of_the_runtime_is_not_held_against_the_checks() {
    // Five steps, so that after a stall there is still some way to go.
    let check = Check::new("database", || async {
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .with_interval(Duration::from_millis(100))
    .with_timeout(Duration::from_millis(300))
    .with_fall(1);
    let (health, runner) = builder().with_check(check).build().unwrap();
    tokio::spawn(runner.run(std::future::pending()));
    for _ in 0..4 {
        seconds(0.07).await;
        // The deadline of the run that is under way passes meanwhile.
        std::thread::sleep(Duration::from_millis(500));
        seconds(0.2).await;
        let state = health.check("database").unwrap();
        assert_eq!((state.status, state.cause), (Status::Up, None));
    }
    let mut text = String::new();
    health.render(&mut text);
    let downs = r#"health_check_transitions_total{check="database",status="down"} 0"#;
    assert!(text.lines().any(|line| line == downs), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_checks_runs_no_more_at_once_than_allowed() {
    let (running, most) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut registry = builder().with_most_running(8);
    for number in 0..100 {
        let (running, most) = (Arc::clone(&running), Arc::clone(&most));
        let probe = move || {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(50)).await;
                running.fetch_sub(1, Ordering::SeqCst);
            }
        };
        registry = registry.with_check(every_second(Check::new(format!("check-{number}"), probe)));
    }
    let health = start(registry.build().unwrap());
    seconds(0.8).await;
    assert_eq!(health.status(Group::Overall), Status::Up);
    assert_eq!(most.load(Ordering::SeqCst), 8);
}
