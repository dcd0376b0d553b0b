//! Label sets: what a series is called.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock};

use crate::text::quote;

mod builder;
mod iter;

pub use self::builder::LabelsBuilder;
pub use self::iter::LabelsIter;

/// The label that holds a metric's name.
pub(crate) const NAME: &str = "__name__";

/// One label: its name and its value.
pub(crate) type Pair = (Arc<str>, Arc<str>);

/// The labels of a series, with its metric name among them as `__name__`.
///
/// Sorted by name; a label with an empty value is the same as none and is not kept. A clone is cheap, and so is
/// [`without_name`](Self::without_name), which most functions of the language apply.
#[derive(Clone)]
pub struct Labels {
    set: Arc<LabelSet>,
    /// Whether the set's metric name is part of these labels.
    named: bool,
}

struct LabelSet {
    name: Option<Arc<str>>,
    /// Sorted by name, without the metric's name.
    pairs: Box<[Pair]>,
    hash: u64,
    named_hash: u64,
}

impl Labels {
    /// Labels from names and values, in any order. Of a name that is there twice the last value counts.
    ///
    /// ```
    /// use llm_vitals_promql::Labels;
    ///
    /// let labels = Labels::new([("__name__", "up"), ("job", "gateway"), ("zone", "")]);
    /// assert_eq!(labels.to_string(), r#"up{job="gateway"}"#);
    /// assert_eq!(labels.get("zone"), None);
    /// ```
    pub fn new<N: AsRef<str>, V: AsRef<str>>(labels: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut builder = LabelsBuilder::default();
        for (name, value) in labels {
            builder.set(name.as_ref(), value.as_ref());
        }
        builder.build()
    }

    /// No labels at all.
    #[must_use]
    pub fn empty() -> Self {
        static EMPTY: LazyLock<Labels> = LazyLock::new(|| Labels::assemble(None, Box::default()));
        EMPTY.clone()
    }

    /// The value of a label, `None` if it is not there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_shared(name).map(|value| &**value)
    }

    /// The metric's name, `None` if there is none.
    #[must_use]
    pub fn metric_name(&self) -> Option<&str> {
        self.name().map(|name| &**name)
    }

    /// How many labels there are, the metric's name included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.set.pairs.len() + usize::from(self.name().is_some())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Names and values, sorted by name.
    #[must_use]
    pub fn iter(&self) -> LabelsIter<'_> {
        LabelsIter::new(self)
    }

    /// The same labels without the metric's name.
    #[must_use]
    pub fn without_name(&self) -> Self {
        Self {
            set: Arc::clone(&self.set),
            named: false,
        }
    }

    pub(crate) fn assemble(name: Option<Arc<str>>, pairs: Box<[Pair]>) -> Self {
        let hash = hash_pairs(pairs.iter().map(|(name, value)| (&**name, &**value)));
        let named_hash = match &name {
            Some(name) => hash ^ hash_pairs([(NAME, &**name)].into_iter()).rotate_left(1),
            None => hash,
        };
        Self {
            named: name.is_some(),
            set: Arc::new(LabelSet {
                name,
                pairs,
                hash,
                named_hash,
            }),
        }
    }

    pub(crate) fn name(&self) -> Option<&Arc<str>> {
        self.set.name.as_ref().filter(|_| self.named)
    }

    pub(crate) fn pairs(&self) -> &[Pair] {
        &self.set.pairs
    }

    pub(crate) fn get_shared(&self, name: &str) -> Option<&Arc<str>> {
        if name == NAME {
            return self.name();
        }
        let found = self.set.pairs.iter().find(|(have, _)| **have == *name);
        found.map(|(_, value)| value)
    }

    pub(crate) fn hash(&self) -> u64 {
        if self.named {
            self.set.named_hash
        } else {
            self.set.hash
        }
    }

    /// About how many bytes the set takes, apart from its shared strings.
    pub(crate) fn heap_bytes(&self) -> usize {
        size_of::<LabelSet>() + size_of_val(&*self.set.pairs)
    }
}

impl Default for Labels {
    fn default() -> Self {
        Self::empty()
    }
}

impl PartialEq for Labels {
    fn eq(&self, other: &Self) -> bool {
        if Arc::ptr_eq(&self.set, &other.set) && self.named == other.named {
            return true;
        }
        self.hash() == other.hash()
            && self.name() == other.name()
            && self.set.pairs == other.set.pairs
    }
}

impl Eq for Labels {}

impl Hash for Labels {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash());
    }
}

impl PartialOrd for Labels {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Labels {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other.iter())
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.metric_name().unwrap_or_default();
        let is_bare = is_metric_name(name);
        if is_bare {
            f.write_str(name)?;
            if self.pairs().is_empty() {
                return Ok(());
            }
        }
        f.write_str("{")?;
        let mut comma = "";
        if !is_bare && !name.is_empty() {
            f.write_str(&quote(name))?;
            comma = ", ";
        }
        for (name, value) in self.pairs() {
            if is_label_name(name) {
                write!(f, "{comma}{name}={}", quote(value))?;
            } else {
                write!(f, "{comma}{}={}", quote(name), quote(value))?;
            }
            comma = ", ";
        }
        f.write_str("}")
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'a> IntoIterator for &'a Labels {
    type Item = (&'a str, &'a str);
    type IntoIter = LabelsIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for Labels {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(labels: I) -> Self {
        Self::new(labels)
    }
}

/// Whether a name can be written without quotes: letters, digits, underscores, no digit first.
pub(crate) fn is_label_name(name: &str) -> bool {
    let starts = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    name.bytes().next().is_some_and(starts)
        && name
            .bytes()
            .all(|byte| starts(byte) || byte.is_ascii_digit())
}

/// Whether a metric's name can be written without quotes: as a label's, and with colons.
pub(crate) fn is_metric_name(name: &str) -> bool {
    let starts = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':');
    name.bytes().next().is_some_and(starts)
        && name
            .bytes()
            .all(|byte| starts(byte) || byte.is_ascii_digit())
}

/// Label values come from outside: the seed is the process' own, so that nobody can choose values that collide.
pub(crate) fn hash_pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> u64 {
    static SEED: LazyLock<foldhash::quality::RandomState> = LazyLock::new(Default::default);
    let mut hasher = SEED.build_hasher();
    for (name, value) in pairs {
        hasher.write(name.as_bytes());
        hasher.write_u8(0xff);
        hasher.write(value.as_bytes());
        hasher.write_u8(0xff);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_stands_where_it_sorts() {
        let labels = Labels::new([("a", "1"), ("Z", "2"), ("__name__", "up")]);
        let names: Vec<_> = labels.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Z", "__name__", "a"]);
        assert_eq!(labels.len(), 3);
        assert_eq!(labels.without_name().len(), 2);
    }

    #[test]
    fn a_name_dropped_is_as_if_it_had_never_been() {
        let dropped = Labels::new([("__name__", "up"), ("a", "1")]).without_name();
        let never = Labels::new([("a", "1")]);
        assert_eq!(dropped, never);
        assert_eq!(dropped.hash(), never.hash());
        assert_eq!(dropped.cmp(&never), Ordering::Equal);
        assert_eq!(dropped.metric_name(), None);
    }

    #[test]
    fn labels_print_as_they_are_written() {
        assert_eq!(Labels::empty().to_string(), "{}");
        assert_eq!(Labels::new([("__name__", "up")]).to_string(), "up");
        let odd = Labels::new([("a.b", "x\"y\n"), ("b", "z")]);
        assert_eq!(odd.to_string(), r#"{"a.b"="x\"y\n", b="z"}"#);
    }
}
