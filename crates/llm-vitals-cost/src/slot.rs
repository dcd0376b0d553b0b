//! Rates that are compiled when first asked for.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use crate::moment::Moment;
use crate::rates::Rates;

/// Keeps a model's rates as long as they hold. There is one for each model of a list, so names cannot make it grow.
#[derive(Debug, Default)]
pub(crate) struct Slot(ArcSwapOption<Rates>);

impl Slot {
    pub(crate) fn get(
        &self,
        now: Moment,
        compile: impl FnOnce() -> Option<Rates>,
    ) -> Option<Arc<Rates>> {
        let kept = self.0.load();
        if let Some(kept) = kept.as_ref().filter(|kept| kept.holds_at(now)) {
            return Some(Arc::clone(kept));
        }
        let rates = Arc::new(compile()?);
        self.0.store(Some(Arc::clone(&rates)));
        Some(rates)
    }
}
