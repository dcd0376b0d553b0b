//! Which check runs when. Pure: `now` and what has ended in, what is to be done out.
//!
//! A check is idle until its time comes, waits while too many others run, and runs until it has ended. When its deadline
//! passes it is to be cancelled and has failed, but it runs until it has really ended: no check ever runs twice at once. One
//! that cannot be cancelled, because it blocks its thread, fails again at each interval.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::check::Timing;
use crate::random::Random;

/// Runs begin together with others that are due within a fiftieth of their interval, up to this: waking the scheduler and the
/// runtime's threads for each of a thousand checks alone costs more than running them.
const COARSEST_GRAIN: Duration = Duration::from_millis(20);
/// Timers are no finer.
const FINEST_GRAIN: Duration = Duration::from_millis(1);

/// What is to be done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Action {
    Start(u64),
    /// The run is over its deadline: cancel it, and count a failure.
    Overdue(u64),
}

#[derive(Debug)]
pub(crate) struct Schedule {
    jobs: HashMap<u64, Job>,
    /// What happens next to which job. An alarm whose number is not the job's is an old one.
    alarms: BinaryHeap<Reverse<(Instant, u64, u64)>>,
    waiting: VecDeque<u64>,
    running: usize,
    most_running: usize,
    random: Random,
    alarm_number: u64,
    /// Runs begin at multiples of a grain since then.
    start: Instant,
}

#[derive(Debug)]
struct Job {
    timing: Timing,
    phase: Phase,
    /// When the run began, or when the last one did.
    started: Instant,
    alarm: u64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    Idle,
    Waiting,
    /// Whether its deadline was moved.
    Running {
        is_forgiven: bool,
    },
    Overdue,
}

impl Schedule {
    pub(crate) fn new(most_running: usize, random: Random, start: Instant) -> Self {
        Self {
            jobs: HashMap::new(),
            alarms: BinaryHeap::new(),
            waiting: VecDeque::new(),
            running: 0,
            most_running: most_running.max(1),
            random,
            alarm_number: 0,
            start,
        }
    }

    pub(crate) fn add(&mut self, id: u64, timing: Timing, now: Instant) {
        let job = Job {
            timing,
            phase: Phase::Idle,
            started: now,
            alarm: 0,
        };
        self.jobs.insert(id, job);
        self.set_alarm(id, now + timing.initial_delay);
    }

    /// Takes a check out. If it runs, the caller cancels it.
    pub(crate) fn remove(&mut self, id: u64) {
        let removed = self.jobs.remove(&id);
        if removed.is_some_and(|job| matches!(job.phase, Phase::Running { .. } | Phase::Overdue)) {
            self.running -= 1;
        }
    }

    /// Runs it now, or as soon as it can.
    pub(crate) fn run_now(&mut self, id: u64, now: Instant) {
        match self.jobs.get_mut(&id).map(|job| job.phase) {
            Some(Phase::Idle) => self.set_alarm(id, now),
            // The run that is going on began before it was asked for, but it is the one answer to all who ask.
            Some(Phase::Waiting | Phase::Running { .. } | Phase::Overdue) | None => {}
        }
    }

    /// What is to be done by now.
    pub(crate) fn advance(&mut self, now: Instant, actions: &mut Vec<Action>) {
        while let Some(Reverse((at, id, alarm))) = self.alarms.peek().copied()
            && at <= now
        {
            self.alarms.pop();
            let Some(job) = self.jobs.get_mut(&id).filter(|job| job.alarm == alarm) else {
                continue;
            };
            match job.phase {
                Phase::Idle => {
                    job.phase = Phase::Waiting;
                    self.waiting.push_back(id);
                }
                Phase::Running { .. } | Phase::Overdue => {
                    job.phase = Phase::Overdue;
                    let interval = job.timing.interval;
                    actions.push(Action::Overdue(id));
                    self.set_alarm(id, now + interval);
                }
                Phase::Waiting => {}
            }
        }
        while self.running < self.most_running
            && let Some(id) = self.waiting.pop_front()
        {
            // It may have been taken out.
            if let Some(job) = self
                .jobs
                .get_mut(&id)
                .filter(|job| job.phase == Phase::Waiting)
            {
                let deadline = now + job.timing.timeout;
                job.phase = Phase::Running { is_forgiven: false };
                job.started = now;
                self.running += 1;
                actions.push(Action::Start(id));
                self.set_alarm(id, deadline);
            }
        }
    }

    /// A run has ended. Returns whether it was in time, so that its result counts.
    pub(crate) fn ended(&mut self, id: u64, now: Instant) -> bool {
        let Some(job) = self.jobs.get_mut(&id) else {
            return false;
        };
        let in_time = matches!(job.phase, Phase::Running { .. });
        if !in_time && job.phase != Phase::Overdue {
            return false;
        }
        job.phase = Phase::Idle;
        self.running -= 1;
        let jitter = job.timing.jitter * (2.0 * self.random.share() - 1.0);
        let next = job.started + job.timing.interval.mul_f64(1.0 + jitter);
        let grain = (job.timing.interval / 50).clamp(FINEST_GRAIN, COARSEST_GRAIN);
        self.set_alarm(id, align(next.max(now), self.start, grain));
        in_time
    }

    /// The scheduler's turn came far too late: this process was busy, and so its checks had no time either. Each that runs gets its
    /// whole time again, once, so that a process that is always busy does not wait for ever.
    pub(crate) fn forgive(&mut self, now: Instant) {
        let mut forgiven = Vec::new();
        for (id, job) in &mut self.jobs {
            if job.phase == (Phase::Running { is_forgiven: false }) {
                job.phase = Phase::Running { is_forgiven: true };
                forgiven.push((*id, now + job.timing.timeout));
            }
        }
        for (id, deadline) in forgiven {
            self.set_alarm(id, deadline);
        }
    }

    /// When there is something to do again.
    pub(crate) fn next(&mut self) -> Option<Instant> {
        loop {
            let Reverse((at, id, alarm)) = *self.alarms.peek()?;
            if self.is_current(id, alarm) {
                return Some(at);
            }
            self.alarms.pop();
        }
    }

    fn is_current(&self, id: u64, alarm: u64) -> bool {
        self.jobs.get(&id).is_some_and(|job| job.alarm == alarm)
    }

    fn set_alarm(&mut self, id: u64, at: Instant) {
        self.alarm_number += 1;
        if let Some(job) = self.jobs.get_mut(&id) {
            job.alarm = self.alarm_number;
            self.alarms.push(Reverse((at, id, self.alarm_number)));
        }
        // Each run leaves the alarm of a deadline behind that was not needed.
        if self.alarms.len() > 64 + 4 * self.jobs.len() {
            let mut alarms = std::mem::take(&mut self.alarms);
            alarms.retain(|Reverse((_, id, alarm))| self.is_current(*id, *alarm));
            self.alarms = alarms;
        }
    }
}

/// Rounds a moment up to a multiple of the grain.
fn align(at: Instant, start: Instant, grain: Duration) -> Instant {
    let over = at.duration_since(start).as_nanos() % grain.as_nanos();
    match u64::try_from(over) {
        Ok(over) if over > 0 => at + grain - Duration::from_nanos(over),
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Action::{Overdue, Start};

    const TIMING: Timing = Timing {
        interval: Duration::from_secs(10),
        timeout: Duration::from_secs(2),
        initial_delay: Duration::ZERO,
        jitter: 0.0,
    };

    struct Test {
        schedule: Schedule,
        start: Instant,
    }

    impl Test {
        fn new(most_running: usize) -> Self {
            let start = Instant::now();
            Self {
                schedule: Schedule::new(most_running, Random::new(Some(1)), start),
                start,
            }
        }

        fn at(&self, seconds: f64) -> Instant {
            self.start + Duration::from_secs_f64(seconds)
        }

        fn add(&mut self, id: u64, timing: Timing) {
            self.schedule.add(id, timing, self.start);
        }

        fn advance(&mut self, seconds: f64) -> Vec<Action> {
            let mut actions = Vec::new();
            self.schedule.advance(self.at(seconds), &mut actions);
            actions
        }

        fn ended(&mut self, id: u64, seconds: f64) -> bool {
            self.schedule.ended(id, self.at(seconds))
        }

        fn next(&mut self) -> f64 {
            let next = self.schedule.next().unwrap();
            (next - self.start).as_secs_f64()
        }
    }

    #[test]
    fn a_check_runs_an_interval_after_its_last_start() {
        let mut test = Test::new(8);
        test.add(1, TIMING);
        assert_eq!(test.advance(0.0), [Start(1)]);
        assert!(test.ended(1, 1.5));
        assert_eq!(test.advance(9.9), []);
        assert_eq!(test.advance(10.0), [Start(1)]);
    }

    #[test]
    fn the_first_run_waits_for_its_delay() {
        let mut test = Test::new(8);
        let initial_delay = Duration::from_secs(3);
        test.add(
            1,
            Timing {
                initial_delay,
                ..TIMING
            },
        );
        assert_eq!(test.advance(2.9), []);
        assert_eq!(test.advance(3.0), [Start(1)]);
    }

    #[test]
    fn a_hung_run_fails_at_each_interval_and_never_runs_twice() {
        let mut test = Test::new(8);
        test.add(1, TIMING);
        assert_eq!(test.advance(0.0), [Start(1)]);
        assert_eq!(test.advance(2.0), [Overdue(1)]);
        assert_eq!(test.advance(11.0), []);
        assert_eq!(test.advance(12.0), [Overdue(1)]);
        // Its late end counts for nothing, and then it runs again.
        assert!(!test.ended(1, 13.0));
        assert_eq!(test.advance(13.0), [Start(1)]);
    }

    #[test]
    fn no_more_than_the_most_run_at_once() {
        let mut test = Test::new(2);
        for id in 1..=3 {
            test.add(id, TIMING);
        }
        assert_eq!(test.advance(0.0), [Start(1), Start(2)]);
        assert!(test.ended(2, 1.0));
        // The deadline of the one that waited begins when it does.
        assert_eq!(test.advance(1.0), [Start(3)]);
        assert_eq!(test.advance(2.0), [Overdue(1)]);
        assert_eq!(test.advance(3.0), [Overdue(3)]);
    }

    #[test]
    fn a_check_that_is_asked_for_runs_now_and_once() {
        let mut test = Test::new(8);
        test.add(1, TIMING);
        test.advance(0.0);
        test.schedule.run_now(1, test.at(0.5));
        assert_eq!(test.advance(0.5), []);
        assert!(test.ended(1, 1.0));
        test.schedule.run_now(1, test.at(2.0));
        test.schedule.run_now(1, test.at(2.0));
        assert_eq!(test.advance(2.0), [Start(1)]);
        assert!(test.ended(1, 2.1));
        assert_eq!(test.next(), 12.0);
    }

    #[test]
    fn what_is_taken_out_is_gone() {
        let mut test = Test::new(1);
        test.add(1, TIMING);
        test.add(2, TIMING);
        assert_eq!(test.advance(0.0), [Start(1)]);
        test.schedule.remove(1);
        test.schedule.remove(2);
        test.add(3, TIMING);
        assert_eq!(test.advance(0.0), [Start(3)]);
        assert!(!test.ended(1, 1.0));
    }

    #[test]
    fn a_stall_of_this_process_is_not_held_against_a_check() {
        let mut test = Test::new(8);
        test.add(1, TIMING);
        test.advance(0.0);
        test.schedule.forgive(test.at(1.5));
        assert_eq!(test.advance(3.4), []);
        // But only once.
        test.schedule.forgive(test.at(3.4));
        assert_eq!(test.advance(3.5), [Overdue(1)]);
        // And not in place of the run's own end.
        test.schedule.forgive(test.at(3.5));
        assert!(!test.ended(1, 3.6));
    }

    #[test]
    fn runs_that_are_due_close_together_begin_together() {
        let mut test = Test::new(8);
        let interval = Duration::from_secs(1);
        test.add(1, Timing { interval, ..TIMING });
        test.add(2, Timing { interval, ..TIMING });
        test.advance(0.001);
        test.ended(1, 0.002);
        test.advance(0.009);
        test.ended(2, 0.010);
        assert_eq!(test.next(), 1.02);
        assert_eq!(test.advance(1.02), [Start(1), Start(2)]);
    }

    #[test]
    fn alarms_that_were_not_needed_do_not_pile_up() {
        let mut test = Test::new(8);
        let timeout = Duration::from_secs(1_000_000);
        test.add(1, Timing { timeout, ..TIMING });
        for _ in 0..1_000 {
            let now = test.next();
            assert_eq!(test.advance(now), [Start(1)]);
            test.ended(1, now);
        }
        assert!(test.schedule.alarms.len() <= 68);
    }

    #[test]
    fn jitter_is_bounded_and_repeatable() {
        let starts = || {
            let mut test = Test::new(8);
            test.add(
                1,
                Timing {
                    jitter: 0.1,
                    ..TIMING
                },
            );
            let mut starts = Vec::new();
            for _ in 0..50 {
                let now = test.next();
                assert_eq!(test.advance(now), [Start(1)]);
                test.ended(1, now);
                starts.push(now);
            }
            starts
        };
        let first = starts();
        assert_eq!(first, starts());
        let gaps: Vec<f64> = first.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(
            gaps.iter().all(|gap| (8.98..=11.02).contains(gap)),
            "{gaps:?}"
        );
        assert!(gaps.iter().any(|gap| *gap < 9.5) && gaps.iter().any(|gap| *gap > 10.5));
    }
}
