//! Alert rules in the process: rule files, signals, a state machine as Prometheus has it, and the export to Prometheus.
//!
//! Rules are read from files ([`RuleFile`]), evaluated over a series store ([`Evaluator`]), and give changes of alerts
//! ([`Transition`]). Files are those of Prometheus, or a short form of which [`export_prometheus`] makes one.
//!
//! ```
//! use llm_vitals_alert::{Evaluator, RuleFile, Rules};
//! use llm_vitals_promql::{Format, Labels, Scrape, Store};
//!
//! let file = RuleFile::parse(
//!     "alerts.yml",
//!     "
//! alerts:
//!   - name: HighErrorRate
//!     condition: error_rate > 0.05
//!     severity: critical
//!     summary: '{{ $labels.provider }} fails {{ $value | humanizePercentage }} of the calls'
//! ",
//! )?;
//! let mut evaluator = Evaluator::new(Rules::new([file])?);
//! let mut store = Store::new();
//! let mut scrape = Scrape::new(Labels::empty());
//! for (time, success, error) in [(0, 0, 0), (60_000, 45, 5), (120_000, 90, 10)] {
//!     let text = format!(
//!         "llm_requests_total{{provider=\"openai\",status=\"success\"}} {success}
//! llm_requests_total{{provider=\"openai\",status=\"error\"}} {error}
//! "
//!     );
//!     scrape.ingest(&mut store, text.as_bytes(), Format::Text, time)?;
//!     evaluator.evaluate(&mut store, time);
//! }
//! let alerts = evaluator.alerts();
//! let alert = alerts[0].alert();
//! assert_eq!(alert.labels().to_string(), r#"{alertname="HighErrorRate", provider="openai", severity="critical"}"#);
//! assert_eq!(alert.annotation("summary"), Some("openai fails 10% of the calls"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is exact
//!
//! States, `for`, `keep_firing_for`, limits, `ALERTS` and `ALERTS_FOR_STATE`, recording rules, staleness and templates are as in
//! Prometheus 3. Options of the short form are compiled to PromQL before they are evaluated, so what is exported is what runs here.
//! What differs is said where it does: the state survives a restart, a rule that fails has an alert of its own, and over its limit a
//! group keeps its oldest alerts.
//!
//! # What it does not do
//!
//! It notifies nobody. The evaluator has no clock, no task and no I/O; with the feature `runtime`, `Runner` evaluates on a grid of
//! time under tokio.

mod alert;
mod compile;
mod duration;
mod error;
mod evaluator;
mod export;
mod fields;
mod group;
mod metric_names;
mod metrics;
mod near;
mod rule;
mod rule_file;
mod rules;
#[cfg(feature = "runtime")]
mod runner;
mod signals;
mod source;
mod state;
mod template;
mod transition;
mod yaml;

#[cfg(feature = "notify")]
pub mod notify;

pub use self::alert::{Alert, AlertState};
pub use self::error::{Error, ErrorKind, Problem};
pub use self::evaluator::{ActiveAlert, Evaluator, Health, RuleStatus};
pub use self::export::export_prometheus;
pub use self::group::Group;
pub use self::metrics::METRICS;
pub use self::rule::{Rule, RuleKind};
pub use self::rule_file::RuleFile;
pub use self::rules::Rules;
#[cfg(feature = "runtime")]
pub use self::runner::{Runner, now_ms};
pub use self::signals::{SIGNALS, aliases, expand_aliases, signals};
pub use self::state::State;
pub use self::template::{Template, TemplateError};
pub use self::transition::{Reason, Transition};

use self::metric_names::metric_names;
