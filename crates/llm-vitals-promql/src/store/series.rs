//! The samples of one series.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::labels::Labels;

use super::block::{BLOCK, Block};
use super::samples::Samples;

/// One series: its newest samples as they are, older ones in blocks.
///
/// A rule's window lies in the newest samples, which are read without decompressing.
#[derive(Debug)]
pub(crate) struct Series {
    labels: Labels,
    /// Shared with snapshots.
    blocks: VecDeque<Arc<Block>>,
    /// Behind the blocks, at most twice the size of one.
    times: Vec<i64>,
    values: Vec<f64>,
}

impl Clone for Series {
    /// With the same room behind the newest samples, so that a copy takes as many bytes as are counted for the series.
    fn clone(&self) -> Self {
        let mut times = Vec::with_capacity(self.times.capacity());
        times.extend_from_slice(&self.times);
        let mut values = Vec::with_capacity(self.values.capacity());
        values.extend_from_slice(&self.values);
        Self {
            labels: self.labels.clone(),
            blocks: self.blocks.clone(),
            times,
            values,
        }
    }
}

impl Series {
    pub(super) fn new(labels: Labels) -> Self {
        Self {
            labels,
            blocks: VecDeque::new(),
            times: Vec::new(),
            values: Vec::new(),
        }
    }

    pub(crate) fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The latest sample.
    pub(crate) fn last(&self) -> Option<(i64, f64)> {
        Some((*self.times.last()?, *self.values.last()?))
    }

    /// The latest sample at or before a time.
    pub(crate) fn at(&self, time: i64) -> Option<(i64, f64)> {
        // Mostly it is the last of all.
        let (last, value) = self.last()?;
        if last <= time {
            return Some((last, value));
        }
        let after = self.times.partition_point(|have| *have <= time);
        if let Some(at) = after.checked_sub(1) {
            return Some((self.times[at], self.values[at]));
        }
        let after = self.blocks.partition_point(|block| block.start <= time);
        let block = self.blocks.get(after.checked_sub(1)?)?;
        let mut samples = Samples::default();
        block.read(i64::MIN, time, &mut samples);
        Some((*samples.times.last()?, *samples.values.last()?))
    }

    /// Appends the samples from `start` to `end`, both included.
    pub(crate) fn read(&self, start: i64, end: i64, out: &mut Samples) {
        if self.times.first().is_some_and(|first| *first > start) {
            let skip = self.blocks.partition_point(|block| block.end < start);
            for block in self
                .blocks
                .iter()
                .skip(skip)
                .take_while(|block| block.start <= end)
            {
                block.read(start, end, out);
            }
        }
        let from = self.times.partition_point(|time| *time < start);
        let to = self.times.partition_point(|time| *time <= end);
        if from < to {
            out.times.extend_from_slice(&self.times[from..to]);
            out.values.extend_from_slice(&self.values[from..to]);
        }
    }

    /// Adds a sample that is later than all others.
    pub(super) fn push(&mut self, time: i64, value: f64) {
        if self.times.len() == 2 * BLOCK {
            self.blocks.push_back(Arc::new(Block::new(
                &self.times[..BLOCK],
                &self.values[..BLOCK],
            )));
            self.times.drain(..BLOCK);
            self.values.drain(..BLOCK);
        }
        self.times.push(time);
        self.values.push(value);
    }

    /// Whether the next sample changes how many bytes it takes.
    pub(super) fn resizes(&self) -> bool {
        self.times.len() == self.times.capacity() || self.times.len() == 2 * BLOCK
    }

    /// Whether there are samples both at or after `start` and at or before `end`.
    pub(super) fn lies_in(&self, start: i64, end: i64) -> bool {
        let first = match self.blocks.front() {
            Some(block) => Some(block.start),
            None => self.times.first().copied(),
        };
        first.is_some_and(|first| first <= end)
            && self.times.last().is_some_and(|last| *last >= start)
    }

    /// Whether [`drop_before`](Self::drop_before) would drop anything.
    pub(super) fn has_before(&self, time: i64) -> bool {
        self.blocks.front().is_some_and(|block| block.end < time)
            || self.last().is_some_and(|(last, _)| last < time)
    }

    /// Drops the blocks that end before a time, and everything if all is older. Gives how many samples went.
    pub(super) fn drop_before(&mut self, time: i64) -> usize {
        let mut dropped = 0;
        while self.blocks.front().is_some_and(|block| block.end < time) {
            self.blocks.pop_front();
            dropped += BLOCK;
        }
        if self.last().is_some_and(|(last, _)| last < time) {
            dropped += self.times.len();
            self.times = Vec::new();
            self.values = Vec::new();
        }
        dropped
    }

    pub(super) fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        // An entry in the table of series and in the list of each label.
        let entries = 32 + 4 * self.labels.len();
        size_of::<Self>()
            + entries
            + self.labels.heap_bytes()
            + (self.times.capacity() + self.values.capacity()) * 8
            + self.blocks.iter().map(|block| block.bytes()).sum::<usize>()
    }
}
