//! What happened on one server in the window, from counters that may be reset at any time.
//!
//! A rate is a difference of two samples. The first sample of a server is where counting starts, and adds nothing. Counters
//! that fell, and a new run id, mean that they began again at 0 in between: then all of the new value happened since. What
//! happened between the last sample and the reset is lost, so that a difference is never too high.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::info::Info;

/// More segments than this are joined, so that a long window of short ticks takes no more memory.
const MAX_SEGMENTS: usize = 720;

/// The counters that are compared. CONFIG RESETSTAT sets all of them to 0 at once.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Counters {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) evicted: u64,
    /// These two grow with every tick and so tell a reset, also where the others stand still.
    pub(crate) commands: u64,
    pub(crate) input: u64,
}

/// What happened between two samples.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Events {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) evicted: u64,
}

/// What happened in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rates {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    /// Keys a second; none before there are two samples.
    pub(crate) evictions: Option<f64>,
}

/// The window of one server.
#[derive(Clone, Debug)]
pub(crate) struct History {
    window: Duration,
    last: Option<(Instant, String, Counters)>,
    segments: VecDeque<Segment>,
}

#[derive(Clone, Copy, Debug)]
struct Segment {
    start: Instant,
    end: Instant,
    events: Events,
}

impl Counters {
    /// None where the server does not count lookups.
    pub(crate) fn of(info: &Info) -> Option<Self> {
        Some(Self {
            hits: info.count("keyspace_hits")?,
            misses: info.count("keyspace_misses")?,
            evicted: info.count("evicted_keys").unwrap_or(0),
            commands: info.count("total_commands_processed").unwrap_or(0),
            input: info.count("total_net_input_bytes").unwrap_or(0),
        })
    }

    /// What happened between `before` and this.
    pub(crate) fn since(&self, before: &Self, same_run: bool) -> Events {
        let fell = self.hits < before.hits
            || self.misses < before.misses
            || self.evicted < before.evicted
            || self.commands < before.commands
            || self.input < before.input;
        let before = if same_run && !fell {
            *before
        } else {
            Self::default()
        };
        Events {
            hits: self.hits - before.hits,
            misses: self.misses - before.misses,
            evicted: self.evicted - before.evicted,
        }
    }
}

impl Rates {
    /// Hits over lookups, 0 to 1; none without lookups.
    pub(crate) fn hit_ratio(&self) -> Option<f64> {
        ratio(self.hits, self.hits.checked_add(self.misses)?)
    }

    /// Misses over lookups, 0 to 1; none without lookups.
    pub(crate) fn miss_ratio(&self) -> Option<f64> {
        ratio(self.misses, self.hits.checked_add(self.misses)?)
    }
}

impl History {
    pub(crate) fn new(window: Duration) -> Self {
        Self {
            window,
            last: None,
            segments: VecDeque::new(),
        }
    }

    /// Takes a sample; `own` is what the collector itself caused since the last one.
    pub(crate) fn observe(&mut self, now: Instant, run_id: &str, counters: Counters, own: Events) {
        if let Some((start, run, before)) = &self.last {
            let mut events = counters.since(before, run == run_id);
            events.hits = events.hits.saturating_sub(own.hits);
            events.misses = events.misses.saturating_sub(own.misses);
            self.segments.push_back(Segment {
                start: *start,
                end: now,
                events,
            });
        }
        self.last = Some((now, run_id.to_owned(), counters));
        self.trim(now);
    }

    /// What happened in the window that ends at `now`. A segment that reaches into it counts as a whole.
    pub(crate) fn rates(&self, now: Instant) -> Rates {
        let mut rates = Rates::default();
        let (mut evicted, mut covered) = (0, Duration::ZERO);
        for segment in self
            .segments
            .iter()
            .filter(|segment| self.reaches(segment, now))
        {
            rates.hits = rates.hits.saturating_add(segment.events.hits);
            rates.misses = rates.misses.saturating_add(segment.events.misses);
            evicted += segment.events.evicted;
            covered += segment.end.duration_since(segment.start);
        }
        if !covered.is_zero() {
            #[expect(clippy::cast_precision_loss, reason = "a rate is a float")]
            let evicted = evicted as f64;
            rates.evictions = Some(evicted / covered.as_secs_f64());
        }
        rates
    }

    /// Whether nothing in the window is left.
    pub(crate) fn is_over(&self, now: Instant) -> bool {
        !self
            .segments
            .back()
            .is_some_and(|last| self.reaches(last, now))
    }

    fn reaches(&self, segment: &Segment, now: Instant) -> bool {
        now.duration_since(segment.end) < self.window
    }

    fn trim(&mut self, now: Instant) {
        while self
            .segments
            .front()
            .is_some_and(|first| !self.reaches(first, now))
        {
            self.segments.pop_front();
        }
        if self.segments.len() > MAX_SEGMENTS
            && let Some(first) = self.segments.pop_front()
            && let Some(second) = self.segments.front_mut()
        {
            second.start = first.start;
            second.events.hits = second.events.hits.saturating_add(first.events.hits);
            second.events.misses = second.events.misses.saturating_add(first.events.misses);
            second.events.evicted = second.events.evicted.saturating_add(first.events.evicted);
        }
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a ratio is a float")]
    let ratio = part as f64 / whole as f64;
    (whole > 0).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NONE: Events = Events {
        hits: 0,
        misses: 0,
        evicted: 0,
    };

    fn counters(hits: u64, misses: u64, evicted: u64, commands: u64) -> Counters {
        Counters {
            hits,
            misses,
            evicted,
            commands,
            input: commands * 10,
        }
    }

    fn history(samples: &[(u64, &str, Counters)]) -> (History, Instant) {
        let start = Instant::now();
        let mut history = History::new(Duration::from_secs(300));
        let mut now = start;
        for (second, run, counters) in samples {
            now = start + Duration::from_secs(*second);
            history.observe(now, run, *counters, NONE);
        }
        (history, now)
    }

    fn rates(samples: &[(u64, &str, Counters)]) -> Rates {
        let (history, now) = history(samples);
        history.rates(now)
    }

    #[test]
    fn the_first_sample_adds_nothing() {
        let rates = rates(&[(0, "a", counters(1000, 500, 7, 2000))]);
        assert_eq!(rates, Rates::default());
        assert_eq!((rates.hit_ratio(), rates.miss_ratio()), (None, None));
    }

    #[test]
    fn a_ratio_is_of_the_differences() {
        let rates = rates(&[
            (0, "a", counters(1000, 500, 0, 2000)),
            (10, "a", counters(1030, 510, 20, 2050)),
        ]);
        assert_eq!(
            (rates.hits, rates.misses, rates.evictions),
            (30, 10, Some(2.0))
        );
        assert_eq!(
            (rates.hit_ratio(), rates.miss_ratio()),
            (Some(0.75), Some(0.25))
        );
    }

    #[test]
    fn without_lookups_there_is_no_ratio_but_a_rate() {
        let same = counters(5, 5, 5, 20);
        let rates = rates(&[
            (0, "a", same),
            (
                5,
                "a",
                Counters {
                    commands: 21,
                    ..same
                },
            ),
        ]);
        assert_eq!((rates.hit_ratio(), rates.evictions), (None, Some(0.0)));
    }

    #[test]
    fn after_resetstat_the_new_values_are_what_happened() {
        let rates = rates(&[
            (0, "a", counters(1000, 0, 0, 5000)),
            (5, "a", counters(8, 2, 0, 12)),
            (10, "a", counters(16, 4, 0, 24)),
        ]);
        assert_eq!((rates.hits, rates.misses), (16, 4));
    }

    #[test]
    fn a_reset_is_seen_by_the_commands_where_the_lookups_have_grown_past_it() {
        let rates = rates(&[
            (0, "a", counters(1, 1, 0, 5000)),
            (5, "a", counters(8, 2, 3, 12)),
        ]);
        assert_eq!(
            (rates.hits, rates.misses, rates.evictions),
            (8, 2, Some(0.6))
        );
    }

    #[test]
    fn a_new_run_starts_at_zero_though_every_counter_is_higher() {
        let rates = rates(&[
            (0, "a", counters(1, 1, 0, 10)),
            (5, "b", counters(8, 2, 0, 100)),
        ]);
        assert_eq!((rates.hits, rates.misses), (8, 2));
    }

    #[test]
    fn what_the_collector_caused_is_taken_off() {
        let start = Instant::now();
        let mut history = History::new(Duration::from_secs(60));
        history.observe(start, "a", counters(10, 10, 0, 20), NONE);
        let own = Events {
            hits: 5,
            misses: 2,
            evicted: 0,
        };
        let now = start + Duration::from_secs(5);
        history.observe(now, "a", counters(18, 12, 0, 40), own);
        let rates = history.rates(now);
        assert_eq!((rates.hits, rates.misses), (3, 0));
    }

    #[test]
    fn the_window_forgets() {
        let (history, now) = history(&[
            (0, "a", counters(0, 0, 0, 1)),
            (10, "a", counters(10, 0, 0, 2)),
            (20, "a", counters(10, 10, 0, 3)),
        ]);
        assert_eq!(history.rates(now).hit_ratio(), Some(0.5));
        let later = now + Duration::from_secs(295);
        assert_eq!(history.rates(later).hit_ratio(), Some(0.0));
        let much_later = now + Duration::from_secs(300);
        assert_eq!(history.rates(much_later), Rates::default());
    }

    #[test]
    fn memory_is_bounded_and_nothing_in_the_window_is_lost() {
        let start = Instant::now();
        let mut history = History::new(Duration::from_secs(3600));
        let mut now = start;
        for tick in 0..5000 {
            now = start + Duration::from_millis(100 * tick);
            history.observe(now, "a", counters(tick, 0, 0, tick), NONE);
        }
        assert_eq!(history.segments.len(), MAX_SEGMENTS);
        assert_eq!(history.rates(now).hits, 4999);
    }

    proptest! {
        /// Whatever the samples, a window holds no more lookups than there were.
        #[test]
        fn never_counts_more_than_happened(steps in proptest::collection::vec((0_u64..50, 0_u64..50, prop_oneof![Just(0_u8), Just(0), Just(0), Just(1), Just(2)]), 1..60)) {
            let start = Instant::now();
            let mut history = History::new(Duration::from_secs(10_000));
            let (mut server, mut run, mut total, mut now) = (counters(0, 0, 0, 0), 0, 0, start);
            history.observe(now, "0", server, NONE);
            for (hits, misses, reset) in steps {
                match reset {
                    1 => server = Counters::default(),
                    2 => { server = Counters::default(); run += 1; }
                    _ => {}
                }
                server.hits += hits;
                server.misses += misses;
                server.commands += hits + misses + 1;
                server.input += 10;
                total += hits + misses;
                now += Duration::from_secs(1);
                history.observe(now, &run.to_string(), server, NONE);
            }
            let rates = history.rates(now);
            prop_assert!(rates.hits + rates.misses <= total);
        }
    }
}
