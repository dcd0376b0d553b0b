//! Sums, means and variances that lose nothing to rounding.

use crate::dialect::Dialect;

/// A sum with what its rounding lost.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::eval) struct Sum {
    pub(super) sum: f64,
    pub(super) lost: f64,
}

impl Sum {
    pub(in crate::eval) fn add(&mut self, value: f64) {
        let total = self.sum + value;
        if total.is_infinite() {
            self.lost = 0.0;
        } else if self.sum.abs() >= value.abs() {
            self.lost += (self.sum - total) + value;
        } else {
            self.lost += (value - total) + self.sum;
        }
        self.sum = total;
    }

    pub(in crate::eval) fn total(&self) -> f64 {
        if self.sum.is_infinite() {
            self.sum
        } else {
            self.sum + self.lost
        }
    }

    /// The total as part of another formula: what rounding lost of an infinite sum is no number in version 2.
    pub(super) fn total_in(&self, dialect: Dialect) -> f64 {
        match dialect {
            Dialect::V2 if self.sum.is_infinite() => f64::NAN,
            _ => self.sum + self.lost,
        }
    }
}

/// A mean that does not overflow where the sum would.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::eval) struct Mean {
    count: f64,
    sum: Sum,
    /// Once the sum would overflow, the mean so far takes its place.
    is_running: bool,
    /// Whether the mean so far is taken without what its rounding lost.
    is_plain: bool,
}

impl Mean {
    /// A mean that is kept as one from the first value on, as version 2 does.
    pub(in crate::eval) fn running() -> Self {
        Self {
            is_running: true,
            is_plain: true,
            ..Self::default()
        }
    }

    pub(in crate::eval) fn add(&mut self, value: f64) {
        self.count += 1.0;
        if !self.is_running {
            let mut next = self.sum;
            next.add(value);
            if self.count == 1.0 || !next.sum.is_infinite() {
                self.sum = next;
                return;
            }
            self.is_running = true;
            self.sum.sum /= self.count - 1.0;
            self.sum.lost /= self.count - 1.0;
        }
        let mean = self.sum.sum;
        if mean.is_infinite() {
            let same_infinity = value.is_infinite() && (mean > 0.0) == (value > 0.0);
            if same_infinity || value.is_finite() {
                return;
            }
        }
        let corrected = if self.is_plain {
            mean
        } else {
            mean + self.sum.lost
        };
        self.sum.add(value / self.count - corrected / self.count);
    }

    pub(in crate::eval) fn mean(&self) -> f64 {
        if self.is_running {
            self.sum.total()
        } else {
            self.sum.total() / self.count
        }
    }
}

/// A variance, after Welford.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::eval) struct Variance {
    count: f64,
    mean: Sum,
    squares: Sum,
}

impl Variance {
    pub(in crate::eval) fn add(&mut self, value: f64) {
        self.count += 1.0;
        let delta = value - (self.mean.sum + self.mean.lost);
        self.mean.add(delta / self.count);
        self.squares
            .add(delta * (value - (self.mean.sum + self.mean.lost)));
    }

    pub(in crate::eval) fn variance(&self, dialect: Dialect) -> f64 {
        self.squares.total_in(dialect) / self.count
    }
}
