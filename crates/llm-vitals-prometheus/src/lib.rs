//! `metrics-exporter-prometheus` as production needs it, in one call.
//!
//! Counters and gauges are the exporter's. Histograms are kept in fixed buckets of atomics, so that memory does not grow
//! with the samples that nobody scrapes, and no task has to look after them. Values that somebody else owns are added as
//! text; help texts, units, OpenMetrics, exemplars and dollars come with it.
//!
//! ```
//! use llm_vitals_prometheus::Prometheus;
//!
//! let (recorder, exposition) = Prometheus::builder()
//!     .with_histograms(&[("answer_seconds", &[0.1, 1.0])])
//!     .without_process_metrics()
//!     .build()?;
//! // An application calls `install()` instead of `build()`.
//! metrics::with_local_recorder(&recorder, || {
//!     metrics::describe_histogram!("answer_seconds", "Time to answer.");
//!     metrics::histogram!("answer_seconds", "who" => "me").record(0.5);
//! });
//! let text = exposition.render();
//! assert!(text.starts_with("# HELP answer_seconds Time to answer.\n# TYPE answer_seconds histogram\n"));
//! assert!(text.contains("answer_seconds_bucket{who=\"me\",le=\"0.1\"} 0\n"));
//! assert!(text.contains("answer_seconds_bucket{who=\"me\",le=\"1\"} 1\n"));
//! assert!(text.contains("answer_seconds_sum{who=\"me\"} 0.5\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Serving it
//!
//! An [`Exposition`] is a tower service of HTTP requests: `Router::new().route_service("/metrics", exposition)` in axum, or
//! as it is in hyper. It answers OpenMetrics to those who accept it, and else Prometheus' text format.
//!
//! # What it does not do
//!
//! It has no listener, no push gateway and no idle timeout: a series stays until the process ends. Labels have to be bounded
//! where they are made.

mod builder;
mod error;
mod exemplar;
mod exposition;
mod family;
mod histogram;
mod metrics;
mod parse;
mod process;
mod recorder;
mod service;

pub use self::builder::{Prometheus, PrometheusBuilder};
pub use self::error::Error;
pub use self::exemplar::with_exemplar;
pub use self::exposition::Exposition;
pub use self::metrics::METRICS;
pub use self::recorder::Recorder;
