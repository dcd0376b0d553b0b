//! Prometheus' HTTP API and a dashboard over the samples of the process.
//!
//! [`Dashboard`] is a tower service over a [`Store`](llm_vitals_promql::Store) that the application fills, and over the
//! [`Evaluator`](llm_vitals_alert::Evaluator) of its rules, if it has one. What reads from a Prometheus server can read from it:
//! Grafana, `promtool query`, clients of the API.
//!
//! ```no_run
//! use std::sync::{Arc, Mutex};
//!
//! use llm_vitals_dashboard::Dashboard;
//! use llm_vitals_promql::Store;
//!
//! # async fn main_() -> Result<(), Box<dyn std::error::Error>> {
//! let store = Arc::new(Mutex::new(Store::new())); // filled by llm-vitals-promql's Scrape
//! let app = axum::Router::<()>::new().nest_service("/vitals", Dashboard::new(Arc::clone(&store)));
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! axum::serve(listener, app).await?;
//! # Ok(()) }
//! ```
//!
//! What samples do not tell comes from an [`Application`]; [`RecentErrors`], [`History`] and [`Spend`] keep it for those who have
//! nothing that does.
//!
//! # What is the same as in Prometheus
//!
//! Bodies, codes and types of errors. A test lets a Prometheus server scrape and compares its answers to those over the same samples.
//! Texts of errors about expressions are the engine's own, and so are the limits.
//!
//! # What it does not do
//!
//! It changes nothing, samples nothing and writes nothing to disk. It has no `parse_query`, `targets`, `status/tsdb` or remote read,
//! gives no `stats`, and `format_query` keeps an expression on one line.

mod api;
mod application;
mod checks;
mod dashboard;
mod grafana;
mod history;
mod json;
mod overview;
mod page;
mod parameters;
mod problem;
mod receivers;
mod recent_errors;
mod redact;
mod route;
mod service;
mod spend;
mod time;
mod token;
mod work;

pub use self::application::Application;
pub use self::checks::{CheckRow, CheckState};
pub use self::dashboard::Dashboard;
pub use self::grafana::{GrafanaDashboard, grafana_dashboards};
pub use self::history::{History, HistoryEntry};
pub use self::receivers::{ReceiverRow, ReceiverState};
pub use self::recent_errors::{RecentError, RecentErrors};
pub use self::redact::redact;
pub use self::service::ResponseFuture;
pub use self::spend::{Spend, SpendReport};
