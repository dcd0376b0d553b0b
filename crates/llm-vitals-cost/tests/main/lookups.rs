//! What lookups cost.

use std::path::Path;
use std::time::{Duration, SystemTime};

use allocation_counter::measure;
use llm_vitals_cost::{
    BundledPrices, LiteLlmPrices, Overrides, PriceBook, Prices, ServiceTier, Tokens,
};

const LITELLM: &str = r#"{"azure/gpt-4o": {"litellm_provider": "azure", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}}"#;
const OVERRIDES: &str =
    r#"{"mine": {"gpt-4o": {"prompt": 1, "completion": 2}, "*": {"per_hour": 1}}}"#;

fn allocations_of(book: &dyn PriceBook, provider: &str, model: &str) -> u64 {
    let now = SystemTime::now();
    // The first lookup compiles the rates, and the first of a thread makes room for its reads.
    let found = book.rates(provider, model, now).is_some();
    let measured = measure(|| {
        for _ in 0..100 {
            let rates = book.rates(provider, model, now);
            assert_eq!(rates.is_some(), found);
            if let Some(rates) = rates {
                let _ = rates.cost(
                    &Tokens::new(1, 1),
                    ServiceTier::Batch,
                    Duration::from_secs(1),
                );
            }
            let _ = book.knows(provider, model);
        }
    });
    measured.count_total
}

#[test]
fn a_lookup_allocates_nothing() {
    let bundled = BundledPrices::new();
    let litellm = LiteLlmPrices::from_json(LITELLM).unwrap();
    let overrides = Overrides::from_json(OVERRIDES).unwrap();
    let prices = Prices::builder()
        .with_overrides(Overrides::from_json(OVERRIDES).unwrap())
        .with_alias("ours", "openai")
        .with_bundled()
        .build()
        .unwrap();
    let lookups: [(&dyn PriceBook, &str, &str); 9] = [
        (&bundled, "openai", "gpt-4o-2024-08-06"),
        (
            &bundled,
            "together",
            "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        ),
        (&bundled, "openrouter", "openai/gpt-5-20250807"),
        (&bundled, "deepseek", "deepseek-flash"),
        (&bundled, "openai", "a-name-that-a-client-made-up"),
        (&litellm, "azure", "gpt-4o-2024-08-06"),
        (&overrides, "mine", "gpt-4o-2024-08-06"),
        (&overrides, "mine", "anything"),
        (&prices, "ours", "gpt-5"),
    ];
    for (book, provider, model) in lookups {
        assert_eq!(
            allocations_of(book, provider, model),
            0,
            "{provider} {model}"
        );
    }
}

#[test]
fn made_up_names_do_not_make_a_list_grow() {
    let prices = Prices::builder().with_bundled().build().unwrap();
    let now = SystemTime::now();
    let ask = |number: u32| {
        // The first fits a rule, the second none.
        let _ = prices.rates("anthropic", &format!("claude-2-{number}"), now);
        let _ = prices.rates("anthropic", &format!("nobody-{number}"), now);
    };
    ask(0);
    let measured = measure(|| (1..10_000).for_each(ask));
    assert_eq!(measured.bytes_current, 0);
}

#[test]
fn the_list_is_small() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/genai-prices.json");
    let mut prices = None;
    let read = measure(|| {
        let built = Prices::builder().with_genai_prices_file(&path).build();
        prices = Some(built.unwrap());
    });
    println!(
        "read: {} bytes kept, {} at most",
        read.bytes_current, read.bytes_max
    );
    assert!(
        read.bytes_current < 2_000_000,
        "{} bytes",
        read.bytes_current
    );
    let now = SystemTime::now();
    let prices = prices.unwrap();
    let asked = measure(|| {
        for provider in [
            "openai",
            "anthropic",
            "gemini",
            "mistral",
            "xai",
            "openrouter",
        ] {
            let _ = prices.rates(provider, "a-name-that-passes-every-rule", now);
        }
    });
    println!("regular expressions: {} bytes kept", asked.bytes_current);
    assert!(
        asked.bytes_current < 4_000_000,
        "{} bytes",
        asked.bytes_current
    );
}
