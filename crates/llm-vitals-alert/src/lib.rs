//! Alerts in the process: rule files and a state machine as Prometheus has them, routes, silences and receivers as Alertmanager has them,
//! and the export to both.
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
//! # Telling somebody
//!
//! With the feature `notify`, the module `notify` takes alerts to people by a file in Alertmanager's schema or in a short form: routes,
//! groups, inhibition, silences, time intervals, and a queue for each receiver that survives a restart. Receivers have features of their
//! own: `slack`, `pagerduty`, `email`, `webhook`, `msteams`, `alertmanager`, `heartbeat`; an application can bring others. `api` is
//! Alertmanager's HTTP API, so that `amtool` and Grafana work against it.
//!
//! # What it does not do
//!
//! There is no cluster: each process tells of its own alerts. Where several should speak with one voice they push to Alertmanagers. No
//! library code has a task of its own: `Runner` and `notify::NotificationsRunner` work while the application runs them, and the rest has
//! no clock and no I/O.

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
