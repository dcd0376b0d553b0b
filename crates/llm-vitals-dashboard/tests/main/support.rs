//! A dashboard to ask, and programs to compare it with.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full};
use llm_vitals_dashboard::Dashboard;
use llm_vitals_promql::{Labels, Store};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tower::ServiceExt as _;

/// The time of the tests' data, in milliseconds and in seconds.
pub(crate) const NOW: i64 = 1_764_000_000_000;
pub(crate) const NOW_S: i64 = NOW / 1000;

const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');

/// An answer: its status, headers and body.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Said {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) async fn send(dashboard: &Dashboard, request: Request<Full<&'static [u8]>>) -> Said {
    let response: Response<_> = dashboard.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Said {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes().to_vec(),
    }
}

pub(crate) async fn get(dashboard: &Dashboard, path: &str) -> Said {
    send(dashboard, Request::get(path).body(Full::default()).unwrap()).await
}

pub(crate) async fn post(dashboard: &Dashboard, path: &str, form: &str) -> Said {
    let body: &'static [u8] = form.to_owned().into_bytes().leak();
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Full::new(body))
        .unwrap();
    send(dashboard, request).await
}

/// `name=value&…`, escaped.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| {
        let (name, value) = (escape(name), escape(value));
        format!("{name}={value}")
    });
    pairs.collect::<Vec<_>>().join("&")
}

pub(crate) fn escape(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// 5 minutes of two counters and a gauge, a sample every 5 seconds up to [`NOW`].
pub(crate) fn filled() -> Arc<Mutex<Store>> {
    let mut store = Store::new();
    for tick in 0..=60_u32 {
        let at = NOW - 300_000 + i64::from(tick) * 5_000;
        for (provider, step) in [("openai", 10), ("anthropic", 5)] {
            let labels = Labels::new([("__name__", "requests_total"), ("provider", provider)]);
            store.append(&labels, at, f64::from(tick * step)).unwrap();
        }
        let labels = Labels::new([("__name__", "in_flight")]);
        store.append(&labels, at, f64::from(tick % 7)).unwrap();
    }
    Arc::new(Mutex::new(store))
}

pub(crate) fn dashboard() -> Dashboard {
    Dashboard::new(filled()).with_clock(|| NOW)
}

/// The program of this name; without it the test is skipped aloud, except under `CI=true`, where it fails.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "{name} is missing: apt-get install prometheus"
        );
        eprintln!("SKIPPED: {name} is missing: apt-get install prometheus");
    }
    found
}
