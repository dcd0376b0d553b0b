//! The compiled rates against genai-prices' own calculator.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use genai_prices::{Calculator, PriceRequest, Usage};
use llm_vitals_cost::{BundledPrices, PriceBook, ServiceTier, Tokens};
use serde_json::Value;

/// Days on which prices change (a day before, the day, the year after), and hours of a day at which they do.
const DAYS: [u64; 6] = [
    1_735_689_600, // 2025-01-01
    1_783_000_000, // 2026-07-02, in the afternoon
    1_791_763_199, // 2026-10-11, the last second before the first variants
    1_795_520_000, // 2026-11-24, before noon
    1_798_761_599, // 2026-12-31, the last second
    1_830_297_600, // 2028-01-01
];
const HOURS: [u64; 9] = [
    0, 1_799, 1_800, 3_600, 14_399, 14_400, 36_000, 59_399, 59_400,
];

/// Every threshold of the list, and one that it does not have.
const THRESHOLDS: [u64; 10] = [
    32_000, 100_000, 128_000, 199_999, 200_000, 256_000, 272_000, 512_000, 524_288, 2_000_000,
];

type Tier = (
    &'static str,
    ServiceTier,
    &'static [(&'static str, &'static str)],
);

const TIERS: [Tier; 4] = [
    ("standard", ServiceTier::Standard, &[]),
    (
        "batch",
        ServiceTier::Batch,
        &[("processing", "batch"), ("service_tier", "batch")],
    ),
    ("flex", ServiceTier::Flex, &[("service_tier", "flex")]),
    (
        "priority",
        ServiceTier::Priority,
        &[("service_tier", "priority")],
    ),
];

fn tokens(prompt: u64, completion: u64, change: impl FnOnce(&mut Tokens)) -> Tokens {
    let mut tokens = Tokens::new(prompt, completion);
    change(&mut tokens);
    tokens
}

/// Every part, alone and with others.
fn parts() -> Vec<Tokens> {
    vec![
        Tokens::new(1_234, 567),
        tokens(10_001, 333, |it| {
            it.cached_prompt = 1_000;
            it.cache_write = 8_000;
            it.cache_write_1h = 3_000;
        }),
        Tokens::default(),
        Tokens::new(0, 89),
        tokens(10_001, 333, |it| it.cached_prompt = 9_000),
        tokens(10_001, 333, |it| it.cache_write = 7_777),
        tokens(5_000, 900, |it| it.reasoning = 801),
        tokens(5_000, 900, |it| {
            it.audio_prompt = 4_321;
            it.audio_completion = 700;
            it.reasoning = 150;
        }),
        // Audio that can only have been cached in part.
        tokens(5_000, 0, |it| {
            it.audio_prompt = 3_000;
            it.cached_prompt = 4_000;
        }),
    ]
}

/// Around every threshold.
fn lengths() -> Vec<Tokens> {
    let around = |threshold| [threshold - 1, threshold, threshold + 1];
    let prompts = THRESHOLDS.iter().flat_map(|threshold| around(*threshold));
    let long = prompts.map(|prompt| {
        tokens(prompt, 4_000, |it| {
            it.cached_prompt = prompt / 2;
            it.cache_write = prompt / 4;
            it.cache_write_1h = prompt / 8;
            it.reasoning = 1_000;
        })
    });
    long.collect()
}

/// The same request in the words of the calculator.
fn usage(tokens: &Tokens) -> Usage {
    let fresh = tokens.prompt - tokens.cached_prompt - tokens.cache_write;
    let counts = [
        ("input_tokens", tokens.prompt),
        ("output_tokens", tokens.completion),
        ("cache_read_tokens", tokens.cached_prompt),
        ("cache_write_tokens", tokens.cache_write),
        (
            "cache_write_5m_tokens",
            tokens.cache_write - tokens.cache_write_1h,
        ),
        ("cache_write_1h_tokens", tokens.cache_write_1h),
        ("input_audio_tokens", tokens.audio_prompt),
        (
            "cache_audio_read_tokens",
            tokens.audio_prompt.saturating_sub(fresh),
        ),
        ("cache_audio_write_tokens", 0),
        ("output_reasoning_tokens", tokens.reasoning),
        ("output_audio_tokens", tokens.audio_completion),
        ("output_audio_reasoning_tokens", 0),
    ];
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    counts
        .into_iter()
        .map(|(key, count)| (key, count as f64))
        .collect()
}

fn times() -> Vec<SystemTime> {
    let days = DAYS
        .iter()
        .map(|day| UNIX_EPOCH + Duration::from_secs(*day));
    let today = UNIX_EPOCH + Duration::from_secs(1_795_478_400);
    days.chain(
        HOURS
            .iter()
            .map(|second| today + Duration::from_secs(*second)),
    )
    .collect()
}

/// The name under which our table has a provider of the list; others go by the list's.
fn ours(id: &str) -> &str {
    match id {
        "aws" => "bedrock",
        "google" => "gemini",
        "moonshotai" => "moonshot",
        "x-ai" => "xai",
        other => other,
    }
}

/// What the calculator does not say of a model, from the list.
struct Listed {
    provider: String,
    id: String,
    /// Names that its rule spells out, or the beginnings and ends that fit it.
    names: Vec<String>,
    has_variants: bool,
}

const LIST: &str = include_str!("../../data/genai-prices.json");

#[test]
fn every_threshold_of_the_list_is_tried() {
    let starts = LIST.split("\"start\":").skip(1);
    let starts = starts.map(|rest| rest.split(',').next().unwrap().parse().unwrap());
    let mut starts: Vec<u64> = starts.collect();
    assert!(starts.len() > 500, "{} thresholds", starts.len());
    starts.retain(|start| !THRESHOLDS.contains(start));
    assert!(starts.is_empty(), "{starts:?}");
}

fn list() -> Vec<Listed> {
    fn literals(rule: &Value, names: &mut Vec<String>) {
        for (kind, argument) in rule.as_object().unwrap() {
            match argument {
                Value::Array(rules) => rules.iter().for_each(|rule| literals(rule, names)),
                Value::String(text) if kind != "regex" => names.push(text.clone()),
                _ => {}
            }
        }
    }
    let list: Value = serde_json::from_str(LIST).unwrap();
    let mut models = Vec::new();
    for provider in list.as_array().unwrap() {
        for model in provider["models"].as_array().unwrap() {
            let id = model["id"].as_str().unwrap();
            let mut names = vec![id.to_owned()];
            literals(&model["match"], &mut names);
            models.push(Listed {
                provider: provider["id"].as_str().unwrap().to_owned(),
                id: id.to_owned(),
                names,
                has_variants: model.get("price_variants").is_some(),
            });
        }
    }
    models
}

/// What both say of one request, and how often they said it.
#[derive(Default)]
struct Comparison {
    compared: BTreeMap<&'static str, u64>,
    skipped: BTreeMap<&'static str, u64>,
    differences: Vec<String>,
}

impl Comparison {
    fn compare(
        &mut self,
        (provider, model): (&str, &str),
        at: SystemTime,
        tiers: &[Tier],
        requests: &[(Tokens, Usage)],
    ) {
        let request = |usage| {
            let request = PriceRequest::new(model, usage).with_provider_id(provider);
            request.with_timestamp(at)
        };
        let Some(rates) = BundledPrices::new().rates(ours(provider), model, at) else {
            // What has no price of tokens, the calculator gives away.
            let theirs = Calculator::bundled()
                .calculate(&request(&requests[0].1))
                .unwrap();
            assert_eq!(theirs.total_price, 0.0, "{provider} {model}");
            *self.skipped.entry("no price of tokens").or_default() += 1;
            return;
        };
        for (name, tier, context) in tiers {
            for (tokens, usage) in requests {
                let mut request = request(usage);
                request.price_context.extend_from_slice(context);
                let theirs = match Calculator::bundled().calculate(&request) {
                    Ok(theirs) => theirs.total_price,
                    Err(error) => {
                        self.differences
                            .push(format!("{provider} {model}: {error}"));
                        continue;
                    }
                };
                let ours = rates.cost(tokens, *tier, Duration::ZERO).as_usd();
                *self.compared.entry(name).or_default() += 1;
                if (ours - theirs).abs() > 1e-9 {
                    let request = format!("{provider} {model} {tier:?} {at:?} {tokens:?}");
                    self.differences
                        .push(format!("{request}: {ours} and {theirs}"));
                }
            }
        }
    }
}

#[test]
fn costs_are_within_a_nano_dollar_of_the_calculator() {
    let calculator = Calculator::bundled();
    let with_usage = |shapes: Vec<Tokens>| -> Vec<_> {
        let usages = shapes.into_iter().map(|tokens| (tokens, usage(&tokens)));
        usages.collect()
    };
    let (parts, lengths) = (with_usage(parts()), with_usage(lengths()));
    let times = times();
    let mut comparison = Comparison::default();
    let mut models = 0;
    for listed in list() {
        let provider = &*listed.provider;
        let finds = |name: &&String| {
            let request = PriceRequest::new(name, &parts[0].1).with_provider_id(provider);
            let found = calculator.calculate(&request);
            found.is_ok_and(|found| found.model_id == listed.id)
        };
        let Some(name) = listed.names.iter().find(finds) else {
            // Earlier rules of the provider take every name that is written in its own.
            *comparison.skipped.entry("never found").or_default() += 1;
            continue;
        };
        models += 1;
        let tiers = if listed.has_variants {
            &TIERS[..]
        } else {
            &TIERS[..1]
        };
        for (index, at) in times.iter().enumerate() {
            comparison.compare((provider, name), *at, tiers, &parts);
            if index % 5 == 3 {
                comparison.compare((provider, name), *at, tiers, &lengths);
            }
        }
        // Without a variant, a tier is at the standard price.
        comparison.compare((provider, name), times[3], &TIERS[1..], &parts[..2]);
    }
    let Comparison {
        compared,
        skipped,
        differences,
    } = comparison;
    println!("{models} models, requests compared {compared:?}, not compared {skipped:?}");
    assert_eq!(differences.first(), None, "and {} more", differences.len());
    let all: usize = calculator
        .providers()
        .map(|provider| provider.models().count())
        .sum();
    assert!(
        models > 2_200 && models + 50 > all,
        "{models} models of {all}"
    );
    assert!(compared["standard"] > 400_000, "{compared:?}");
    for tier in ["batch", "flex", "priority"] {
        assert!(compared[tier] > 20_000, "{compared:?}");
    }
}

#[test]
fn names_are_found_as_the_calculator_finds_them() {
    let requests = [(Tokens::new(1_234, 567), usage(&Tokens::new(1_234, 567)))];
    let at = times()[3];
    let mut comparison = Comparison::default();
    let mut unknown = 0_u32;
    let decorate: [fn(&str) -> String; 6] = [
        str::to_owned,
        str::to_uppercase,
        |name| format!("{name}-2025-08-07"),
        |name| format!("{name}-20250807"),
        |name| format!("{name}-preview"),
        |name| format!("x{name}"),
    ];
    for listed in list() {
        for name in listed
            .names
            .iter()
            .flat_map(|name| decorate.map(|decorate| decorate(name)))
        {
            let provider = &*listed.provider;
            let request = PriceRequest::new(&name, &requests[0].1).with_provider_id(provider);
            if Calculator::bundled().calculate(&request).is_ok() {
                comparison.compare((provider, &name), at, &TIERS[..1], &requests);
            } else {
                unknown += 1;
                assert!(
                    BundledPrices::new()
                        .rates(ours(provider), &name, at)
                        .is_none(),
                    "{provider} {name}"
                );
            }
        }
    }
    let Comparison {
        compared,
        differences,
        ..
    } = comparison;
    println!("names compared {compared:?}, unknown to both {unknown}");
    assert_eq!(differences.first(), None, "and {} more", differences.len());
    assert!(
        compared["standard"] > 13_000 && unknown > 20_000,
        "{compared:?}, {unknown}"
    );
}

#[test]
fn clouds_sell_the_models_of_their_guests() {
    let requests = [(Tokens::new(1_234, 567), usage(&Tokens::new(1_234, 567)))];
    let mut comparison = Comparison::default();
    for (provider, model) in [
        ("azure", "gpt-5.4"),
        ("azure", "claude-opus-4-5"),
        ("azure", "grok-4.3"),
        ("google", "claude-sonnet-4-5@20250929"),
    ] {
        comparison.compare((provider, model), times()[3], &TIERS, &requests);
    }
    assert_eq!(
        (comparison.compared["batch"], comparison.differences),
        (4, vec![])
    );
}

#[test]
fn rates_hold_until_the_price_changes() {
    let book = BundledPrices::new();
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    let until = |model, seconds| {
        let rates = book.rates("deepseek", model, at(seconds)).unwrap();
        let until = rates
            .valid_until()
            .map(|until| until.duration_since(UNIX_EPOCH).unwrap().as_secs());
        (
            rates
                .cost(
                    &Tokens::new(1_000, 0),
                    ServiceTier::Standard,
                    Duration::ZERO,
                )
                .as_nanos(),
            until,
        )
    };
    // 24 November 2026 at midnight, and the hours from one to four and from six to ten.
    let day = 1_795_478_400;
    assert_eq!(until("deepseek-flash", day), (150_000, Some(day + 3_600)));
    assert_eq!(
        until("deepseek-flash", day + 3_600),
        (300_000, Some(day + 14_400))
    );
    assert_eq!(
        until("deepseek-flash", day + 14_400),
        (150_000, Some(day + 21_600))
    );
    assert_eq!(
        until("deepseek-flash", day + 36_000),
        (150_000, Some(day + 86_400 + 3_600))
    );
    // 17 August 2026, from which it is dearer.
    let date = 1_786_924_800;
    assert_eq!(
        until("deepseek-v4-flash", date - 43_200),
        (140_000, Some(date))
    );
    assert_eq!(
        until("deepseek-v4-flash", date),
        (220_000, Some(date + 3_600))
    );
    let forever = book.rates("anthropic", "claude-2", at(day)).unwrap();
    assert_eq!(forever.valid_until(), None);
}

#[test]
fn what_has_no_price_of_tokens_is_unknown_and_not_free() {
    let book = BundledPrices::new();
    let now = times()[3];
    let known = |provider, model| book.rates(provider, model, now).is_some();
    assert!(!known("openai", "whisper-1"), "by the hour of audio");
    assert!(!known("mistral", "mistral-ocr-2512"), "by the page");
    assert!(!known("gemini", "gemma-3"), "without any price");
    assert!(!known("openai", "gpt-of-my-own") && !known("my-openai", "gpt-5"));
    assert!(known("gemini", "models/gemini-2.5-flash"));
    assert!(!known("vllm", "gpt-5") && !known("ollama", "llama3"));
    let free = book
        .rates("openrouter", "agentica-org/deepcoder-14b-preview:free", now)
        .unwrap();
    let cost = free.cost(
        &Tokens::new(1_000, 1_000),
        ServiceTier::Standard,
        Duration::ZERO,
    );
    assert_eq!(cost.as_nanos(), 0);
}

#[test]
fn a_name_that_only_fits_a_rule_is_not_known() {
    let book = BundledPrices::new();
    assert!(book.knows("openai", "gpt-5") && book.knows("openai", "GPT-5"));
    assert!(book.knows("openai", "gpt-4o-2024-08-06"));
    // Its rule is a beginning.
    assert!(
        book.rates("anthropic", "claude-2-made-up", SystemTime::now())
            .is_some()
    );
    assert!(!book.knows("anthropic", "claude-2-made-up") && !book.knows("vllm", "gpt-5"));
}
