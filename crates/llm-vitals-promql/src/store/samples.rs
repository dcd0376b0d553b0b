//! Samples that were read.

use super::is_stale;

/// Times and values side by side, in the order of time. Kept and reused, so that reading allocates nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples {
    pub(crate) times: Vec<i64>,
    pub(crate) values: Vec<f64>,
}

impl Samples {
    pub(crate) fn clear(&mut self) {
        self.times.clear();
        self.values.clear();
    }

    pub(crate) fn push(&mut self, time: i64, value: f64) {
        self.times.push(time);
        self.values.push(value);
    }

    pub(crate) fn len(&self) -> usize {
        self.times.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, f64)> {
        self.times.iter().copied().zip(self.values.iter().copied())
    }

    /// Takes the markers of ends out.
    pub(crate) fn drop_stale(&mut self) {
        if !self.values.iter().any(|value| is_stale(*value)) {
            return;
        }
        let mut kept = 0;
        for at in 0..self.times.len() {
            if !is_stale(self.values[at]) {
                self.times[kept] = self.times[at];
                self.values[kept] = self.values[at];
                kept += 1;
            }
        }
        self.times.truncate(kept);
        self.values.truncate(kept);
    }
}
