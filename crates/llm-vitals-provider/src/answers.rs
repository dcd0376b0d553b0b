//! Which of the answers of a stream have begun, and which have ended.

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
            if choice.finish_reason.is_some() {
                self.end(index);
            } else {
                self.begin(index);
            }
        }
    }

    /// Adds what is known of them elsewhere.
    pub(crate) fn add(&mut self, other: Self) {
        self.begun |= other.begun;
        self.ended |= other.ended;
    }

    /// Whether some answer began, and every one that did has ended.
    #[must_use]
    pub const fn all_ended(self) -> bool {
        self.begun != 0 && self.begun == self.ended
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
}
