//! A scenario with this crate's dispatcher, in time that is made up.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use llm_vitals_alert::notify::{Config, Dispatcher, Notification, PostedAlert, Receipt, Silence};
use llm_vitals_promql::{Dialect, Labels, MatchOp, Matcher};

use super::scenario::{Outcome, Posted, Scenario, Step, Told, ToldAlert};

/// Alertmanager logs a message when it was taken, a little after it was due.
const TAKEN_AFTER: i64 = 3;

struct Ours<'a> {
    scenario: &'a Scenario,
    began: i64,
    config: Arc<Config>,
    dispatcher: Dispatcher,
    silences: HashMap<&'static str, String>,
    broken: BTreeSet<&'static str>,
    outcome: Outcome,
}

/// Runs a scenario that begins at a moment in milliseconds since 1970.
pub(super) fn run(scenario: &Scenario, began: i64) -> Outcome {
    let text = scenario.config.replace("URL", "http://127.0.0.1:9");
    let config = Config::parse("alertmanager.yml", &text);
    let config = Arc::new(config.unwrap_or_else(|error| panic!("{}: {error}", scenario.name)));
    let mut ours = Ours {
        scenario,
        began,
        dispatcher: new_dispatcher(&config),
        config,
        silences: HashMap::new(),
        broken: BTreeSet::new(),
        outcome: Outcome::default(),
    };
    ours.run();
    ours.outcome
}

fn new_dispatcher(config: &Arc<Config>) -> Dispatcher {
    Dispatcher::new(Arc::clone(config)).with_alertmanager_ends()
}

impl Ours<'_> {
    fn run(&mut self) {
        for (at, step) in &self.scenario.steps {
            self.tick_until(self.began + at);
            self.step(step, self.began + at);
        }
        self.tick_until(self.began + self.scenario.end);
    }

    fn tick_until(&mut self, end: i64) {
        while let Some(next) = self.dispatcher.next_tick().filter(|next| *next < end) {
            let notifications = self.dispatcher.tick(next);
            for notification in notifications {
                self.deliver(&notification, next);
            }
        }
    }

    fn deliver(&mut self, notification: &Notification, now: i64) {
        let place = format!("{}/{}", notification.receiver, notification.integration);
        let is_taken = !self.broken.contains(&*place);
        if is_taken {
            let receipt = Receipt::default();
            self.dispatcher
                .delivered(notification, receipt, now + TAKEN_AFTER);
        } else {
            self.dispatcher.failed(notification, now + TAKEN_AFTER);
        }
        let status = if notification.is_firing() {
            "firing"
        } else {
            "resolved"
        };
        let alert = |alert: &llm_vitals_alert::notify::NotifiedAlert| ToldAlert {
            text: super::alert_text(
                alert.labels.iter().map(|(name, value)| (&**name, &**value)),
                alert.annotations.get("a").map_or("", |text| text),
                if alert.ends_at.is_some() {
                    "resolved"
                } else {
                    "firing"
                },
            ),
            from: alert.starts_at - self.began,
            to: alert.ends_at.map_or(0, |end| end - self.began),
        };
        self.outcome.told.push(Told {
            at: now - self.began,
            place,
            group_key: notification.group_key.clone(),
            status: status.to_owned(),
            alerts: notification.alerts.iter().map(alert).collect(),
            is_taken,
        });
    }

    fn step(&mut self, step: &Step, now: i64) {
        match step {
            Step::Post(alerts) => {
                let alerts = alerts.iter().map(|alert| self.posted(alert));
                let alerts: Vec<PostedAlert> = alerts.collect();
                assert_eq!(self.dispatcher.put(alerts, now), []);
            }
            Step::Silence {
                name,
                matchers,
                from,
                to,
            } => {
                let matchers = matchers.iter().map(|(label, op, value)| {
                    let op = match *op {
                        "=" => MatchOp::Equal,
                        "!=" => MatchOp::NotEqual,
                        "=~" => MatchOp::Regex,
                        _ => MatchOp::NotRegex,
                    };
                    Matcher::new(label, op, value, Dialect::V2).unwrap()
                });
                let id = self.silences.get(name).cloned().unwrap_or_default();
                let (from, to) = (self.began + from, self.began + to);
                let silence = Silence::new(matchers.collect(), from, to, "me", "why").with_id(id);
                let id = self.dispatcher.silences_mut().set(silence, now).unwrap();
                self.silences.insert(name, id);
            }
            Step::Expire(name) => {
                let id = &self.silences[name];
                self.dispatcher.silences_mut().expire(id, now).unwrap();
            }
            Step::Break(place, true) => {
                self.broken.insert(place);
            }
            Step::Break(place, false) => {
                self.broken.remove(place);
            }
            Step::Restart => {
                let state = serde_json::to_string(&self.dispatcher.state()).unwrap();
                let state: llm_vitals_alert::notify::DispatcherState =
                    serde_json::from_str(&state).unwrap();
                self.dispatcher = new_dispatcher(&self.config);
                self.dispatcher.restore(state.without_alerts(), now);
            }
            Step::Look => self.look(now),
        }
    }

    fn posted(&self, alert: &Posted) -> PostedAlert {
        let labels = alert.labels.iter().map(|(name, value)| (name, value));
        let mut posted = PostedAlert::new(Labels::new(labels));
        if !alert.annotation.is_empty() {
            let annotations = BTreeMap::from([("a".to_owned(), alert.annotation.to_owned())]);
            posted = posted.with_annotations(annotations);
        }
        posted.starts_at = alert.from.map(|from| self.began + from);
        posted.ends_at = alert.to.map(|to| self.began + to);
        posted
    }

    fn look(&mut self, now: i64) {
        let mut lines = vec!["a look".to_owned()];
        for alert in self.dispatcher.alerts(now) {
            lines.push(format!(
                "{} {} {:?} silenced by {} inhibited {}",
                alert.fingerprint,
                // An alert that a time interval mutes is active to Alertmanager before 0.28.
                if alert.silenced_by.is_empty() && alert.inhibited_by.is_empty() {
                    "active"
                } else {
                    alert.state.as_str()
                },
                alert.receivers,
                alert.silenced_by.len(),
                !alert.inhibited_by.is_empty(),
            ));
        }
        for group in self.dispatcher.groups(now) {
            let alerts: Vec<&str> = group
                .alerts
                .iter()
                .map(|alert| &*alert.fingerprint)
                .collect();
            let labels: Vec<(&str, &str)> = group.labels.iter().collect();
            lines.push(format!("group {labels:?} {} {alerts:?}", group.receiver));
        }
        self.outcome.seen.extend(lines);
    }
}
