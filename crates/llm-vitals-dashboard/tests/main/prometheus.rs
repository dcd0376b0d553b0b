//! Answers beside those of a Prometheus server over the same samples.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use llm_vitals_dashboard::Dashboard;
use llm_vitals_promql::{Dialect, Engine, Format, Labels, Scrape, Store};
use serde_json::Value;

use crate::support::{form, get, post, program};

mod answers;
mod queries;
mod server;
mod target;

use self::answers::{Difference, compare};
use self::server::Server;
use self::target::Target;

/// How long a sample counts, so that series that just stop are seen to.
const LOOKBACK: Duration = Duration::from_secs(2);
const SCRAPES: usize = 36;

/// A Prometheus server, and its samples in a store of ours.
struct Pair {
    server: Server,
    ours: Dashboard,
    /// Over what the target said, ingested by us; times of samples differ.
    ingested: Dashboard,
    /// Milliseconds; all samples up to the end are in both.
    start: i64,
    end: i64,
}

impl Pair {
    fn build(server: Server, target: &Target) -> Self {
        let up = server.matrix("up[1h]", None);
        let times: Vec<i64> = up[0].1.iter().map(|(time, _)| *time).collect();
        let (start, end) = (times[0], times[SCRAPES]);
        let mut store = Store::new();
        for (labels, samples) in server.matrix("{__name__=~\".+\"}[1h]", Some(end)) {
            let labels = Labels::new(labels);
            let mut samples = samples.into_iter().peekable();
            // A series that a scrape did not have ends at that scrape. Those that the server makes itself have none missing.
            for time in times.iter().filter(|time| **time <= end) {
                match samples.next_if(|(at, _)| at == time) {
                    Some((at, value)) => store.append(&labels, at, value).unwrap(),
                    None => store.append_stale(&labels, *time).unwrap(),
                }
            }
            assert_eq!(samples.next(), None, "{labels} has samples between scrapes");
        }
        let mut ingested = Store::new();
        let labels = Labels::new([("job", "test"), ("instance", &*server.instance)]);
        let mut scrape = Scrape::new(labels).with_dialect(Dialect::V2).with_up();
        for (at, text) in target.told(SCRAPES).iter().enumerate() {
            let time = start + i64::try_from(at).unwrap() * 200;
            scrape
                .ingest(&mut ingested, text.as_bytes(), Format::OpenMetrics, time)
                .unwrap();
        }
        let dashboard = |store| {
            Dashboard::new(Arc::new(Mutex::new(store)))
                .with_dialect(Dialect::V2)
                .with_engine(Engine::new().with_lookback(LOOKBACK))
                .with_clock(move || end)
        };
        Self {
            server,
            ours: dashboard(store),
            ingested: dashboard(ingested),
            start,
            end,
        }
    }

    async fn differs(&self, path: &str, pairs: &[(&str, &str)]) -> Option<Difference> {
        let form = form(pairs);
        // Where Prometheus takes no form.
        let (theirs, ours) = if path.contains("/label/") {
            let path = format!("{path}?{form}");
            (self.server.get(&path), get(&self.ours, &path).await)
        } else {
            (
                self.server.post(path, &form),
                post(&self.ours, path, &form).await,
            )
        };
        compare(&theirs, &(ours.status, ours.json()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prometheus_server_answers_the_same() {
    let Some(prometheus) = program("prometheus") else {
        return;
    };
    let target = Target::start();
    let server = Server::start(&prometheus, target.port, LOOKBACK);
    server.wait_for(&format!("count_over_time(up[1h]) > {}", SCRAPES + 5));
    let pair = Pair::build(server, &target);

    let (mut asked, mut nearly, mut errors, mut values) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for (path, pairs) in queries::all(pair.start, pair.end) {
        let pairs: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        asked += 1;
        match pair.differs(path, &pairs).await {
            None => {}
            Some(Difference::LastBit(_)) if queries::asks_the_library(&pairs) => nearly += 1,
            Some(Difference::LastBit(text)) => wrong.push(format!("{path} {pairs:?}\n{text}")),
            Some(Difference::Real(text)) => wrong.push(format!("{path} {pairs:?}\n{text}")),
        }
        let said = post(&pair.ours, path, &form(&pairs)).await;
        errors += usize::from(said.status != 200);
        values += answers::values(&said.json());
    }
    eprintln!(
        "{asked} requests, {errors} of them wrong ones, {values} values; {nearly} differ in last bits"
    );
    assert!(
        wrong.is_empty(),
        "{} of {asked} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(asked >= 300 && errors >= 30 && values >= 5_000 && nearly < asked / 10);

    // The only order that is promised.
    for query in ["sort(t_odd)", "sort_desc(t_odd * 3)", "topk(3, t_odd)"] {
        let form = form(&[("query", query), ("time", &(pair.end / 1000).to_string())]);
        let (_, theirs) = pair.server.post("/api/v1/query", &form);
        let ours = post(&pair.ours, "/api/v1/query", &form).await.json();
        assert_eq!(
            ours["data"]["result"].as_array().map(Vec::len),
            Some(if query.starts_with("topk") { 3 } else { 5 })
        );
        assert_eq!(ours, theirs, "{query}");
    }

    // What they ingested themselves from the same texts.
    let (from, to) = (pair.start.to_string(), pair.end.to_string());
    assert_eq!(from.len() + to.len(), 26);
    for path in [
        "/api/v1/metadata",
        "/api/v1/metadata?metric=t_requests",
        "/api/v1/metadata?metric=none",
        "/api/v1/metadata?limit=0",
        "/api/v1/metadata?limit=-1",
        "/api/v1/metadata?limit=100",
        "/api/v1/metadata?limit=x",
    ] {
        let (_, mut theirs) = pair.server.get(path);
        let mut ours = get(&pair.ingested, path).await.json();
        // A server forgets what it was told of a metric when it is gone for ten scrapes.
        for said in [&mut theirs, &mut ours] {
            if let Some(metrics) = said["data"].as_object_mut() {
                metrics.retain(|metric, _| metric != "t_gone");
            }
        }
        assert_eq!(ours, theirs, "{path}");
    }
    for query in [
        "t_wait_seconds_bucket",
        "rate(t_wait_seconds_bucket{le='+Inf'}[1m]) or t_odd",
        "none",
    ] {
        let path = "/api/v1/query_exemplars";
        let form = form(&[("query", query), ("start", "0"), ("end", "99999999999")]);
        let (_, theirs) = pair.server.post(path, &form);
        let ours = post(&pair.ingested, path, &form).await;
        assert_eq!(
            answers::sorted(ours.json()),
            answers::sorted(theirs),
            "{query}"
        );
    }
    let exemplars = post(
        &pair.ingested,
        "/api/v1/query_exemplars",
        "query=t_wait_seconds_bucket",
    )
    .await;
    assert!(
        exemplars.json()["data"]
            .as_array()
            .is_some_and(|found| found.len() == 3)
    );
    let names = |said: Value| -> BTreeSet<String> {
        let names = said["data"].as_array().unwrap().iter();
        let names = names.map(|name| name.as_str().unwrap().to_owned());
        // The server's own about its scrapes.
        names.filter(|name| !name.starts_with("scrape_")).collect()
    };
    let path = "/api/v1/label/__name__/values";
    assert_eq!(
        names(get(&pair.ingested, path).await.json()),
        names(pair.server.get(path).1)
    );
}
