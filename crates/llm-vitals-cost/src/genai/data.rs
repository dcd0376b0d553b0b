//! The list as it is kept.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};

use super::prices::{Constraint, ListedVariant, Prices, Variant};
use super::rule::Rule;
use crate::slot::Slot;

/// A provider and its models. Fields of the list that say nothing of prices are left out.
#[derive(Debug, Deserialize)]
pub(super) struct Provider {
    pub(super) id: Box<str>,
    /// Providers whose models it also sells.
    #[serde(
        rename = "fallback_model_providers",
        default,
        deserialize_with = "or_empty"
    )]
    pub(super) guests: Box<[Box<str>]>,
    #[serde(default, deserialize_with = "or_empty")]
    pub(super) models: Box<[Model]>,
}

#[derive(Debug)]
pub(super) struct Model {
    pub(super) id: Box<str>,
    pub(super) rule: Rule,
    /// The last that holds counts.
    pub(super) prices: Box<[Dated]>,
    /// The first that holds counts, price by price.
    pub(super) variants: Box<[Variant]>,
    /// With the variants, for its own provider.
    pub(super) own: Slot,
    /// Without them, for others that sell it.
    pub(super) guest: Slot,
}

#[derive(Debug, Deserialize)]
pub(super) struct Dated {
    pub(super) constraint: Option<Constraint>,
    pub(super) prices: Prices,
}

pub(super) fn read(json: &str) -> Result<Vec<Provider>, serde_json::Error> {
    serde_json::from_str(json)
}

#[derive(Deserialize)]
struct ListedModel {
    id: Box<str>,
    #[serde(rename = "match")]
    rule: Rule,
    #[serde(default)]
    prices: ListedPrices,
    #[serde(default, deserialize_with = "or_empty")]
    price_variants: Vec<ListedVariant>,
}

impl<'de> Deserialize<'de> for Model {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let listed = ListedModel::deserialize(deserializer)?;
        let variants = listed.price_variants.into_iter();
        Ok(Self {
            id: listed.id,
            rule: listed.rule,
            prices: listed.prices.0.into(),
            variants: variants.filter_map(ListedVariant::variant).collect(),
            own: Slot::default(),
            guest: Slot::default(),
        })
    }
}

/// Prices that always hold, or a sequence of those that hold at times.
#[derive(Default)]
struct ListedPrices(Vec<Dated>);

impl<'de> Deserialize<'de> for ListedPrices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = ListedPrices;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of prices, or an array of them with constraints")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<ListedPrices, A::Error> {
                let prices = Prices::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(ListedPrices(vec![Dated {
                    constraint: None,
                    prices,
                }]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<ListedPrices, A::Error> {
                let dated = Vec::deserialize(de::value::SeqAccessDeserializer::new(seq))?;
                Ok(ListedPrices(dated))
            }

            fn visit_unit<E>(self) -> Result<ListedPrices, E> {
                Ok(ListedPrices::default())
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// `null` is as good as nothing.
fn or_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
