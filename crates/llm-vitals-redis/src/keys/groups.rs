//! The biggest groups of many, in bounded memory.

use std::collections::HashMap;

/// How many times the groups that will be shown are kept on the way.
const SPARE: usize = 20;

/// Groups with their keys and bytes. When there are too many, the smallest ones go into the rest: the sum stays exact, and a
/// group that was let go and came back shows less than it has.
#[derive(Clone, Debug)]
pub(crate) struct Groups {
    top: usize,
    groups: HashMap<String, Size>,
    rest: Size,
    let_go: bool,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Size {
    pub(crate) keys: u64,
    pub(crate) bytes: u64,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.keys += other.keys;
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

impl Groups {
    pub(crate) fn new(top: usize) -> Self {
        Self {
            top,
            groups: HashMap::new(),
            rest: Size::default(),
            let_go: false,
        }
    }

    pub(crate) fn add(&mut self, group: String, bytes: u64) {
        self.groups
            .entry(group)
            .or_default()
            .add(Size { keys: 1, bytes });
        let room = (self.top * SPARE).max(SPARE);
        // Letting go of half at once makes it cheap for each key.
        if self.groups.len() > 2 * room {
            let sorted = self.sorted();
            for (group, size) in &sorted[room..] {
                self.groups.remove(group);
                self.rest.add(*size);
            }
            self.let_go = true;
        }
    }

    /// The biggest groups by bytes and keys, then `other` if there is a rest.
    pub(crate) fn shown(&self) -> Vec<(String, Size)> {
        let mut sorted = self.sorted();
        let mut rest = self.rest;
        for (_, size) in sorted.drain(self.top.min(sorted.len())..) {
            rest.add(size);
        }
        if rest.keys > 0 {
            match sorted.iter_mut().find(|(group, _)| group == "other") {
                Some((_, other)) => other.add(rest),
                None => sorted.push(("other".to_owned(), rest)),
            }
        }
        sorted
    }

    /// How many groups were told apart; none when some were let go.
    pub(crate) fn told_apart(&self) -> Option<usize> {
        (!self.let_go).then_some(self.groups.len())
    }

    fn sorted(&self) -> Vec<(String, Size)> {
        let mut sorted: Vec<_> = self
            .groups
            .iter()
            .map(|(group, size)| (group.clone(), *size))
            .collect();
        sorted.sort_by(|(a, x), (b, y)| (y.bytes, y.keys).cmp(&(x.bytes, x.keys)).then(a.cmp(b)));
        sorted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_biggest_and_the_rest() {
        let mut groups = Groups::new(2);
        for (group, bytes) in [("a", 10), ("b", 30), ("c", 5), ("a", 25), ("d", 1)] {
            groups.add(group.to_owned(), bytes);
        }
        let size = |keys, bytes| Size { keys, bytes };
        assert_eq!(
            groups.shown(),
            [
                ("a".into(), size(2, 35)),
                ("b".into(), size(1, 30)),
                ("other".into(), size(2, 6))
            ]
        );
        assert_eq!(groups.told_apart(), Some(4));
    }

    #[test]
    fn memory_is_bounded_big_groups_stay_and_the_sum_is_exact() {
        let mut groups = Groups::new(5);
        for at in 0..50_000 {
            groups.add(format!("user-{at}"), 10);
            groups.add("llm".to_owned(), 100);
            assert!(groups.groups.len() <= 200);
        }
        let shown = groups.shown();
        assert_eq!(shown.len(), 6);
        assert_eq!(
            shown[0],
            (
                "llm".to_owned(),
                Size {
                    keys: 50_000,
                    bytes: 5_000_000
                }
            )
        );
        let keys: u64 = shown.iter().map(|(_, size)| size.keys).sum();
        let bytes: u64 = shown.iter().map(|(_, size)| size.bytes).sum();
        assert_eq!(
            (keys, bytes, groups.told_apart()),
            (100_000, 5_500_000, None)
        );
    }
}
