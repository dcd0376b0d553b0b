//! The moments of an evaluation.

/// Moments at equal distances, in milliseconds since 1970. An instant query has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) start: i64,
    pub(super) step: i64,
    pub(super) count: usize,
}

impl Grid {
    pub(super) fn instant(at: i64) -> Self {
        Self {
            start: at,
            step: 1,
            count: 1,
        }
    }

    /// From `start` to `end`, both included, as far as the steps go.
    pub(super) fn range(start: i64, end: i64, step: i64) -> Self {
        let steps = end.checked_sub(start).filter(|length| *length >= 0);
        let count = steps.and_then(|length| usize::try_from(length / step + 1).ok());
        Self {
            start,
            step,
            count: count.unwrap_or(0),
        }
    }

    pub(super) fn time(&self, at: usize) -> i64 {
        // Counts come from spans of time that fit.
        self.start + self.step * at.cast_signed() as i64
    }

    pub(super) fn end(&self) -> i64 {
        self.time(self.count.saturating_sub(1))
    }

    pub(super) fn times(&self) -> impl Iterator<Item = i64> {
        let grid = *self;
        (0..grid.count).map(move |at| grid.time(at))
    }

    /// The time in seconds.
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact in all years that have a calendar"
    )]
    pub(super) fn seconds(&self, at: usize) -> f64 {
        self.time(at) as f64 / 1000.0
    }
}
