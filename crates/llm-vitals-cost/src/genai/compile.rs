//! From what the list says to rates.

use std::sync::Arc;

use super::data::Model;
use super::prices::{Constraint, Price, Prices, Unit};
use crate::moment::Moment;
use crate::rate::Rate;
use crate::rates::{Level, Rates, Sheet, Validity};
use crate::slot::Slot;
use crate::tokens::Part;

impl Model {
    /// The rates at a time, with the variants if it is its own provider that sells it.
    pub(super) fn rates(&self, own: bool, now: Moment) -> Option<Arc<Rates>> {
        let slot: &Slot = if own { &self.own } else { &self.guest };
        slot.get(now, || self.compile(own, now))
    }

    /// `None` if tokens have no price: the model is charged by the hour, page or picture, or nobody wrote its price down. A
    /// model without any price is free if its name says so.
    fn compile(&self, own: bool, now: Moment) -> Option<Rates> {
        let holds = |constraint: Option<Constraint>| constraint.is_none_or(|it| it.holds(now));
        let current = self
            .prices
            .iter()
            .rev()
            .find(|dated| holds(dated.constraint));
        let standard = &current.or_else(|| self.prices.first())?.prices;
        let priced = [Unit::Prompt, Unit::Completion].map(|unit| standard.get(unit).is_some());
        if !priced.contains(&true) && (standard.any || !self.id.ends_with(":free")) {
            return None;
        }
        let mut rates = Rates::new(sheet(|unit| standard.get(unit)));
        let variants = self.variants.iter().filter(|_| own);
        for (index, special) in rates.special.iter_mut().enumerate() {
            let active = || {
                let of_tier = variants.clone().filter(move |variant| variant.tiers[index]);
                of_tier.filter(|variant| holds(variant.constraint))
            };
            if active().next().is_some() {
                *special = Some(sheet(|unit| {
                    let mut prices = active().map(|variant| &variant.prices);
                    let changed = prices.find_map(|prices: &Prices| prices.get(unit));
                    changed.or_else(|| standard.get(unit))
                }));
            }
        }
        rates.valid = Validity {
            from: Some(now),
            until: self.next_change(own, now),
        };
        Some(rates)
    }

    fn next_change(&self, own: bool, now: Moment) -> Option<Moment> {
        let prices = self.prices.iter().map(|dated| dated.constraint);
        let variants = self.variants.iter().filter(|_| own);
        let variants = variants.map(|variant| variant.constraint);
        let constraints = prices.chain(variants).flatten();
        constraints
            .filter_map(|constraint| constraint.next_change(now))
            .min()
    }
}

const UNITS: [Unit; 10] = [
    Unit::Prompt,
    Unit::Cached,
    Unit::CacheWrite,
    Unit::CacheWrite5m,
    Unit::CacheWrite1h,
    Unit::Audio,
    Unit::CachedAudio,
    Unit::Completion,
    Unit::Reasoning,
    Unit::AudioCompletion,
];

/// Each price has thresholds of its own; the sheet has a level for every one of them.
fn sheet<'a>(price: impl Fn(Unit) -> Option<&'a Price>) -> Sheet {
    let tiers = UNITS.iter().filter_map(|unit| price(*unit));
    let mut thresholds: Vec<u64> = tiers
        .flat_map(|price| price.tiers.iter().map(|(start, _)| *start))
        .collect();
    thresholds.sort_unstable();
    thresholds.dedup();
    let level = |above: Option<u64>| Level {
        above: above.unwrap_or_default(),
        rates: parts(|unit| price(unit).map(|price| price.at(above))),
    };
    let levels = std::iter::once(None).chain(thresholds.into_iter().map(Some));
    Sheet {
        per_request: price(Unit::Request).map_or(0, |price| price.base),
        levels: levels.map(level).collect(),
    }
}

/// A part without a price of its own is charged as what it is a part of.
fn parts(rate: impl Fn(Unit) -> Option<Rate>) -> [Rate; Part::COUNT] {
    let prompt = rate(Unit::Prompt).unwrap_or_default();
    let cached = rate(Unit::Cached);
    let written = rate(Unit::CacheWrite).unwrap_or(prompt);
    let audio = rate(Unit::Audio);
    let completion = rate(Unit::Completion).unwrap_or_default();
    let mut rates = [0; Part::COUNT];
    rates[Part::Prompt as usize] = prompt;
    rates[Part::Cached as usize] = cached.unwrap_or(prompt);
    rates[Part::CacheWrite as usize] = rate(Unit::CacheWrite5m).unwrap_or(written);
    rates[Part::CacheWrite1h as usize] = rate(Unit::CacheWrite1h).unwrap_or(written);
    rates[Part::Audio as usize] = audio.unwrap_or(prompt);
    rates[Part::CachedAudio as usize] = rate(Unit::CachedAudio)
        .or(cached)
        .or(audio)
        .unwrap_or(prompt);
    rates[Part::Completion as usize] = completion;
    rates[Part::Reasoning as usize] = rate(Unit::Reasoning).unwrap_or(completion);
    rates[Part::AudioCompletion as usize] = rate(Unit::AudioCompletion).unwrap_or(completion);
    rates
}

impl Price {
    /// The rate for prompts longer than `above`.
    fn at(&self, above: Option<u64>) -> Rate {
        let crossed = self
            .tiers
            .iter()
            .rev()
            .find(|(start, _)| above.is_some_and(|above| above >= *start));
        crossed.map_or(self.base, |(_, rate)| *rate)
    }
}
