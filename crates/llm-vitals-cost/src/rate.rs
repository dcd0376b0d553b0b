//! The price of one token as an integer.
//!
//! Rates are atto-dollars (10^-18 USD) for one token: a millionth of a pico-dollar. Price lists have prices that are not a
//! whole number of pico-dollars (0.0833... USD for a million tokens), of which a million tokens would be off by 333
//! nano-dollars. The largest rate is 1 USD for a token, so that two counts of `u64::MAX` tokens fit in a `u128`.

/// Attos for one token.
pub(crate) type Rate = u64;

/// 1 USD for a token, a million for a million of them.
pub(crate) const MAX: Rate = 1_000_000_000_000_000_000;

/// A rate from dollars for a million tokens, or `None` if that is no price.
pub(crate) fn per_million(usd: f64) -> Option<Rate> {
    attos(usd * 1e12)
}

/// A rate from dollars for one token, or `None` if that is no price.
pub(crate) fn per_token(usd: f64) -> Option<Rate> {
    attos(usd * 1e18)
}

/// A fee for one request from dollars, or `None` if that is no price.
pub(crate) fn per_request(usd: f64) -> Option<Rate> {
    attos(usd * 1e18)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "within 0..=MAX, which a float holds exactly"
)]
fn attos(value: f64) -> Option<Rate> {
    let value = value.round();
    (0.0..=MAX as f64).contains(&value).then_some(value as Rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_whole_attos() {
        assert_eq!(per_million(2.5), Some(2_500_000_000_000));
        assert_eq!(per_million(0.0016), Some(1_600_000_000));
        assert_eq!(per_million(0.083_333_333_333_333_3), Some(83_333_333_333));
        assert_eq!(per_token(1.25e-7), Some(125_000_000_000));
        assert_eq!(per_million(0.0), Some(0));
    }

    #[test]
    fn what_is_no_price_is_none() {
        for odd in [-0.1, f64::NAN, f64::INFINITY, 1_000_001.0, f64::MAX] {
            assert_eq!(per_million(odd), None, "{odd}");
        }
        assert_eq!(per_million(1_000_000.0), Some(MAX));
    }
}
