//! The largest or smallest few.

use crate::eval::order::by_value;

/// The `k` best values that were offered, with their rows.
///
/// Which of several equal values stay is not defined by the language. A heap that works as that of Prometheus keeps the same.
#[derive(Debug, Clone)]
pub(super) struct Top {
    k: usize,
    is_top: bool,
    /// The worst is the first.
    heap: Vec<(f64, usize)>,
}

impl Top {
    pub(super) fn new(k: usize, is_top: bool) -> Self {
        Self {
            k,
            is_top,
            heap: Vec::new(),
        }
    }

    pub(super) fn offer(&mut self, value: f64, row: usize) {
        if self.heap.len() < self.k {
            self.heap.push((value, row));
            self.rise(self.heap.len() - 1);
            return;
        }
        let Some((worst, _)) = self.heap.first() else {
            return;
        };
        let better = if self.is_top {
            *worst < value
        } else {
            *worst > value
        };
        if better || worst.is_nan() && !value.is_nan() {
            self.heap[0] = (value, row);
            self.sink();
        }
    }

    /// The values, the best first.
    pub(super) fn finish(mut self) -> Vec<(f64, usize)> {
        self.heap
            .sort_by(|(a, _), (b, _)| by_value(*a, *b, self.is_top));
        self.heap
    }

    fn is_worse(&self, a: usize, b: usize) -> bool {
        let (a, b) = (self.heap[a].0, self.heap[b].0);
        a.is_nan() || if self.is_top { a < b } else { a > b }
    }

    fn rise(&mut self, mut at: usize) {
        while at > 0 {
            let parent = (at - 1) / 2;
            if !self.is_worse(at, parent) {
                break;
            }
            self.heap.swap(at, parent);
            at = parent;
        }
    }

    fn sink(&mut self) {
        let mut at = 0;
        loop {
            let left = 2 * at + 1;
            if left >= self.heap.len() {
                break;
            }
            let right = left + 1;
            let worse = if right < self.heap.len() && self.is_worse(right, left) {
                right
            } else {
                left
            };
            if !self.is_worse(worse, at) {
                break;
            }
            self.heap.swap(at, worse);
            at = worse;
        }
    }
}
