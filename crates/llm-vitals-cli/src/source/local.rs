//! Samples that are held here.

use std::time::Duration;

use llm_vitals_alert::{Evaluator, RuleFile, Rules, SIGNALS};
use llm_vitals_promql::{Dialect, Engine, Expr, Labels, Scrape, Store};

use crate::failure::Failure;
use crate::time::{format_duration, milliseconds, now_ms};

use super::answer::{Answer, Question};
use super::http::Client;
use super::scrapes::{Text, scrape};
use super::window::shorten;

/// The window of the signals, as their rules have it.
const SIGNAL_WINDOW: &str = "[5m]";

/// A store that was filled by one or more scrapes.
#[derive(Debug)]
pub(crate) struct Local {
    store: Store,
    engine: Engine,
    /// When the last scrape was.
    last_ms: i64,
    /// When each scrape was.
    times: Vec<i64>,
    /// The longest window that the scrapes fill, if there are several.
    window_ms: Option<i64>,
    /// The time between two of them.
    gap_ms: i64,
    notes: Vec<String>,
}

impl Local {
    /// Saved scrapes, `step` apart, the last at `at`.
    pub(crate) fn from_texts(
        texts: &[Text],
        at: i64,
        step: Duration,
        dialect: Dialect,
    ) -> Result<Self, Failure> {
        let mut local = Self::empty(at);
        let mut target = Scrape::new(Labels::empty()).with_dialect(dialect);
        for (back, text) in (0..texts.len()).rev().zip(texts) {
            let back = i64::try_from(back)
                .unwrap_or(i64::MAX)
                .saturating_mul(milliseconds(step));
            local.take(&mut target, text, at.saturating_sub(back))?;
        }
        Ok(local.with_window(texts.len(), milliseconds(step)))
    }

    /// A live target, scraped `count` times, `every` apart. Waits that long.
    pub(crate) fn from_live(
        client: &Client,
        url: &str,
        count: usize,
        every: Duration,
        dialect: Dialect,
    ) -> Result<Self, Failure> {
        let mut local = Self::empty(0);
        let mut target = Scrape::new(Labels::empty()).with_dialect(dialect);
        let mut first = None;
        for round in 0..count {
            if round > 0 {
                std::thread::sleep(every);
            }
            let text = scrape(client, url)?;
            local.last_ms = now_ms();
            first.get_or_insert(local.last_ms);
            local.take(&mut target, &text, local.last_ms)?;
        }
        let span = local.last_ms - first.unwrap_or(local.last_ms);
        let gaps = i64::try_from(count.max(2) - 1).unwrap_or(1);
        Ok(local.with_window(count, (span / gaps).max(1)))
    }

    /// Says in a note what an expression that looks back gets.
    pub(crate) fn with_window_note(mut self) -> Self {
        let shown = |ms: i64| format_duration(Duration::from_millis(ms.unsigned_abs()));
        self.notes.push(match self.window_ms {
            None => "one scrape has one sample of each series: rate() and its like have no result".to_owned(),
            Some(window) => format!(
                "{} scrapes, {} apart: longer windows such as [5m] were read as [{}], so that rate() is that of what was seen",
                self.times.len(),
                shown(self.gap_ms),
                shown(window)
            ),
        });
        self
    }

    /// Records the signals, so that expressions can ask for them.
    pub(crate) fn with_signals(mut self) -> Result<Self, Failure> {
        let text = match self.window_ms {
            Some(window) => SIGNALS.replace(SIGNAL_WINDOW, &format!("[{window}ms]")),
            None => SIGNALS.to_owned(),
        };
        let rules =
            RuleFile::parse("signals", &text).and_then(|file| Rules::without_signals([file]));
        let rules = rules.map_err(|error| Failure::Other(error.render()))?;
        let mut evaluator = Evaluator::new(rules).with_engine(self.engine.clone());
        for at in &self.times {
            evaluator.evaluate_all(&mut self.store, *at);
        }
        Ok(self)
    }

    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Answers, with the windows that the scrapes do not fill cut.
    pub(crate) fn ask(&self, question: &Question) -> Result<Answer, Failure> {
        let expr = self.as_evaluated(&question.expr)?;
        let at = question.at.unwrap_or(self.last_ms);
        let value = match question.range {
            None => self.engine.eval_instant(&self.store, &expr, at),
            Some((range, step)) => {
                let start = at.saturating_sub(milliseconds(range));
                self.engine
                    .eval_range(&self.store, &expr, start, at, milliseconds(step))
            }
        };
        value
            .map(Answer::from)
            .map_err(|error| Failure::Other(error.render(expr.text())))
    }

    fn as_evaluated(&self, expr: &Expr) -> Result<Expr, Failure> {
        match self.window_ms {
            Some(longest) => shorten(expr, longest),
            None => Ok(expr.clone()),
        }
    }

    fn empty(last_ms: i64) -> Self {
        Self {
            // Saved scrapes may be as far apart as one likes.
            store: Store::builder()
                .with_retention(Duration::from_secs(400 * 86_400))
                .build(),
            engine: Engine::new(),
            last_ms,
            times: Vec::new(),
            window_ms: None,
            gap_ms: 0,
            notes: Vec::new(),
        }
    }

    fn take(&mut self, target: &mut Scrape, text: &Text, at: i64) -> Result<(), Failure> {
        let taken = target.ingest(&mut self.store, &text.bytes, text.format, at);
        self.times.push(at);
        let taken = taken.map_err(|error| Failure::Other(format!("{}:{error}", text.name)))?;
        if taken.refused > 0 {
            self.notes.push(format!(
                "of {1}, samples were refused: {0}",
                taken.refused, text.name
            ));
        }
        Ok(())
    }

    /// Scrapes with gaps of `gap_ms` fill a window of their number times the gap: before the first, a gap may be extrapolated.
    fn with_window(mut self, scrapes: usize, gap_ms: i64) -> Self {
        if scrapes > 1 {
            self.window_ms = Some(
                i64::try_from(scrapes)
                    .unwrap_or(i64::MAX)
                    .saturating_mul(gap_ms),
            );
            self.gap_ms = gap_ms;
        }
        self
    }
}
