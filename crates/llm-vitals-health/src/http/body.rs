//! The forms of an answer.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::group::Criticality;
use crate::http::accept::Form;
use crate::http::page::{Page, Question};
use crate::http::time::rfc3339;
use crate::state::CheckState;
use crate::status::Status;

impl Page {
    pub(crate) fn body(&self, form: Form) -> String {
        match form {
            Form::Json => self.json().to_string(),
            Form::HealthJson => self.health_json().to_string(),
            Form::Text => self.text(),
        }
    }

    /// `{"status": "ok", "providers": {"openrouter": true}, "redis": true}`, and under `checks` what is known of each.
    fn json(&self) -> Value {
        let mut body = Map::new();
        body.insert("status".to_owned(), self.word().into());
        for check in &self.checks {
            let serves = Value::from(check.status.is_serving());
            match &check.set {
                None => {
                    body.insert(check.name.to_string(), serves);
                }
                Some(set) => {
                    let members = body.entry(&**set).or_insert_with(|| json!({}));
                    members[&*check.name] = serves;
                }
            }
        }
        if self.has_details {
            let checks: Map<String, Value> = (self.checks.iter())
                .map(|check| (check.name.to_string(), self.details(check)))
                .collect();
            if !checks.is_empty() {
                body.insert("checks".to_owned(), checks.into());
            }
            insert_some(&mut body, "release", self.release.as_deref());
        }
        if let Some(live) = &self.live {
            let flags: Map<String, Value> = (live.flags.iter())
                .map(|(name, is_good)| (name.clone(), (*is_good).into()))
                .collect();
            body.insert("flags".to_owned(), flags.into());
            let age = live.heartbeat_age.as_secs_f64();
            body.insert("heartbeatAgeSeconds".to_owned(), age.into());
        }
        body.into()
    }

    fn details(&self, check: &CheckState) -> Value {
        let mut details = Map::new();
        let mut set = |key: &str, value: Value| {
            details.insert(key.to_owned(), value);
        };
        set("status", check.status.as_str().into());
        if let Some(found) = check.last_result {
            set("lastResult", found.as_str().into());
        }
        if let Some(cause) = check.cause {
            set("cause", cause.as_str().into());
        }
        if let Some(detail) = &check.detail {
            set("detail", (**detail).into());
        }
        if let Some(measured) = check.measurement {
            set(
                "measured",
                json!({ measured.name: measured.value, "unit": measured.unit }),
            );
        }
        set("since", rfc3339(check.since).into());
        if let Some(run) = check.last_run {
            set("lastRun", rfc3339(run).into());
            set("lastDurationMs", milliseconds(check).into());
        }
        if let Some(success) = check.last_success {
            set("lastSuccess", rfc3339(success).into());
        }
        if let Question::Group(group) = self.question
            && let Some(criticality) = check.criticality(group)
        {
            set("criticality", criticality_word(criticality).into());
        }
        if !check.tags.is_empty() {
            let tags: Map<String, Value> = (check.tags.iter())
                .map(|(key, value)| (key.to_string(), (**value).into()))
                .collect();
            set("tags", tags.into());
        }
        details.into()
    }

    /// The format of draft-inadarei-api-health-check-06.
    fn health_json(&self) -> Value {
        let mut body = Map::new();
        // The draft wants "fail" with 4xx and 5xx, and "pass" and "warn" with 2xx and 3xx.
        let status = match (self.passes, self.status) {
            (false, _) => "fail",
            (true, Status::Up) => "pass",
            (true, _) => "warn",
        };
        body.insert("status".to_owned(), status.into());
        insert_some(&mut body, "releaseId", self.release.as_deref());
        let mut checks = Map::new();
        for check in &self.checks {
            // The key's parts are separated by a colon, and so hold none.
            let component = check.name.replace(':', "_");
            let status = draft_word(check.status);
            let mut entry = json!({ "componentId": &*check.name, "status": status });
            let mut key = component.clone();
            if self.has_details {
                if let Some(run) = check.last_run {
                    entry["time"] = rfc3339(run).into();
                    entry["observedValue"] = milliseconds(check).into();
                    entry["observedUnit"] = "ms".into();
                    key = format!("{component}:responseTime");
                }
                let why = check.cause.map(|cause| cause.as_str().to_owned());
                let output = match (why, &check.detail) {
                    (Some(why), Some(detail)) => Some(format!("{why}: {detail}")),
                    (why, _) => why,
                };
                if let Some(output) = output {
                    entry["output"] = output.into();
                }
                if let Some(measured) = check.measurement {
                    let measured_entry = json!([{
                        "componentId": &*check.name,
                        "status": status,
                        "observedValue": measured.value,
                        "observedUnit": measured.unit,
                    }]);
                    checks.insert(format!("{component}:{}", measured.name), measured_entry);
                }
            }
            checks.insert(key, json!([entry]));
        }
        if !checks.is_empty() {
            body.insert("checks".to_owned(), checks.into());
        }
        body.into()
    }

    /// `[+]redis up` for each check, then the status.
    fn text(&self) -> String {
        let mut text = String::new();
        for check in &self.checks {
            let sign = match check.status {
                Status::Up => '+',
                Status::Degraded => '!',
                Status::Down | Status::Unknown => '-',
            };
            // Writing to a String cannot fail.
            let _ = write!(text, "[{sign}]{} {}", check.name, check.status.as_str());
            if let Some(cause) = check.cause.filter(|_| self.has_details) {
                let _ = write!(text, " ({})", cause.as_str());
            }
            text.push('\n');
        }
        let _ = writeln!(text, "{}", self.word());
        text
    }

    fn word(&self) -> &'static str {
        match self.status {
            _ if self.is_draining => "draining",
            Status::Up => "ok",
            status => status.as_str(),
        }
    }
}

fn draft_word(status: Status) -> &'static str {
    match status {
        Status::Up => "pass",
        Status::Degraded => "warn",
        Status::Down | Status::Unknown => "fail",
    }
}

fn criticality_word(criticality: Criticality) -> &'static str {
    match criticality {
        Criticality::Informational => "informational",
        Criticality::Degrading => "degrading",
        Criticality::Critical => "critical",
    }
}

fn milliseconds(check: &CheckState) -> f64 {
    // To a microsecond: more digits are noise.
    (check.last_duration.as_secs_f64() * 1e6).round() / 1e3
}

fn insert_some(body: &mut Map<String, Value>, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        body.insert(key.to_owned(), value.into());
    }
}
