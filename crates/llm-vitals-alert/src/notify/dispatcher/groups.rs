//! All groups, by route and labels and by the time they are due.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use llm_vitals_promql::Labels;

use super::group::Group;

#[derive(Debug, Default)]
pub(super) struct Groups {
    /// In the order in which they were made.
    by_id: BTreeMap<u64, Group>,
    by_labels: HashMap<(usize, Labels), u64>,
    /// How many groups have a key: routes with the same matchers may have groups of the same one.
    by_key: HashMap<String, usize>,
    due: BTreeSet<(i64, u64)>,
    last_id: u64,
}

impl Groups {
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn find(&self, route: usize, labels: &Labels) -> Option<u64> {
        self.by_labels.get(&(route, labels.clone())).copied()
    }

    pub(super) fn has_key(&self, key: &str) -> bool {
        self.by_key.contains_key(key)
    }

    pub(super) fn add(&mut self, group: Group) -> u64 {
        self.last_id += 1;
        let id = self.last_id;
        self.by_labels
            .insert((group.route, group.labels.clone()), id);
        *self.by_key.entry(group.key.to_string()).or_default() += 1;
        self.due.insert((group.due, id));
        self.by_id.insert(id, group);
        id
    }

    pub(super) fn get(&self, id: u64) -> Option<&Group> {
        self.by_id.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut Group> {
        self.by_id.get_mut(&id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Group> {
        self.by_id.values()
    }

    pub(super) fn next_due(&self) -> Option<i64> {
        self.due.first().map(|(due, _)| *due)
    }

    pub(super) fn set_due(&mut self, id: u64, due: i64) {
        if let Some(group) = self.by_id.get_mut(&id) {
            self.due.remove(&(group.due, id));
            group.due = due;
            self.due.insert((due, id));
        }
    }

    /// The groups whose time has come, by time and then by age.
    pub(super) fn due(&self, now_ms: i64) -> Vec<u64> {
        let due = self.due.range(..=(now_ms, u64::MAX));
        due.map(|(_, id)| *id).collect()
    }

    pub(super) fn next_due_after(&self, ms: i64) -> Option<i64> {
        let mut after = self.due.range((ms.saturating_add(1), 0)..);
        after.next().map(|(due, _)| *due)
    }

    /// The groups whose time came after one moment and until another.
    pub(super) fn due_between(&self, after_ms: i64, until_ms: i64) -> Vec<u64> {
        if after_ms >= until_ms {
            return Vec::new();
        }
        let due = self.due.range((after_ms, u64::MAX)..=(until_ms, u64::MAX));
        due.map(|(_, id)| *id).collect()
    }

    /// The clock was set back by so many milliseconds: so is the time that groups wait for.
    pub(super) fn set_back(&mut self, by_ms: i64) {
        self.due.clear();
        for (id, group) in &mut self.by_id {
            group.due = group.due.saturating_sub(by_ms);
            self.due.insert((group.due, *id));
        }
    }

    pub(super) fn remove_empty(&mut self) {
        let empty = self
            .by_id
            .iter()
            .filter(|(_, group)| group.members.is_empty());
        let empty: Vec<u64> = empty.map(|(id, _)| *id).collect();
        for id in empty {
            self.remove(id);
        }
    }

    /// Removes all. Numbers are not given again: what is on its way for one of them must not find another.
    pub(super) fn clear(&mut self) {
        *self = Self {
            last_id: self.last_id,
            ..Self::default()
        };
    }

    fn remove(&mut self, id: u64) {
        let Some(group) = self.by_id.remove(&id) else {
            return;
        };
        self.due.remove(&(group.due, id));
        self.by_labels.remove(&(group.route, group.labels));
        if let Some(count) = self.by_key.get_mut(&*group.key) {
            *count -= 1;
            if *count == 0 {
                self.by_key.remove(&*group.key);
            }
        }
    }
}
