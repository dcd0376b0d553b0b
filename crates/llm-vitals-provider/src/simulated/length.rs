//! How many tokens something has.

use crate::simulated::draw::Draw;

/// No answer is longer.
const LONGEST: u64 = 1 << 17;

/// The distribution of a number of tokens. No draw is above 131,072.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Length(Shape);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Constant(u64),
    Uniform(u64, u64),
    LogNormal { median: u64, sigma: f64 },
}

impl Length {
    /// Always the same.
    #[must_use]
    pub const fn constant(tokens: u64) -> Self {
        Self(Shape::Constant(tokens))
    }

    /// Anything from `least` to `most`, both included, equally likely.
    #[must_use]
    pub const fn uniform(least: u64, most: u64) -> Self {
        Self(Shape::Uniform(least, most))
    }

    /// Half of the draws are below `median`, 5 % above `median * exp(1.645 * sigma)`; rounded to whole tokens. The mean is
    /// `median * exp(sigma^2 / 2)`.
    #[must_use]
    pub const fn log_normal(median: u64, sigma: f64) -> Self {
        Self(Shape::LogNormal { median, sigma })
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a conversion of a float saturates, and the result is bounded"
    )]
    pub(crate) fn draw(&self, draw: &mut Draw) -> u64 {
        let tokens = match self.0 {
            Shape::Constant(tokens) => tokens,
            Shape::Uniform(least, most) => {
                least.saturating_add(draw.below(most.saturating_sub(least).saturating_add(1)))
            }
            Shape::LogNormal { median, sigma } => {
                (median as f64 * (sigma * draw.normal()).exp()).round() as u64
            }
        };
        tokens.min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "small sums")]
    fn means_are_those_of_the_parameters() {
        for (length, expected) in [
            (Length::constant(12), 12.0),
            (Length::uniform(10, 30), 20.0),
            (Length::log_normal(200, 0.8), 200.0 * 0.32_f64.exp()),
        ] {
            let mut draw = Draw::of_request(5, 0);
            let sum: u64 = (0..50_000).map(|_| length.draw(&mut draw)).sum();
            let mean = sum as f64 / 50_000.0;
            assert!((mean / expected - 1.0).abs() < 0.02, "{mean} {expected}");
        }
    }

    #[test]
    fn absurd_parameters_are_bounded() {
        let mut draw = Draw::of_request(0, 0);
        for length in [
            Length::constant(u64::MAX),
            Length::uniform(0, u64::MAX),
            Length::uniform(9, 3),
            Length::log_normal(u64::MAX, f64::INFINITY),
            Length::log_normal(3, f64::NAN),
        ] {
            for _ in 0..100 {
                assert!(length.draw(&mut draw) <= LONGEST);
            }
        }
    }
}
