//! The compiled prices of one model.

use std::time::{Duration, SystemTime};

use crate::moment::Moment;
use crate::nano_usd::NanoUsd;
use crate::rate::Rate;
use crate::tokens::{Part, ServiceTier, Tokens};

/// The prices of one model at one time, as integers.
///
/// Found by [`PriceBook::rates`](crate::PriceBook::rates). Cheap to keep; good until [`valid_until`](Self::valid_until).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Rates {
    pub(crate) standard: Sheet,
    /// In the order of [`ServiceTier::SPECIAL`].
    pub(crate) special: [Option<Sheet>; ServiceTier::SPECIAL.len()],
    pub(crate) machine: Option<Machine>,
    pub(crate) valid: Validity,
    pub(crate) is_override: bool,
}

/// The prices of one service tier.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Sheet {
    /// Attos for a request, whatever its tokens.
    pub(crate) per_request: Rate,
    /// What the tokens cost, by the length of the prompt: the first holds for any, and each further one for longer prompts.
    pub(crate) levels: Box<[Level]>,
}

/// Rates for the whole of a request whose prompt has more than `above` tokens.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Level {
    pub(crate) above: u64,
    pub(crate) rates: [Rate; Part::COUNT],
}

/// A machine that is paid by the hour.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Machine {
    pub(crate) nanousd_per_hour: u64,
    /// How many requests it serves at once; at least 1.
    pub(crate) concurrency: u32,
}

/// From when until when nothing changes.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Validity {
    pub(crate) from: Option<Moment>,
    pub(crate) until: Option<Moment>,
}

impl Rates {
    /// Creates rates that hold at any time.
    pub(crate) fn new(standard: Sheet) -> Self {
        Self {
            standard,
            special: Default::default(),
            machine: None,
            valid: Validity::default(),
            is_override: false,
        }
    }

    /// What a request costs that used `tokens` on `tier` and kept a place of the machine busy for `busy`.
    ///
    /// The parts are summed exactly and rounded once, to the nearest nano-dollar. `busy` matters only where the price is
    /// by the hour: `busy * per_hour / concurrency`. What does not fit is the largest amount.
    #[must_use]
    pub fn cost(&self, tokens: &Tokens, tier: ServiceTier, busy: Duration) -> NanoUsd {
        let machine = self.machine.map_or(0, |machine| machine.attos(busy));
        NanoUsd::round(self.sheet(tier).attos(tokens).saturating_add(machine))
    }

    /// When these rates stop being right, if that is known: look them up again then.
    #[must_use]
    pub fn valid_until(&self) -> Option<SystemTime> {
        self.valid.until.and_then(Moment::to_system_time)
    }

    /// Whether these are the application's own prices, which are right whatever others say.
    #[must_use]
    pub const fn is_override(&self) -> bool {
        self.is_override
    }

    pub(crate) fn holds_at(&self, now: Moment) -> bool {
        self.valid.from.is_none_or(|from| from <= now)
            && self.valid.until.is_none_or(|until| now < until)
    }

    fn sheet(&self, tier: ServiceTier) -> &Sheet {
        let special = match tier {
            ServiceTier::Standard => None,
            ServiceTier::Batch => self.special[0].as_ref(),
            ServiceTier::Flex => self.special[1].as_ref(),
            ServiceTier::Priority => self.special[2].as_ref(),
        };
        special.unwrap_or(&self.standard)
    }
}

impl Sheet {
    /// Two counts of `u64::MAX` tokens at the largest rate and a fee fit in a `u128`, see [`crate::rate`].
    fn attos(&self, tokens: &Tokens) -> u128 {
        let Some(base) = self.levels.first() else {
            return self.per_request.into();
        };
        let level = self.levels[1..].iter().rev();
        let level = level
            .clone()
            .find(|level| tokens.prompt > level.above)
            .unwrap_or(base);
        let counts = tokens.divide().0;
        let parts = counts.iter().zip(&level.rates);
        let sum: u128 = parts
            .map(|(count, rate)| u128::from(*count) * u128::from(*rate))
            .sum();
        sum + u128::from(self.per_request)
    }
}

impl Machine {
    fn attos(self, busy: Duration) -> u128 {
        // nanoseconds * nano-dollars per hour = 10^-18 dollar seconds per hour; an hour has 3600 seconds.
        let share = 3600 * u128::from(self.concurrency.max(1));
        u128::from(u64::try_from(busy.as_nanos()).unwrap_or(u64::MAX))
            .saturating_mul(self.nanousd_per_hour.into())
            / share
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rate::MAX;

    fn rates(levels: &[(u64, [Rate; Part::COUNT])]) -> Rates {
        let levels = levels.iter().map(|(above, rates)| Level {
            above: *above,
            rates: *rates,
        });
        Rates::new(Sheet {
            per_request: 0,
            levels: levels.collect(),
        })
    }

    fn nanos(rates: &Rates, tokens: &Tokens) -> u64 {
        rates
            .cost(tokens, ServiceTier::Standard, Duration::ZERO)
            .as_nanos()
    }

    #[test]
    fn the_sum_is_rounded_once() {
        // 0.4 nano-dollars each: two parts together are 1, not 0.
        let rates = rates(&[(0, [400_000_000, 0, 0, 0, 0, 0, 400_000_000, 0, 0])]);
        assert_eq!(nanos(&rates, &Tokens::new(1, 0)), 0);
        assert_eq!(nanos(&rates, &Tokens::new(1, 1)), 1);
    }

    #[test]
    fn a_long_prompt_costs_more_for_the_whole_request() {
        let rates = rates(&[(0, [1_000_000_000; 9]), (100, [3_000_000_000; 9])]);
        assert_eq!(nanos(&rates, &Tokens::new(100, 10)), 110);
        assert_eq!(nanos(&rates, &Tokens::new(101, 10)), 333);
    }

    #[test]
    fn a_machine_is_charged_by_the_time_of_its_place() {
        let mut rates = rates(&[]);
        rates.machine = Some(Machine {
            nanousd_per_hour: 7_200_000_000,
            concurrency: 4,
        });
        let busy = |busy| rates.cost(&Tokens::new(9, 9), ServiceTier::Flex, busy);
        // 7.20 USD an hour is 2 mUSD a second, shared by 4.
        assert_eq!(busy(Duration::from_secs(1)).as_nanos(), 500_000);
        assert_eq!(busy(Duration::ZERO).as_nanos(), 0);
        assert_eq!(busy(Duration::MAX).as_nanos(), 9_223_372_036_854_776);
    }

    #[test]
    fn a_tier_without_a_price_costs_the_standard_one() {
        let mut rates = rates(&[(0, [1_000_000_000; 9])]);
        rates.special[0] = Some(Sheet {
            per_request: 5_000_000_000,
            levels: Box::default(),
        });
        let cost = |tier| rates.cost(&Tokens::new(7, 0), tier, Duration::ZERO);
        assert_eq!(cost(ServiceTier::Batch).as_nanos(), 5);
        assert_eq!(cost(ServiceTier::Flex).as_nanos(), 7);
    }

    #[test]
    fn the_largest_counts_and_rates_do_not_overflow() {
        let rates = rates(&[(0, [MAX; 9])]);
        let all = Tokens {
            cached_prompt: u64::MAX,
            cache_write: u64::MAX,
            cache_write_1h: u64::MAX,
            reasoning: u64::MAX,
            audio_prompt: u64::MAX,
            audio_completion: u64::MAX,
            ..Tokens::new(u64::MAX, u64::MAX)
        };
        assert_eq!(nanos(&rates, &all), u64::MAX);
    }

    prop_compose! {
        fn any_tokens()(counts in prop::array::uniform8(prop_oneof![0..2_000_000_u64, any::<u64>()])) -> Tokens {
            let [prompt, completion, cached_prompt, cache_write, cache_write_1h, reasoning, audio_prompt, audio_completion] = counts;
            Tokens { prompt, completion, cached_prompt, cache_write, cache_write_1h, reasoning, audio_prompt, audio_completion }
        }
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(tokens in any_tokens()) {
            let counts = tokens.divide().0.map(u128::from);
            prop_assert_eq!(counts[..6].iter().sum::<u128>(), u128::from(tokens.prompt));
            prop_assert_eq!(counts[6..].iter().sum::<u128>(), u128::from(tokens.completion));
        }

        #[test]
        fn the_cost_is_between_that_of_the_cheapest_and_the_dearest_part(
            tokens in any_tokens(),
            parts in prop::array::uniform9(0..MAX),
        ) {
            let rates = rates(&[(0, parts)]);
            let all = |rate: Option<&u64>| {
                let count = u128::from(tokens.prompt) + u128::from(tokens.completion);
                NanoUsd::round(count * u128::from(*rate.unwrap_or(&0)))
            };
            let cost = rates.cost(&tokens, ServiceTier::Standard, Duration::ZERO);
            prop_assert!(all(parts.iter().min()) <= cost && cost <= all(parts.iter().max()));
        }

        #[test]
        fn more_tokens_never_cost_less(
            tokens in any_tokens(),
            more in any::<u64>(),
            parts in prop::array::uniform9(0..MAX / 2),
            factors in (1..=2_u64, 0..1_000_000_u64),
        ) {
            // Longer prompts at a rate that is no lower, and one rate for the parts: else a cheaper part may grow instead.
            let one = [parts[0]; 9];
            let rates = rates(&[(0, one), (factors.1, one.map(|rate| rate * factors.0))]);
            let larger = Tokens {
                prompt: tokens.prompt.saturating_add(more),
                completion: tokens.completion.saturating_add(more),
                ..tokens
            };
            prop_assert!(nanos(&rates, &tokens) <= nanos(&rates, &larger));
        }
    }
}
