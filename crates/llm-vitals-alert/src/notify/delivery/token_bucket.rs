//! How often a service may be called.

/// A rate with room for a burst. Times are milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct TokenBucket {
    /// Milliseconds for one token.
    every_ms: i64,
    /// How many can be saved up.
    burst: i64,
    /// When the bucket is, or was, full.
    full_at: i64,
}

impl TokenBucket {
    fn new(every_ms: i64, burst: i64) -> Self {
        Self {
            every_ms,
            burst,
            full_at: i64::MIN / 2,
        }
    }

    /// What the services ask for: one message a second and webhook for Slack, with short bursts; 480 events a minute and key for
    /// PagerDuty; four requests a second for a workflow of Teams, of which we take one. The rest is to do a server of one's own no harm.
    pub(super) fn of(integration: &str) -> Self {
        match integration {
            "slack" | "msteams" => Self::new(1000, 3),
            "pagerduty" => Self::new(125, 16),
            "email" => Self::new(500, 5),
            _ => Self::new(20, 50),
        }
    }

    /// When the next token is there; now or earlier means at once.
    pub(super) fn ready_at(&self) -> i64 {
        self.full_at - (self.burst - 1) * self.every_ms
    }

    pub(super) fn take(&mut self, now_ms: i64) {
        self.full_at = self.full_at.max(now_ms) + self.every_ms;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_at_once_and_the_rest_at_the_rate() {
        let mut bucket = TokenBucket::of("slack");
        let mut now = 1_000_000;
        let mut sent = Vec::new();
        for _ in 0..6 {
            now = now.max(bucket.ready_at());
            bucket.take(now);
            sent.push(now - 1_000_000);
        }
        assert_eq!(sent, [0, 0, 0, 1000, 2000, 3000]);
        now += 60_000;
        assert!(bucket.ready_at() <= now);
    }
}
