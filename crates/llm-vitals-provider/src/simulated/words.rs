//! The text of the answers: sentences that anybody can tell from a real answer.

use std::str::SplitAsciiWhitespace;

use crate::simulated::draw::Draw;

const FIRST: &str = "This is a simulated answer.";
const SENTENCES: [&str; 12] = [
    "No model was asked for it.",
    "Its words come from a list, and its length from a distribution.",
    "The same seed gives the same words again.",
    "A tidy garden begins with a sharp spade.",
    "Rain in the morning keeps nobody from the market.",
    "The old bridge carries two carts at a time.",
    "Bread tastes best on the day it is baked.",
    "Every clock in the tower shows another hour.",
    "A short letter takes longer to write than a long one.",
    "The river is widest where the willows stand.",
    "Seven lamps light the way down to the harbour.",
    "Whoever counts twice is rarely wrong.",
];
const THOUGHTS: [&str; 4] = [
    "Nobody thinks here; these words stand for reasoning.",
    "First the question is read again.",
    "Then the other case is looked at.",
    "That seems to hold.",
];

/// Words without end, each of which counts as one token.
#[derive(Debug)]
pub(crate) struct Words {
    draw: Draw,
    sentences: &'static [&'static str],
    words: SplitAsciiWhitespace<'static>,
}

impl Words {
    /// The words of an answer.
    pub(crate) fn answer(draw: Draw) -> Self {
        Self {
            draw,
            sentences: &SENTENCES,
            words: FIRST.split_ascii_whitespace(),
        }
    }

    /// The words of its reasoning.
    pub(crate) fn thought(draw: Draw) -> Self {
        Self {
            draw,
            sentences: &THOUGHTS[1..],
            words: THOUGHTS[0].split_ascii_whitespace(),
        }
    }
}

impl Iterator for Words {
    type Item = &'static str;

    fn next(&mut self) -> Option<&'static str> {
        if let Some(word) = self.words.next() {
            return Some(word);
        }
        let at = usize::try_from(self.draw.below(self.sentences.len() as u64)).unwrap_or(0);
        self.words = self.sentences.get(at)?.split_ascii_whitespace();
        self.words.next()
    }
}
