//! From the results of single runs to a status that does not flap. Pure: results and `now` in, a status out.
//!
//! Two switches, "worse than up" and "worse than degraded", each with its own counters, so that a degraded dependency is
//! damped like one that is down. A switch goes on after `fall` runs in a row that say so (or `x` of the last `y`), and off
//! after `rise` runs in a row that do not. What counts is runs; reading a status counts nothing.

use std::time::Duration;

use tokio::time::Instant;

use crate::status::Status;

/// When a status changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thresholds {
    pub(crate) rise: u32,
    pub(crate) fall: u32,
    /// So many of the last so many runs are as good as `fall` in a row.
    pub(crate) window: Option<(u32, u32)>,
    /// How long a bad status is kept at least.
    pub(crate) min_hold: Duration,
}

/// The damped status of one check.
#[derive(Clone, Debug)]
pub(crate) struct Hysteresis {
    known: bool,
    not_up: Switch,
    down: Switch,
}

#[derive(Clone, Copy, Debug, Default)]
struct Switch {
    on: bool,
    since: Option<Instant>,
    bad_in_a_row: u32,
    good_in_a_row: u32,
    /// The last 64 runs, the newest in the lowest bit.
    last: u64,
}

impl Hysteresis {
    pub(crate) fn new() -> Self {
        Self {
            known: false,
            not_up: Switch::default(),
            down: Switch::default(),
        }
    }

    pub(crate) fn status(&self) -> Status {
        match (self.known, self.down.on, self.not_up.on) {
            (false, _, _) => Status::Unknown,
            (true, true, _) => Status::Down,
            (true, false, true) => Status::Degraded,
            (true, false, false) => Status::Up,
        }
    }

    /// Counts a run. A run that found nothing out is none.
    pub(crate) fn record(&mut self, found: Status, thresholds: &Thresholds, now: Instant) {
        let (not_up, down) = match found {
            Status::Up => (false, false),
            Status::Degraded => (true, false),
            Status::Down => (true, true),
            Status::Unknown => return,
        };
        // Nothing is known that a first result would have to outweigh.
        let first = !self.known;
        self.known = true;
        self.not_up.record(not_up, first, thresholds, now);
        self.down.record(down, first, thresholds, now);
    }

    /// Forgets everything: what was known is too old.
    pub(crate) fn reset(&mut self) {
        *self = Self::new();
    }
}

impl Switch {
    fn record(&mut self, bad: bool, first: bool, thresholds: &Thresholds, now: Instant) {
        self.last = self.last << 1 | u64::from(bad);
        if bad {
            self.bad_in_a_row = self.bad_in_a_row.saturating_add(1);
            self.good_in_a_row = 0;
        } else {
            self.good_in_a_row = self.good_in_a_row.saturating_add(1);
            self.bad_in_a_row = 0;
        }
        let often = thresholds.window.is_some_and(|(bad, of)| {
            let kept = u64::MAX >> (64 - of.clamp(1, 64));
            (self.last & kept).count_ones() >= bad
        });
        let held = self
            .since
            .is_some_and(|since| now.duration_since(since) < thresholds.min_hold);
        let on = if self.on {
            // In a row only: while the window is still full of failures, one success is not the end of them.
            let recovered = self.good_in_a_row >= thresholds.rise && !held;
            !recovered
        } else {
            first && bad || self.bad_in_a_row >= thresholds.fall || bad && often
        };
        if on != self.on {
            self.on = on;
            self.since = on.then_some(now);
            if !on {
                self.last = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Degraded, Down, Unknown, Up};

    const USUAL: Thresholds = Thresholds {
        rise: 2,
        fall: 3,
        window: None,
        min_hold: Duration::ZERO,
    };

    /// The status after each run; the runs are a second apart.
    fn run(thresholds: &Thresholds, found: &[Status]) -> Vec<Status> {
        let start = Instant::now();
        let mut hysteresis = Hysteresis::new();
        let at = |second: usize| start + Duration::from_secs(second as u64);
        found
            .iter()
            .enumerate()
            .map(|(second, found)| {
                hysteresis.record(*found, thresholds, at(second));
                hysteresis.status()
            })
            .collect()
    }

    #[test]
    fn the_first_result_decides_at_once() {
        assert_eq!(run(&USUAL, &[Up]), [Up]);
        assert_eq!(run(&USUAL, &[Down]), [Down]);
        assert_eq!(run(&USUAL, &[Unknown, Degraded]), [Unknown, Degraded]);
    }

    #[test]
    fn it_falls_after_three_and_rises_after_two() {
        let found = [Up, Down, Down, Up, Down, Down, Down, Up, Down, Up, Up];
        let expected = [Up, Up, Up, Up, Up, Up, Down, Down, Down, Down, Up];
        assert_eq!(run(&USUAL, &found), expected);
    }

    #[test]
    fn degraded_is_damped_too() {
        let found = [
            Up, Degraded, Degraded, Up, Degraded, Degraded, Degraded, Up, Up,
        ];
        let expected = [Up, Up, Up, Up, Up, Up, Degraded, Degraded, Up];
        assert_eq!(run(&USUAL, &found), expected);
    }

    #[test]
    fn a_mixture_is_as_bad_as_all_of_it_agrees_on() {
        let found = [
            Up, Down, Degraded, Down, Down, Down, Degraded, Degraded, Up, Up,
        ];
        let expected = [
            Up, Up, Up, Degraded, Degraded, Down, Down, Degraded, Degraded, Up,
        ];
        assert_eq!(run(&USUAL, &found), expected);
    }

    #[test]
    fn unknown_counts_for_nothing() {
        let found = [Up, Down, Unknown, Down, Unknown, Down];
        assert_eq!(run(&USUAL, &found), [Up, Up, Up, Up, Up, Down]);
    }

    #[test]
    fn so_many_of_the_last_so_many_are_enough() {
        let thresholds = Thresholds {
            window: Some((3, 5)),
            fall: 10,
            ..USUAL
        };
        let found = [Up, Down, Up, Down, Up, Down, Up, Up, Down];
        let expected = [Up, Up, Up, Up, Up, Down, Down, Up, Up];
        assert_eq!(run(&thresholds, &found), expected);
    }

    #[test]
    fn a_bad_status_is_kept_for_its_time() {
        let thresholds = Thresholds {
            rise: 1,
            fall: 1,
            min_hold: Duration::from_secs(3),
            ..USUAL
        };
        assert_eq!(
            run(&thresholds, &[Up, Down, Up, Up, Up]),
            [Up, Down, Down, Down, Up]
        );
    }

    #[test]
    fn what_is_too_old_is_forgotten() {
        let mut hysteresis = Hysteresis::new();
        hysteresis.record(Down, &USUAL, Instant::now());
        hysteresis.reset();
        assert_eq!(hysteresis.status(), Unknown);
        hysteresis.record(Up, &USUAL, Instant::now());
        assert_eq!(hysteresis.status(), Up);
    }
}
