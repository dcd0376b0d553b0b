//! The form of a test file.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::file;
use crate::time::{parse_duration, parse_time};

/// The fields of a test file.
const FIELDS: [&str; 5] = [
    "rule_files",
    "evaluation_interval",
    "group_eval_order",
    "fuzzy_compare",
    "tests",
];

/// A test file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TestFile {
    /// Patterns, relative to the file.
    #[serde(default)]
    pub(super) rule_files: Vec<String>,
    #[serde(default = "minute", deserialize_with = "duration")]
    pub(super) evaluation_interval: Duration,
    #[serde(default)]
    pub(super) group_eval_order: Vec<String>,
    /// Whether samples may differ in their last bit.
    #[serde(default)]
    pub(super) fuzzy_compare: bool,
    #[serde(default)]
    pub(super) tests: Vec<Test>,
    /// Where the file is.
    #[serde(skip)]
    pub(super) folder: std::path::PathBuf,
}

/// Series, and what must come of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Test {
    #[serde(default)]
    pub(super) name: String,
    /// The distance of samples; that of evaluations unless given.
    #[serde(default, deserialize_with = "optional_duration")]
    pub(super) interval: Option<Duration>,
    #[serde(default)]
    pub(super) input_series: Vec<InputSeries>,
    #[serde(default)]
    pub(super) alert_rule_test: Vec<AlertTest>,
    #[serde(default)]
    pub(super) promql_expr_test: Vec<ExprTest>,
    #[serde(default)]
    pub(super) external_labels: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) external_url: String,
    /// When the first sample is, in milliseconds since 1970.
    #[serde(default, deserialize_with = "time")]
    pub(super) start_timestamp: i64,
}

/// A series and its values.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InputSeries {
    #[serde(default)]
    pub(super) series: String,
    #[serde(default)]
    pub(super) values: String,
}

/// Which alerts of a name fire at a time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlertTest {
    #[serde(default, deserialize_with = "duration")]
    pub(super) eval_time: Duration,
    #[serde(default)]
    pub(super) alertname: String,
    #[serde(default)]
    pub(super) exp_alerts: Vec<ExpectedAlert>,
}

/// An alert that fires.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectedAlert {
    #[serde(default)]
    pub(super) exp_labels: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) exp_annotations: BTreeMap<String, String>,
}

/// What an expression gives at a time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExprTest {
    #[serde(default)]
    pub(super) expr: String,
    #[serde(default, deserialize_with = "duration")]
    pub(super) eval_time: Duration,
    #[serde(default)]
    pub(super) exp_samples: Vec<ExpectedSample>,
}

/// A sample.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectedSample {
    #[serde(default)]
    pub(super) labels: String,
    #[serde(default)]
    pub(super) value: f64,
}

impl TestFile {
    /// Reads a file; the error says where it is wrong.
    pub(super) fn read(path: &str) -> Result<Self, String> {
        let text = file::read(Path::new(path)).map_err(|error| format!("{path}: {error}"))?;
        let is_empty = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        // A file of comments alone is one without tests.
        let text = if text.lines().all(is_empty) {
            "{}"
        } else {
            &text
        };
        let read = serde_saphyr::from_str(text);
        let mut file: Self = read.map_err(|error| format!("{path}: {}", told(text, &error)))?;
        file.folder = Path::new(path).parent().unwrap_or(Path::new("")).to_owned();
        Ok(file)
    }

    /// The interval of samples of a test.
    pub(super) fn interval(&self, test: &Test) -> Duration {
        test.interval.unwrap_or(self.evaluation_interval)
    }
}

/// What is wrong, with its lines where the file is plainly one of tests: others have secrets.
fn told(text: &str, error: &serde_saphyr::Error) -> String {
    let is_test = file::has_only(text, &FIELDS);
    match error.without_snippet() {
        serde_saphyr::Error::Budget { .. } => {
            "the file holds more than a file that people write".to_owned()
        }
        serde_saphyr::Error::MultipleDocuments { .. } => {
            "there is a second document (---): a file is one".to_owned()
        }
        _ if is_test => error.to_string(),
        inner if of_field(&inner.to_string()) => inner.to_string(),
        _ => match error.location() {
            Some(place) => format!("it is no file of tests, which line {} shows", place.line()),
            None => "it is no file of tests".to_owned(),
        },
    }
}

/// Whether a sentence is of a field that is not known, and has its name alone.
fn of_field(sentence: &str) -> bool {
    let rest = sentence.split_once("unknown field `").map(|(_, rest)| rest);
    let name = rest.and_then(|rest| rest.split_once('`'));
    name.is_some_and(|(name, _)| {
        name.len() <= 40
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

fn minute() -> Duration {
    Duration::from_secs(60)
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_duration(&text)
        .ok_or_else(|| D::Error::custom(format!("{text:?} is no duration: write 5m or 1h30m")))
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_time(&text).ok_or_else(|| {
        D::Error::custom(format!(
            "{text:?} is no time: write 2026-11-24T10:00:00Z or seconds since 1970"
        ))
    })
}

fn optional_duration<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    duration(deserializer).map(Some)
}
