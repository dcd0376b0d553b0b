//! `promtool test rules` as a calculator.

use std::env;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use llm_vitals_promql::Labels;

pub(crate) struct Promtool(PathBuf);

#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) expr: String,
    pub(crate) at_ms: i64,
}

#[derive(Debug)]
pub(crate) enum Answer {
    /// Sorted by labels.
    Samples(Vec<(Labels, f64)>),
    #[expect(dead_code, reason = "printed where answers differ")]
    Error(String),
}

/// The promtool of this machine. Without one the test is skipped, except where CI counts on it.
pub(crate) fn find() -> Option<Promtool> {
    let found = env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join("promtool"))
        .find(|path| path.is_file());
    if found.is_none() {
        assert!(
            env::var_os("CI").is_none(),
            "promtool must be there under CI"
        );
        eprintln!("SKIPPED: no promtool to compare with");
    }
    found.map(Promtool)
}

impl Promtool {
    pub(crate) fn ask(&self, series: &[(String, String)], cases: &[Case]) -> Vec<Answer> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cases.yml");
        std::fs::write(&path, rule_test(series, cases)).unwrap();
        let output = Command::new(&self.0)
            .args(["test", "rules"])
            .arg(&path)
            .output()
            .unwrap();
        // What is found differs from what is expected, always: it comes on the standard error.
        let text =
            String::from_utf8(output.stderr).unwrap() + &String::from_utf8_lossy(&output.stdout);
        answers(&text)
    }
}

fn rule_test(series: &[(String, String)], cases: &[Case]) -> String {
    let mut text = format!(
        "evaluation_interval: 1m\ntests:\n- interval: {}ms\n  input_series:\n",
        super::series::INTERVAL_MS
    );
    for (labels, values) in series {
        let _ = writeln!(
            text,
            "  - {{series: {}, values: {}}}",
            yaml(labels),
            yaml(values)
        );
    }
    text.push_str("  promql_expr_test:\n");
    for case in cases {
        let _ = writeln!(
            text,
            "  - {{expr: {}, eval_time: {}ms, exp_samples: [{{labels: expected_never, value: 424242}}]}}",
            yaml(&case.expr),
            case.at_ms
        );
    }
    // Samples are there up to the last multiple of the interval before the latest evaluation: one that is behind all.
    text.push_str("  - {expr: '1', eval_time: 3h, exp_samples: [{labels: '{}', value: 1}]}\n");
    text
}

fn yaml(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn answers(text: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    for line in text.lines() {
        if let Some(got) = line.trim_start().strip_prefix("got: ") {
            answers.push(Answer::Samples(samples(got)));
        } else if line.trim_start().starts_with("expr: ")
            && let Some((_, error)) = line.split_once(", err: ")
        {
            answers.push(Answer::Error(error.to_owned()));
        }
    }
    answers
}

/// `{a="b"} 1E+00, {a="c"} 2E+00`
fn samples(got: &str) -> Vec<(Labels, f64)> {
    let mut samples = Vec::new();
    let mut rest = got;
    while let Some(open) = rest.find('{') {
        let end = open + end_of_labels(&rest[open..]);
        let labels = Labels::parse(&rest[open..end]).unwrap();
        let value = rest[end..].trim_start();
        let length = value.find(',').unwrap_or(value.len());
        samples.push((labels, value[..length].trim().parse().unwrap()));
        rest = &value[length..];
    }
    samples.sort_by(|(a, _), (b, _)| a.cmp(b));
    samples
}

/// Where `{...}` ends; braces in quotes do not count.
fn end_of_labels(text: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    let end = text.bytes().position(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b'}' if !quoted => return true,
            _ => {}
        }
        false
    });
    end.unwrap() + 1
}
