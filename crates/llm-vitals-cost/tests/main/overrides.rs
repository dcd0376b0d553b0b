//! Prices that are the application's own.

use std::time::{Duration, SystemTime};

use llm_vitals_cost::{Overrides, PriceBook, ServiceTier, Tokens};

fn read(json: &str) -> Overrides {
    Overrides::from_json(json).unwrap()
}

fn cost(overrides: &Overrides, model: &str, tokens: Tokens, tier: ServiceTier) -> Option<u64> {
    let rates = overrides.rates("openai", model, SystemTime::now())?;
    assert!(rates.is_override());
    assert_eq!(rates.valid_until(), None);
    Some(
        rates
            .cost(&tokens, tier, Duration::from_secs(36))
            .as_nanos(),
    )
}

fn standard(overrides: &Overrides, model: &str, tokens: Tokens) -> Option<u64> {
    cost(overrides, model, tokens, ServiceTier::Standard)
}

#[test]
fn every_part_has_its_price() {
    let overrides = read(
        r#"{"openai": {"m": {
            "prompt": 1, "completion": 2, "cached_prompt": 0.1, "cache_write": 1.25, "cache_write_1h": 2.5,
            "reasoning": 3, "audio_prompt": 40, "audio_completion": 80, "per_request": 0.01
        }}}"#,
    );
    let mut tokens = Tokens::new(1_000, 100);
    assert_eq!(standard(&overrides, "m", tokens), Some(11_200_000));
    tokens.cached_prompt = 500;
    tokens.cache_write = 200;
    tokens.cache_write_1h = 50;
    tokens.audio_prompt = 100;
    tokens.reasoning = 40;
    tokens.audio_completion = 10;
    // 200 x 1 + 500 x 0.1 + 150 x 1.25 + 50 x 2.5 + 100 x 40, and 50 x 2 + 40 x 3 + 10 x 80.
    let parts = 200_000 + 50_000 + 187_500 + 125_000 + 4_000_000 + 100_000 + 120_000 + 800_000;
    assert_eq!(standard(&overrides, "m", tokens), Some(10_000_000 + parts));
}

#[test]
fn a_part_without_a_price_is_charged_as_its_whole() {
    let overrides =
        read(r#"{"openai": {"m": {"prompt": 1, "completion": 2, "cache_write": 1.25}}}"#);
    let mut tokens = Tokens::new(1_000, 100);
    tokens.cached_prompt = 500;
    tokens.cache_write = 200;
    tokens.cache_write_1h = 200;
    tokens.reasoning = 100;
    assert_eq!(
        standard(&overrides, "m", tokens),
        Some(800_000 + 250_000 + 200_000)
    );
}

#[test]
fn tiers_are_for_the_whole_request_and_keep_what_they_do_not_name() {
    let overrides = read(
        r#"{"openai": {"m": {"prompt": 1, "completion": 2, "cached_prompt": 0.5,
            "tiers": [{"above": 100, "prompt": 3}, {"above": 200, "completion": 5}]}}}"#,
    );
    let cached = |prompt| {
        let mut tokens = Tokens::new(prompt, 10);
        tokens.cached_prompt = 100;
        standard(&overrides, "m", tokens).unwrap()
    };
    assert_eq!(cached(100), 50_000 + 20_000);
    assert_eq!(cached(101), 50_000 + 3_000 + 20_000);
    assert_eq!(cached(201), 50_000 + 303_000 + 50_000);
}

#[test]
fn tiers_of_service_name_what_differs() {
    let overrides = read(
        r#"{"openai": {"m": {"prompt": 1, "completion": 2, "cached_prompt": 0.5,
            "batch": {"prompt": 0.6}, "priority": {"prompt": 2, "completion": 4, "tiers": [{"above": 10, "prompt": 9}]}}}}"#,
    );
    let tokens = Tokens::new(1_000, 10);
    let cost = |tier| cost(&overrides, "m", tokens, tier);
    assert_eq!(cost(ServiceTier::Standard), Some(1_020_000));
    assert_eq!(cost(ServiceTier::Batch), Some(620_000));
    assert_eq!(cost(ServiceTier::Flex), Some(1_020_000));
    assert_eq!(cost(ServiceTier::Priority), Some(9_040_000));
}

#[test]
fn a_machine_is_paid_by_the_hour() {
    let overrides = read(
        r#"{"openai": {"alone": {"per_hour": 3.6}, "shared": {"per_hour": 3.6, "concurrency": 16},
            "both": {"per_hour": 3.6, "prompt": 1, "completion": 0}}}"#,
    );
    let tokens = Tokens::new(1_000, 1_000);
    // 36 seconds of 1 mUSD each.
    assert_eq!(standard(&overrides, "alone", tokens), Some(36_000_000));
    assert_eq!(standard(&overrides, "shared", tokens), Some(2_250_000));
    assert_eq!(standard(&overrides, "both", tokens), Some(37_000_000));
}

#[test]
fn the_most_exact_name_counts() {
    let price = |prompt| format!(r#"{{"prompt": {prompt}, "completion": 0}}"#);
    let overrides = read(&format!(
        r#"{{"openai": {{"gpt-4o": {}, "gpt-4o-2024-05-13": {}, "GPT-4*": {}, "gpt-4o-m*": {}, "*": {}}}}}"#,
        price(1),
        price(2),
        price(3),
        price(4),
        price(5)
    ));
    assert_eq!(
        standard(&overrides, "gpt-4o", Tokens::new(1, 0)),
        Some(1_000)
    );
    assert_eq!(
        standard(&overrides, "gpt-4o-2024-08-06", Tokens::new(1, 0)),
        Some(1_000)
    );
    assert_eq!(
        standard(&overrides, "gpt-4o-2024-05-13", Tokens::new(1, 0)),
        Some(2_000)
    );
    assert_eq!(
        standard(&overrides, "gpt-4-turbo", Tokens::new(1, 0)),
        Some(3_000)
    );
    assert_eq!(
        standard(&overrides, "gpt-4o-mini", Tokens::new(1, 0)),
        Some(4_000)
    );
    assert_eq!(standard(&overrides, "o3", Tokens::new(1, 0)), Some(5_000));
    assert_eq!(
        standard(&overrides, "ein-größeres", Tokens::new(1, 0)),
        Some(5_000)
    );
    assert!(
        overrides
            .rates("azure", "gpt-4o", SystemTime::now())
            .is_none()
    );
    assert!(overrides.knows("openai", "GPT-4o"));
    assert!(!overrides.knows("openai", "gpt-4-turbo") && !overrides.knows("openai", "o3"));
}

#[test]
fn an_error_says_where_and_what_was_expected() {
    let error = |model: &str| {
        let json = format!(r#"{{"openai": {{"gpt-5": {model}}}}}"#);
        let error = Overrides::from_json(&json).unwrap_err().to_string();
        let place = "cannot use the price overrides: provider `openai`, model `gpt-5`: ";
        let error = error
            .strip_prefix(place)
            .unwrap_or_else(|| panic!("{error}"));
        error.split(" at line ").next().unwrap().to_owned()
    };
    assert_eq!(
        error(r#"{"prompt": -1, "completion": 2}"#),
        "field `prompt`: expected dollars for a million tokens from 0 to 1,000,000, found -1"
    );
    assert_eq!(
        error(r#"{"prompt": 1, "completion": 1e9}"#),
        "field `completion`: expected dollars for a million tokens from 0 to 1,000,000, found 1000000000"
    );
    assert_eq!(
        error(r#"{"prompt": 1}"#),
        "missing field `completion`: expected dollars for a million tokens, 0 if they are free"
    );
    assert_eq!(
        error("{}"),
        "expected `prompt` and `completion`, `per_request` or `per_hour`, found no price"
    );
    assert!(
        error(r#"{"promt": 1, "completion": 2}"#)
            .starts_with("unknown field `promt`, expected one of `prompt`, `completion`,")
    );
    assert!(
        error(r#"{"prompt": "1", "completion": 2}"#)
            .starts_with("invalid type: string \"1\", expected f64")
    );
    assert_eq!(
        error(r#"{"per_hour": 1, "concurrency": 0}"#),
        "field `concurrency`: expected at least 1, found 0"
    );
    assert_eq!(
        error(r#"{"per_hour": -1}"#),
        "field `per_hour`: expected dollars for an hour from 0 to 1,000,000, found -1"
    );
    assert_eq!(
        error(r#"{"per_request": 2}"#),
        "field `per_request`: expected dollars for a request from 0 to 1, found 2"
    );
    assert_eq!(
        error(r#"{"prompt": 1, "completion": 2, "batch": {"prompt": -1}}"#),
        "in `batch`: field `prompt`: expected dollars for a million tokens from 0 to 1,000,000, found -1"
    );
    assert_eq!(
        error(
            r#"{"prompt": 1, "completion": 2, "tiers": [{"above": 5, "prompt": 2}], "batch": {"prompt": 1}}"#
        ),
        "in `batch`: expected `tiers`, for the model has them; `[]` if there are none"
    );
    assert_eq!(
        error(
            r#"{"prompt": 1, "completion": 2, "tiers": [{"above": 5, "prompt": 2}, {"above": 5, "prompt": 3}]}"#
        ),
        "field `tiers`: expected `above` in each, a number of tokens that grows from one to the next"
    );
}

#[test]
fn overrides_are_a_part_of_a_yaml_file() {
    let yaml = "openai:\n  m: {prompt: 1, completion: 2.5}\nvllm:\n  '*':\n    per_hour: 7\n    concurrency: 2\n";
    let overrides: Overrides = serde_saphyr::from_str(yaml).unwrap();
    let cost = standard(&overrides, "m", Tokens::new(1_000, 1_000));
    assert_eq!(cost, Some(3_500_000));
    let now = SystemTime::now();
    assert!(overrides.rates("vllm", "any", now).is_some());
    let error = |yaml| {
        serde_saphyr::from_str::<Overrides>(yaml)
            .unwrap_err()
            .to_string()
    };
    let nan = error("openai:\n  m: {prompt: .nan, completion: 2}\n");
    assert!(
        nan.contains(
            "provider `openai`, model `m`: field `prompt`: expected dollars for a million tokens"
        ),
        "{nan}"
    );
    let unknown = error("openai:\n  m: {promt: 1, completion: 2}\n");
    assert!(
        unknown.contains("model `m`") && unknown.contains("promt"),
        "{unknown}"
    );
}

#[test]
fn an_error_says_the_line() {
    let error = |json: &str| Overrides::from_json(json).unwrap_err().to_string();
    let start = "cannot use the price overrides: ";
    assert_eq!(
        error(
            "{\"openai\": {\n  \"m\": {\"prompt\": -1,\n  \"completion\": 2},\n\n  \"n\": {}\n}}"
        ),
        format!(
            "{start}provider `openai`, model `m`: field `prompt`: expected dollars for a million tokens \
             from 0 to 1,000,000, found -1 at line 3 column 18"
        )
    );
    let twice = error("{\"openai\": {\"m\": {\"per_hour\": 1}, \"M\": {\"per_hour\": 1}}}");
    assert!(
        twice.starts_with(&format!(
            "{start}provider `openai`, model `M`: expected one entry, found two"
        )),
        "{twice}"
    );
    let twice = error("{\"openai\": {}, \"openai\": {}}");
    assert!(
        twice.starts_with(&format!(
            "{start}provider `openai`: expected one entry, found two"
        )),
        "{twice}"
    );
    let error = error("{\"openai\": 3}");
    assert!(
        error.contains("expected an object of models for provider `openai` at line 1"),
        "{error}"
    );
}
