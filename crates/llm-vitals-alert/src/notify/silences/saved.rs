//! Silences in a state that is saved: texts, so that nothing is compiled before it is counted.

use serde::{Deserialize, Serialize};

use super::{Silences, check_bounds};
use crate::notify::silence::{SavedMatcher, Silence, SilenceState};

/// A silence whose regular expressions are not compiled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedSilence {
    id: String,
    matchers: Vec<SavedMatcher>,
    starts_at: i64,
    ends_at: i64,
    updated_at: i64,
    created_by: String,
    comment: String,
}

impl SavedSilence {
    pub(crate) fn of(silence: &Silence) -> Self {
        Self {
            id: silence.id.clone(),
            matchers: silence.matchers.iter().map(SavedMatcher::of).collect(),
            starts_at: silence.starts_at,
            ends_at: silence.ends_at,
            updated_at: silence.updated_at,
            created_by: silence.created_by.clone(),
            comment: silence.comment.clone(),
        }
    }

    /// The silence; `None` where it has more than a silence may have, or a wrong regular expression.
    fn compiled(self) -> Option<Silence> {
        check_bounds(self.matchers.iter().map(SavedMatcher::value)).ok()?;
        let matchers = self.matchers.into_iter().map(SavedMatcher::compiled);
        Some(Silence {
            id: self.id,
            matchers: matchers.collect::<Result<_, _>>().ok()?,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            updated_at: self.updated_at,
            created_by: self.created_by,
            comment: self.comment,
        })
    }
}

impl Silences {
    /// Takes over what was saved at one moment and is read at another; gives how many were dropped, which are beyond the limits or wrong.
    pub(crate) fn restore(
        &mut self,
        saved: Vec<SavedSilence>,
        saved_at: i64,
        now_ms: i64,
    ) -> usize {
        let ahead = saved_at.saturating_sub(now_ms).max(0);
        let mut dropped = 0;
        for saved in saved {
            let more = saved.matchers.iter().filter(|matcher| matcher.is_regex());
            let silence = self
                .has_room(more.count())
                .then(|| saved.compiled())
                .flatten();
            let Some(mut silence) = silence else {
                dropped += 1;
                continue;
            };
            let was_active = silence.state(saved_at) == SilenceState::Active;
            if was_active && silence.state(now_ms) == SilenceState::Pending {
                silence.move_back(ahead);
            }
            self.store(silence);
        }
        dropped
    }
}
