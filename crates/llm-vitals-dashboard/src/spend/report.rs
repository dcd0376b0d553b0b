//! Amounts as they are shown.

use serde::Serialize;

use crate::time;

use super::{HOUR, MINUTE, Period};

/// What was spent. What is not known is `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SpendReport {
    today: Option<Amount>,
    month: Option<Amount>,
    forecast: Option<Forecast>,
    unpriced_requests: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Amount {
    usd: f64,
    /// Later than the start of the day or month if what came before was not counted.
    #[serde(serialize_with = "time::serialize_some")]
    since: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Forecast {
    usd: f64,
    basis: String,
}

impl SpendReport {
    pub(super) fn of(
        day: Option<Period>,
        month: Option<Period>,
        forecast: Option<Forecast>,
    ) -> Self {
        let amount = |period: Period| Amount {
            usd: usd(period.nano_usd),
            since: period.since,
        };
        Self {
            today: day.map(amount),
            month: month.map(amount),
            forecast,
            unpriced_requests: month.and_then(|month| month.unpriced_requests),
        }
    }

    /// US dollars of today, in UTC.
    #[must_use]
    pub fn today_usd(&self) -> Option<f64> {
        self.today.as_ref().map(|amount| amount.usd)
    }

    /// US dollars of this month, in UTC.
    #[must_use]
    pub fn month_usd(&self) -> Option<f64> {
        self.month.as_ref().map(|amount| amount.usd)
    }

    /// US dollars of the whole month, if it goes on as in the last hour.
    #[must_use]
    pub fn forecast_usd(&self) -> Option<f64> {
        self.forecast.as_ref().map(|forecast| forecast.usd)
    }
}

impl Forecast {
    /// What there is, `more` billionths of a dollar, and over how many milliseconds their rate was seen.
    pub(super) fn new(nano_usd: u64, more: f64, took: i64) -> Self {
        let minutes = took / MINUTE;
        Self {
            usd: usd(nano_usd) + more / 1e9,
            basis: if minutes >= HOUR / MINUTE - 1 {
                "rate of the last 1h".to_owned()
            } else {
                format!("rate of the last {minutes}m")
            },
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact up to 9 million dollars, and near above"
)]
fn usd(nano: u64) -> f64 {
    nano as f64 / 1e9
}
