//! Hostile expressions and expositions: whatever comes in, nothing breaks.
//!
//! Each fuzzer changes the texts of `tests/corpus` at random for a bounded time, `FUZZ_SECONDS` or one second. A text that broke
//! something belongs into the corpus, where it is tried as it is by each run. The seed is `FUZZ_SEED`.

use std::path::Path;
use std::time::Duration;
use std::{env, fs};

use llm_vitals_promql::{Dialect, Engine, Expr, Format, Labels, Scrape, Store};
use proptest::prelude::*;
use quanta::Instant;

use crate::differential::{random::Random, series};

#[test]
fn expressions() {
    let store = crate::differential::fill(&series::generate(&mut Random::new(1)));
    fuzz("promql", |text| {
        if let Ok(text) = std::str::from_utf8(text) {
            check_expression(&store, text);
        }
    });
}

#[test]
fn expositions() {
    fuzz("exposition", check_exposition);
}

proptest! {
    #[test]
    fn any_text_is_an_expression_or_an_error(text in any::<String>()) {
        check_expression(&Store::new(), &text);
    }

    #[test]
    fn any_bytes_are_an_exposition_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_exposition(&bytes);
    }
}

/// Reads, prints, reads again and evaluates.
fn check_expression(store: &Store, text: &str) {
    let engine = Engine::new().with_max_samples(20_000);
    for dialect in [Dialect::V2, Dialect::V3] {
        match Expr::parse(text, dialect) {
            Ok(expr) => {
                let printed = expr.to_string();
                let again = Expr::parse(&printed, dialect);
                let again =
                    again.unwrap_or_else(|error| panic!("{text:?} prints as {printed:?}: {error}"));
                assert_eq!(again.to_string(), printed, "{text:?}");
                let ours = engine.eval_instant(store, &expr, 905_500);
                // NaN is not equal to itself.
                let theirs = engine.eval_instant(store, &again, 905_500);
                assert_eq!(
                    format!("{:?}", ours.ok()),
                    format!("{:?}", theirs.ok()),
                    "{text:?}"
                );
                let _ = engine.eval_range(store, &expr, 0, 900_000, 61_000);
            }
            Err(error) => {
                let range = error.range().unwrap_or(0..0);
                assert!(range.start <= range.end, "{text:?}: {range:?}");
                assert!(!error.render(text).is_empty());
            }
        }
    }
    let _ = Labels::parse(text);
    let _ = llm_vitals_promql::parse_values(text);
}

/// Takes a text twice: the second time its series are known, and as many samples are taken.
fn check_exposition(text: &[u8]) {
    for format in [Format::Text, Format::OpenMetrics] {
        let mut store = Store::builder().with_max_series(1000).build();
        let mut scrape = Scrape::new(Labels::new([("job", "fuzz")]))
            .with_born_at_zero(0)
            .with_up();
        match scrape.ingest(&mut store, text, format, 1_700_000_000_000) {
            Ok(first) => {
                assert!(first.samples + first.refused <= text.len());
                let second = scrape
                    .ingest(&mut store, text, format, 1_700_000_005_000)
                    .unwrap();
                assert_eq!(
                    second.samples + second.refused,
                    first.samples + first.refused
                );
                assert_eq!(second.ended_series, 0);
                for labels in store.series(&[]) {
                    assert_eq!(Labels::parse(&labels.to_string()).unwrap(), *labels);
                }
            }
            Err(error) => {
                let text = String::from_utf8_lossy(text);
                assert!(!error.render(&text).is_empty());
                assert_eq!(store.stats().series, 0);
            }
        }
    }
}

fn fuzz(folder: &str, check: impl Fn(&[u8])) {
    let number = |name: &str, default: u64| {
        env::var(name).map_or(default, |text| text.parse().expect("a number"))
    };
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(folder);
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for entry in fs::read_dir(&corpus).expect("the corpus") {
        let text = fs::read(entry.unwrap().path()).unwrap();
        // One expression a line, or an exposition as a whole.
        if folder == "promql" {
            texts.extend(text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec));
        } else {
            texts.push(text);
        }
    }
    texts.sort();
    assert!(texts.len() > 5, "a corpus of {}", texts.len());
    for text in &texts {
        check(text);
    }
    let mut random = Random::new(number("FUZZ_SEED", 1));
    let limit = Duration::from_secs(number("FUZZ_SECONDS", 1));
    let start = Instant::now();
    let mut tried = 0;
    while start.elapsed() < limit {
        let text = mutate(&texts, &mut random);
        let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&text)));
        assert!(
            broken.is_ok(),
            "broken by {:?}",
            String::from_utf8_lossy(&text)
        );
        tried += 1;
    }
    println!("fuzz {folder}: {tried} texts");
    assert!(tried > 100, "only {tried} texts");
}

const SIGNS: &[u8] = b"(){}[],=~!\"'\\`@:-+*/%^.#\n\t\0 0e9xmINa\xc3\xa9";

fn mutate(texts: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut text = texts[random.below(texts.len())].clone();
    for _ in 0..=random.below(4) {
        let at = random.below(text.len() + 1);
        match random.below(6) {
            0 if at < text.len() => {
                text.remove(at);
            }
            1 => {
                let end = (at + random.below(12)).min(text.len());
                text.drain(at..end);
            }
            2 => {
                let other = &texts[random.below(texts.len())];
                let from = random.below(other.len() + 1);
                let to = (from + random.below(30)).min(other.len());
                text.splice(at..at, other[from..to].iter().copied());
            }
            3 if at < text.len() => text[at] = SIGNS[random.below(SIGNS.len())],
            4 => {
                let end = (at + 1 + random.below(20)).min(text.len());
                let copied = text[at..end].to_vec();
                text.splice(at..at, copied);
            }
            _ => text.truncate(at.max(1)),
        }
    }
    text
}
