//! Where the time comes from.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A monotonic clock: the processor's time stamp counter, or one that a test moves.
///
/// The counter is calibrated once per process and costs about 10 ns to read, less than half of the system's clock. On
/// machines without a steady counter the system's monotonic clock stands in.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    Counter(quanta::Clock),
    Custom(Arc<dyn Fn() -> Duration + Send + Sync>),
}

/// A reading of a [`Clock`]; only two readings of the same clock mean something together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Tick(u64);

impl Clock {
    /// Creates a clock that reads the processor's time stamp counter.
    #[must_use]
    pub fn new() -> Self {
        Self(Source::Counter(quanta::Clock::new()))
    }

    /// Creates a clock that tells the time since any fixed moment, such as one of a paused test runtime.
    pub fn custom(elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Source::Custom(Arc::new(elapsed)))
    }

    pub(crate) fn now(&self) -> Tick {
        Tick(match &self.0 {
            Source::Counter(clock) => clock.raw(),
            Source::Custom(elapsed) => nanos(elapsed()),
        })
    }

    /// Nanoseconds from `start` to `end`; 0 when `end` is earlier.
    pub(crate) fn nanos_between(&self, start: Tick, end: Tick) -> u64 {
        match &self.0 {
            Source::Counter(clock) => clock.delta_as_nanos(start.0, end.0),
            Source::Custom(_) => end.0.saturating_sub(start.0),
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Source::Counter(_) => "Clock(counter)",
            Source::Custom(_) => "Clock(custom)",
        })
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Nanoseconds as seconds, the unit of every histogram here.
#[expect(clippy::cast_precision_loss, reason = "exact up to 104 days")]
pub(crate) fn seconds(nanos: u64) -> f64 {
    nanos as f64 / 1e9
}
