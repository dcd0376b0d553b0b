//! Counts since start and latencies of the last minutes, for the snapshots.
//!
//! Recording takes one lock of a shard that no other thread is using, and passes to the next shard when it is taken, so
//! that it waits for a reader only when readers hold every shard at once. Latencies are kept in `hdrhistogram`s of
//! microseconds from 10 us to 1 hour with two significant digits: 12 KB each, [`SLICES`] in a shard, made when first
//! written. A provider that is called from all [`SHARDS`] shards holds 290 KB.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::metrics::Status;
use crate::prices::PriceCache;

/// How many slices the window moves by: at most 1/5 more than the window is remembered.
const SLICES: usize = 6;
/// How many threads record side by side.
const SHARDS: usize = 4;
/// Latencies are kept in microseconds, and stand for at least ten of them.
const LOWEST_MICROS: u64 = 10;
/// An hour; longer latencies count as an hour.
const HIGHEST_MICROS: u64 = 3_600_000_000;

/// The outcomes of one provider's calls.
#[derive(Debug)]
pub(crate) struct Window {
    slice_nanos: u64,
    shards: [Mutex<Shard>; SHARDS],
}

/// What one call adds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) status: Status,
    pub(crate) duration_nanos: u64,
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
}

/// Counts since start.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Totals {
    pub(crate) success: u64,
    pub(crate) error: u64,
    pub(crate) cancelled: u64,
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
}

/// Everything a reader needs of one or several windows.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) totals: Totals,
    /// Latencies of the successful calls in the window, in microseconds.
    pub(crate) latencies: Histogram<u64>,
    /// The sum of these latencies, exact, in nanoseconds.
    pub(crate) latency_nanos: u128,
    pub(crate) recent_success: u64,
    pub(crate) recent_error: u64,
}

/// The part of a window that one thread writes.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    pub(crate) prices: PriceCache,
    totals: Totals,
    /// The slice that was written last, and when it ends.
    current: usize,
    current_nanos: Range<u64>,
    slices: [Slice; SLICES],
}

#[derive(Debug, Default)]
struct Slice {
    /// The number of the slice since the clock's start, plus one; 0 = never written.
    number: u64,
    success: u64,
    error: u64,
    latency_nanos: u128,
    latencies: Option<Histogram<u32>>,
}

impl Window {
    pub(crate) fn new(length: Duration) -> Self {
        let length = u64::try_from(length.as_nanos()).unwrap_or(u64::MAX);
        Self {
            slice_nanos: (length / (SLICES as u64 - 1)).max(1),
            shards: Default::default(),
        }
    }

    /// Adds a call that ended `now` nanoseconds after the clock's start to `shard`, one of this window's.
    pub(crate) fn record(&self, shard: &mut Shard, now: u64, sample: &Sample) {
        if !shard.current_nanos.contains(&now) {
            shard.turn(now / self.slice_nanos, self.slice_nanos);
        }
        shard.record(sample);
    }

    /// Adds this window, as it is `now`, to `reading`.
    pub(crate) fn read(&self, now: u64, reading: &mut Reading) {
        let newest = now / self.slice_nanos + 1;
        let oldest = newest.saturating_sub(SLICES as u64 - 1);
        for shard in &self.shards {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            reading.add(&shard, oldest..=newest);
        }
    }

    /// A shard that nobody holds, beginning with this thread's own.
    pub(crate) fn shard(&self) -> MutexGuard<'_, Shard> {
        let own = thread_number() % SHARDS;
        for shard in self.shards[own..].iter().chain(&self.shards[..own]) {
            match shard.try_lock() {
                Ok(shard) => return shard,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        self.shards[own]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    /// Goes to the slice of this index since the clock's start.
    fn turn(&mut self, index: u64, slice_nanos: u64) {
        #[expect(clippy::cast_possible_truncation, reason = "smaller than SLICES")]
        let current = (index % SLICES as u64) as usize;
        let start = index * slice_nanos;
        self.current = current;
        self.current_nanos = start..start.saturating_add(slice_nanos);
        if self.slices[current].number != index + 1 {
            self.slices[current].restart(index + 1);
        }
    }

    fn record(&mut self, sample: &Sample) {
        let totals = &mut self.totals;
        totals.prompt_tokens = totals.prompt_tokens.saturating_add(sample.prompt_tokens);
        totals.completion_tokens = totals
            .completion_tokens
            .saturating_add(sample.completion_tokens);
        let slice = &mut self.slices[self.current];
        match sample.status {
            Status::Success => {
                totals.success += 1;
                slice.add_latency(sample.duration_nanos);
            }
            Status::Error => {
                totals.error += 1;
                slice.error += 1;
            }
            Status::Cancelled => totals.cancelled += 1,
        }
    }
}

impl Slice {
    fn restart(&mut self, number: u64) {
        self.number = number;
        self.success = 0;
        self.error = 0;
        self.latency_nanos = 0;
        if let Some(latencies) = &mut self.latencies {
            latencies.reset();
        }
    }

    fn add_latency(&mut self, nanos: u64) {
        self.success += 1;
        self.latency_nanos += u128::from(nanos);
        let latencies = self.latencies.get_or_insert_with(latencies);
        latencies.saturating_record((nanos / 1_000).max(LOWEST_MICROS));
    }
}

impl Totals {
    fn add(&mut self, other: &Self) {
        self.success += other.success;
        self.error += other.error;
        self.cancelled += other.cancelled;
        self.prompt_tokens = self.prompt_tokens.saturating_add(other.prompt_tokens);
        self.completion_tokens = self
            .completion_tokens
            .saturating_add(other.completion_tokens);
    }
}

impl Reading {
    pub(crate) fn new() -> Self {
        Self {
            totals: Totals::default(),
            latencies: latencies(),
            latency_nanos: 0,
            recent_success: 0,
            recent_error: 0,
        }
    }

    /// Adds what another window holds.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.totals.add(&other.totals);
        self.recent_success += other.recent_success;
        self.recent_error += other.recent_error;
        self.latency_nanos += other.latency_nanos;
        // Both have the same bounds.
        let _ = self.latencies.add(&other.latencies);
    }

    fn add(&mut self, shard: &Shard, window: std::ops::RangeInclusive<u64>) {
        self.totals.add(&shard.totals);
        for slice in shard
            .slices
            .iter()
            .filter(|slice| window.contains(&slice.number))
        {
            self.recent_success += slice.success;
            self.recent_error += slice.error;
            self.latency_nanos += slice.latency_nanos;
            if let Some(latencies) = &slice.latencies {
                for value in latencies.iter_recorded() {
                    self.latencies.saturating_record_n(
                        value.value_iterated_to(),
                        value.count_since_last_iteration(),
                    );
                }
            }
        }
    }
}

fn latencies<C: hdrhistogram::Counter>() -> Histogram<C> {
    // The bounds are constants: the lowest is at least 1 and the highest more than twice it, with 2 digits.
    Histogram::new_with_bounds(LOWEST_MICROS, HIGHEST_MICROS, 2).expect("constant bounds are valid")
}

/// A small number for each thread, so that threads spread over the shards.
fn thread_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: usize = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    // A thread that is being torn down has no number any more; any shard will do.
    NUMBER.try_with(|number| *number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn success(millis: u64) -> Sample {
        Sample {
            status: Status::Success,
            duration_nanos: millis * 1_000_000,
            prompt_tokens: 1,
            completion_tokens: 2,
        }
    }

    fn record(window: &Window, now: u64, sample: Sample) {
        window.record(&mut window.shard(), now, &sample);
    }

    fn read(window: &Window, now: u64) -> Reading {
        let mut reading = Reading::new();
        window.read(now, &mut reading);
        reading
    }

    #[test]
    fn latencies_leave_the_window_and_counts_stay() {
        let window = Window::new(Duration::from_secs(300));
        record(&window, 0, success(100));
        record(&window, 299 * SECOND, success(300));
        let now = read(&window, 299 * SECOND);
        assert_eq!((now.recent_success, now.latency_nanos), (2, 400_000_000));
        let later = read(&window, 590 * SECOND);
        assert_eq!(
            (later.recent_success, later.latency_nanos),
            (1, 300_000_000)
        );
        let last = read(&window, 1_000 * SECOND);
        assert_eq!((last.recent_success, last.totals.success), (0, 2));
        assert_eq!(last.totals.completion_tokens, 4);
    }

    #[test]
    fn an_old_slice_is_written_anew() {
        let window = Window::new(Duration::from_secs(300));
        record(&window, 0, success(100));
        record(&window, 360 * SECOND, success(50));
        let now = read(&window, 360 * SECOND);
        assert_eq!((now.recent_success, now.latency_nanos), (1, 50_000_000));
    }

    #[test]
    fn a_shard_that_a_reader_holds_is_passed_by() {
        let window = Window::new(Duration::from_secs(300));
        let held: Vec<_> = window.shards[1..]
            .iter()
            .map(|shard| shard.lock().unwrap())
            .collect();
        record(&window, 0, success(1));
        drop(held);
        assert_eq!(read(&window, 0).totals.success, 1);
    }

    #[test]
    fn hours_are_kept_as_one_hour_and_summed_exactly() {
        let window = Window::new(Duration::from_secs(300));
        record(&window, 0, success(7_200_000));
        let now = read(&window, 0);
        assert_eq!(now.latency_nanos, 7_200 * u128::from(SECOND));
        assert!(now.latencies.max() >= HIGHEST_MICROS);
    }
}
