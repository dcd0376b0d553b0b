//! Dashboards for a Grafana over a Prometheus that scrapes any number of gateways, or over the API of one.
//!
//! A dashboard is a list of panels in Rust; what Grafana reads is made of it. Expressions name metrics of the other crates, which
//! this one does not know: tests hold the names against their tables, and against a gateway at work.

mod alerts;
mod cache;
mod cost;
mod expression;
mod health;
mod layout;
mod panel;
mod render;
mod service;
mod variable;

use serde_json::Value;

use self::panel::Panel;
use self::variable::Variable;

/// A dashboard of Grafana.
#[derive(Debug, Clone)]
pub struct GrafanaDashboard {
    file_name: String,
    title: &'static str,
    model: Value,
}

/// What a dashboard is made of.
struct Definition {
    /// What its address and its file are named after; it stays, so that links and bookmarks do.
    name: &'static str,
    title: &'static str,
    description: &'static str,
    /// Beside data source, job and instance.
    variables: Vec<Variable>,
    /// `browser` unless the panels ask for days and months, which are those of UTC.
    timezone: &'static str,
    panels: Vec<Panel>,
}

impl GrafanaDashboard {
    /// The name of its file, such as `llm-vitals-service.json`.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// Its title, such as `LLM Vitals / Service`.
    #[must_use]
    pub fn title(&self) -> &str {
        self.title
    }

    /// The file: Grafana's classic JSON in schema version 39, for its import, its API and its provisioning.
    #[must_use]
    pub fn json(&self) -> String {
        format!("{:#}\n", self.model)
    }
}

/// All dashboards: the service, providers and cost, caches, health, alerts.
///
/// ```
/// let files: Vec<String> = llm_vitals_dashboard::grafana_dashboards()
///     .iter()
///     .map(|dashboard| dashboard.file_name().to_owned())
///     .collect();
/// assert_eq!(files[0], "llm-vitals-service.json");
/// assert_eq!(files.len(), 5);
/// ```
#[must_use]
pub fn grafana_dashboards() -> Vec<GrafanaDashboard> {
    [
        service::definition(),
        cost::definition(),
        cache::definition(),
        health::definition(),
        alerts::definition(),
    ]
    .into_iter()
    .map(|definition| GrafanaDashboard {
        file_name: format!("llm-vitals-{}.json", definition.name),
        title: definition.title,
        model: render::dashboard(&definition),
    })
    .collect()
}
