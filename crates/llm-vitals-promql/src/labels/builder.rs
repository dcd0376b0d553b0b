//! Changes to a label set.

use std::sync::Arc;

use super::{Labels, NAME, Pair};

/// Label sets, put together or changed one label at a time.
#[derive(Debug, Clone, Default)]
pub struct LabelsBuilder {
    name: Option<Arc<str>>,
    /// Sorted by name.
    pairs: Vec<Pair>,
}

impl LabelsBuilder {
    /// Starts from `labels`.
    #[must_use]
    pub fn from_labels(labels: &Labels) -> Self {
        Self {
            name: labels.name().cloned(),
            pairs: labels.pairs().to_vec(),
        }
    }

    /// Sets a label, or removes it if the value is empty.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        if value.is_empty() {
            return self.remove(name);
        }
        if name == NAME {
            self.name = Some(value.into());
            return self;
        }
        match self.find(name) {
            Ok(at) => self.pairs[at].1 = value.into(),
            Err(at) => self.pairs.insert(at, (name.into(), value.into())),
        }
        self
    }

    /// Removes a label.
    pub fn remove(&mut self, name: &str) -> &mut Self {
        if name == NAME {
            self.name = None;
        } else if let Ok(at) = self.find(name) {
            self.pairs.remove(at);
        }
        self
    }

    /// Keeps only the labels that `keep` answers `true` for.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) -> &mut Self {
        self.name = self.name.take().filter(|_| keep(NAME));
        self.pairs.retain(|(name, _)| keep(name));
        self
    }

    /// The value that a label has now.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        if name == NAME {
            return self.name.as_deref();
        }
        self.find(name).ok().map(|at| &*self.pairs[at].1)
    }

    /// The labels.
    #[must_use]
    pub fn build(&self) -> Labels {
        Labels::assemble(self.name.clone(), self.pairs.clone().into_boxed_slice())
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.pairs.binary_search_by(|(have, _)| (**have).cmp(name))
    }
}
