//! Alert rules over this process' own metrics.

mod files;
mod log;
mod samples;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use llm_vitals_alert::notify::NotificationsRunner;
use llm_vitals_alert::{Evaluator, Rules, Runner, State, now_ms};
use llm_vitals_dashboard::{Dashboard, History, HistoryEntry, Spend, SpendReport};
use llm_vitals_prometheus::Exposition;
use llm_vitals_promql::Store;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::{self, ConfigError};
use crate::hangups::Hangups;
use crate::notify::Notify;

use self::files::Files;
use self::samples::Samples;

/// How long the last evaluation may take at the end.
const LAST: Duration = Duration::from_secs(5);

/// The rules and what they are evaluated over.
#[derive(Clone, Debug)]
pub(crate) struct Alerts {
    evaluator: Arc<Mutex<Evaluator>>,
    notify: Notify,
    store: Arc<Mutex<Store>>,
    history: History,
    spend: Arc<Mutex<Spend>>,
    files: Arc<Files>,
    state: Option<PathBuf>,
    interval: Duration,
    sample_interval: Duration,
}

/// The rules as they are at the start.
pub(crate) struct RulesRead {
    files: Files,
    rules: Rules,
}

/// Rules that are evaluated.
#[derive(Debug)]
pub(crate) struct Alerting {
    alerts: Alerts,
    runner: JoinHandle<()>,
    notifying: JoinHandle<()>,
    stop: watch::Sender<bool>,
    /// Stops the notifying, when nothing more is evaluated.
    end: watch::Sender<bool>,
}

impl RulesRead {
    /// Reads all files.
    pub(crate) fn read(config: &config::Alerts) -> Result<Self, ConfigError> {
        let default_pack = config.default_pack.unwrap_or(config.files.is_empty());
        let files = Files::new(config.files.clone(), default_pack);
        let rules = files.load().map_err(ConfigError::new)?;
        Ok(Self { files, rules })
    }

    /// How far apart two evaluations are, of whatever is evaluated most often.
    pub(crate) fn interval(&self, config: &config::Alerts) -> Duration {
        let own = config.interval.0;
        let groups = self.rules.groups().iter();
        let intervals = groups.map(|group| group.interval().unwrap_or(own));
        intervals.min().unwrap_or(own)
    }
}

impl Alerts {
    /// Reads the state. Nothing is evaluated before [`start`](Self::start).
    pub(crate) fn build(
        config: &config::Alerts,
        RulesRead { files, rules }: RulesRead,
        notify: Notify,
    ) -> Result<(Self, Runner), ConfigError> {
        let store = Arc::new(Mutex::new(Store::new()));
        log::beyond(&rules, lock(&store).retention());
        let evaluator = Evaluator::new(rules)
            .with_interval(config.interval.0)
            .with_external_url(notify.external_url());
        let alerts = Self {
            evaluator: Arc::new(Mutex::new(evaluator)),
            notify,
            store,
            history: History::default(),
            spend: Arc::new(Mutex::new(Spend::new(now_ms()))),
            files: Arc::new(files),
            state: config.state.clone(),
            interval: config.interval.0,
            sample_interval: config.sample_interval.0,
        };
        let history = alerts.history.clone();
        let notify = alerts.notify.clone();
        let mut runner = Runner::new(Arc::clone(&alerts.evaluator), Arc::clone(&alerts.store))
            .on_evaluation(move |evaluator, store, changes| {
                notify.observe(evaluator, store, changes);
            })
            .on_transitions(move |changes| {
                log::transitions(changes);
                history.record(changes);
            });
        if let Some(state) = &config.state {
            has_folder("alerts", state)?;
            let rendered =
                |error: llm_vitals_alert::Error| ConfigError::new(error.render().trim_end());
            if let Some(error) = State::set_aside_damaged(state).map_err(rendered)? {
                tracing::error!(
                    "alerts begin anew without their state, which is kept beside it as .damaged: {error}"
                );
            }
            runner = runner.with_state_file(state).map_err(rendered)?;
        }
        Ok((alerts, runner))
    }

    /// Takes samples, evaluates the rules and tells people.
    pub(crate) fn start(
        self,
        runner: Runner,
        notifying: NotificationsRunner,
        exposition: Exposition,
    ) -> Alerting {
        let (stop, stopped) = watch::channel(false);
        let samples = Samples::new(exposition, &self, now_ms());
        tokio::spawn(samples.keep(self.sample_interval, until(stopped.clone())));
        tokio::spawn(self.clone().reload(Hangups::new()));
        tokio::spawn(self.notify.clone().reload(Hangups::new()));
        tokio::spawn(self.notify.clone().check());
        let (end, ended) = watch::channel(false);
        let notifying = tokio::spawn(notifying.run(until(ended)));
        let runner = tokio::spawn(runner.run(until(stopped)));
        Alerting {
            alerts: self,
            runner,
            notifying,
            stop,
            end,
        }
    }

    /// Shows the samples, the rules and the alerts.
    pub(crate) fn dashboard(&self) -> Dashboard {
        Dashboard::new(Arc::clone(&self.store))
            .with_evaluator(Arc::clone(&self.evaluator))
            .with_evaluation_interval(self.interval)
    }

    /// What has happened to alerts, newest first.
    pub(crate) fn history(&self) -> Vec<HistoryEntry> {
        self.history.recent()
    }

    /// What calls have cost.
    pub(crate) fn spend(&self) -> SpendReport {
        lock(&self.spend).report(now_ms())
    }

    /// Adds the engine's own metrics to an exposition, and those of notifying.
    pub(crate) fn render(&self, out: &mut String) {
        lock(&self.evaluator).render(out);
        self.notify.notifications().render(out);
    }

    /// Who is told.
    pub(crate) fn notify(&self) -> &Notify {
        &self.notify
    }

    /// Reads the files again on SIGHUP. With an error in any of them the rules stay as they are.
    async fn reload(self, mut hangups: Hangups) {
        loop {
            hangups.next().await;
            let alerts = self.clone();
            let work = move || {
                let rules = alerts.files.load()?;
                log::beyond(&rules, lock(&alerts.store).retention());
                lock(&alerts.evaluator).reload(rules);
                Ok::<(), String>(())
            };
            match tokio::task::spawn_blocking(work).await {
                Ok(Ok(())) => tracing::info!("read the alert rules again"),
                Ok(Err(error)) => tracing::warn!("the alert rules stay as they are: {error}"),
                Err(error) => tracing::error!("reading the alert rules failed: {error}"),
            }
        }
    }

    /// Saves what the last evaluation may have failed to save.
    fn save(&self) {
        let Some(path) = &self.state else { return };
        let state = lock(&self.evaluator).state();
        // A file that nobody needs is not made.
        if state.is_empty() && !path.exists() {
            return;
        }
        if let Err(error) = state.save(path) {
            tracing::error!("alerts begin anew after a restart: {error}");
        }
    }
}

impl Alerting {
    /// Lets an evaluation end that has begun, and saves the state.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        let has_ended = tokio::time::timeout(LAST, self.runner).await.is_ok();
        if !has_ended {
            tracing::warn!("gave up an evaluation of alert rules that did not end in time");
        }
        // What the last evaluation has found is told for a moment, and kept for the next start.
        self.end.send_replace(true);
        if tokio::time::timeout(LAST * 2, self.notifying)
            .await
            .is_err()
        {
            tracing::warn!("gave up notifications that did not end in time");
        }
        // An evaluation that goes on has the evaluator.
        if !has_ended {
            return;
        }
        let alerts = self.alerts;
        if let Err(error) = tokio::task::spawn_blocking(move || alerts.save()).await {
            tracing::error!("saving the alerts failed: {error}");
        }
    }
}

/// A state that cannot be saved is better known at the start than after a restart.
pub(crate) fn has_folder(section: &str, state: &Path) -> Result<(), ConfigError> {
    let folder = state
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => Err(ConfigError::new(format!(
            "{section}: there is no folder {} for the state: make it, or choose another file under `state`",
            folder.display()
        ))),
        _ => Ok(()),
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // It ends when the sender is dropped, too.
    drop(stopped.wait_for(|stopped| *stopped).await);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere must not end the alerting.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
