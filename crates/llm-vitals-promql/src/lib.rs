//! PromQL in the process: an in-memory series store, an ingester of exposition text, and an evaluator that answers as Prometheus
//! does.
//!
//! Nothing here does I/O, starts a task or reads a clock: texts and times are handed in.
//!
//! ```
//! use llm_vitals_promql::{Dialect, Engine, Expr, Format, Labels, Scrape, Store, Value};
//!
//! let mut store = Store::new();
//! let mut scrape = Scrape::new(Labels::new([("job", "gateway")]));
//! for tick in 0..13 {
//!     let text = format!(
//!         "# TYPE llm_requests_total counter\n\
//!          llm_requests_total{{status=\"success\"}} {}\n\
//!          llm_requests_total{{status=\"error\"}} {}\n",
//!         tick * 45,
//!         tick * 5
//!     );
//!     scrape.ingest(&mut store, text.as_bytes(), Format::Text, tick * 5_000)?;
//! }
//!
//! let share = "sum(rate(llm_requests_total{status='error'}[1m])) / sum(rate(llm_requests_total[1m]))";
//! let expr = Expr::parse(share, Dialect::V3)?;
//! let Value::Vector(samples) = Engine::new().eval_instant(&store, &expr, 60_000)? else { panic!() };
//! assert_eq!(samples[0].value(), 0.1);
//! # Ok::<(), llm_vitals_promql::Error>(())
//! ```
//!
//! # The language
//!
//! All of it that works on float samples: selectors, ranges, subqueries, `offset`, `@`, all operators with their matching, all
//! aggregations, and all functions of Prometheus 2.42 and 3.0, in two dialects ([`Dialect`]). Expressions are checked when they are
//! read, and errors say where they are, what was expected and what may have been meant ([`Error::render`]).
//!
//! # What is the same, and how that is known
//!
//! In dialect V2 the 566 reference cases of Prometheus 2.42 give what they should, and random expressions over random series give
//! what `promtool` 2.42 gives; in dialect V3 the reference cases of 3.0 do that work on floats.
//!
//! # What it does not do
//!
//! It keeps no native histograms, has no `info`, `limitk` and `limit_ratio`, and gives no warnings beside results.
//! Dates of numbers that are not finite are NaN. It writes nothing to disk.

mod dialect;
mod error;
mod eval;
mod exposition;
mod expr;
mod labels;
mod matcher;
mod notation;
mod store;
mod syntax;
mod text;
mod value;

pub mod ast;

pub use self::dialect::Dialect;
pub use self::error::{Error, ErrorKind};
pub use self::eval::Engine;
pub use self::exposition::{Format, Ingested, Scrape};
pub use self::expr::Expr;
pub use self::labels::{Labels, LabelsBuilder, LabelsIter};
pub use self::matcher::{MatchOp, Matcher};
pub use self::notation::parse_values;
pub use self::store::{
    AppendError, Exemplar, Metadata, MetricType, STALE_MARKER, Snapshot, Store, StoreBuilder,
    StoreStats, is_stale,
};
pub use self::text::read_duration;
pub use self::value::{Sample, Series, Value};
