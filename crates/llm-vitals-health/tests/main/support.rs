//! A dependency that does what the test says, and a clock that stands still.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use llm_vitals_health::{
    Cause, Check, Health, HealthBuilder, Report, Runner, Transition, Transitions,
};

/// A dependency that does what the test says, and counts how often it is asked.
#[derive(Clone)]
pub(crate) struct Dependency {
    report: Arc<Mutex<Report>>,
    runs: Arc<AtomicU64>,
}

impl Dependency {
    pub(crate) fn new() -> Self {
        Self {
            report: Arc::new(Mutex::new(Report::up())),
            runs: Arc::default(),
        }
    }

    pub(crate) fn is(&self, report: Report) {
        *self.report.lock().unwrap() = report;
    }

    pub(crate) fn is_down(&self) {
        self.is(Report::down(Cause::Connect));
    }

    pub(crate) fn runs(&self) -> u64 {
        self.runs.load(Ordering::SeqCst)
    }

    /// Runs every second, at 0, 1, 2, ...
    pub(crate) fn check(&self, name: &str) -> Check {
        let dependency = self.clone();
        let probe = move || {
            let dependency = dependency.clone();
            async move {
                dependency.runs.fetch_add(1, Ordering::SeqCst);
                dependency.report.lock().unwrap().clone()
            }
        };
        every_second(Check::new(name, probe))
    }
}

pub(crate) fn every_second(check: Check) -> Check {
    check
        .with_interval(Duration::from_secs(1))
        .with_timeout(Duration::from_millis(500))
        .with_jitter(0.0)
}

/// 2026-11-24T08:00:00Z, whenever it is.
pub(crate) fn wall() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_507_200)
}

pub(crate) fn builder() -> HealthBuilder {
    Health::builder().with_seed(7).with_wall_clock(wall)
}

pub(crate) fn start((health, runner): (Health, Runner)) -> Health {
    tokio::spawn(runner.run(std::future::pending()));
    health
}

pub(crate) async fn seconds(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}

/// The transitions that were told by now.
pub(crate) async fn told(transitions: &mut Transitions) -> Vec<Transition> {
    let mut told = Vec::new();
    while let Ok(Some(next)) =
        tokio::time::timeout(Duration::from_millis(1), transitions.next()).await
    {
        told.push(next);
    }
    told
}
