//! Several sources, and files that change.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use llm_vitals_cost::{Error, Overrides, PriceBook, Prices, ServiceTier, Tokens};
use tempfile::TempDir;

fn cost(prices: &Prices, provider: &str, model: &str) -> Option<u64> {
    let rates = prices.rates(provider, model, SystemTime::now())?;
    let cost = rates.cost(&Tokens::new(1, 0), ServiceTier::Standard, Duration::ZERO);
    Some(cost.as_nanos())
}

fn litellm(model: &str, micro_usd: u32) -> String {
    format!(
        r#"{{"{model}": {{"litellm_provider": "openai", "input_cost_per_token": {micro_usd}e-6, "output_cost_per_token": 1e-6}}}}"#
    )
}

struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

#[test]
fn overrides_win_and_the_first_file_that_knows_counts() {
    let files = Files::new();
    let overrides = r#"{"openai": {"a": {"prompt": 1, "completion": 0}}}"#;
    let prices = Prices::builder()
        .with_litellm_file(files.write("first", &litellm("b", 3)))
        .with_litellm_file(files.write("second", &litellm("b", 4)))
        .with_litellm_file(files.write("third", &litellm("a", 5)))
        .with_overrides_file(files.write("ours", r#"{"openai": {"a": {"prompt": 2, "completion": 0}, "c": {"prompt": 6, "completion": 0}}}"#))
        .with_overrides(Overrides::from_json(overrides).unwrap())
        .build()
        .unwrap();
    assert_eq!(cost(&prices, "openai", "a"), Some(1_000));
    assert_eq!(cost(&prices, "openai", "b"), Some(3_000));
    assert_eq!(cost(&prices, "openai", "c"), Some(6_000));
    assert_eq!(cost(&prices, "openai", "d"), None);
    assert!(prices.knows("openai", "b") && !prices.knows("openai", "d"));
    let rates = |model| prices.rates("openai", model, SystemTime::now()).unwrap();
    assert!(rates("c").is_override() && !rates("b").is_override());
}

#[test]
fn an_alias_says_whose_prices_count() {
    let files = Files::new();
    let overrides = r#"{"mine": {"a": {"prompt": 1, "completion": 0}}, "openai": {"a": {"prompt": 2, "completion": 0}}}"#;
    let prices = Prices::builder()
        .with_overrides(Overrides::from_json(overrides).unwrap())
        .with_litellm_file(files.write("list", &litellm("b", 3)))
        .with_alias("mine", "openai")
        .with_alias("other", "openai")
        .build()
        .unwrap();
    assert_eq!(cost(&prices, "mine", "a"), Some(1_000));
    assert_eq!(cost(&prices, "other", "a"), Some(2_000));
    assert_eq!(cost(&prices, "mine", "b"), Some(3_000));
    assert_eq!(cost(&prices, "stranger", "b"), None);
    assert!(prices.knows("mine", "b") && !prices.knows("stranger", "b"));
}

#[test]
fn a_file_that_changed_is_read_again() {
    let files = Files::new();
    let path = files.write("list", &litellm("a", 1));
    let prices = Prices::builder().with_litellm_file(&path).build().unwrap();
    let clone = prices.clone();
    assert_eq!((prices.generation(), prices.reload().unwrap()), (0, false));
    // The same length, and often the same time.
    files.write("list", &litellm("a", 2));
    assert!(prices.reload().unwrap());
    assert_eq!(
        (clone.generation(), cost(&clone, "openai", "a")),
        (1, Some(2_000))
    );
    files.write("list", &litellm("a", 2));
    assert!(!prices.reload().unwrap());
    assert_eq!(clone.generation(), 1);
}

#[test]
fn a_bad_file_keeps_the_old_prices() {
    let files = Files::new();
    let bad = files.write("bad", &litellm("a", 1));
    let good = files.write("good", &litellm("b", 1));
    let prices = Prices::builder()
        .with_litellm_file(&bad)
        .with_litellm_file(&good)
        .build()
        .unwrap();
    files.write("bad", "{\n  \"a\": {\"litellm_provider\" \"openai\"}}");
    files.write("good", &litellm("b", 2));
    let error = prices.reload().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cannot use the LiteLLM prices in {}: expected `:` at line 2 column 28",
            bad.display()
        )
    );
    assert_eq!(cost(&prices, "openai", "a"), Some(1_000));
    // The other one was read nevertheless.
    assert_eq!(
        (cost(&prices, "openai", "b"), prices.generation()),
        (Some(2_000), 1)
    );
    fs::remove_file(&bad).unwrap();
    let error = prices.reload().unwrap_err();
    assert!(
        matches!(&error, Error::Read { path, .. } if *path == bad),
        "{error}"
    );
    assert_eq!(cost(&prices, "openai", "a"), Some(1_000));
    files.write("bad", &litellm("a", 7));
    assert!(prices.reload().unwrap());
    assert_eq!(cost(&prices, "openai", "a"), Some(7_000));
}

#[test]
fn the_first_reading_of_a_bad_file_fails() {
    let files = Files::new();
    let empty = files.write("empty", "{}");
    let error = Prices::builder()
        .with_litellm_file(&empty)
        .build()
        .unwrap_err();
    let expected = format!(
        "cannot use the LiteLLM prices in {}: it has no price of any model",
        empty.display()
    );
    assert_eq!(error.to_string(), expected);
    let ours = files.write(
        "ours",
        r#"{"openai": {"a": {"prompt": -1, "completion": 1}}}"#,
    );
    let error = Prices::builder()
        .with_overrides_file(&ours)
        .build()
        .unwrap_err()
        .to_string();
    let expected = format!(
        "cannot use the price overrides in {}: provider `openai`, model `a`: field `prompt`: expected",
        ours.display()
    );
    assert!(error.starts_with(&expected), "{error}");
}

#[test]
fn what_was_left_out_of_a_file_is_told() {
    let files = Files::new();
    let list = r#"{
        "a": {"litellm_provider": "openai", "input_cost_per_token": -1},
        "b": {"litellm_provider": "openai", "input_cost_per_token": "3e-6"}
    }"#;
    let path = files.write("list", list);
    let prices = Prices::builder().with_litellm_file(&path).build().unwrap();
    let expected = "model `a`: field `input_cost_per_token`: expected dollars for a token from 0 to 1, found -1";
    assert_eq!(
        prices.warnings(),
        [format!("{}: {expected}", path.display())]
    );
    assert_eq!(
        (cost(&prices, "openai", "a"), cost(&prices, "openai", "b")),
        (None, Some(3_000))
    );
}

#[test]
fn prices_are_shared_between_threads() {
    fn is<T: Send + Sync + Clone>() {}
    is::<Prices>();
    let _: std::sync::Arc<dyn PriceBook> = std::sync::Arc::new(Prices::builder().build().unwrap());
}

#[cfg(feature = "bundled")]
#[test]
fn a_newer_list_of_genai_prices_is_before_the_bundled_one() {
    let files = Files::new();
    let list = |price: f64| {
        format!(
            r#"[{{"id": "openai", "name": "x", "extractors": [], "models": [{{"id": "gpt-5", "match": {{"equals": "gpt-5"}}, "prices": {{"input_mtok": {price}, "output_mtok": 1}}}}]}}]"#
        )
    };
    let path = files.write("data.json", &list(9.0));
    let prices = Prices::builder()
        .with_bundled()
        .with_genai_prices_file(&path)
        .build()
        .unwrap();
    assert_eq!(cost(&prices, "openai", "gpt-5"), Some(9_000));
    assert_eq!(cost(&prices, "openai", "gpt-4o"), Some(2_500));
    files.write("data.json", &list(-9.0));
    let error = prices.reload().unwrap_err().to_string();
    assert!(
        error.contains(
            "field `input_mtok`: expected dollars from 0 to 1,000,000, found -9 at line 1"
        ),
        "{error}"
    );
    assert_eq!(cost(&prices, "openai", "gpt-5"), Some(9_000));
}
