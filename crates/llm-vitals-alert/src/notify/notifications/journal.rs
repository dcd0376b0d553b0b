//! What is written to the log: that something fails, and that it works again.

use std::collections::BTreeMap;

/// The least time between two lines about failures of one lane.
const QUIET_MS: i64 = 60_000;

/// Lines that wait to be written when nothing is locked.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    lines: Vec<Line>,
    /// By lane: when there was a line about a failure last, and how many there were none for since.
    quiet: BTreeMap<u64, (i64, u64)>,
}

#[derive(Debug)]
pub(crate) struct Line {
    level: Level,
    text: &'static str,
    receiver: String,
    integration: &'static str,
    error: String,
}

#[derive(Debug, Clone, Copy)]
enum Level {
    Info,
    Warn,
    Error,
}

impl Journal {
    /// A failure after a success; it will be tried again.
    pub(crate) fn fails(&mut self, lane: u64, of: (&str, &'static str), error: &str, now_ms: i64) {
        let text = "a notification was not delivered and is tried again";
        self.limited(lane, (Level::Warn, text), of, error, now_ms);
    }

    /// A notification is given up.
    pub(crate) fn gives_up(
        &mut self,
        lane: u64,
        of: (&str, &'static str),
        error: &str,
        now_ms: i64,
    ) {
        let text = "a notification is given up";
        self.limited(lane, (Level::Error, text), of, error, now_ms);
    }

    /// A notification finds no room.
    pub(crate) fn refuses(&mut self, lane: u64, of: (&str, &'static str), now_ms: i64) {
        let text = "a notification is refused";
        self.limited(lane, (Level::Error, text), of, "the queue is full", now_ms);
    }

    /// The alarm goes off.
    pub(crate) fn alarms(&mut self, of: (&str, &'static str), error: &str) {
        self.push(
            Level::Error,
            "a receiver cannot be notified",
            of,
            error.to_owned(),
        );
    }

    /// Something arrives again.
    pub(crate) fn recovers(&mut self, lane: u64, of: (&str, &'static str), after_ms: i64) {
        let is_told = self.quiet.remove(&lane).is_some();
        if is_told {
            let error = format!("failed for {:.1} s", after_ms as f64 / 1e3);
            self.push(Level::Info, "a receiver is notified again", of, error);
        }
    }

    fn limited(
        &mut self,
        lane: u64,
        (level, text): (Level, &'static str),
        of: (&str, &'static str),
        error: &str,
        now_ms: i64,
    ) {
        let (last, missed) = self.quiet.entry(lane).or_insert((i64::MIN / 2, 0));
        if now_ms - *last < QUIET_MS {
            *missed += 1;
            return;
        }
        let more = match std::mem::take(missed) {
            0 => String::new(),
            missed => format!(" ({missed} more failures were not logged)"),
        };
        *last = now_ms;
        self.push(level, text, of, format!("{error}{more}"));
    }

    fn push(
        &mut self,
        level: Level,
        text: &'static str,
        (receiver, integration): (&str, &'static str),
        error: String,
    ) {
        self.lines.push(Line {
            level,
            text,
            receiver: receiver.to_owned(),
            integration,
            error,
        });
    }

    pub(crate) fn take(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.lines)
    }
}

impl Line {
    pub(crate) fn write(&self) {
        let Self {
            receiver,
            integration,
            error,
            text,
            ..
        } = self;
        match self.level {
            Level::Info => tracing::info!(receiver, integration, detail = error, "{text}"),
            Level::Warn => tracing::warn!(receiver, integration, error, "{text}"),
            Level::Error => tracing::error!(receiver, integration, error, "{text}"),
        }
    }
}
