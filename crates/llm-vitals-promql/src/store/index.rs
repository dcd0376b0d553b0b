//! Which series have which labels.

use std::collections::HashMap;
use std::sync::Arc;

use crate::labels::{Labels, NAME, Pair};
use crate::matcher::{MatchOp, Matcher};

type Table<V> = HashMap<Arc<str>, V, foldhash::fast::RandomState>;

/// For each label and each of its values the slots that have it, sorted. The strings of all series are these tables' keys.
#[derive(Debug, Default)]
pub(super) struct Index {
    names: Table<Table<Vec<u32>>>,
}

impl Index {
    /// Adds a series and gives its labels with shared strings.
    pub(super) fn insert(&mut self, labels: &Labels, slot: u32) -> Labels {
        let name = labels.name().map(|name| self.add(NAME, name, slot).1);
        let pairs = labels
            .pairs()
            .iter()
            .map(|(name, value)| self.add(name, value, slot))
            .collect();
        Labels::assemble(name, pairs)
    }

    pub(super) fn remove(&mut self, labels: &Labels, slot: u32) {
        for (name, value) in labels {
            let Some(values) = self.names.get_mut(name) else {
                continue;
            };
            if let Some(slots) = values.get_mut(value) {
                if let Ok(at) = slots.binary_search(&slot) {
                    slots.remove(at);
                }
                if slots.is_empty() {
                    values.remove(value);
                }
            }
            if values.is_empty() {
                self.names.remove(name);
            }
        }
    }

    pub(super) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.names.keys().map(|name| &**name).collect();
        names.sort_unstable();
        names
    }

    pub(super) fn values(&self, name: &str) -> Vec<&str> {
        let table = self.names.get(name);
        let mut values: Vec<&str> = table
            .into_iter()
            .flat_map(Table::keys)
            .map(|value| &**value)
            .collect();
        values.sort_unstable();
        values
    }

    /// The slots whose labels fulfil all matchers, sorted.
    pub(super) fn select<'a>(
        &self,
        matchers: &[Matcher],
        labels: impl Fn(u32) -> Option<&'a Labels>,
    ) -> Vec<u32> {
        // Begin with the matcher that leaves the fewest, and look at the labels of those.
        let mut best: Option<(usize, Vec<&Vec<u32>>)> = None;
        let mut chosen = usize::MAX;
        for (index, matcher) in matchers.iter().enumerate() {
            let Some(lists) = self.candidates(matcher, best.as_ref().map(|(size, _)| *size)) else {
                continue;
            };
            let size = lists.iter().map(|list| list.len()).sum();
            if best.as_ref().is_none_or(|(least, _)| size < *least) {
                best = Some((size, lists));
                chosen = index;
            }
        }
        let mut slots: Vec<u32> = match best {
            Some((_, lists)) => lists.into_iter().flatten().copied().collect(),
            // Every series; a selector always has a matcher that needs a value, but not every caller is one.
            None => {
                let all = self.names.values().flat_map(Table::values).flatten();
                all.copied().collect()
            }
        };
        slots.sort_unstable();
        slots.dedup();
        let mut filters: Vec<Filter<'_>> = matchers
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != chosen)
            .map(|(_, matcher)| Filter::new(matcher))
            .collect();
        if !filters.is_empty() {
            slots.retain(|slot| {
                labels(*slot).is_some_and(|labels| filters.iter_mut().all(|f| f.passes(labels)))
            });
        }
        slots
    }

    /// The lists of the values that a matcher takes, if series without the label cannot fulfil it. `None` also where looking
    /// through all values would cost more than the `best` candidates that are known.
    fn candidates(&self, matcher: &Matcher, best: Option<usize>) -> Option<Vec<&Vec<u32>>> {
        if matcher.matches("") {
            return None;
        }
        let Some(values) = self.names.get(matcher.name()) else {
            return Some(Vec::new());
        };
        if let Some(words) = matcher.alternatives() {
            return Some(
                words
                    .iter()
                    .filter_map(|word| values.get(&**word))
                    .collect(),
            );
        }
        if best.is_some_and(|best| best <= values.len()) {
            return None;
        }
        let matching = values.iter().filter(|(value, _)| matcher.matches(value));
        Some(matching.map(|(_, slots)| slots).collect())
    }

    fn add(&mut self, name: &str, value: &str, slot: u32) -> Pair {
        let name: Arc<str> = match self.names.get_key_value(name) {
            Some((name, _)) => Arc::clone(name),
            None => name.into(),
        };
        let values = self.names.entry(Arc::clone(&name)).or_default();
        let value: Arc<str> = match values.get_key_value(value) {
            Some((value, _)) => Arc::clone(value),
            None => value.into(),
        };
        let slots = values.entry(Arc::clone(&value)).or_default();
        match slots.last() {
            Some(last) if *last > slot => {
                if let Err(at) = slots.binary_search(&slot) {
                    slots.insert(at, slot);
                }
            }
            _ => slots.push(slot),
        }
        (name, value)
    }
}

/// A matcher that asks its regular expression only once about each value.
struct Filter<'a> {
    matcher: &'a Matcher,
    /// By the address of the value, which all series share.
    known: HashMap<*const u8, bool, foldhash::fast::RandomState>,
}

impl<'a> Filter<'a> {
    fn new(matcher: &'a Matcher) -> Self {
        Self {
            matcher,
            known: HashMap::default(),
        }
    }

    fn passes(&mut self, labels: &Labels) -> bool {
        let value = labels.get(self.matcher.name()).unwrap_or_default();
        let matcher = self.matcher;
        match matcher.op() {
            MatchOp::Equal | MatchOp::NotEqual => matcher.matches(value),
            MatchOp::Regex | MatchOp::NotRegex if value.is_empty() => matcher.matches(""),
            MatchOp::Regex | MatchOp::NotRegex => *self
                .known
                .entry(value.as_ptr())
                .or_insert_with(|| matcher.matches(value)),
        }
    }
}
