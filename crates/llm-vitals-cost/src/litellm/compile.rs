//! From the fields of a model to rates.
//!
//! The arithmetic is LiteLLM's: above a length the whole request is at the higher rate; a price that is missing for a tier
//! or a length is the one below it; cached and cache-written tokens without a price are ordinary ones.

use serde_json::{Map, Value};

use super::fields::Fields;
use crate::rate::Rate;
use crate::rates::{Level, Rates, Sheet};
use crate::tokens::{Part, ServiceTier};

const INPUT: &str = "input_cost_per_token";
const OUTPUT: &str = "output_cost_per_token";
const READ: &str = "cache_read_input_token_cost";
const WRITE: &str = "cache_creation_input_token_cost";
const WRITE_1H: &str = "cache_creation_input_token_cost_above_1hr";
const REASONING: &str = "output_cost_per_reasoning_token";
const AUDIO: &str = "input_cost_per_audio_token";
const READ_AUDIO: &str = "cache_read_input_audio_token_cost";
const IMAGE_OUTPUT: &str = "output_cost_per_image_token";
const AUDIO_OUTPUT: &str = "output_cost_per_audio_token";

/// Those that may have lengths above which they change.
const LONG: [&str; 5] = [INPUT, OUTPUT, READ, WRITE, WRITE_1H];

/// What LiteLLM knows of providers beside their prices.
#[derive(Clone, Copy)]
struct Habits {
    /// 1 where a prompt of the length itself is at the higher rate already.
    inclusive: u64,
    /// Whether cached tokens without a price are half that of input.
    half_cached: bool,
}

impl Habits {
    fn of(provider: &str) -> Self {
        Self {
            inclusive: u64::from(provider == "xai"),
            half_cached: provider == "fireworks_ai",
        }
    }
}

/// `None` if tokens have no price, or only 0.
pub(super) fn compile(
    key: &str,
    provider: &str,
    fields: &Map<String, Value>,
) -> Result<Option<Rates>, String> {
    let fields = Fields(fields);
    let habits = Habits::of(provider);
    let mut rates = Rates::new(match tiered_pricing(fields)? {
        Some(sheet) => sheet,
        None => match sheet(fields, "", habits)? {
            Some(sheet) => sheet,
            None => return Ok(None),
        },
    });
    let free = rates
        .standard
        .levels
        .iter()
        .all(|level| level.rates == [0; Part::COUNT]);
    if free && !key.ends_with(":free") {
        return Ok(None);
    }
    if fields.0.contains_key("tiered_pricing") {
        return Ok(Some(rates));
    }
    for (tier, special) in ServiceTier::SPECIAL.iter().zip(&mut rates.special) {
        *special = match tier {
            ServiceTier::Flex => sheet(fields, "_flex", habits)?,
            ServiceTier::Priority => sheet(fields, "_priority", habits)?,
            ServiceTier::Batch => batch(fields, habits)?,
            ServiceTier::Standard => None,
        };
    }
    Ok(Some(rates))
}

/// The prices of a tier, which is `""`, `"_flex"` or `"_priority"`; `None` if it has none of its own.
fn sheet(fields: Fields<'_>, tier: &str, habits: Habits) -> Result<Option<Sheet>, String> {
    let own = |field: &str| fields.rate(&format!("{field}{tier}"));
    if own(INPUT)?.is_none() && own(OUTPUT)?.is_none() {
        return Ok(None);
    }
    let rate = |field: &str| match own(field)? {
        Some(rate) => Ok::<_, String>(Some(rate)),
        None => fields.rate(field),
    };
    let reasoning = match own(REASONING)? {
        Some(rate) => Some(rate),
        // A tier with its own price of output reasons at that.
        None if !tier.is_empty() && own(OUTPUT)?.is_some() => None,
        None => fields.rate(REASONING)?,
    };
    let half = fields
        .rate(INPUT)?
        .filter(|_| habits.half_cached)
        .map(|input| input / 2);
    // Models that draw answer in tokens of pictures.
    let output = rate(OUTPUT)?.filter(|output| *output > 0);
    let output = output.map_or_else(|| fields.rate(IMAGE_OUTPUT), |output| Ok(Some(output)))?;
    let mut prices = Prices {
        long: [
            rate(INPUT)?,
            output,
            rate(READ)?.or(half),
            rate(WRITE)?,
            rate(WRITE_1H)?,
        ],
        reasoning,
        audio: rate(AUDIO)?,
        read_audio: rate(READ_AUDIO)?,
        audio_output: rate(AUDIO_OUTPUT)?,
    };
    let mut thresholds = fields.thresholds(&LONG, "");
    thresholds.extend(fields.thresholds(&LONG, tier));
    levels(&mut prices, thresholds, habits, rate).map(Some)
}

/// A batch has its own prices of everything, or none: what it does not name is at its price of input.
fn batch(fields: Fields<'_>, habits: Habits) -> Result<Option<Sheet>, String> {
    let own = |field: &str| fields.rate(&format!("{field}_batches"));
    let (input, output) = (own(INPUT)?, own(OUTPUT)?);
    if input.is_none() && output.is_none() {
        return Ok(None);
    }
    let standard =
        |own: Option<Rate>, field| own.map_or_else(|| fields.rate(field), |own| Ok(Some(own)));
    let mut prices = Prices {
        long: [
            standard(input, INPUT)?,
            standard(output, OUTPUT)?,
            own(READ)?,
            own(WRITE)?,
            own(WRITE_1H)?,
        ],
        reasoning: None,
        audio: own(AUDIO)?,
        read_audio: own(READ_AUDIO)?,
        audio_output: own(AUDIO_OUTPUT)?,
    };
    let thresholds = fields.thresholds(&LONG, "_batches");
    levels(&mut prices, thresholds, habits, own).map(Some)
}

/// The prices as they are, and above each length those that `rate` finds for it.
fn levels(
    prices: &mut Prices,
    mut thresholds: Vec<u64>,
    habits: Habits,
    rate: impl Fn(&str) -> Result<Option<Rate>, String>,
) -> Result<Sheet, String> {
    thresholds.sort_unstable();
    thresholds.dedup();
    let mut levels = vec![prices.level(0)];
    for threshold in thresholds {
        for (price, field) in prices.long.iter_mut().zip(LONG) {
            for name in names(field, threshold) {
                if let Some(higher) = rate(&name)? {
                    *price = Some(higher);
                    break;
                }
            }
        }
        levels.push(prices.level(threshold.saturating_sub(habits.inclusive)));
    }
    Ok(Sheet {
        per_request: 0,
        levels: levels.into(),
    })
}

/// The two spellings of a length.
fn names(field: &str, threshold: u64) -> impl Iterator<Item = String> {
    let thousands = threshold
        .is_multiple_of(1000)
        .then(|| format!("{field}_above_{}k_tokens", threshold / 1000));
    thousands
        .into_iter()
        .chain([format!("{field}_above_{threshold}_tokens")])
}

/// Alibaba's tiers: the length of the prompt picks one, for the whole request.
fn tiered_pricing(fields: Fields<'_>) -> Result<Option<Sheet>, String> {
    let Some(Value::Array(tiers)) = fields.0.get("tiered_pricing") else {
        return Ok(None);
    };
    let mut levels = Vec::new();
    for tier in tiers {
        let Value::Object(tier) = tier else {
            return Err("field `tiered_pricing`: expected an array of objects".into());
        };
        let prices = Fields(tier);
        let (Some(range), Some(input)) = (tier.get("range"), prices.rate(INPUT)?) else {
            continue;
        };
        let start = range.get(0).and_then(Value::as_f64);
        let Some(start) = start.filter(|start| (0.0..1e15).contains(start)) else {
            return Err(format!(
                "field `tiered_pricing`: expected a range of tokens, found {range}"
            ));
        };
        let output = match prices.rate(OUTPUT)? {
            Some(output) => Some(output),
            None => fields.rate(OUTPUT)?,
        };
        let prices = Prices {
            long: [
                Some(input),
                output,
                prices.rate(READ)?,
                prices.rate(WRITE)?,
                prices.rate(WRITE_1H)?,
            ],
            reasoning: prices.rate(REASONING)?,
            audio: fields.rate(AUDIO)?,
            read_audio: fields.rate(READ_AUDIO)?,
            audio_output: fields.rate(AUDIO_OUTPUT)?,
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "in range, as checked"
        )]
        levels.push(prices.level(start as u64));
    }
    levels.sort_by_key(|level| level.above);
    Ok((!levels.is_empty()).then(|| Sheet {
        per_request: 0,
        levels: levels.into(),
    }))
}

/// The prices of one tier at one length.
struct Prices {
    /// In the order of [`LONG`].
    long: [Option<Rate>; LONG.len()],
    reasoning: Option<Rate>,
    audio: Option<Rate>,
    read_audio: Option<Rate>,
    audio_output: Option<Rate>,
}

impl Prices {
    fn level(&self, above: u64) -> Level {
        let [input, output, read, write, write_1h] = self.long;
        let (input, output) = (input.unwrap_or_default(), output.unwrap_or_default());
        let (read, write) = (read.unwrap_or(input), write.unwrap_or(input));
        let mut rates = [0; Part::COUNT];
        rates[Part::Prompt as usize] = input;
        rates[Part::Cached as usize] = read;
        rates[Part::CacheWrite as usize] = write;
        rates[Part::CacheWrite1h as usize] = write_1h.unwrap_or(write);
        rates[Part::Audio as usize] = self.audio.unwrap_or(input);
        rates[Part::CachedAudio as usize] = self.read_audio.unwrap_or(read);
        rates[Part::Completion as usize] = output;
        rates[Part::Reasoning as usize] = self.reasoning.unwrap_or(output);
        rates[Part::AudioCompletion as usize] = self.audio_output.unwrap_or(output);
        Level { above, rates }
    }
}
