//! Dispatcher, lanes and alarms as one state machine: times in, things to send out.

mod alarms;
mod due;
mod saved;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::alarm::{self, Alarm};
use super::attempt::Job;
use super::journal::Journal;
use super::maker::Maker;
use super::observed::Observed;
use super::status::ReceiverStatus;
use crate::error::Error;
use crate::evaluator::ActiveAlert;
use crate::notify::config::Config;
use crate::notify::delivery::{Counts, Lane, Next, Outcome, Pushed};
use crate::notify::dispatcher::{Dispatcher, PostedAlert, Refusal};
use crate::notify::heartbeat::{Heart, Pulse};
use crate::notify::notification::{Evidence, Notification, NotifiedAlert};
use crate::notify::notifier::{Notifier, NotifyError, Receipt};
use crate::transition::Transition;

/// After a restart alerts are taken to fire on for as long, unless an evaluation says otherwise.
const RESTORE_GRACE_MS: i64 = 5 * 60_000;

/// All that is behind the lock.
pub(crate) struct Core {
    pub(crate) dispatcher: Dispatcher,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) hearts: Vec<Heart>,
    /// Counts of lanes that are gone.
    pub(crate) retired: BTreeMap<&'static str, Counts>,
    pub(crate) alarms: Vec<Alarm>,
    pub(crate) observed: Observed,
    pub(crate) journal: Journal,
    /// Something is to be saved.
    pub(crate) is_dirty: bool,
    pub(crate) save_failures: u64,
    /// When an evaluation ended last.
    pub(crate) last_beat: Option<i64>,
    pub(crate) external_url: String,
    pub(crate) maker: Maker,
    pub(crate) began: i64,
    pub(crate) evaluation_timeout_ms: i64,
    /// Some of the groups that were due until then are held back, for want of room.
    pub(crate) held_until: Option<i64>,
}

impl Core {
    pub(crate) fn put(
        &mut self,
        alerts: impl IntoIterator<Item = PostedAlert>,
        now_ms: i64,
    ) -> Vec<Refusal> {
        self.is_dirty = true;
        self.dispatcher.put(alerts, now_ms)
    }

    pub(crate) fn observe(
        &mut self,
        alerts: &[ActiveAlert<'_>],
        gathered: Vec<Option<Evidence>>,
        changes: &[Transition],
        now_ms: i64,
    ) {
        let posted = self.observed.update(alerts, gathered, changes, now_ms);
        if !posted.is_empty() {
            // What it does not take it counts.
            let _ = self.put(posted, now_ms);
        }
        self.beat(now_ms);
    }

    pub(crate) fn beat(&mut self, now_ms: i64) {
        self.last_beat = Some(now_ms);
    }

    /// Does what is due, and gives what is to be sent now.
    pub(crate) fn step(&mut self, now_ms: i64) -> Vec<Job> {
        self.follow_alarms(now_ms);
        self.tell_due(now_ms);
        self.resend(now_ms);
        let mut jobs = Vec::new();
        for lane in &mut self.lanes {
            if let Next::Send(notification) = lane.next(now_ms) {
                jobs.push(Job {
                    lane: lane.id,
                    notifier: Arc::clone(&lane.notifier),
                    previous: self.dispatcher.receipt(&notification.key()).cloned(),
                    notification: *notification,
                    began: now_ms,
                });
            }
        }
        jobs
    }

    /// When [`step`](Self::step) has something to do next, unless something happens before.
    pub(crate) fn next_step(&self) -> Option<i64> {
        let lanes = self.lanes.iter();
        let of_lanes = lanes.flat_map(|lane| {
            let is_known = self.alarms.iter().any(|alarm| alarm.lane == lane.id);
            let fails = lane.fails_at().filter(|_| !is_known);
            [lane.ready_at(), lane.resends_at(), fails]
        });
        let hearts = self.hearts.iter().map(|heart| heart.due_at());
        let all = of_lanes.chain(hearts).chain([self.next_due()]);
        all.flatten().min()
    }

    fn hand_over(&mut self, mut notification: Notification, now_ms: i64) {
        let lane = self.lanes.iter_mut().find(|lane| {
            lane.receiver == notification.receiver && lane.index == notification.integration
        });
        let Some(lane) = lane else {
            // A heartbeat is told nothing.
            self.dispatcher
                .delivered(&notification, Receipt::default(), now_ms);
            return;
        };
        alarm::leave_out(&mut notification, &lane.receiver, &lane.name);
        if notification.alerts.is_empty() {
            self.dispatcher
                .delivered(&notification, Receipt::default(), now_ms);
            return;
        }
        if let Pushed::Refused(notification) = lane.push(notification, now_ms) {
            self.journal
                .refuses(lane.id, (&lane.receiver, lane.integration()), now_ms);
            self.dispatcher.failed(&notification, now_ms);
        }
    }

    fn resend(&mut self, now_ms: i64) {
        let is_due = |lane: &Lane| lane.resends_at().is_some_and(|at| at <= now_ms);
        if !self.lanes.iter().any(is_due) {
            return;
        }
        let is_known = self.last_beat.is_some() || now_ms >= self.began + RESTORE_GRACE_MS;
        let alerts = self.dispatcher.alerts(now_ms);
        let firing: HashSet<Vec<(&str, &str)>> = alerts
            .iter()
            .map(|alert| alert.labels.iter().collect())
            .collect();
        let fires = |alert: &NotifiedAlert| {
            let labels = alert.labels.iter().map(|(name, value)| (&**name, &**value));
            !is_known || firing.contains(&labels.collect::<Vec<_>>())
        };
        for lane in self.lanes.iter_mut().filter(|lane| is_due(lane)) {
            lane.resend(now_ms, fires);
        }
        self.is_dirty = true;
    }

    /// The heartbeats that are due, by their place.
    pub(crate) fn pulses(&mut self, now_ms: i64) -> Vec<(usize, Arc<dyn Pulse>)> {
        let timeout = self.evaluation_timeout_ms;
        let evaluates = self.last_beat.is_some_and(|beat| now_ms - beat <= timeout);
        let lives = evaluates && self.delivers(now_ms);
        let hearts = self.hearts.iter_mut().enumerate();
        hearts
            .filter_map(|(index, heart)| Some((index, heart.due(lives, now_ms)?)))
            .collect()
    }

    pub(crate) fn pinged(&mut self, index: usize, result: Result<(), NotifyError>, now_ms: i64) {
        if let Some(heart) = self.hearts.get_mut(index) {
            heart.pinged(result, now_ms);
        }
    }

    /// Takes note of what an attempt gave.
    pub(crate) fn finish(&mut self, job: &Job, result: Result<Receipt, NotifyError>, now_ms: i64) {
        let Some(lane) = self.lanes.iter_mut().find(|lane| lane.id == job.lane) else {
            // It is gone since a reload, and what it had to say with it.
            return;
        };
        self.is_dirty = true;
        let of = (&*lane.receiver.clone(), lane.integration());
        let (receipt, result) = match result {
            Ok(receipt) => (receipt, Ok(())),
            Err(error) => (Receipt::default(), Err(error)),
        };
        let outcome = lane.finish(&result, job.began, now_ms);
        let error = result
            .map_err(|error| error.to_string())
            .err()
            .unwrap_or_default();
        match outcome {
            Outcome::Delivered { after_failing_ms } => {
                if let Some(after) = after_failing_ms {
                    self.journal.recovers(job.lane, of, after);
                }
                self.dispatcher
                    .delivered(&job.notification, receipt, now_ms);
            }
            Outcome::Retried { is_first: true } => self.journal.fails(job.lane, of, &error, now_ms),
            Outcome::Retried { .. } => {}
            Outcome::GivenUp => {
                self.journal.gives_up(job.lane, of, &error, now_ms);
                self.dispatcher.failed(&job.notification, now_ms);
            }
        }
    }

    pub(crate) fn receivers(&self, now_ms: i64) -> Vec<ReceiverStatus> {
        let lanes = self.lanes.iter().map(|lane| {
            let counts = lane.counts();
            ReceiverStatus {
                receiver: lane.receiver.clone(),
                integration: lane.integration(),
                index: lane.index,
                state: lane.state(now_ms),
                last_success: lane.last_success(),
                last_error: lane.last_error().map(str::to_owned),
                queued: lane.queued(),
                sent: counts.delivered,
                failed: counts.given_up,
            }
        });
        let hearts = self.hearts.iter().map(|heart| heart.status());
        lanes.chain(hearts).collect()
    }

    pub(crate) fn notifiers(&self) -> Vec<(String, Arc<dyn Notifier>)> {
        let lanes = self.lanes.iter();
        lanes
            .map(|lane| (lane.receiver.clone(), Arc::clone(&lane.notifier)))
            .collect()
    }

    /// Whether somebody can be told: a lane works, or there is none.
    pub(crate) fn delivers(&self, now_ms: i64) -> bool {
        let mut lanes = self.lanes.iter();
        self.lanes.is_empty() || lanes.any(|lane| lane.failing(now_ms).is_none())
    }

    /// Whether there is nothing to wait for before the end: nothing is on its way, and nothing may be sent until `until_ms`.
    pub(crate) fn is_settled(&self, until_ms: i64) -> bool {
        let is_settled = |lane: &Lane| {
            !lane.is_sending() && lane.ready_at().is_none_or(|ready| ready > until_ms)
        };
        self.lanes.iter().all(is_settled)
    }

    pub(crate) fn reload(&mut self, config: Arc<Config>, now_ms: i64) -> Result<(), Error> {
        let (mut lanes, hearts) = self.maker.make(&config)?;
        for old in std::mem::take(&mut self.lanes) {
            let mut same = lanes
                .iter_mut()
                .filter(|lane| is_same(lane, &old.receiver, old.index, old.integration()));
            match same.next() {
                Some(new) => *new = old.with_notifier(Arc::clone(&new.notifier)),
                None => self.retire(&old, now_ms),
            }
        }
        self.lanes = lanes;
        self.hearts = hearts;
        self.dispatcher.reload(config, now_ms);
        self.held_until = None;
        self.is_dirty = true;
        Ok(())
    }

    fn retire(&mut self, lane: &Lane, now_ms: i64) {
        let mut counts = lane.counts();
        counts.given_up += lane.queued() as u64;
        self.retired
            .entry(lane.integration())
            .or_default()
            .add(&counts);
        if lane.queued() > 0 {
            let of = (&*lane.receiver, lane.integration());
            let error = format!("the receiver is gone, and {} with it", lane.queued());
            self.journal.gives_up(lane.id, of, &error, now_ms);
        }
    }
}

fn is_same(lane: &Lane, receiver: &str, index: usize, integration: &str) -> bool {
    lane.receiver == receiver && lane.index == index && lane.integration() == integration
}
