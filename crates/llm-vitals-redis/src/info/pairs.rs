//! Values such as `keys=4,expires=1`.

/// The parts of a value, by name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pairs<'a>(&'a str);

impl<'a> Pairs<'a> {
    pub(crate) fn new(value: &'a str) -> Self {
        Self(value)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        let parts = self.0.split(',').filter_map(|part| part.split_once('='));
        parts
            .filter(|(part, _)| *part == name)
            .map(|(_, value)| value)
            .next()
    }

    pub(crate) fn count(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }
}
