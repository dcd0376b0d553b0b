//! What was spent today and this month, in UTC, and what the month will cost.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

mod calendar;
mod report;

use self::calendar::{day_of, month_of};
use self::report::Forecast;
pub use self::report::SpendReport;

/// The rate of a forecast is that of so much time before, and of a minute at least.
const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;

const VERSION: u32 = 1;

/// Counts what is spent by day and month, from a counter of costs that is read now and then.
///
/// It has no clock. Times are milliseconds since 1970, amounts billionths of a US dollar, and the counter may begin at 0 again.
/// What is spent between two readings belongs to the day of the second.
///
/// ```
/// use llm_vitals_dashboard::Spend;
///
/// let morning = 1_764_000_000_000;
/// let mut spend = Spend::new(morning);
/// spend.record(morning + 5_000, 2_000_000_000);
/// spend.record(morning + 600_000, 3_500_000_000);
/// assert_eq!(spend.report(morning + 600_000).today_usd(), Some(3.5));
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Spend {
    version: u32,
    day: Option<Period>,
    month: Option<Period>,
    #[serde(skip)]
    started_at: i64,
    #[serde(skip)]
    cost: Counter,
    #[serde(skip)]
    unpriced: Counter,
    /// What was counted since the start at times of the last hour, a minute apart, and last.
    #[serde(skip)]
    recent: VecDeque<(i64, u64)>,
    #[serde(skip)]
    last: Option<(i64, u64)>,
}

/// A day or a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Period {
    start: i64,
    /// From when on everything is counted.
    since: i64,
    nano_usd: u64,
    unpriced_requests: Option<u64>,
}

/// What a counter said last.
#[derive(Debug, Clone, Copy, Default)]
struct Counter(u64);

impl Counter {
    /// By how much it rose. One that is lower than before began anew.
    fn rise(&mut self, total: u64) -> u64 {
        let before = std::mem::replace(&mut self.0, total);
        total.checked_sub(before).unwrap_or(total)
    }
}

impl Spend {
    /// Counts from now on; `started_at_ms` is when the process and its counters began.
    #[must_use]
    pub fn new(started_at_ms: i64) -> Self {
        Self {
            version: VERSION,
            day: None,
            month: None,
            started_at: started_at_ms,
            cost: Counter::default(),
            unpriced: Counter::default(),
            recent: VecDeque::new(),
            last: None,
        }
    }

    /// Goes on from what was saved; as [`new`](Self::new) if there is no such file. The counters begin at 0 again.
    pub fn load(path: &Path, started_at_ms: i64) -> io::Result<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self::new(started_at_ms));
            }
            Err(error) => return Err(error),
        };
        let damaged = |reason: String| {
            let message = format!(
                "{} is damaged: {reason}; remove it to start without it",
                path.display()
            );
            io::Error::new(io::ErrorKind::InvalidData, message)
        };
        let saved: Self =
            serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if saved.version != VERSION {
            return Err(damaged(format!(
                "version {}, expected {VERSION}",
                saved.version
            )));
        }
        Ok(Self {
            started_at: started_at_ms,
            ..saved
        })
    }

    /// Writes the amounts of day and month as JSON, so that the file is the old one or the new one at any moment.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let mut temporary = PathBuf::from(path).into_os_string();
        temporary.push(".new");
        let written = File::create(&temporary).and_then(|mut file| {
            file.write_all(&serde_json::to_vec(self)?)?;
            file.sync_all()?;
            fs::rename(&temporary, path)
        });
        if written.is_err() {
            // What could not be written to its end is of no use.
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    /// Takes the counter's total, in billionths of a US dollar.
    pub fn record(&mut self, at_ms: i64, total_nano_usd: u64) {
        let rise = self.cost.rise(total_nano_usd);
        self.roll(at_ms);
        for period in [&mut self.day, &mut self.month].into_iter().flatten() {
            period.nano_usd = period.nano_usd.saturating_add(rise);
        }
        let (last, counted) = self.last.unwrap_or((i64::MIN, 0));
        // A clock that was set back: what is known of the rate is of no use.
        if at_ms < last {
            self.recent.clear();
        }
        let now = (at_ms, counted.saturating_add(rise));
        if self
            .recent
            .back()
            .is_none_or(|(time, _)| at_ms - time >= MINUTE)
        {
            self.recent.push_back(now);
        }
        while self
            .recent
            .front()
            .is_some_and(|(time, _)| at_ms - time > HOUR)
        {
            self.recent.pop_front();
        }
        self.last = Some(now);
    }

    /// As [`record`](Self::record) with a total in US dollars. A number that is no amount is not taken.
    pub fn record_usd(&mut self, at_ms: i64, total_usd: f64) {
        let nano = (total_usd * 1e9).round();
        if (0.0..1.8e19).contains(&nano) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to fit"
            )]
            self.record(at_ms, nano as u64);
        }
    }

    /// Takes the total of requests whose cost is not known.
    pub fn record_unpriced(&mut self, at_ms: i64, total_requests: u64) {
        let rise = self.unpriced.rise(total_requests);
        self.roll(at_ms);
        for period in [&mut self.day, &mut self.month].into_iter().flatten() {
            period.unpriced_requests = Some(period.unpriced_requests.unwrap_or(0) + rise);
        }
    }

    /// What was spent, as of a time.
    #[must_use]
    pub fn report(&self, now_ms: i64) -> SpendReport {
        let mut now = self.clone();
        // Nothing has been counted at all, and so nothing is known.
        if now.day.is_some() {
            now.roll(now_ms);
        }
        SpendReport::of(now.day, now.month, now.forecast(now_ms))
    }

    /// Begins the day and the month that a time lies in, unless they have begun. A clock that was set back begins none.
    fn roll(&mut self, at: i64) {
        let started_at = self.started_at.min(at);
        let begin = |period: &mut Option<Period>, start: i64| {
            if period.is_some_and(|period| period.start >= start) {
                return;
            }
            // What was counted before the period began, was so without a gap until it did.
            let since = period.map_or(started_at, |period| period.since).max(start);
            *period = Some(Period {
                start,
                since,
                nano_usd: 0,
                unpriced_requests: period
                    .and_then(|period| period.unpriced_requests)
                    .map(|_| 0),
            });
        };
        begin(&mut self.day, day_of(at));
        begin(&mut self.month, month_of(at).start);
    }

    /// The month's amount, and to its end the rate of the last hour or of what there is.
    fn forecast(&self, now: i64) -> Option<Forecast> {
        let month = self.month?;
        let (last, counted) = self.last?;
        let (first, before) = *self.recent.front()?;
        let took = last - first;
        if took < MINUTE || now - last > HOUR {
            return None;
        }
        let left = (month_of(now).end - now).max(0);
        #[expect(
            clippy::cast_precision_loss,
            reason = "cents of amounts below 2^53 nano-dollars"
        )]
        let more = (counted - before) as f64 / took as f64 * left as f64;
        Some(Forecast::new(month.nano_usd, more, took))
    }
}
