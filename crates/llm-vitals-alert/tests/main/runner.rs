//! The runner, on a clock that is paused.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use llm_vitals_alert::{Evaluator, RuleFile, Rules, Runner, State};
use llm_vitals_promql::{Labels, Store};
use tokio::sync::mpsc;

fn evaluator() -> Arc<Mutex<Evaluator>> {
    let file = RuleFile::parse(
        "r.yml",
        "alerts: [{name: Hot, condition: t > 30, duration: 30s}]",
    )
    .unwrap();
    Arc::new(Mutex::new(
        Evaluator::new(Rules::new([file]).unwrap()).with_interval(Duration::from_secs(10)),
    ))
}

/// Milliseconds since 1970, from tokio's clock.
fn clock(start: i64) -> impl Fn() -> i64 + Send + Sync + 'static {
    let began = tokio::time::Instant::now();
    move || start + i64::try_from(began.elapsed().as_millis()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn rules_run_on_the_grid_and_the_state_is_saved_before_anybody_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let store = Arc::new(Mutex::new(Store::new()));
    let (told, mut changes) = mpsc::unbounded_channel();
    let saved = path.clone();
    let listener = move |transitions: &[llm_vitals_alert::Transition]| {
        for change in transitions {
            told.send((change.at(), change.to(), State::load(&saved).unwrap().len()))
                .unwrap();
        }
    };
    let series = Labels::new([("__name__", "t")]);
    store
        .lock()
        .unwrap()
        .append(&series, 1_000_000, 31.0)
        .unwrap();
    let now = clock(1_000_003);
    let runner = Runner::new(evaluator(), Arc::clone(&store))
        .with_clock(now)
        .with_state_file(&path)
        .unwrap()
        .on_transitions(listener);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(runner.run(async {
        let _ = stopped.await;
    }));
    let first = changes.recv().await.unwrap();
    let second = changes.recv().await.unwrap();
    stop.send(()).unwrap();
    running.await.unwrap();
    assert_eq!(format!("{first:?}"), "(1000000, Some(Pending), 1)");
    assert_eq!(format!("{second:?}"), "(1030000, Some(Firing), 1)");

    // Another process takes the state up.
    let evaluator = evaluator();
    let runner = Runner::new(Arc::clone(&evaluator), Arc::default())
        .with_clock(clock(1_035_000))
        .with_state_file(&path)
        .unwrap();
    runner.run(async {}).await;
    let evaluator = evaluator.lock().unwrap();
    assert_eq!(evaluator.alerts()[0].alert().fired_at(), Some(1_030_000));
}

#[test]
fn the_time_of_rules_starts_at_the_systems_and_never_goes_back() {
    let system = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let mut last = llm_vitals_alert::now_ms();
    // Nobody sets the system's clock in a test by more than this.
    assert!((i128::from(last) - system.as_millis().cast_signed()).abs() < 60_000);
    for _ in 0..1_000 {
        let now = llm_vitals_alert::now_ms();
        assert!(now >= last, "{now} after {last}");
        last = now;
    }
    std::thread::sleep(Duration::from_millis(20));
    assert!(llm_vitals_alert::now_ms() - last >= 19);
}

#[tokio::test(start_paused = true)]
async fn points_that_pass_while_the_process_stands_still_are_missed_and_not_made_up_for() {
    let now = Arc::new(AtomicI64::new(1_000_000));
    let read = Arc::clone(&now);
    let evaluator = evaluator();
    let runner = Runner::new(Arc::clone(&evaluator), Arc::default())
        .with_clock(move || read.load(Ordering::Relaxed));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(runner.run(async {
        let _ = stopped.await;
    }));
    let iterations = |evaluator: &Mutex<Evaluator>| {
        let mut text = String::new();
        evaluator.lock().unwrap().render(&mut text);
        let line = |name: &str| {
            text.lines()
                .find(|line| line.starts_with(name) && line.contains("r.yml"))
                .unwrap()
                .rsplit(' ')
                .next()
                .unwrap()
                .to_owned()
        };
        (
            line("alert_rule_group_iterations_total"),
            line("alert_rule_group_iterations_missed_total"),
        )
    };
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(iterations(&evaluator), ("1".to_owned(), "0".to_owned()));
    now.store(1_055_000, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(iterations(&evaluator), ("2".to_owned(), "4".to_owned()));
    stop.send(()).unwrap();
    running.await.unwrap();
}

#[tokio::test]
async fn a_state_that_cannot_be_saved_is_counted_and_evaluation_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    // No file can be made under this name.
    std::fs::create_dir(folder.path().join("state.json.new")).unwrap();
    let store = Arc::new(Mutex::new(Store::new()));
    store
        .lock()
        .unwrap()
        .append(&Labels::new([("__name__", "t")]), 999_000, 31.0)
        .unwrap();
    let evaluator = evaluator();
    let (told, mut changes) = mpsc::unbounded_channel();
    let runner = Runner::new(Arc::clone(&evaluator), store)
        .with_clock(|| 1_000_000)
        .with_state_file(&path)
        .unwrap()
        .on_transitions(move |transitions| told.send(transitions.len()).unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(runner.run(async {
        let _ = stopped.await;
    }));
    assert_eq!(changes.recv().await, Some(1));
    stop.send(()).unwrap();
    running.await.unwrap();
    let mut text = String::new();
    evaluator.lock().unwrap().render(&mut text);
    assert!(
        text.contains("\nalert_state_save_failures_total 1\n"),
        "{text}"
    );
}
