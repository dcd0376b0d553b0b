//! The random numbers of one request.

/// `SplitMix64`: ten lines whose sequence never changes, so that a seed gives the same answers with every version of this
/// crate. A generator from a crate may change its sequence with a release.
#[derive(Clone, Debug)]
pub(crate) struct Draw(u64);

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl Draw {
    /// The draws of request `number`.
    pub(crate) const fn of_request(seed: u64, number: u64) -> Self {
        Self(mix(seed ^ mix(number.wrapping_add(STEP))))
    }

    /// Draws of their own for one purpose, so that what one purpose draws shifts no other.
    pub(crate) const fn split(&self, purpose: u64) -> Self {
        Self(mix(self.0 ^ mix(purpose)))
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number from 0 (included) to 1 (excluded).
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(crate) const fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number below `end`, or 0 when `end` is 0.
    pub(crate) const fn below(&mut self, end: u64) -> u64 {
        ((self.next() as u128 * end as u128) >> 64) as u64
    }

    /// Whether something of this probability happens.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A number of the normal distribution around 0 with deviation 1, by Box and Muller.
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

/// The finishing function: every bit of `x` moves every bit of the result.
const fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        // The first numbers of SplitMix64 from state 1234567.
        let mut draw = Draw(1_234_567);
        assert_eq!(draw.next(), 6_457_827_717_110_365_317);
        assert_eq!(draw.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn numbers_spread_evenly() {
        let mut draw = Draw::of_request(1, 2);
        let count = 100_000_u32;
        let mean = (0..count).map(|_| draw.unit()).sum::<f64>() / f64::from(count);
        assert!((mean - 0.5).abs() < 0.005, "{mean}");
        let square = (0..count).map(|_| draw.normal().powi(2)).sum::<f64>() / f64::from(count);
        assert!((square - 1.0).abs() < 0.02, "{square}");
        assert!((0..1000).all(|_| draw.below(3) < 3));
        assert_eq!(draw.below(0), 0);
    }
}
