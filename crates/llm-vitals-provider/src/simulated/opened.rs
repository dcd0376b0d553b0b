//! An answer whose head has come.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::ProviderError;
use crate::response::{ChatChunk, ChatResponse, Head};
use crate::simulated::answer::Stamp;
use crate::simulated::draw::Draw;
use crate::simulated::plan::{Beat, Plan};

/// An answer whose head has come: what it will say, and when.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) plan: Plan,
    pub(crate) stamp: Stamp,
    pub(crate) beats: Vec<(Duration, Beat)>,
    pub(crate) head: Head,
    /// When the head came.
    pub(crate) at: Instant,
    /// Whether the model reports usage.
    pub(crate) usage: bool,
}

impl Opened {
    /// When the last token comes.
    pub(crate) fn end(&self) -> Instant {
        self.at + self.beats.iter().map(|(wait, _)| *wait).sum::<Duration>()
    }

    /// The answer as a whole.
    pub(crate) fn into_whole(self) -> ChatResponse {
        let mut response = self.stamp.whole(&self.plan);
        response.head = self.head;
        if self.usage {
            response = response.with_usage(self.plan.usage);
        }
        response
    }

    /// Ends the stream with `error` after one of its tokens.
    pub(crate) fn break_off(&mut self, draw: &mut Draw) {
        let is_piece = |beat: &(usize, &(Duration, Beat))| matches!(beat.1.1, Beat::Piece(..));
        let pieces = || self.beats.iter().enumerate().filter(is_piece);
        let last = draw.below(pieces().count() as u64);
        let last = pieces().nth(usize::try_from(last).unwrap_or(0));
        let length = last.map_or(self.beats.len(), |(at, _)| at + 1);
        self.beats.truncate(length);
        self.beats.push((Duration::ZERO, Beat::Fail));
    }

    /// The items of the stream, with the time before each; `error` is the item of the beat that fails.
    pub(crate) fn into_items(
        self,
        mut error: Option<ProviderError>,
    ) -> impl Iterator<Item = (Duration, Result<ChatChunk, ProviderError>)> {
        let Self {
            plan, stamp, beats, ..
        } = self;
        beats.into_iter().filter_map(move |(wait, beat)| {
            let index = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let chunk = match beat {
                Beat::Role(choice) => stamp.role(index(choice)),
                Beat::Piece(choice, at) => {
                    stamp.piece(plan.choices.get(choice)?, index(choice), at)
                }
                Beat::Finish(choice) => stamp.finish(plan.choices.get(choice)?, index(choice)),
                Beat::Usage => stamp.usage(&plan),
                Beat::Fail => return Some((wait, Err(error.take()?))),
            };
            Some((wait, Ok(chunk)))
        })
    }
}
