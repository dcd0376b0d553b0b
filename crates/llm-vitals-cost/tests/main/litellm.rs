//! LiteLLM's price file, and its arithmetic.

use std::env;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use llm_vitals_cost::{LiteLlmPrices, PriceBook, ServiceTier, Tokens};
use serde_json::Value;

fn read(models: &str) -> LiteLlmPrices {
    LiteLlmPrices::from_json(models).unwrap()
}

fn cost(
    prices: &LiteLlmPrices,
    (provider, model): (&str, &str),
    tokens: Tokens,
    tier: ServiceTier,
) -> Option<u64> {
    let rates = prices.rates(provider, model, UNIX_EPOCH)?;
    assert!(!rates.is_override());
    Some(rates.cost(&tokens, tier, Duration::ZERO).as_nanos())
}

const LONG: &str = r#"{
    "sample_spec": {"litellm_provider": "openai", "input_cost_per_token": 1},
    "fallback_generalizations": {"rules": []},
    "m": {
        "litellm_provider": "openai", "max_input_tokens": "many", "unheard_of": {},
        "input_cost_per_token": 2e-6, "output_cost_per_token": 1e-5,
        "cache_read_input_token_cost": 2e-7,
        "cache_creation_input_token_cost": 2.5e-6, "cache_creation_input_token_cost_above_1hr": 4e-6,
        "input_cost_per_token_above_200k_tokens": 4e-6, "output_cost_per_token_above_200k_tokens": 1.5e-5,
        "cache_read_input_token_cost_above_200k_tokens": 4e-7,
        "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 8e-6,
        "input_cost_per_token_above_500000_tokens": 6e-6,
        "input_cost_per_token_priority": 3e-6, "output_cost_per_token_priority": 2e-5,
        "input_cost_per_token_above_200k_tokens_priority": 9e-6,
        "input_cost_per_token_flex": 1e-6,
        "input_cost_per_token_batches": 1.1e-6, "output_cost_per_token_batches": 5e-6,
        "output_cost_per_reasoning_token": 1.2e-5,
        "input_cost_per_audio_token": 3e-5, "output_cost_per_audio_token": 6e-5
    }
}"#;

#[test]
fn above_a_length_the_whole_request_is_at_the_higher_rate() {
    let prices = read(LONG);
    assert_eq!((prices.len(), prices.skipped().count()), (1, 0));
    let cost = |prompt, tier| cost(&prices, ("openai", "m"), Tokens::new(prompt, 1_000), tier);
    assert_eq!(cost(200_000, ServiceTier::Standard), Some(410_000_000));
    assert_eq!(cost(200_001, ServiceTier::Standard), Some(815_004_000));
    assert_eq!(cost(500_001, ServiceTier::Standard), Some(3_015_006_000));
    // Its own price above the length, and of output the standard one.
    assert_eq!(cost(200_000, ServiceTier::Priority), Some(620_000_000));
    assert_eq!(cost(200_001, ServiceTier::Priority), Some(1_815_009_000));
    // No price of its own above it: the standard one, and output as usual.
    assert_eq!(cost(200_000, ServiceTier::Flex), Some(210_000_000));
    assert_eq!(cost(200_001, ServiceTier::Flex), Some(815_004_000));
    // A batch has no lengths of its own.
    assert_eq!(cost(500_001, ServiceTier::Batch), Some(555_001_100));
}

#[test]
fn parts_have_their_prices() {
    let prices = read(LONG);
    let mut tokens = Tokens::new(1_000, 100);
    tokens.cached_prompt = 300;
    tokens.cache_write = 200;
    tokens.cache_write_1h = 50;
    tokens.audio_prompt = 100;
    tokens.reasoning = 30;
    tokens.audio_completion = 20;
    let cost = |tier| cost(&prices, ("openai", "m"), tokens, tier);
    // 400 x 2 + 300 x 0.2 + 150 x 2.5 + 50 x 4 + 100 x 30, and 50 x 10 + 30 x 12 + 20 x 60.
    let standard = 800 + 60 + 375 + 200 + 3_000 + 500 + 360 + 1_200;
    assert_eq!(cost(ServiceTier::Standard), Some(standard * 1_000));
    // A tier with a price of output reasons at that; a batch knows nothing but its own.
    let priority = 1_200 + 60 + 375 + 200 + 3_000 + 1_000 + 600 + 1_200;
    assert_eq!(cost(ServiceTier::Priority), Some(priority * 1_000));
    assert_eq!(cost(ServiceTier::Batch), Some(1_100_000 + 500_000));
    // Above the length, a write for an hour has its price, and the others keep theirs.
    tokens.prompt = 200_400;
    let long = 4 * (200_400 - 600) + 120 + 375 + 400 + 3_000 + 750 + 360 + 1_200;
    let long_cost = self::cost(&prices, ("openai", "m"), tokens, ServiceTier::Standard);
    assert_eq!(long_cost, Some(long * 1_000));
}

#[test]
fn the_length_itself_is_above_at_xai() {
    let model = |provider| {
        format!(
            r#"{{"{provider}/m": {{"litellm_provider": "{provider}", "input_cost_per_token": 1e-6, "output_cost_per_token": 0,
                "input_cost_per_token_above_128k_tokens": 2e-6}}}}"#
        )
    };
    let at = |provider, prompt| {
        cost(
            &read(&model(provider)),
            (provider, "m"),
            Tokens::new(prompt, 0),
            ServiceTier::Standard,
        )
    };
    assert_eq!(at("xai", 127_999), Some(127_999_000));
    assert_eq!(at("xai", 128_000), Some(256_000_000));
    assert_eq!(at("groq", 128_000), Some(128_000_000));
}

#[test]
fn tiered_pricing_picks_one_tier_for_the_request() {
    let prices = read(
        r#"{"dashscope/q": {"litellm_provider": "dashscope", "tiered_pricing": [
            {"range": [0, 32000.0], "input_cost_per_token": 1e-6, "output_cost_per_token": 5e-6, "cache_read_input_token_cost": 1e-7},
            {"range": [32000.0, 128000.0], "input_cost_per_token": 2e-6, "output_cost_per_token": 8e-6, "output_cost_per_reasoning_token": 9e-6}
        ]}}"#,
    );
    let cost = |prompt, cached, reasoning| {
        let mut tokens = Tokens::new(prompt, 100);
        tokens.cached_prompt = cached;
        tokens.reasoning = reasoning;
        cost(&prices, ("dashscope", "q"), tokens, ServiceTier::Batch)
    };
    assert_eq!(
        cost(32_000, 10_000, 100),
        Some(22_000_000 + 1_000_000 + 500_000)
    );
    assert_eq!(cost(32_001, 10_000, 100), Some(64_002_000 + 900_000));
    assert_eq!(cost(1_000_000, 0, 0), Some(2_000_800_000));
}

#[test]
fn off_peak_is_cheaper_at_its_hours() {
    let prices = read(
        r#"{"deepseek/d": {"litellm_provider": "deepseek", "input_cost_per_token": 3e-6, "output_cost_per_token": 6e-6,
            "off_peak_pricing": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6, "weekday_timezone": "Asia/Shanghai",
                "windows": [{"hours_utc": ["00:00-01:00", "10:00-00:00"], "weekdays": [1, 2, 3, 4, 5]},
                            {"hours_utc": "00:00-00:00", "weekdays": ["sat", "Sunday"]}]}}}"#,
    );
    // Cached tokens have no price of their own and follow that of input.
    let mut tokens = Tokens::new(10, 1);
    tokens.cached_prompt = 5;
    let at = |seconds| {
        let rates = prices
            .rates("deepseek", "d", UNIX_EPOCH + Duration::from_secs(seconds))
            .unwrap();
        let until = rates
            .valid_until()
            .unwrap()
            .duration_since(UNIX_EPOCH)
            .unwrap();
        (
            rates
                .cost(&tokens, ServiceTier::Standard, Duration::ZERO)
                .as_nanos(),
            until.as_secs() - seconds,
        )
    };
    // Tuesday, 24 November 2026, and the Saturday of that week, which begins at 16:00 UTC on Friday in Shanghai.
    let tuesday = 1_795_478_400;
    let saturday = tuesday + 4 * 86_400;
    assert_eq!(at(tuesday), (12_000, 3_600));
    assert_eq!(at(tuesday + 3_600), (36_000, 32_400));
    assert_eq!(at(tuesday + 36_000), (12_000, 21_600));
    assert_eq!(at(saturday + 7_200).0, 12_000);
    // Sunday's 17:00 UTC is Monday there, and its hours begin at 10:00 UTC.
    assert_eq!(at(saturday + 86_400 + 61_200).0, 12_000);
    assert_eq!(at(saturday + 2 * 86_400 + 7_200).0, 36_000);
}

#[test]
fn models_are_found_by_key_provider_and_date() {
    let model = |provider: &str| {
        format!(
            r#"{{"litellm_provider": "{provider}", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6}}"#
        )
    };
    let prices = read(&format!(
        r#"{{"gpt-4o": {}, "azure/gpt-4o-2024-08-06": {}, "gemini/gemini-x": {}, "gemini-x": {}, "together_ai/Meta/Llama": {}}}"#,
        model("openai"),
        model("azure"),
        model("gemini"),
        model("vertex_ai-language-models"),
        model("together_ai")
    ));
    let known = |provider, name| prices.rates(provider, name, SystemTime::now()).is_some();
    assert!(known("openai", "gpt-4o") && known("openai", "GPT-4o-2024-11-20"));
    assert!(known("azure", "gpt-4o-2024-08-06") && !known("azure", "gpt-4o"));
    assert!(known("gemini", "models/gemini-x") && known("vertex", "gemini-x"));
    assert!(known("together", "meta/llama") && known("together_ai", "Meta/Llama"));
    // Another provider's price is not this one's.
    assert!(!known("groq", "gpt-4o") && !known("my-openai", "gpt-4o") && !known("vllm", "gpt-4o"));
    assert!(prices.knows("openai", "gpt-4o") && !prices.knows("openai", "gpt-4o-2024-11-20"));
}

#[test]
fn zero_is_a_price_only_of_what_is_called_free() {
    let model = r#"{"litellm_provider": "openrouter", "input_cost_per_token": 0, "output_cost_per_token": 0.0}"#;
    let prices = read(&format!(
        r#"{{"openrouter/a": {model}, "openrouter/a:free": {model}}}"#
    ));
    assert_eq!(prices.len(), 1);
    let tokens = Tokens::new(1, 1);
    assert_eq!(
        cost(&prices, ("openrouter", "a"), tokens, ServiceTier::Standard),
        None
    );
    assert_eq!(
        cost(
            &prices,
            ("openrouter", "a:free"),
            tokens,
            ServiceTier::Standard
        ),
        Some(0)
    );
}

#[test]
fn a_text_that_is_no_price_file_is_refused() {
    let error = |text: &str| LiteLlmPrices::from_json(text).unwrap_err().to_string();
    assert_eq!(
        error("[]"),
        "cannot use the LiteLLM prices: invalid type: sequence, expected an object of models at line 1 column 0"
    );
    assert_eq!(
        error("{} x"),
        "cannot use the LiteLLM prices: trailing characters at line 1 column 4"
    );
    assert_eq!(
        error(r#"{"a": {"litellm_provider": "x"}}"#),
        "cannot use the LiteLLM prices: it has no price of any model"
    );
}

/// Requests that LiteLLM's calculator priced. `litellm_costs.py` makes them, for these models or for all.
#[test]
fn costs_are_those_of_litellms_calculator() {
    let costs = match env::var_os("LLM_VITALS_LITELLM_COSTS") {
        Some(path) => std::fs::read_to_string(path).unwrap(),
        None => include_str!("litellm_costs.json").to_owned(),
    };
    let costs: Value = serde_json::from_str(&costs).unwrap();
    let prices = read(&costs["models"].to_string());
    let mut compared = 0_u32;
    let mut unpriced = 0_u32;
    let mut differences = Vec::new();
    for case in costs["cases"].as_array().unwrap() {
        let (name, theirs) = (case[0].as_str().unwrap(), case[4].as_f64().unwrap());
        let (model, tier) = (&costs["models"][name], case[2].as_str().unwrap());
        let provider = model["litellm_provider"].as_str().unwrap_or_default();
        let at = UNIX_EPOCH + Duration::from_secs(case[1].as_u64().unwrap());
        let Some(rates) = prices.rates(provider, name, at) else {
            unpriced += 1;
            continue;
        };
        let count = |index: usize| case[3][index].as_u64().unwrap();
        let mut tokens = Tokens::new(count(0), count(1));
        tokens.cached_prompt = count(2);
        tokens.cache_write = count(3);
        tokens.cache_write_1h = count(4);
        tokens.reasoning = count(5);
        tokens.audio_prompt = count(6);
        tokens.audio_completion = count(7);
        let tier = match tier {
            "flex" => ServiceTier::Flex,
            "priority" => ServiceTier::Priority,
            _ => ServiceTier::Standard,
        };
        let ours = rates.cost(&tokens, tier, Duration::ZERO).as_usd();
        compared += 1;
        if (ours - theirs).abs() > 1e-9 {
            differences.push(format!("{case}: {ours}"));
        }
    }
    println!(
        "{compared} requests compared, {unpriced} without a price, {} differ",
        differences.len()
    );
    for difference in differences.iter().step_by(1 + differences.len() / 40) {
        println!("{difference}");
    }
    assert!(differences.is_empty());
    assert!(compared > 500, "{compared}");
}

#[test]
fn the_file_of_a_current_release_imports() {
    let Some(path) = env::var_os("LLM_VITALS_LITELLM_PRICES") else {
        assert_ne!(
            env::var_os("CI").as_deref(),
            Some("true".as_ref()),
            "LLM_VITALS_LITELLM_PRICES is not set"
        );
        eprintln!("SKIPPED: LLM_VITALS_LITELLM_PRICES names no price file of LiteLLM");
        return;
    };
    let prices = LiteLlmPrices::from_file(path).unwrap();
    let skipped: Vec<_> = prices.skipped().collect();
    println!("{} models, skipped {skipped:?}", prices.len());
    assert!(prices.len() > 3_000, "{} models", prices.len());
    assert!(skipped.len() < 20, "{skipped:?}");
    for (provider, model) in [
        ("openai", "gpt-4o-2024-08-06"),
        ("azure", "gpt-4o-2024-08-06"),
        ("anthropic", "claude-sonnet-4-5-20250929"),
        ("gemini", "gemini-2.5-pro"),
        ("vertex", "gemini-2.5-pro"),
        ("bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("deepseek", "deepseek-chat"),
        ("dashscope", "qwen3-max"),
        ("xai", "grok-4.3"),
    ] {
        let rates = prices.rates(provider, model, SystemTime::now());
        let cost = rates.map(|rates| {
            rates.cost(
                &Tokens::new(1_000, 100),
                ServiceTier::Standard,
                Duration::ZERO,
            )
        });
        let cost = cost
            .unwrap_or_else(|| panic!("{provider} {model}"))
            .as_nanos();
        assert!(
            (10_000..100_000_000).contains(&cost),
            "{provider} {model}: {cost}"
        );
    }
}
