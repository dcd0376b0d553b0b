//! Which silences may be meant for an alert, without asking all of them.

use std::collections::HashMap;
use std::sync::Arc;

use llm_vitals_promql::{Labels, MatchOp, Matcher};

use crate::notify::matchers::all_match;
use crate::notify::silence::Silence;

/// Silences by a label that they want to have a certain value; the others are asked one by one.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    by_label: HashMap<String, HashMap<String, Vec<Indexed>>>,
    others: Vec<Indexed>,
}

#[derive(Debug, Clone)]
struct Indexed {
    id: Arc<str>,
    matchers: Arc<[Matcher]>,
}

impl Index {
    pub(super) fn of<'a>(silences: impl Iterator<Item = &'a Silence>) -> Self {
        let mut index = Self::default();
        silences.for_each(|silence| index.add(silence));
        index
    }

    pub(super) fn add(&mut self, silence: &Silence) {
        let indexed = Indexed {
            id: silence.id.as_str().into(),
            matchers: silence.matchers.clone().into(),
        };
        self.place(silence).push(indexed);
    }

    pub(super) fn remove(&mut self, silence: &Silence) {
        let place = self.place(silence);
        place.retain(|indexed| *indexed.id != *silence.id);
        if place.is_empty()
            && let Some(matcher) = telling(silence)
            && let Some(by_value) = self.by_label.get_mut(matcher.name())
        {
            by_value.remove(matcher.value());
        }
    }

    /// The ids of those that match.
    pub(super) fn candidates(&self, labels: &Labels) -> Vec<Arc<str>> {
        let told = labels.iter().filter_map(|(name, value)| {
            let by_value = self.by_label.get(name)?;
            by_value.get(value)
        });
        let all = told.flatten().chain(&self.others);
        all.filter(|indexed| all_match(&indexed.matchers, labels))
            .map(|indexed| Arc::clone(&indexed.id))
            .collect()
    }

    fn place(&mut self, silence: &Silence) -> &mut Vec<Indexed> {
        let Some(matcher) = telling(silence) else {
            return &mut self.others;
        };
        let by_value = self.by_label.entry(matcher.name().to_owned()).or_default();
        by_value.entry(matcher.value().to_owned()).or_default()
    }
}

/// The matcher by which a silence is found.
fn telling(silence: &Silence) -> Option<&Matcher> {
    let mut matchers = silence.matchers.iter();
    matchers.find(|matcher| matcher.op() == MatchOp::Equal && !matcher.value().is_empty())
}
