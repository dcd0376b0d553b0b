//! A scenario with a real Alertmanager, in real time.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::now;
use super::scenario::{Outcome, Scenario, Step, Told, ToldAlert};
use super::webhook::{Received, Shared};
use crate::alertmanager::Alertmanager;

/// A process, and what tells its webhooks from those of others.
pub(super) struct Theirs {
    alertmanager: Alertmanager,
    run: String,
}

/// Starts a process for a scenario.
pub(super) async fn start(scenario: &Scenario, run: &str, webhooks: u16) -> Theirs {
    let url = format!("http://127.0.0.1:{webhooks}/{run}");
    let config = scenario.config.replace("URL", &url);
    let started = Alertmanager::start(&config, &[]).await;
    Theirs {
        alertmanager: started.unwrap(),
        run: run.to_owned(),
    }
}

impl Theirs {
    /// Does the steps at their times. Gives what was told and seen, and by how many milliseconds a step was late.
    pub(super) async fn run(
        mut self,
        scenario: &Scenario,
        began: i64,
        webhooks: &Shared,
    ) -> (Outcome, i64) {
        let mut outcome = Outcome::default();
        let mut silences = HashMap::new();
        let mut latest = 0;
        for (at, step) in &scenario.steps {
            sleep_until(began + at).await;
            self.step(step, began, webhooks, &mut silences, &mut outcome)
                .await;
            // A restart takes its time: no step comes soon after one.
            if !matches!(step, Step::Restart) {
                latest = latest.max(now() - began - at);
            }
        }
        sleep_until(began + scenario.end).await;
        let received = webhooks.lock().unwrap().received.clone();
        let prefix = format!("/{}/", self.run);
        let own = received.iter().filter_map(|received| {
            let place = received.path.strip_prefix(&prefix)?;
            Some(told(received, place, began))
        });
        outcome.told = own.collect();
        (outcome, latest)
    }

    async fn step(
        &mut self,
        step: &Step,
        began: i64,
        webhooks: &Shared,
        silences: &mut HashMap<&'static str, String>,
        outcome: &mut Outcome,
    ) {
        let time = |at: i64| Timestamp::from_millisecond(began + at).unwrap().to_string();
        match step {
            Step::Post(alerts) => {
                let alert = |alert: &super::scenario::Posted| {
                    let labels: HashMap<_, _> = alert.labels.iter().cloned().collect();
                    let mut json = json!({"labels": labels});
                    if !alert.annotation.is_empty() {
                        json["annotations"] = json!({"a": alert.annotation});
                    }
                    if let Some(from) = alert.from {
                        json["startsAt"] = time(from).into();
                    }
                    if let Some(to) = alert.to {
                        json["endsAt"] = time(to).into();
                    }
                    json
                };
                let alerts: Value = alerts.iter().map(alert).collect();
                self.alertmanager
                    .ask("POST", "/api/v2/alerts", Some(&alerts))
                    .await;
            }
            Step::Silence {
                name,
                matchers,
                from,
                to,
            } => {
                let matcher = |(label, op, value): &(String, &str, String)| {
                    json!({
                        "name": label, "value": value,
                        "isRegex": op.ends_with('~'), "isEqual": !op.starts_with('!'),
                    })
                };
                let mut silence = json!({
                    "matchers": matchers.iter().map(matcher).collect::<Value>(),
                    "startsAt": time(*from), "endsAt": time(*to),
                    "createdBy": "me", "comment": "why",
                });
                if let Some(id) = silences.get(name) {
                    silence["id"] = id.as_str().into();
                }
                let answer = self
                    .alertmanager
                    .ask("POST", "/api/v2/silences", Some(&silence))
                    .await;
                let id = answer["silenceID"].as_str().unwrap();
                silences.insert(name, id.to_owned());
            }
            Step::Expire(name) => {
                let path = format!("/api/v2/silence/{}", silences[name]);
                self.alertmanager.ask("DELETE", &path, None).await;
            }
            Step::Break(place, is_broken) => {
                let path = format!("/{}/{place}", self.run);
                let broken = &mut webhooks.lock().unwrap().broken;
                if *is_broken {
                    broken.insert(path);
                } else {
                    broken.remove(&path);
                }
            }
            Step::Restart => {
                self.alertmanager.restart().await;
            }
            Step::Look => {
                let alerts = self.alertmanager.ask("GET", "/api/v2/alerts", None).await;
                let groups = self
                    .alertmanager
                    .ask("GET", "/api/v2/alerts/groups", None)
                    .await;
                outcome.seen.push("a look".to_owned());
                outcome.seen.extend(seen(&alerts, &groups));
            }
        }
    }
}

async fn sleep_until(moment: i64) {
    let wait = u64::try_from(moment - now()).unwrap_or(0);
    tokio::time::sleep(Duration::from_millis(wait)).await;
}

fn told(received: &Received, place: &str, began: i64) -> Told {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let millis = |value: &Value| {
        let time: Timestamp = value.as_str().unwrap().parse().unwrap();
        time.as_millisecond()
    };
    let alert = |alert: &Value| {
        let labels = alert["labels"].as_object().unwrap();
        let mut labels: Vec<(&str, &str)> = labels
            .iter()
            .map(|(name, value)| (&**name, value.as_str().unwrap()))
            .collect();
        labels.sort_unstable();
        let to = millis(&alert["endsAt"]);
        ToldAlert {
            text: super::alert_text(
                labels.into_iter(),
                alert["annotations"]["a"].as_str().unwrap_or_default(),
                alert["status"].as_str().unwrap(),
            ),
            from: millis(&alert["startsAt"]) - began,
            // The year 1 stands for none.
            to: if to < 0 { 0 } else { to - began },
        }
    };
    Told {
        at: received.at - began,
        place: place.to_owned(),
        group_key: text(&received.body["groupKey"]),
        status: text(&received.body["status"]),
        alerts: received.body["alerts"]
            .as_array()
            .unwrap()
            .iter()
            .map(alert)
            .collect(),
        is_taken: received.is_taken,
    }
}

fn seen(alerts: &Value, groups: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let receivers = |alert: &Value| -> Vec<String> {
        let receivers = alert["receivers"].as_array().unwrap().iter();
        receivers
            .map(|receiver| receiver["name"].as_str().unwrap().to_owned())
            .collect()
    };
    for alert in alerts.as_array().unwrap() {
        let status = &alert["status"];
        lines.push(format!(
            "{} {} {:?} silenced by {} inhibited {}",
            alert["fingerprint"].as_str().unwrap(),
            status["state"].as_str().unwrap(),
            receivers(alert),
            status["silencedBy"].as_array().unwrap().len(),
            !status["inhibitedBy"].as_array().unwrap().is_empty(),
        ));
    }
    for group in groups.as_array().unwrap() {
        let alerts = group["alerts"].as_array().unwrap().iter();
        let alerts: Vec<&str> = alerts
            .map(|alert| alert["fingerprint"].as_str().unwrap())
            .collect();
        let labels = group["labels"].as_object().unwrap();
        let mut labels: Vec<(&str, &str)> = labels
            .iter()
            .map(|(name, value)| (&**name, value.as_str().unwrap()))
            .collect();
        labels.sort_unstable();
        let receiver = group["receiver"]["name"].as_str().unwrap();
        lines.push(format!("group {labels:?} {receiver} {alerts:?}"));
    }
    lines
}
