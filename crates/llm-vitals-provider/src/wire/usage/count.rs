//! Numbers as providers write them: counts of tokens, and sums of money.

use serde::de::{IgnoredAny, MapAccess};

use crate::wire::lenient::{Into, Lenient};

/// More tokens than any request has; a larger count is taken for garbage.
pub(super) const MOST_TOKENS: u64 = 1 << 48;

/// A count that a provider wrote; what is no count is none, and a number that cannot be one is remembered as such.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Count(pub(super) Option<u64>, bool);

impl Count {
    pub(crate) const fn get(self) -> Option<u64> {
        self.0
    }

    pub(super) const fn of(count: Option<u64>) -> Self {
        Self(count, false)
    }

    pub(super) const fn is_absurd(self) -> bool {
        self.1
    }
}

impl<'de> Lenient<'de> for Count {
    fn count(&mut self, value: u64) {
        self.0 = Some(value).filter(|value| *value <= MOST_TOKENS);
        self.1 = self.0.is_none();
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "checked to be a whole number below 2^48"
    )]
    fn number(&mut self, value: f64) {
        let whole = value.fract() == 0.0 && (0.0..=MOST_TOKENS as f64).contains(&value);
        self.0 = whole.then_some(value as u64);
        self.1 = !whole;
    }
}

/// A sum of dollars: a number, or an object whose `total_cost` is one (Perplexity).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Dollars(pub(super) Option<f64>);

impl<'de> Lenient<'de> for Dollars {
    #[expect(
        clippy::cast_precision_loss,
        reason = "checked to be below a million later"
    )]
    fn count(&mut self, value: u64) {
        self.0 = Some(value as f64);
    }

    fn number(&mut self, value: f64) {
        self.0 = Some(value);
    }

    fn entry<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if key == "total_cost" {
            map.next_value_seed(Into(self))
        } else {
            map.next_value::<IgnoredAny>().map(|_| ())
        }
    }
}
