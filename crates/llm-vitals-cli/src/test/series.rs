//! The series of a test, given to a store as time goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use llm_vitals_promql::{Labels, Store, parse_values};

use crate::time::milliseconds;

use super::file::InputSeries;

/// Series whose samples are yet to come.
pub(super) struct Feed {
    start_ms: i64,
    interval_ms: i64,
    series: BTreeMap<Labels, Vec<Option<f64>>>,
    /// How many samples of each have come.
    given: usize,
}

impl Feed {
    /// Reads series. Of two with the same labels the later counts, as for promtool.
    pub(super) fn new(
        input: &[InputSeries],
        interval: Duration,
        start_ms: i64,
    ) -> Result<Self, String> {
        let mut series = BTreeMap::new();
        for input in input {
            let labels = Labels::parse(&input.series)
                .map_err(|error| format!("input series {:?}: {error}", input.series))?;
            let values = parse_values(&input.values).map_err(|error| {
                format!("values {:?} of {}: {error}", input.values, input.series)
            })?;
            series.insert(labels, values);
        }
        Ok(Self {
            start_ms,
            interval_ms: milliseconds(interval).max(1),
            series,
            given: 0,
        })
    }

    /// Gives the store the samples up to a time after the start, that included.
    pub(super) fn advance(&mut self, store: &mut Store, now_ms: i64) -> Result<(), String> {
        let until = usize::try_from(now_ms / self.interval_ms)
            .unwrap_or(usize::MAX)
            .saturating_add(1);
        for (labels, values) in &self.series {
            let new = values.iter().enumerate().take(until).skip(self.given);
            for (at, value) in new.filter_map(|(at, value)| value.map(|value| (at, value))) {
                let time = i64::try_from(at)
                    .unwrap_or(i64::MAX)
                    .saturating_mul(self.interval_ms)
                    .saturating_add(self.start_ms);
                store
                    .append(labels, time, value)
                    .map_err(|error| format!("series {labels}: {error}"))?;
            }
        }
        self.given = until;
        Ok(())
    }
}
