//! The prices of one model, as they are written.

use serde::Deserialize;

use crate::rate::{self, Rate};
use crate::rates::{Level, Machine, Rates, Sheet};
use crate::tokens::Part;

/// Structs of prices have the same fields and some of their own; a flattened struct could not refuse unknown ones.
macro_rules! prices {
    ($(#[$docs:meta])* $name:ident { $($own:ident: $type:ty,)* }) => {
        $(#[$docs])*
        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(super) struct $name {
            prompt: Option<f64>,
            completion: Option<f64>,
            cached_prompt: Option<f64>,
            cache_write: Option<f64>,
            cache_write_1h: Option<f64>,
            reasoning: Option<f64>,
            audio_prompt: Option<f64>,
            audio_completion: Option<f64>,
            $($own: $type,)*
        }

        impl $name {
            fn prices(&self) -> Result<Prices, String> {
                Ok(Prices {
                    prompt: price("prompt", self.prompt)?,
                    completion: price("completion", self.completion)?,
                    cached_prompt: price("cached_prompt", self.cached_prompt)?,
                    cache_write: price("cache_write", self.cache_write)?,
                    cache_write_1h: price("cache_write_1h", self.cache_write_1h)?,
                    reasoning: price("reasoning", self.reasoning)?,
                    audio_prompt: price("audio_prompt", self.audio_prompt)?,
                    audio_completion: price("audio_completion", self.audio_completion)?,
                })
            }
        }
    };
}

prices! {
    /// A model.
    Entry {
        per_request: Option<f64>,
        tiers: Vec<Tier>,
        batch: Option<Service>,
        flex: Option<Service>,
        priority: Option<Service>,
        per_hour: Option<f64>,
        concurrency: Option<u32>,
    }
}

prices! {
    /// A tier of service.
    Service {
        per_request: Option<f64>,
        tiers: Option<Vec<Tier>>,
    }
}

prices! {
    /// Prompts above a length.
    Tier {
        above: Option<u64>,
    }
}

#[derive(Clone, Copy)]
struct Prices {
    prompt: Option<Rate>,
    completion: Option<Rate>,
    cached_prompt: Option<Rate>,
    cache_write: Option<Rate>,
    cache_write_1h: Option<Rate>,
    reasoning: Option<Rate>,
    audio_prompt: Option<Rate>,
    audio_completion: Option<Rate>,
}

impl Entry {
    /// The error says which field, and what was expected.
    pub(super) fn rates(&self) -> Result<Rates, String> {
        let prices = self.prices()?;
        let fee = fee(self.per_request)?;
        let machine = self.machine()?;
        if prices.is_empty() && fee.is_none() && machine.is_none() {
            return Err(
                "expected `prompt` and `completion`, `per_request` or `per_hour`, found no price"
                    .into(),
            );
        }
        prices.check(fee.is_some() || machine.is_some())?;
        let standard = sheet(prices, fee, &self.tiers)?;
        let special = [
            ("batch", &self.batch),
            ("flex", &self.flex),
            ("priority", &self.priority),
        ];
        let mut rates = Rates::new(standard);
        for (slot, (name, service)) in rates.special.iter_mut().zip(special) {
            if let Some(service) = service {
                let sheet = service.sheet(prices, fee, !self.tiers.is_empty());
                *slot = Some(sheet.map_err(|error| format!("in `{name}`: {error}"))?);
            }
        }
        rates.machine = machine;
        rates.is_override = true;
        Ok(rates)
    }

    fn machine(&self) -> Result<Option<Machine>, String> {
        let concurrency = match (self.concurrency, self.per_hour) {
            (Some(0), _) => return Err("field `concurrency`: expected at least 1, found 0".into()),
            (Some(_), None) => {
                return Err("field `concurrency`: expected `per_hour` beside it".into());
            }
            (concurrency, _) => concurrency.unwrap_or(1),
        };
        let Some(usd) = self.per_hour else {
            return Ok(None);
        };
        if !(0.0..=1e6).contains(&usd) {
            return Err(unexpected("per_hour", "dollars for an hour", usd));
        }
        Ok(Some(Machine {
            nanousd_per_hour: nanos(usd),
            concurrency,
        }))
    }
}

impl Service {
    fn sheet(&self, standard: Prices, fee: Option<Rate>, tiered: bool) -> Result<Sheet, String> {
        let own = self.prices()?;
        let own_fee = self::fee(self.per_request)?;
        if own.is_empty() && own_fee.is_none() {
            return Err("expected prices, found none".into());
        }
        let tiers = match &self.tiers {
            Some(tiers) => &tiers[..],
            None if tiered => {
                return Err(
                    "expected `tiers`, for the model has them; `[]` if there are none".into(),
                );
            }
            None => &[],
        };
        let prices = own.over(standard);
        prices.check(own_fee.or(fee).is_some())?;
        sheet(prices, own_fee.or(fee), tiers)
    }
}

impl Prices {
    const fn is_empty(&self) -> bool {
        matches!(
            self,
            Self {
                prompt: None,
                completion: None,
                cached_prompt: None,
                cache_write: None,
                cache_write_1h: None,
                reasoning: None,
                audio_prompt: None,
                audio_completion: None,
            }
        )
    }

    /// Tokens without a price would be free by mistake; with another price there need be none at all.
    fn check(&self, otherwise: bool) -> Result<(), String> {
        let missing = match (self.prompt, self.completion) {
            (Some(_), Some(_)) => return Ok(()),
            (None, None) if otherwise && self.is_empty() => return Ok(()),
            (None, _) => "prompt",
            (_, None) => "completion",
        };
        Err(format!(
            "missing field `{missing}`: expected dollars for a million tokens, 0 if they are free"
        ))
    }

    fn over(self, below: Self) -> Self {
        Self {
            prompt: self.prompt.or(below.prompt),
            completion: self.completion.or(below.completion),
            cached_prompt: self.cached_prompt.or(below.cached_prompt),
            cache_write: self.cache_write.or(below.cache_write),
            cache_write_1h: self.cache_write_1h.or(below.cache_write_1h),
            reasoning: self.reasoning.or(below.reasoning),
            audio_prompt: self.audio_prompt.or(below.audio_prompt),
            audio_completion: self.audio_completion.or(below.audio_completion),
        }
    }

    fn level(self, above: u64) -> Level {
        let prompt = self.prompt.unwrap_or_default();
        let completion = self.completion.unwrap_or_default();
        let cached = self.cached_prompt.unwrap_or(prompt);
        let written = self.cache_write.unwrap_or(prompt);
        let mut rates = [0; Part::COUNT];
        rates[Part::Prompt as usize] = prompt;
        rates[Part::Cached as usize] = cached;
        rates[Part::CacheWrite as usize] = written;
        rates[Part::CacheWrite1h as usize] = self.cache_write_1h.unwrap_or(written);
        rates[Part::Audio as usize] = self.audio_prompt.unwrap_or(prompt);
        rates[Part::CachedAudio as usize] = cached;
        rates[Part::Completion as usize] = completion;
        rates[Part::Reasoning as usize] = self.reasoning.unwrap_or(completion);
        rates[Part::AudioCompletion as usize] = self.audio_completion.unwrap_or(completion);
        Level { above, rates }
    }
}

fn sheet(prices: Prices, fee: Option<Rate>, tiers: &[Tier]) -> Result<Sheet, String> {
    let mut levels = vec![prices.level(0)];
    let mut current = prices;
    let mut last = 0;
    for tier in tiers {
        let Some(above) = tier.above.filter(|above| *above > last) else {
            let expected =
                "expected `above` in each, a number of tokens that grows from one to the next";
            return Err(format!("field `tiers`: {expected}"));
        };
        let own = tier
            .prices()
            .map_err(|error| format!("in `tiers` above {above}: {error}"))?;
        if own.is_empty() {
            return Err(format!(
                "in `tiers` above {above}: expected prices, found none"
            ));
        }
        current = own.over(current);
        current
            .check(false)
            .map_err(|error| format!("in `tiers` above {above}: {error}"))?;
        levels.push(current.level(above));
        last = above;
    }
    Ok(Sheet {
        per_request: fee.unwrap_or_default(),
        levels: levels.into(),
    })
}

fn price(field: &str, usd: Option<f64>) -> Result<Option<Rate>, String> {
    let Some(usd) = usd else { return Ok(None) };
    let rate = rate::per_million(usd);
    let rate = rate.ok_or_else(|| unexpected(field, "dollars for a million tokens", usd));
    rate.map(Some)
}

fn fee(usd: Option<f64>) -> Result<Option<Rate>, String> {
    let Some(usd) = usd else { return Ok(None) };
    let rate = rate::per_request(usd);
    let rate = rate.ok_or_else(|| {
        format!("field `per_request`: expected dollars for a request from 0 to 1, found {usd}")
    });
    rate.map(Some)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most a million dollars, as checked"
)]
fn nanos(usd: f64) -> u64 {
    (usd * 1e9).round() as u64
}

fn unexpected(field: &str, what: &str, found: f64) -> String {
    format!("field `{field}`: expected {what} from 0 to 1,000,000, found {found}")
}
