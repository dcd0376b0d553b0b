//! How outcomes change what is known of a target.

use std::time::Duration;

use tokio::time::Instant;

use crate::cause::Cause;
use crate::passive::hold::Hold;
use crate::passive::outcome::Outcome;
use crate::passive::rules::Rules;
use crate::passive::state::{Change, Held, Phase, State};
use crate::random::Random;

impl State {
    /// Counts a call that began at `started` and ended `now`.
    ///
    /// A call that began before the target was held, or before it was released, is late evidence: it says how things were
    /// then, and changes nothing.
    pub(crate) fn record(
        &mut self,
        outcome: Outcome,
        started: Instant,
        now: Instant,
        rules: &Rules,
        random: &mut Random,
    ) -> Option<Change> {
        if outcome == Outcome::Neutral {
            return None;
        }
        self.heard = Some(now);
        if let Phase::Held(held) = self.phase
            && held.hold == Hold::Throttled
            && started >= held.until
        {
            self.release(held.until);
        }
        match self.phase {
            Phase::Available if self.released.is_some_and(|since| started < since) => None,
            Phase::Available => self.record_available(outcome, now, rules, random),
            Phase::Held(held) => self.record_held(held, outcome, started, now, rules, random),
        }
    }

    fn record_available(
        &mut self,
        outcome: Outcome,
        now: Instant,
        rules: &Rules,
        random: &mut Random,
    ) -> Option<Change> {
        match outcome {
            Outcome::Success => {
                (self.failures, self.throttles, self.refusals) = (0, 0, 0);
                self.window.add(true, now);
                self.judge(now, rules);
                None
            }
            Outcome::Failed(cause) => {
                self.failures += 1;
                self.window.add(false, now);
                self.cause = Some(cause);
                let (succeeded, failed) = self.window.counts(now);
                let volume = succeeded + failed;
                let often =
                    volume >= rules.min_volume && share(failed, volume) >= rules.failed_share;
                if self.failures >= rules.in_a_row || often {
                    return Some(self.back_off(Hold::Failed, cause, now, rules, random));
                }
                self.judge(now, rules);
                None
            }
            Outcome::Throttled { retry_after } => {
                self.throttles += 1;
                match retry_after.filter(|wait| !wait.is_zero()) {
                    Some(wait) => {
                        let length = rules.asked(wait, random);
                        Some(self.hold(Hold::Throttled, Cause::RateLimited, length, now, rules))
                    }
                    None if self.throttles >= rules.in_a_row => {
                        Some(self.back_off(Hold::Throttled, Cause::RateLimited, now, rules, random))
                    }
                    None => None,
                }
            }
            Outcome::Refused(cause) => {
                self.refusals += 1;
                (self.refusals >= rules.in_a_row)
                    .then(|| self.back_off(Hold::Refused, cause, now, rules, random))
            }
            Outcome::Neutral => None,
        }
    }

    fn record_held(
        &mut self,
        mut held: Held,
        outcome: Outcome,
        started: Instant,
        now: Instant,
        rules: &Rules,
        random: &mut Random,
    ) -> Option<Change> {
        if held.hold == Hold::Throttled {
            // Time alone ends it. A burst of 429 answers calls that began before; the longest wait among them is meant.
            if let Outcome::Throttled {
                retry_after: Some(wait),
            } = outcome
            {
                held.until = held.until.max(now + rules.asked(wait, random));
                self.phase = Phase::Held(held);
            }
            return None;
        }
        if started < held.since {
            return None;
        }
        // Before its time is over, only calls of last resort are made: that they fail is no news.
        let on_trial = started >= held.until;
        if outcome == Outcome::Success {
            held.successes += 1;
            held.trial = None;
            self.phase = Phase::Held(held);
            if held.successes < rules.rise {
                return None;
            }
            self.release(now);
            return Some(Change::Released);
        }
        held.successes = 0;
        self.phase = Phase::Held(held);
        match outcome {
            Outcome::Throttled {
                retry_after: Some(wait),
            } => {
                let length = rules.asked(wait, random);
                Some(self.hold(Hold::Throttled, Cause::RateLimited, length, now, rules))
            }
            _ if !on_trial => None,
            Outcome::Failed(cause) => Some(self.back_off(Hold::Failed, cause, now, rules, random)),
            Outcome::Refused(cause) => {
                Some(self.back_off(Hold::Refused, cause, now, rules, random))
            }
            _ => Some(self.back_off(Hold::Throttled, Cause::RateLimited, now, rules, random)),
        }
    }

    fn back_off(
        &mut self,
        hold: Hold,
        cause: Cause,
        now: Instant,
        rules: &Rules,
        random: &mut Random,
    ) -> Change {
        let length = rules.back_off(self.next_streak(now, rules), random);
        self.hold(hold, cause, length, now, rules)
    }

    fn hold(
        &mut self,
        hold: Hold,
        cause: Cause,
        length: Duration,
        now: Instant,
        rules: &Rules,
    ) -> Change {
        self.streak = self.next_streak(now, rules);
        self.last_hold = length;
        self.cause = Some(cause);
        self.holds[hold as usize] += 1;
        self.phase = Phase::Held(Held {
            hold,
            since: now,
            until: now + length,
            successes: 0,
            trial: None,
        });
        Change::Held(hold)
    }

    /// The streak that a hold now has: what was available for longer than the window and its last hold begins anew.
    fn next_streak(&self, now: Instant, rules: &Rules) -> u32 {
        let good_while = self.last_hold.max(rules.window);
        match (self.phase, self.released) {
            (Phase::Available, Some(since)) if now.duration_since(since) > good_while => 1,
            _ => self.streak.saturating_add(1),
        }
    }

    /// Degraded from one share of failures on, and until half of that.
    fn judge(&mut self, now: Instant, rules: &Rules) {
        let (succeeded, failed) = self.window.counts(now);
        let volume = succeeded + failed;
        let limit = if self.degraded {
            rules.degraded_share / 2.0
        } else {
            rules.degraded_share
        };
        self.degraded = volume >= rules.min_volume && failed > 0 && share(failed, volume) >= limit;
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a window are small")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}
