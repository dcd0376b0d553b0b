//! How long something takes.

use std::time::Duration;

use crate::simulated::draw::Draw;

/// Nothing takes longer than a day.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// The distribution of a latency. No draw is longer than a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latency(Shape);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Constant(Duration),
    Uniform(Duration, Duration),
    LogNormal { median: Duration, sigma: f64 },
}

impl Latency {
    /// Nothing to wait for.
    pub const ZERO: Self = Self(Shape::Constant(Duration::ZERO));

    /// Always the same.
    #[must_use]
    pub const fn constant(latency: Duration) -> Self {
        Self(Shape::Constant(latency))
    }

    /// Anything from `least` to `most`, equally likely. The mean is their middle.
    #[must_use]
    pub const fn uniform(least: Duration, most: Duration) -> Self {
        Self(Shape::Uniform(least, most))
    }

    /// A long tail, as latencies of servers have: half of the draws are below `median`, 5 % above
    /// `median * exp(1.645 * sigma)`. The mean is `median * exp(sigma^2 / 2)`. A `sigma` of 0.5 puts the 95th percentile at
    /// 2.3 times the median, one of 1 at 5.2 times.
    #[must_use]
    pub const fn log_normal(median: Duration, sigma: f64) -> Self {
        Self(Shape::LogNormal { median, sigma })
    }

    pub(crate) fn draw(&self, draw: &mut Draw) -> Duration {
        let latency = match self.0 {
            Shape::Constant(latency) => latency,
            Shape::Uniform(least, most) => {
                least.saturating_add(scaled(most.saturating_sub(least), draw.unit()))
            }
            Shape::LogNormal { median, sigma } => scaled(median, (sigma * draw.normal()).exp()),
        };
        latency.min(LONGEST)
    }
}

/// A latency times a factor; too long is a day, and a factor that is no number leaves it alone.
fn scaled(latency: Duration, factor: f64) -> Duration {
    let seconds = latency.as_secs_f64() * factor;
    if seconds.is_nan() {
        return latency;
    }
    Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn sorted(latency: Latency) -> Vec<f64> {
        let mut draw = Draw::of_request(3, 0);
        let mut draws: Vec<f64> = (0..50_000)
            .map(|_| latency.draw(&mut draw).as_secs_f64() * 1e3)
            .collect();
        draws.sort_by(f64::total_cmp);
        draws
    }

    fn close(value: f64, expected: f64) {
        assert!(
            (value / expected - 1.0).abs() < 0.02,
            "{value} instead of {expected}"
        );
    }

    fn mean(draws: &[f64]) -> f64 {
        draws.iter().sum::<f64>() / 50_000.0
    }

    #[test]
    fn means_and_tails_are_those_of_the_parameters() {
        let uniform = sorted(Latency::uniform(100 * MS, 300 * MS));
        close(mean(&uniform), 200.0);
        assert!(uniform[0] >= 100.0 && uniform[49_999] <= 300.0);
        let tail = sorted(Latency::log_normal(100 * MS, 0.5));
        close(mean(&tail), 100.0 * 0.125_f64.exp());
        close(tail[25_000], 100.0);
        close(tail[47_500], 100.0 * (1.645 * 0.5_f64).exp());
    }

    #[test]
    fn absurd_parameters_are_bounded() {
        let mut draw = Draw::of_request(0, 0);
        for latency in [
            Latency::constant(Duration::MAX),
            Latency::uniform(Duration::MAX, Duration::ZERO),
            Latency::log_normal(Duration::MAX, 1e300),
            Latency::log_normal(Duration::MAX, f64::NAN),
        ] {
            for _ in 0..100 {
                assert!(latency.draw(&mut draw) <= LONGEST);
            }
        }
    }
}
