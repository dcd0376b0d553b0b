//! What each provider's last answer said of its rate limits.
//!
//! Values age: after its reset a limit is whole again, and what was left before says nothing any more, so that
//! `remaining` and `reset` are gone from the exposition until the next answer.

use std::sync::{Mutex, PoisonError};

use llm_vitals_provider::{Limit, RateLimits};

use crate::clock::{Clock, Tick};
use crate::gauge_text::GaugeText;
use crate::metrics::{RATE_LIMIT_LIMIT, RATE_LIMIT_REMAINING, RATE_LIMIT_RESET};

/// How long a value without a reset time is believed.
const BELIEVED_NANOS: u64 = 60_000_000_000;

/// The last known limits of one provider, by resource.
#[derive(Debug, Default)]
pub(crate) struct RateLimitStatus(Mutex<[Option<(Tick, Limit)>; RESOURCES.len()]>);

type Resource = (&'static str, fn(&RateLimits) -> Option<Limit>);

const RESOURCES: [Resource; 4] = [
    ("requests", |limits| limits.requests),
    ("tokens", |limits| limits.tokens),
    ("input_tokens", |limits| limits.input_tokens),
    ("output_tokens", |limits| limits.output_tokens),
];

impl RateLimitStatus {
    pub(crate) fn update(&self, limits: &RateLimits, now: Tick) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (slot, (_, limit)) in known.iter_mut().zip(RESOURCES) {
            if let Some(limit) = limit(limits) {
                *slot = Some((now, limit));
            }
        }
    }

    fn samples(&self, clock: &Clock, now: Tick) -> Vec<(&'static str, Limit)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .iter()
            .zip(RESOURCES)
            .filter_map(|(slot, (resource, _))| {
                let (seen, mut limit) = (*slot)?;
                let age = clock.nanos_between(seen, now);
                match limit.reset {
                    Some(reset) if reset.as_nanos() > u128::from(age) => {
                        limit.reset = Some(reset - std::time::Duration::from_nanos(age));
                    }
                    None if age < BELIEVED_NANOS => {}
                    _ => {
                        limit.reset = None;
                        limit.remaining = None;
                    }
                }
                Some((resource, limit))
            })
            .collect()
    }
}

/// Writes the gauges of all providers in Prometheus' text format.
pub(crate) fn render<'a>(
    providers: impl Iterator<Item = (&'a str, &'a RateLimitStatus)>,
    clock: &Clock,
    out: &mut GaugeText<'_>,
) {
    let now = clock.now();
    let samples: Vec<_> = providers
        .flat_map(|(provider, status)| {
            let samples = status.samples(clock, now);
            samples
                .into_iter()
                .map(move |(resource, limit)| (provider, resource, limit))
        })
        .collect();
    let mut gauge = |metric, value: fn(&Limit) -> Option<f64>| {
        let samples = samples.iter().filter_map(|(provider, resource, limit)| {
            let labels = [("provider", *provider), ("resource", *resource)];
            Some((labels, value(limit)?))
        });
        out.family(metric, samples);
    };
    gauge(RATE_LIMIT_REMAINING, |limit| count(limit.remaining));
    gauge(RATE_LIMIT_LIMIT, |limit| count(limit.limit));
    gauge(RATE_LIMIT_RESET, |limit| {
        limit.reset.map(|reset| reset.as_secs_f64())
    });
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
fn count(value: Option<u64>) -> Option<f64> {
    value.map(|value| value as f64)
}
