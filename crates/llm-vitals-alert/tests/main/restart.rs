//! The state over restarts, crashes and full disks.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use llm_vitals_alert::{AlertState, ErrorKind, Evaluator, RuleFile, Rules, State};
use llm_vitals_promql::{Labels, Store};

use crate::steps::Steps;

const RULES: &str = "alerts: [{name: Hot, condition: t > 30, duration: 5m}, {name: Warm, condition: t > 20, keep_firing_for: 5m}]";

fn saved_after(samples: &[f64]) -> (State, i64) {
    let mut steps = Steps::new(RULES);
    for sample in samples {
        steps.step(&[("t{room=\"a\"}", Some(*sample))]);
    }
    (steps.evaluator.state(), steps.now)
}

fn restarted(state: &State, now: i64) -> Steps {
    let mut steps = Steps::new(RULES);
    steps.now = now;
    steps.evaluator.restore(state, now, &mut steps.store);
    steps
}

#[test]
fn pending_and_firing_go_on_and_the_outage_does_not_count() {
    let (state, now) = saved_after(&[31.0, 31.0, 31.0]);
    // Pending for 2 of 5 minutes; then 10 minutes of nothing.
    let mut steps = restarted(&state, now + 600_000);
    assert_eq!(steps.step(&[]), [""; 0]);
    assert_eq!(
        steps.series("ALERTS").len(),
        2,
        "they are there although there is no data yet"
    );
    for _ in 0..3 {
        assert_eq!(steps.step(&[("t{room=\"a\"}", Some(31.0))]), [""; 0]);
    }
    assert_eq!(
        steps.step(&[("t{room=\"a\"}", Some(31.0))]),
        [r#"Pending -> Firing {alertname="Hot", room="a"} 31, Condition"#]
    );
    let warm = steps.evaluator.alerts()[1].alert().clone();
    assert_eq!(
        (warm.name(), warm.state(), warm.fired_at()),
        ("Warm", AlertState::Firing, Some(60_000))
    );
}

#[test]
fn a_condition_that_has_ended_meanwhile_resolves_at_once() {
    let (state, now) = saved_after(&[31.0; 8]);
    let mut steps = restarted(&state, now);
    assert_eq!(steps.step(&[]), [""; 0]);
    assert_eq!(
        steps.step(&[("t{room=\"a\"}", Some(25.0))]),
        [r#"Firing -> Resolved {alertname="Hot", room="a"} 31, ConditionFalse"#]
    );
}

#[test]
fn without_data_an_alert_is_waited_for_and_then_resolved() {
    let (state, now) = saved_after(&[31.0; 8]);
    let mut steps = restarted(&state, now);
    for _ in 0..4 {
        assert_eq!(steps.step(&[]), [""; 0]);
    }
    assert!(steps.evaluator.alerts()[0].alert().is_awaiting_data());
    assert_eq!(
        steps.step(&[]),
        [r#"Firing -> Resolved {alertname="Hot", room="a"} 31, NoData"#]
    );
}

#[test]
fn keep_firing_for_goes_on_over_a_restart() {
    let (state, now) = saved_after(&[25.0, 1.0, 1.0]);
    let mut steps = restarted(&state, now + 60_000);
    for _ in 0..3 {
        assert_eq!(steps.step(&[("t{room=\"a\"}", Some(1.0))]), [""; 0]);
    }
    assert_eq!(
        steps.step(&[("t{room=\"a\"}", Some(1.0))]),
        [r#"Firing -> Resolved {alertname="Warm", room="a"} 25, ConditionFalse"#]
    );
}

#[test]
fn a_state_older_than_the_tolerance_is_left_alone() {
    let (state, now) = saved_after(&[31.0; 8]);
    assert_eq!(state.len(), 2);
    assert!(
        restarted(&state, now + 3_600_001)
            .evaluator
            .alerts()
            .is_empty()
    );
    assert_eq!(
        restarted(&state, now + 3_600_000).evaluator.alerts().len(),
        2
    );
}

#[test]
fn a_state_from_the_future_goes_on_from_now() {
    // Warm begins to be kept for 5 minutes; Hot is pending for 1 of 5.
    let (kept, _) = saved_after(&[31.0, 31.0, 1.0]);
    let (pending, now) = saved_after(&[1.0, 31.0, 31.0]);
    let set_back = now - 30 * 24 * 3_600_000;
    let mut steps = restarted(&kept, set_back);
    let told: Vec<Vec<String>> = (0..5)
        .map(|_| steps.step(&[("t{room=\"a\"}", Some(1.0))]))
        .collect();
    assert_eq!(told[..4], [const { Vec::<String>::new() }; 4]);
    assert_eq!(
        told[4],
        [r#"Firing -> Resolved {alertname="Warm", room="a"} 31, ConditionFalse"#]
    );
    let over = steps.evaluator.alerts()[0].alert().clone();
    assert_eq!(over.resolved_at(), Some(set_back + 300_000));
    assert!(over.fired_at().is_some_and(|fired| fired < set_back));

    let mut steps = restarted(&pending, set_back);
    let told: Vec<Vec<String>> = (0..5)
        .map(|_| steps.step(&[("t{room=\"a\"}", Some(31.0))]))
        .collect();
    assert_eq!(told[..4], [const { Vec::<String>::new() }; 4]);
    assert_eq!(
        told[4],
        [r#"Pending -> Firing {alertname="Hot", room="a"} 31, Condition"#]
    );
}

#[test]
fn the_grace_period_of_prometheus_can_be_had() {
    let (state, now) = saved_after(&[31.0; 5]);
    let mut steps = Steps::new(RULES);
    let rules = Rules::new([RuleFile::parse("rules.yml", RULES).unwrap()]).unwrap();
    steps.evaluator = Evaluator::new(rules).with_for_grace_period(Duration::from_secs(180));
    steps.now = now;
    steps.evaluator.restore(&state, now, &mut steps.store);
    // One of 5 minutes was left; now it is three from the first evaluation that sees the series.
    for _ in 0..3 {
        assert_eq!(steps.step(&[("t{room=\"a\"}", Some(31.0))]), [""; 0]);
    }
    assert_eq!(
        steps.step(&[("t{room=\"a\"}", Some(31.0))]),
        [r#"Pending -> Firing {alertname="Hot", room="a"} 31, Condition"#]
    );
}

#[test]
fn what_is_saved_is_what_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    assert!(State::load(&path).unwrap().is_empty());
    let (state, _) = saved_after(&[f64::INFINITY, 31.0]);
    state.save(&path).unwrap();
    assert_eq!(State::load(&path).unwrap(), state);
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is left behind"
    );
}

#[test]
fn a_damaged_file_is_an_error_and_not_an_empty_state() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    fs::write(&path, "{\"version\":1,\"alerts\":[{").unwrap();
    assert_eq!(State::load(&path).unwrap_err().kind(), ErrorKind::State);
    fs::write(&path, "{\"version\":99,\"alerts\":[]}").unwrap();
    assert!(
        State::load(&path)
            .unwrap_err()
            .to_string()
            .ends_with("the state has version 99, expected 1")
    );
    // The version is known before the rest, of which a later version may have made something else.
    let later = "{\"version\":99,\"alerts\":{}}";
    fs::write(&path, later).unwrap();
    let error = State::set_aside_damaged(&path).unwrap().unwrap();
    assert!(
        error
            .to_string()
            .ends_with("the state has version 99, expected 1")
    );
    assert_eq!(State::load(&path).unwrap(), State::default());
    let aside = folder.path().join("state.json.damaged");
    assert_eq!(fs::read_to_string(aside).unwrap(), later);
    assert!(State::set_aside_damaged(&path).unwrap().is_none());
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_the_old_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let (old, _) = saved_after(&[31.0]);
    old.save(&path).unwrap();
    let (new, _) = saved_after(&[31.0, 31.0]);
    // Whatever is written there finds no room.
    std::os::unix::fs::symlink("/dev/full", folder.path().join("state.json.new")).unwrap();
    let error = new.save(&path).unwrap_err();
    assert!(
        error.to_string().contains("cannot save the state"),
        "{error}"
    );
    assert_eq!(State::load(&path).unwrap(), old);
    new.save(&path).unwrap();
    assert_eq!(State::load(&path).unwrap(), new);
}

/// The process that is killed: saves one state after another until it is ended.
#[test]
#[ignore = "run by `kill_at_any_moment_leaves_a_whole_file`"]
fn save_for_ever() {
    let path = std::env::var_os("STATE_FILE").unwrap();
    let (small, large) = (saved_after(&[31.0]).0, many());
    for turn in 0_u64.. {
        if turn % 2 == 0 {
            small.save(Path::new(&path)).unwrap();
        } else {
            large.save(Path::new(&path)).unwrap();
        }
    }
}

fn many() -> State {
    let file = RuleFile::parse("rules.yml", "alerts: [{name: Hot, condition: t > 30}]").unwrap();
    let mut evaluator = Evaluator::new(Rules::new([file]).unwrap());
    let mut store = Store::new();
    for room in 0..2_000 {
        let labels = Labels::new([("__name__", "t"), ("room", &room.to_string())]);
        store.append(&labels, 0, 31.0).unwrap();
    }
    evaluator.evaluate_all(&mut store, 0);
    evaluator.state()
}

#[test]
fn kill_at_any_moment_leaves_a_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let mut sizes = Vec::new();
    for round in 0..12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "restart::save_for_ever"])
            .env("STATE_FILE", &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !path.exists() {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(40 + 13 * round));
        // SIGKILL.
        child.kill().unwrap();
        child.wait().unwrap();
        sizes.push(State::load(&path).unwrap().len());
    }
    assert!(
        sizes.iter().all(|size| matches!(size, 2 | 2_000)),
        "{sizes:?}"
    );
}
