//! Which alerts are told to whom, and when: the part of Alertmanager that decides.

mod alerts;
mod counts;
mod due;
mod flush;
mod group;
mod groups;
mod held_alert;
mod intake;
mod limits;
mod order;
mod posted_alert;
mod refusal;
mod route_table;
mod saved;
mod settle;
mod upkeep;
mod view;

use std::fmt;
use std::sync::Arc;

pub use self::counts::DispatcherCounts;
pub use self::limits::Limits;
pub use self::posted_alert::PostedAlert;
pub use self::refusal::{Refusal, RefusalReason};
pub use self::saved::DispatcherState;
pub use self::view::{GroupView, SeenAlert, SeenState};

use self::alerts::Alerts;
use self::groups::Groups;
use self::route_table::RouteTable;
use self::upkeep::SWEEP_MS;
use super::config::Config;
use super::inhibition::Inhibition;
use super::notification::Notification;
use super::notifier::Receipt;
use super::notify_log::NotifyLog;
use super::silences::Silences;

/// Alerts in, notifications out: routes, groups, inhibition, time intervals, silences, and the log that makes a message be sent once.
///
/// It has no clock, no task and no I/O. Whoever drives it calls [`tick`](Self::tick) when [`next_tick`](Self::next_tick) has come, sends
/// the notifications in their order, and says [`delivered`](Self::delivered) or [`failed`](Self::failed) of each. Where each is delivered
/// at once, the messages are those of Alertmanager 0.25, with the same alerts in the same order.
///
/// A notification counts as told from the moment it is given out, so that what comes after is decided against it while it still waits.
/// `failed` takes it back: its group is told again when it is due next.
///
/// Times are milliseconds since 1970. A clock that is set back moves the waiting with it; one that jumps ahead makes each group due once.
pub struct Dispatcher {
    routes: RouteTable,
    external_url: String,
    limits: Limits,
    has_alertmanager_ends: bool,
    now: i64,
    next_sweep: Option<i64>,
    next_garbage: i64,
    alerts: Alerts,
    groups: Groups,
    inhibition: Inhibition,
    silences: Silences,
    log: NotifyLog,
    counts: DispatcherCounts,
}

impl Dispatcher {
    /// A dispatcher without alerts.
    #[must_use]
    pub fn new(config: Arc<Config>) -> Self {
        let limits = Limits::default();
        Self {
            inhibition: Inhibition::new(&config.inhibit_rules),
            routes: RouteTable::new(config),
            external_url: String::new(),
            limits,
            has_alertmanager_ends: false,
            now: i64::MIN,
            next_sweep: None,
            next_garbage: i64::MIN,
            alerts: Alerts::default(),
            groups: Groups::default(),
            silences: Silences::new(limits),
            log: NotifyLog::new(limits.max_log_entries),
            counts: DispatcherCounts::default(),
        }
    }

    /// Where this process can be seen, for links in messages.
    #[must_use]
    pub fn with_external_url(mut self, url: impl Into<String>) -> Self {
        self.external_url = url.into();
        self
    }

    /// Other bounds than the usual ones.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self.silences.set_bounds(limits);
        self.log.set_bound(limits.max_log_entries);
        self
    }

    /// Ends as Alertmanager has them.
    ///
    /// The end of an alert that is silenced, inhibited or muted when it ends is then never told, so that an incident which was opened for
    /// it stays open. And an end that is posted again may be told again.
    #[must_use]
    pub fn with_alertmanager_ends(mut self) -> Self {
        self.has_alertmanager_ends = true;
        self
    }

    /// Takes alerts in, as `POST /api/v2/alerts` does; gives those that were not taken.
    ///
    /// An alert with the labels of one that is there takes its place; where the times of the two overlap, they are one.
    pub fn put(
        &mut self,
        alerts: impl IntoIterator<Item = PostedAlert>,
        now_ms: i64,
    ) -> Vec<Refusal> {
        let now = self.advance(now_ms);
        let refusals = alerts
            .into_iter()
            .filter_map(|alert| self.put_one(alert, now).err());
        let refusals: Vec<Refusal> = refusals.collect();
        self.counts.refused += refusals.len() as u64;
        refusals
    }

    /// What has to be told now: by the time it became due, then by the age of the group, then in the order of the integrations.
    pub fn tick(&mut self, now_ms: i64) -> Vec<Notification> {
        let now = self.advance(now_ms);
        let mut notifications = Vec::new();
        for id in self.groups.due(now) {
            self.flush(id, now, &mut notifications);
        }
        notifications
    }

    /// When [`tick`](Self::tick) has something to look at; `None` while there are no groups.
    #[must_use]
    pub fn next_tick(&self) -> Option<i64> {
        self.groups.next_due()
    }

    /// A notification has arrived, and with it those for the same key that were given out before it.
    pub fn delivered(&mut self, notification: &Notification, receipt: Receipt, now_ms: i64) {
        let now = self.advance(now_ms);
        let Some(slot) = self.log.get_mut(&notification.key()) else {
            return;
        };
        for flush in slot.deliver(notification.at, receipt, now) {
            self.close(flush, false, now);
        }
    }

    /// A notification, and those for the same key that were given out before it and are not delivered, will never arrive.
    pub fn failed(&mut self, notification: &Notification, now_ms: i64) {
        let now = self.advance(now_ms);
        let Some(slot) = self.log.get_mut(&notification.key()) else {
            return;
        };
        for flush in slot.fail(notification.at) {
            self.close(flush, true, now);
        }
    }

    /// What the receiver gave back for the last message with this [key](Notification::key), until its group is resolved.
    #[must_use]
    pub fn receipt(&self, key: &str) -> Option<&Receipt> {
        self.log.get(key)?.receipt()
    }

    /// The silences.
    #[must_use]
    pub fn silences(&self) -> &Silences {
        &self.silences
    }

    /// The silences, to be changed.
    pub fn silences_mut(&mut self) -> &mut Silences {
        &mut self.silences
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> &Arc<Config> {
        self.routes.config()
    }

    /// What has been counted.
    #[must_use]
    pub fn counts(&self) -> DispatcherCounts {
        self.counts
    }

    /// Goes on with another configuration. Alerts, silences and what was told are kept; the alerts are grouped anew.
    pub fn reload(&mut self, config: Arc<Config>, now_ms: i64) {
        let now = self.advance(now_ms);
        self.inhibition = Inhibition::new(&config.inhibit_rules);
        self.routes = RouteTable::new(config);
        self.groups.clear();
        self.next_sweep = Some(now.saturating_add(SWEEP_MS));
        for fingerprint in self.alerts.in_order() {
            let Some(alert) = self.alerts.get_mut(fingerprint) else {
                continue;
            };
            let had_home = !std::mem::take(&mut alert.homes).is_empty();
            // The numbers of the routes are others now.
            alert.settled.clear();
            let is_open = had_home || !alert.is_resolved(now);
            self.inhibition
                .put(fingerprint, &alert.labels, alert.ends_at);
            if is_open {
                self.route(fingerprint, now);
            }
        }
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("alerts", &self.alerts.len())
            .field("groups", &self.groups.len())
            .field("silences", &self.silences.len())
            .field("log", &self.log.len())
            .finish_non_exhaustive()
    }
}
