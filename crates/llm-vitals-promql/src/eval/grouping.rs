//! Label sets that count as the same.

use std::collections::HashMap;

use crate::labels::{Labels, NAME, hash_pairs};

/// Which labels count: those that are listed, or all others.
#[derive(Debug)]
pub(super) struct Grouping<'a> {
    /// Sorted.
    names: Vec<&'a str>,
    listed_count: bool,
}

impl<'a> Grouping<'a> {
    /// Only these labels count.
    pub(super) fn by(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(names, true)
    }

    /// All labels but these count.
    pub(super) fn without(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(names, false)
    }

    /// All labels but these and the metric's name count.
    pub(super) fn without_name_and(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(names.into_iter().chain([NAME]), false)
    }

    fn new(names: impl IntoIterator<Item = &'a str>, listed_count: bool) -> Self {
        let mut names: Vec<&str> = names.into_iter().collect();
        names.sort_unstable();
        names.dedup();
        Self {
            names,
            listed_count,
        }
    }

    /// The labels that count.
    pub(super) fn apply(&self, labels: &Labels) -> Labels {
        let name = labels.name().filter(|_| self.counts(NAME)).cloned();
        let pairs = labels.pairs().iter().filter(|(name, _)| self.counts(name));
        Labels::assemble(name, pairs.cloned().collect())
    }

    /// Gives each label set the number of its group. Groups are numbered as they come.
    pub(super) fn assign<'l>(&self, groups: &mut Groups<'l>, sets: &'l [Labels]) -> Vec<u32> {
        sets.iter()
            .map(|labels| groups.number(self, labels))
            .collect()
    }

    fn counts(&self, name: &str) -> bool {
        // A handful: a search by halves would not be faster.
        self.names.contains(&name) == self.listed_count
    }

    fn hash(&self, labels: &Labels) -> u64 {
        if !self.listed_count {
            return hash_pairs(self.counting(labels));
        }
        hash_pairs(
            self.names
                .iter()
                .filter_map(|name| labels.get(name).map(|value| (*name, value))),
        )
    }

    fn same(&self, a: &Labels, b: &Labels) -> bool {
        if self.listed_count {
            return self.names.iter().all(|name| a.get(name) == b.get(name));
        }
        self.counting(a).eq(self.counting(b))
    }

    fn counting<'l>(&self, labels: &'l Labels) -> impl Iterator<Item = (&'l str, &'l str)> {
        labels.iter().filter(|(name, _)| self.counts(name))
    }
}

/// Groups of label sets, each with one that stands for it.
#[derive(Debug, Default)]
pub(super) struct Groups<'l> {
    by_hash: HashMap<u64, u32, foldhash::fast::RandomState>,
    first: Vec<&'l Labels>,
}

impl<'l> Groups<'l> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.first.len()
    }

    /// The labels that were the first of each group.
    pub(super) fn first(&self) -> &[&'l Labels] {
        &self.first
    }

    fn number(&mut self, grouping: &Grouping<'_>, labels: &'l Labels) -> u32 {
        let mut hash = grouping.hash(labels);
        loop {
            // There are no more groups than series, which 32 bits number.
            let next = u32::try_from(self.first.len()).unwrap_or(u32::MAX);
            let number = *self.by_hash.entry(hash).or_insert(next);
            if number == next {
                self.first.push(labels);
                return number;
            }
            if grouping.same(self.first[number as usize], labels) {
                return number;
            }
            // Another group has this hash: it is looked for behind it.
            hash = hash.wrapping_add(1);
        }
    }
}
