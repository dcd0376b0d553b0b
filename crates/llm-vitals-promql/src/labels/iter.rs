//! Labels in their order.

use std::slice;

use super::{Labels, NAME, Pair};

/// Names and values of a label set, sorted by name.
#[derive(Debug, Clone)]
pub struct LabelsIter<'a> {
    /// The metric's name, until it was its turn.
    name: Option<&'a str>,
    pairs: slice::Iter<'a, Pair>,
}

impl<'a> LabelsIter<'a> {
    pub(super) fn new(labels: &'a Labels) -> Self {
        Self {
            name: labels.metric_name(),
            pairs: labels.pairs().iter(),
        }
    }
}

impl<'a> Iterator for LabelsIter<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(name) = self.name {
            let first = self.pairs.as_slice().first();
            if first.is_none_or(|(first, _)| **first > *NAME) {
                self.name = None;
                return Some((NAME, name));
            }
        }
        self.pairs.next().map(|(name, value)| (&**name, &**value))
    }
}
