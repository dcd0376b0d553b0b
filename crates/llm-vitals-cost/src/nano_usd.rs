//! An amount of money.

use std::fmt;

/// Nano-dollars: billionths of a US dollar.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct NanoUsd(u64);

impl NanoUsd {
    /// Creates an amount of nano-dollars.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The amount in nano-dollars.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// The amount in dollars, as near as a float comes to it.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "says so")]
    pub const fn as_usd(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Rounds atto-dollars to the nearest nano-dollar, halves up. What does not fit is the largest amount.
    pub(crate) fn round(attos: u128) -> Self {
        const ATTOS: u128 = 1_000_000_000;
        Self(u64::try_from(attos.saturating_add(ATTOS / 2) / ATTOS).unwrap_or(u64::MAX))
    }
}

/// Dollars in exact decimals, with as many as there are.
impl fmt::Display for NanoUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (dollars, nanos) = (self.0 / 1_000_000_000, self.0 % 1_000_000_000);
        let decimals = format!("{nanos:09}");
        let decimals = decimals.trim_end_matches('0');
        if decimals.is_empty() {
            write!(f, "{dollars} USD")
        } else {
            write!(f, "{dollars}.{decimals} USD")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_rounded_to_the_nearest() {
        assert_eq!(NanoUsd::round(499_999_999), NanoUsd(0));
        assert_eq!(NanoUsd::round(500_000_000), NanoUsd(1));
        assert_eq!(NanoUsd::round(u128::MAX), NanoUsd(u64::MAX));
    }

    #[test]
    fn reads_as_dollars() {
        assert_eq!(NanoUsd(12_500_000).to_string(), "0.0125 USD");
        assert_eq!(NanoUsd(3_000_000_000).to_string(), "3 USD");
        assert_eq!(NanoUsd(1).to_string(), "0.000000001 USD");
    }
}
