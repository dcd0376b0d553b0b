//! What one expression needs of a store, to be evaluated without it.

use std::sync::Arc;

use crate::error::Error;
use crate::eval::{Engine, Source};
use crate::expr::Expr;
use crate::matcher::Matcher;
use crate::value::Value;

use super::{Series, Store};

/// An expression with the series that it asks for, as they were when it was taken.
///
/// For a store behind a lock: taking one looks up series and copies no samples, so that the lock is held for a moment, and the
/// evaluation holds up nobody. A series that gets a sample while a snapshot has it is copied once, a few kilobytes.
///
/// ```
/// use llm_vitals_promql::{Dialect, Engine, Expr, Labels, Snapshot, Store, Value};
///
/// let mut store = Store::new();
/// store.append(&Labels::new([("__name__", "up")]), 1_000, 1.0)?;
/// let snapshot = Snapshot::new(&store, Expr::parse("up", Dialect::V3)?);
/// store.append(&Labels::new([("__name__", "up")]), 2_000, 0.0)?;
/// let Value::Vector(samples) = snapshot.eval_instant(&Engine::new(), 3_000)? else { panic!() };
/// assert_eq!(samples[0].value(), 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Snapshot {
    expr: Expr,
    found: Vec<(Vec<Matcher>, Vec<Arc<Series>>)>,
}

impl Snapshot {
    /// Looks up the series of all selectors of an expression.
    #[must_use]
    pub fn new(store: &Store, expr: Expr) -> Self {
        let mut found: Vec<(Vec<Matcher>, Vec<Arc<Series>>)> = Vec::new();
        expr.root().walk(&mut |node| {
            let Some(selector) = node.selector() else {
                return;
            };
            if found.iter().any(|(have, _)| *have == selector.matchers) {
                return;
            }
            let slots = store.select(&selector.matchers);
            let series = slots.into_iter().filter_map(|slot| store.shared(slot));
            found.push((selector.matchers.clone(), series.collect()));
        });
        Self { expr, found }
    }

    /// The expression.
    #[must_use]
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// As [`Engine::eval_instant`].
    pub fn eval_instant(&self, engine: &Engine, at_ms: i64) -> Result<Value, Error> {
        engine.instant(Source::Snapshot(self), &self.expr, at_ms)
    }

    /// As [`Engine::eval_range`].
    pub fn eval_range(
        &self,
        engine: &Engine,
        start_ms: i64,
        end_ms: i64,
        step_ms: i64,
    ) -> Result<Value, Error> {
        engine.range(
            Source::Snapshot(self),
            &self.expr,
            start_ms,
            end_ms,
            step_ms,
        )
    }

    /// The series of a selector of the expression.
    pub(crate) fn select(&self, matchers: &[Matcher]) -> Vec<&Series> {
        let found = self.found.iter().find(|(have, _)| have == matchers);
        found.map_or_else(Vec::new, |(_, series)| {
            series.iter().map(|series| &**series).collect()
        })
    }
}
