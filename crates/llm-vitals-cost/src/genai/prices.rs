//! What a list says of prices.

use std::collections::BTreeMap;

use serde::de::{self, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::moment::{Hours, Moment};
use crate::rate::{self, Rate};
use crate::tokens::ServiceTier;

/// Prices of one model, by what they are for; at most one each.
#[derive(Debug, Default)]
pub(super) struct Prices {
    pub(super) entries: Box<[(Unit, Price)]>,
    /// Whether there is a price of anything at all, tokens or not.
    pub(super) any: bool,
}

/// What a token may be charged as. The list has more units, whose counts do not reach us: seconds, pages, searches, pictures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unit {
    Prompt,
    Cached,
    CacheWrite,
    CacheWrite5m,
    CacheWrite1h,
    Audio,
    CachedAudio,
    Completion,
    Reasoning,
    AudioCompletion,
    Request,
}

impl Unit {
    fn of(key: &str) -> Option<Self> {
        Some(match key {
            "input_mtok" => Self::Prompt,
            "cache_read_mtok" => Self::Cached,
            "cache_write_mtok" => Self::CacheWrite,
            "cache_write_5m_mtok" => Self::CacheWrite5m,
            "cache_write_1h_mtok" => Self::CacheWrite1h,
            "input_audio_mtok" => Self::Audio,
            "cache_audio_read_mtok" => Self::CachedAudio,
            "output_mtok" => Self::Completion,
            "output_reasoning_mtok" => Self::Reasoning,
            "output_audio_mtok" => Self::AudioCompletion,
            "requests_kcount" => Self::Request,
            _ => return None,
        })
    }

    fn rate(self, usd: f64) -> Option<Rate> {
        match self {
            Self::Request => rate::per_request(usd / 1000.0),
            _ => rate::per_million(usd),
        }
    }
}

/// A rate, and those for prompts longer than a number of tokens, by rising length.
#[derive(Debug)]
pub(super) struct Price {
    pub(super) base: Rate,
    pub(super) tiers: Box<[(u64, Rate)]>,
}

impl Prices {
    pub(super) fn get(&self, unit: Unit) -> Option<&Price> {
        let entry = self.entries.iter().find(|(of, _)| *of == unit);
        entry.map(|(_, price)| price)
    }
}

impl<'de> Deserialize<'de> for Prices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = Prices;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of prices")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Prices, A::Error> {
                let mut entries = Vec::new();
                let mut any = false;
                while let Some(key) = map.next_key::<String>()? {
                    any = true;
                    let Some(unit) = Unit::of(&key) else {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    if let Some(listed) = map.next_value::<Option<Listed>>()? {
                        entries.push((unit, listed.price(&key, unit).map_err(de::Error::custom)?));
                    }
                }
                let entries = entries.into();
                Ok(Prices { entries, any })
            }
        }

        deserializer.deserialize_map(Keys)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Listed {
    Flat(f64),
    Tiered { base: f64, tiers: Vec<Tier> },
}

#[derive(Deserialize)]
struct Tier {
    start: u64,
    price: f64,
}

impl Listed {
    fn price(self, key: &str, unit: Unit) -> Result<Price, String> {
        let rate = |usd: f64| {
            let rate = unit.rate(usd);
            rate.ok_or_else(|| {
                format!("field `{key}`: expected dollars from 0 to 1,000,000, found {usd}")
            })
        };
        let (base, mut tiers) = match self {
            Self::Flat(base) => (base, Vec::new()),
            Self::Tiered { base, tiers } => (base, tiers),
        };
        tiers.sort_by_key(|tier| tier.start);
        let tiers = tiers
            .into_iter()
            .map(|tier| Ok((tier.start, rate(tier.price)?)));
        Ok(Price {
            base: rate(base)?,
            tiers: tiers.collect::<Result<_, String>>()?,
        })
    }
}

/// When prices hold, if not always.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "ListedConstraint")]
pub(super) enum Constraint {
    From(Moment),
    Daily(Hours),
}

#[derive(Deserialize)]
struct ListedConstraint {
    start_date: Option<String>,
    start_time: Option<String>,
    end_time: Option<String>,
}

impl TryFrom<ListedConstraint> for Constraint {
    type Error = String;

    fn try_from(listed: ListedConstraint) -> Result<Self, String> {
        match (&listed.start_date, &listed.start_time, &listed.end_time) {
            (Some(date), None, None) => Moment::parse_date(date).map(Self::From).ok_or_else(|| {
                format!("field `start_date`: expected a date like 2026-11-24, found {date:?}")
            }),
            (None, Some(start), Some(end)) => {
                let second = |time: &String| {
                    parse_time(time)
                        .ok_or_else(|| format!("expected a time like 16:30:00Z, found {time:?}"))
                };
                let (start, end) = (second(start)?, second(end)?);
                Ok(Self::Daily(Hours { start, end }))
            }
            _ => Err("expected either `start_date`, or `start_time` and `end_time`".into()),
        }
    }
}

impl Constraint {
    pub(super) fn holds(self, now: Moment) -> bool {
        match self {
            Self::From(start) => now >= start,
            Self::Daily(hours) => hours.contain(now),
        }
    }

    pub(super) fn next_change(self, now: Moment) -> Option<Moment> {
        match self {
            Self::From(start) => (start > now).then_some(start),
            Self::Daily(hours) => Some(hours.next_change(now)),
        }
    }
}

/// The second of the day in UTC of `16:30:00Z` or `16:30:00+02:00`.
fn parse_time(text: &str) -> Option<i64> {
    let (time, zone) = text.split_at_checked(8)?;
    let second =
        clock(time.get(..5)?)? + i64::from(time[5..].strip_prefix(':')?.parse::<u8>().ok()?);
    let offset = match zone.split_at_checked(1)? {
        ("Z", "") => 0,
        ("+", offset) => clock(offset)?,
        ("-", offset) => -clock(offset)?,
        _ => return None,
    };
    Some((second - offset).rem_euclid(crate::moment::DAY))
}

/// Seconds of `16:30`.
fn clock(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then(|| i64::from(hours) * 3600 + i64::from(minutes) * 60)
}

/// Prices for some tiers of service, in place of the standard ones.
#[derive(Debug)]
pub(super) struct Variant {
    /// In the order of [`ServiceTier::SPECIAL`].
    pub(super) tiers: [bool; ServiceTier::SPECIAL.len()],
    pub(super) constraint: Option<Constraint>,
    pub(super) prices: Prices,
}

#[derive(Deserialize)]
pub(super) struct ListedVariant {
    when: BTreeMap<String, String>,
    prices: Prices,
    constraint: Option<Constraint>,
}

impl ListedVariant {
    /// `None` if it is for something that no usage report says, such as the region.
    pub(super) fn variant(self) -> Option<Variant> {
        let tiers = ServiceTier::SPECIAL.map(|tier| {
            let context: &[(&str, &str)] = match tier {
                ServiceTier::Batch => &[("processing", "batch"), ("service_tier", "batch")],
                ServiceTier::Flex => &[("service_tier", "flex")],
                ServiceTier::Priority => &[("service_tier", "priority")],
                ServiceTier::Standard => &[],
            };
            let said = |(key, value): (&String, &String)| context.contains(&(key, value));
            !self.when.is_empty() && self.when.iter().all(said)
        });
        tiers.contains(&true).then_some(Variant {
            tiers,
            constraint: self.constraint,
            prices: self.prices,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_of_the_day_in_utc() {
        assert_eq!(parse_time("16:30:00Z"), Some(59_400));
        assert_eq!(parse_time("00:30:00+01:00"), Some(84_600));
        assert_eq!(parse_time("23:30:10-01:00"), Some(1_810));
        for odd in [
            "16:30Z",
            "24:00:00Z",
            "16:30:00",
            "16:60:00Z",
            "16:30:00+0100",
            "",
        ] {
            assert_eq!(parse_time(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_price_that_is_none_is_named() {
        let error =
            serde_json::from_str::<Prices>(r#"{"input_mtok": 1, "output_mtok": -2}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            "field `output_mtok`: expected dollars from 0 to 1,000,000, found -2 at line 1 column 36"
        );
    }

    #[test]
    fn a_variant_is_for_what_a_report_can_say() {
        let tiers = |json: &str| {
            let listed: ListedVariant = serde_json::from_str(json).unwrap();
            listed.variant().map(|variant| variant.tiers)
        };
        let batch = r#"{"when": {"processing": "batch"}, "prices": {}}"#;
        assert_eq!(tiers(batch), Some([true, false, false]));
        let flex = r#"{"when": {"service_tier": "flex"}, "prices": {}}"#;
        assert_eq!(tiers(flex), Some([false, true, false]));
        let elsewhere = r#"{"when": {"route": "mistral/eu"}, "prices": {}}"#;
        assert_eq!(tiers(elsewhere), None);
    }
}
