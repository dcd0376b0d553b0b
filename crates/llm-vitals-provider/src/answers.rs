//! Which of the answers of a stream have begun, and which have ended.

use crate::finish::is_limit;
use crate::response::ChatChunk;

/// Which of the answers of a stream have begun, and which have ended. Answers beyond the 128th count as one.
///
/// ```
/// use llm_vitals_provider::{Answers, ChatChunk};
///
/// let mut answers = Answers::default();
/// answers.see(&ChatChunk::text("m", "Hi"));
/// assert!(!answers.all_ended());
/// answers.see(&ChatChunk::finish("m", "stop"));
/// assert!(answers.all_ended());
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Answers {
    begun: u128,
    ended: u128,
    truncated: bool,
}

impl Answers {
    /// Notes that an answer goes on; `true` when it begins.
    pub fn begin(&mut self, index: u32) -> bool {
        let bit = bit(index);
        let new = self.begun & bit == 0;
        self.begun |= bit;
        new
    }

    /// Notes that an answer named why it ended.
    pub fn end(&mut self, index: u32) {
        self.begun |= bit(index);
        self.ended |= bit(index);
    }

    /// Notes what a chunk says of them.
    pub fn see(&mut self, chunk: &ChatChunk) {
        for choice in &chunk.choices {
            let index = choice.index.unwrap_or(0);
            if let Some(reason) = &choice.finish_reason {
                self.end(index);
                self.truncated |= is_limit(reason);
            } else {
                self.begin(index);
            }
        }
    }

    /// Notes that one of them ended at the limit of tokens.
    pub(crate) fn truncate(&mut self) {
        self.truncated = true;
    }

    /// Adds what is known of them elsewhere.
    pub(crate) fn add(&mut self, other: Self) {
        self.begun |= other.begun;
        self.ended |= other.ended;
        self.truncated |= other.truncated;
    }

    /// Whether some answer began, and every one that did has ended.
    #[must_use]
    pub const fn all_ended(self) -> bool {
        self.begun != 0 && self.begun == self.ended
    }

    /// Whether some answer ended at the limit of tokens, or of the context.
    #[must_use]
    pub const fn any_truncated(self) -> bool {
        self.truncated
    }
}

fn bit(index: u32) -> u128 {
    1 << index.min(127)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_that_began_must_end() {
        let mut answers = Answers::default();
        assert!(!answers.all_ended());
        assert!(answers.begin(0));
        assert!(!answers.begin(0));
        assert!(answers.begin(1));
        answers.end(0);
        assert!(!answers.all_ended());
        answers.end(1);
        assert!(answers.all_ended());
        assert!(answers.begin(4_000_000_000));
        assert!(!answers.all_ended());
    }

    #[test]
    fn one_answer_at_the_limit_truncates_all() {
        let mut answers = Answers::default();
        answers.see(&ChatChunk::text("m", "length"));
        answers.see(&ChatChunk::finish("m", "stop"));
        assert!(!answers.any_truncated());
        let mut last = ChatChunk::finish("m", "length");
        last.choices[0].index = Some(1);
        answers.see(&last);
        assert!(answers.any_truncated() && answers.all_ended());
        let mut others = Answers::default();
        others.add(answers);
        others.see(&ChatChunk::finish("m", "stop"));
        assert!(others.any_truncated());
    }
}
