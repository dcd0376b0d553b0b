//! Rule-test files in the format of promtool: both engines must pass the same ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use llm_vitals_alert::{AlertState, Evaluator, RuleFile, Rules, export_prometheus};
use llm_vitals_promql::{Labels, Store, parse_values};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestFile {
    rule_files: Vec<String>,
    evaluation_interval: String,
    pub(crate) tests: Vec<TestCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestCase {
    pub(crate) name: String,
    interval: String,
    input_series: Vec<Input>,
    alert_rule_test: Vec<AlertTest>,
}

#[derive(Deserialize)]
struct Input {
    series: String,
    values: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AlertTest {
    eval_time: String,
    alertname: String,
    #[serde(default)]
    exp_alerts: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(default)]
    exp_labels: BTreeMap<String, String>,
    #[serde(default)]
    exp_annotations: BTreeMap<String, String>,
}

type Shown = (BTreeMap<String, String>, BTreeMap<String, String>);

/// Only minutes and hours are used.
fn minutes(text: &str) -> i64 {
    let (hours, rest) = text.split_once('h').unwrap_or(("0", text));
    let minutes = rest.trim_end_matches('m');
    60 * hours.parse::<i64>().unwrap() + minutes.parse::<i64>().unwrap_or(0)
}

/// The default rules and their tests.
pub(crate) fn default_rules() -> (Rules, TestFile) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let text = fs::read_to_string(folder.join("default.test.yml")).unwrap();
    let file: TestFile = serde_saphyr::from_str(&text).unwrap();
    assert_eq!(file.rule_files, ["default.yml"]);
    let rules = Rules::load(&[folder.join("default.yml")]).unwrap();
    (rules, file)
}

/// Evaluates the rules over the series of a test and shows the state at each minute.
pub(crate) fn replay(
    case: &TestCase,
    rules: &Rules,
    every: i64,
    mut look: impl FnMut(i64, &Evaluator, &Store),
) {
    let mut store = Store::new();
    let interval = minutes(&case.interval) * 60_000;
    let inputs: Vec<(Labels, Vec<Option<f64>>)> = case
        .input_series
        .iter()
        .map(|input| {
            (
                Labels::parse(&input.series).unwrap(),
                parse_values(&input.values).unwrap(),
            )
        })
        .collect();
    let mut evaluator = Evaluator::new(rules.clone());
    let last = case
        .alert_rule_test
        .iter()
        .map(|test| minutes(&test.eval_time))
        .max()
        .unwrap();
    let mut sample = 0_usize;
    for minute in (0..=last).step_by(usize::try_from(every).unwrap()) {
        let now = minute * 60_000;
        while i64::try_from(sample).unwrap() * interval <= now {
            for (labels, values) in &inputs {
                if let Some(Some(value)) = values.get(sample) {
                    store
                        .append(labels, i64::try_from(sample).unwrap() * interval, *value)
                        .unwrap();
                }
            }
            sample += 1;
        }
        evaluator.evaluate_all(&mut store, now);
        look(minute, &evaluator, &store);
    }
}

/// Firing alerts of each test, from our engine.
fn run(case: &TestCase, rules: &Rules, every: i64) -> Vec<(String, Vec<Shown>, Vec<Shown>)> {
    let mut results = Vec::new();
    replay(case, rules, every, |minute, evaluator, _| {
        for test in case
            .alert_rule_test
            .iter()
            .filter(|test| minutes(&test.eval_time) == minute)
        {
            let mut found: Vec<Shown> = evaluator
                .alerts()
                .iter()
                .filter(|alert| {
                    alert.alert().name() == test.alertname
                        && alert.alert().state() == AlertState::Firing
                })
                .map(|alert| {
                    let labels = alert
                        .alert()
                        .labels()
                        .iter()
                        .filter(|(name, _)| *name != "alertname");
                    let labels = labels
                        .map(|(name, value)| (name.to_owned(), value.to_owned()))
                        .collect();
                    (
                        labels,
                        alert.alert().annotations().iter().cloned().collect(),
                    )
                })
                .collect();
            found.sort();
            let mut expected: Vec<Shown> = test
                .exp_alerts
                .iter()
                .map(|alert| (alert.exp_labels.clone(), alert.exp_annotations.clone()))
                .collect();
            expected.sort();
            results.push((
                format!("{} at {}", test.alertname, test.eval_time),
                expected,
                found,
            ));
        }
    });
    results
}

#[test]
fn the_default_rules_pass_their_tests_here() {
    let (rules, file) = default_rules();
    let mut wrong = Vec::new();
    let mut tested = Vec::new();
    for case in &file.tests {
        for (test, expected, found) in run(case, &rules, minutes(&file.evaluation_interval)) {
            tested.push(test.split(' ').next().unwrap().to_owned());
            if expected != found {
                wrong.push(format!(
                    "{}: {test}: expected {expected:#?}, found {found:#?}",
                    case.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Each rule has a test that it fires and one that it does not.
    for rule in rules
        .groups()
        .iter()
        .flat_map(|group| group.rules())
        .filter(|rule| !rule.name().starts_with("llm:"))
    {
        let count = tested.iter().filter(|name| *name == rule.name()).count();
        assert!(count >= 2, "{} has {count} tests", rule.name());
    }
}

#[test]
fn the_default_rules_pass_their_tests_under_promtool() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let exported =
        export_prometheus(&RuleFile::read(&folder.join("default.yml")).unwrap()).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("default.yml"), exported).unwrap();
    fs::copy(
        folder.join("default.test.yml"),
        scratch.path().join("default.test.yml"),
    )
    .unwrap();
    promtool(
        &["check", "rules", "--lint-fatal"],
        &scratch.path().join("default.yml"),
    );
    promtool(&["test", "rules"], &scratch.path().join("default.test.yml"));
}

#[test]
fn every_alert_has_a_summary_and_a_runbook_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let file =
        RuleFile::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/default.yml")).unwrap();
    for rule in file.groups().iter().flat_map(|group| group.rules()) {
        let annotation = |name| {
            rule.annotations()
                .iter()
                .find(|(have, _)| have == name)
                .map(|(_, text)| text.as_str())
        };
        assert!(
            annotation("summary").is_some_and(|text| !text.is_empty()),
            "{}",
            rule.name()
        );
        let runbook = annotation("runbook_url").unwrap();
        assert_eq!(runbook, format!("docs/runbooks/{}.md", rule.name()));
        let text = fs::read_to_string(root.join(runbook)).unwrap_or_default();
        assert!(
            text.starts_with(&format!("# {}\n", rule.name())) && text.len() > 300,
            "{runbook}"
        );
    }
}

/// Runs promtool on a file. Without it the check is left out aloud, but not in CI.
pub(crate) fn promtool(arguments: &[&str], file: &Path) {
    match Command::new("promtool").args(arguments).arg(file).output() {
        Ok(output) => assert!(
            output.status.success(),
            "promtool {arguments:?}:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => {
            assert!(
                std::env::var_os("CI").is_none(),
                "promtool cannot be run: {error}"
            );
            eprintln!("LEFT OUT: promtool cannot be run: {error}");
        }
    }
}
