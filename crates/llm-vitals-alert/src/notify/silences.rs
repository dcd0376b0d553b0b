//! All silences.

mod error;
mod index;
mod saved;

use std::collections::BTreeMap;
use std::time::Duration;

use llm_vitals_promql::{Labels, MatchOp, Matcher};

pub use self::error::SilenceError;
use self::index::Index;
pub(crate) use self::saved::SavedSilence;
use super::dispatcher::Limits;
use super::silence::{Silence, SilenceState, random_id};

/// How long a silence is kept when it is over, as Alertmanager's `--data.retention`.
pub(crate) const RETENTION_MS: i64 = 120 * 3_600_000;

/// Matchers of one silence.
pub(crate) const MOST_MATCHERS: usize = 64;
/// Of the value of a matcher.
pub(crate) const MOST_VALUE_BYTES: usize = 4 << 10;

/// The silences that are in force, will be, or were in the last five days.
///
/// Changes are those of Alertmanager: a silence is never deleted but ends, and one whose matchers change ends and is replaced.
#[derive(Debug, Clone)]
pub struct Silences {
    by_id: BTreeMap<String, Silence>,
    /// Those that are not over, as far as is known.
    index: Index,
    /// Changes with each change of a silence.
    version: u64,
    limits: Limits,
    /// Regular expressions in all of them.
    patterns: usize,
}

impl Silences {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            by_id: BTreeMap::new(),
            index: Index::default(),
            version: 1,
            limits,
            patterns: 0,
        }
    }

    /// Makes a silence, or changes the one with the same id; gives the id.
    ///
    /// A beginning in the past becomes now. Where a silence may not be changed, because its matchers are others or its beginning has
    /// passed, it ends and a new one with a new id takes its place. An error if there is no silence with this id, if it matches
    /// everything, ends in the past or before it begins, has more than 64 matchers or a value over 4 KiB, or if there are too many.
    pub fn set(&mut self, silence: Silence, now_ms: i64) -> Result<String, SilenceError> {
        self.check(&silence, now_ms)?;
        let mut silence = silence;
        silence.updated_at = now_ms;
        if !silence.id.is_empty() {
            let Some(before) = self.by_id.get(&silence.id) else {
                return Err(SilenceError::NotFound(silence.id));
            };
            if can_become(before, &silence, now_ms) {
                let id = silence.id.clone();
                self.store(silence);
                return Ok(id);
            }
        }
        self.make_room(patterns(&silence), now_ms)?;
        if !silence.id.is_empty() {
            // One that is over already stays as it is.
            let _ = self.expire(&silence.id, now_ms);
        }
        silence.id = random_id();
        silence.starts_at = silence.starts_at.max(now_ms);
        let id = silence.id.clone();
        self.store(silence);
        Ok(id)
    }

    /// Ends a silence now. An error if there is none with this id, or if it is over already.
    pub fn expire(&mut self, id: &str, now_ms: i64) -> Result<(), SilenceError> {
        let Some(silence) = self.by_id.get(id) else {
            return Err(SilenceError::NotFound(id.to_owned()));
        };
        let mut silence = silence.clone();
        match silence.state(now_ms) {
            SilenceState::Expired => return Err(SilenceError::Expired(id.to_owned())),
            SilenceState::Active => silence.ends_at = now_ms,
            SilenceState::Pending => {
                silence.starts_at = now_ms;
                silence.ends_at = now_ms;
            }
        }
        silence.updated_at = now_ms;
        self.store(silence);
        Ok(())
    }

    /// The silence with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Silence> {
        self.by_id.get(id)
    }

    /// All of them, in the order of Alertmanager's API: those in force by their end, those to come by their beginning, and those that
    /// are over, the latest first.
    #[must_use]
    pub fn query(&self, now_ms: i64) -> Vec<&Silence> {
        let mut all: Vec<&Silence> = self.by_id.values().collect();
        all.sort_by_key(|silence| {
            let state = silence.state(now_ms);
            let time = match state {
                SilenceState::Active => silence.ends_at,
                SilenceState::Pending => silence.starts_at,
                SilenceState::Expired => silence.ends_at.saturating_neg(),
            };
            (state, time)
        });
        all
    }

    /// How many there are, those included that are over.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The ids of those in force at a moment for an alert with these labels, sorted.
    #[must_use]
    pub fn silencing(&self, labels: &Labels, now_ms: i64) -> Vec<&str> {
        let ids = self.index.candidates(labels);
        let silences = ids.iter().filter_map(|id| self.by_id.get(&**id));
        let active = silences.filter(|silence| silence.state(now_ms) == SilenceState::Active);
        let mut active: Vec<&str> = active.map(|silence| &*silence.id).collect();
        active.sort_unstable();
        active
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Those for these labels that are in force or may come into force.
    pub(crate) fn unfinished(&self, labels: &Labels) -> Vec<std::sync::Arc<str>> {
        self.index.candidates(labels)
    }

    pub(crate) fn is_active(&self, id: &str, now_ms: i64) -> bool {
        let silence = self.by_id.get(id);
        silence.is_some_and(|silence| silence.state(now_ms) == SilenceState::Active)
    }

    pub(crate) fn set_bounds(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Whether one more with so many regular expressions is within the limits.
    fn has_room(&self, more: usize) -> bool {
        self.by_id.len() < self.limits.max_silences
            && self.patterns + more <= self.limits.max_silence_patterns
    }

    /// Forgets those that have been over for five days, and looks no more at those that are over.
    pub(crate) fn collect_garbage(&mut self, now_ms: i64) {
        self.by_id
            .retain(|_, silence| silence.ends_at.saturating_add(RETENTION_MS) > now_ms);
        self.patterns = self.by_id.values().map(patterns).sum();
        let unfinished = self.by_id.values();
        self.index = Index::of(unfinished.filter(|silence| silence.ends_at > now_ms));
        self.version += 1;
    }

    fn check(&self, silence: &Silence, now_ms: i64) -> Result<(), SilenceError> {
        if silence.matchers.is_empty() {
            return Err(SilenceError::NoMatchers);
        }
        check_bounds(silence.matchers.iter().map(Matcher::value))?;
        if silence
            .matchers
            .iter()
            .any(|matcher| matcher.name().is_empty())
        {
            return Err(SilenceError::NoName);
        }
        if silence.matchers.iter().all(|matcher| matcher.matches("")) {
            return Err(SilenceError::MatchesEmpty);
        }
        if silence.starts_at >= silence.ends_at {
            return Err(SilenceError::EndBeforeStart);
        }
        if silence.ends_at < now_ms {
            return Err(SilenceError::EndInPast);
        }
        let matchers = silence.matchers.iter();
        let bytes: usize = matchers
            .map(|matcher| matcher.name().len() + matcher.value().len())
            .sum();
        let bytes = bytes + silence.created_by.len() + silence.comment.len();
        let most = self.limits.max_text_bytes;
        if bytes > most {
            return Err(SilenceError::TooLarge { bytes, most });
        }
        Ok(())
    }

    /// Makes room for one more with so many regular expressions.
    fn make_room(&mut self, more: usize, now_ms: i64) -> Result<(), SilenceError> {
        let Limits {
            max_silences,
            max_silence_patterns,
            ..
        } = self.limits;
        let has_place = |silences: &Self| silences.by_id.len() < max_silences;
        let has_patterns = |silences: &Self| silences.patterns + more <= max_silence_patterns;
        if has_place(self) && has_patterns(self) {
            return Ok(());
        }
        self.collect_garbage(now_ms);
        // What is over is of use to readers only: it makes room before somebody's silence is refused.
        let over = self.by_id.values();
        let over = over.filter(|silence| silence.ends_at <= now_ms);
        let mut over: Vec<(i64, String, usize)> = over
            .map(|silence| (silence.ends_at, silence.id.clone(), patterns(silence)))
            .collect();
        over.sort_unstable();
        let places = (self.by_id.len() + 1).saturating_sub(max_silences);
        let wanted = (self.patterns + more).saturating_sub(max_silence_patterns);
        let found = over.iter().map(|(_, _, patterns)| patterns).sum::<usize>();
        if over.len() < places {
            return Err(SilenceError::TooMany { most: max_silences });
        }
        if found < wanted {
            let most = max_silence_patterns;
            return Err(SilenceError::TooManyPatterns { most });
        }
        for (_, id, patterns) in over {
            if has_place(self) && has_patterns(self) {
                break;
            }
            if patterns > 0 || !has_place(self) {
                self.by_id.remove(&id);
                self.patterns -= patterns;
            }
        }
        Ok(())
    }

    fn store(&mut self, silence: Silence) {
        self.version += 1;
        if let Some(before) = self.by_id.get(&silence.id) {
            self.index.remove(before);
            self.patterns -= patterns(before);
        }
        self.index.add(&silence);
        self.patterns += patterns(&silence);
        self.by_id.insert(silence.id.clone(), silence);
    }
}

/// Whether there are few enough matchers, with values that are short enough. This is asked before expressions are compiled.
pub(crate) fn check_bounds<'v>(values: impl Iterator<Item = &'v str>) -> Result<(), SilenceError> {
    for (count, value) in values.enumerate() {
        if count == MOST_MATCHERS {
            return Err(SilenceError::TooManyMatchers {
                most: MOST_MATCHERS,
            });
        }
        if value.len() > MOST_VALUE_BYTES {
            return Err(SilenceError::LongValue {
                most: MOST_VALUE_BYTES,
            });
        }
    }
    Ok(())
}

/// How many regular expressions it has.
fn patterns(silence: &Silence) -> usize {
    let is_pattern =
        |matcher: &&Matcher| matches!(matcher.op(), MatchOp::Regex | MatchOp::NotRegex);
    silence.matchers.iter().filter(is_pattern).count()
}

/// Whether a silence may be changed so, and need not be replaced.
fn can_become(before: &Silence, after: &Silence, now_ms: i64) -> bool {
    if before.matchers != after.matchers {
        return false;
    }
    let second = Duration::from_secs(1).as_millis() as i64;
    match before.state(now_ms) {
        SilenceState::Active => {
            before.starts_at.div_euclid(second) == after.starts_at.div_euclid(second)
                && after.ends_at >= now_ms
        }
        SilenceState::Pending => after.starts_at >= now_ms,
        SilenceState::Expired => false,
    }
}
