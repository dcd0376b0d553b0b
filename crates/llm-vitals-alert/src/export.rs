//! Rule files for a Prometheus.

use std::fmt::Write as _;

use crate::duration::format_duration;
use crate::error::Error;
use crate::group::Group;
use crate::rule::{Rule, RuleKind};
use crate::rule_file::{RuleFile, SHORT_GROUP};
use crate::signals::signals;

mod check;

/// The file as one that a Prometheus reads: short forms as rules, options as expressions, the signals beside them.
///
/// The signals stand in one group with the alerts of the short form, before them, so that both are evaluated at one moment, as they
/// are here. They are there when an expression asks for one. An error says which rule cannot be told in that format, and why.
///
/// ```
/// use llm_vitals_alert::{RuleFile, export_prometheus};
///
/// let file = RuleFile::parse("a.yml", "alerts: [{name: Hot, condition: temperature > 30, duration: 1m}]")?;
/// assert_eq!(
///     export_prometheus(&file)?,
///     "groups:
///   - name: \"llm-vitals\"
///     rules:
///       - alert: \"Hot\"
///         expr: \"temperature > 30\"
///         for: 1m
/// "
/// );
/// # Ok::<(), llm_vitals_alert::Error>(())
/// ```
pub fn export_prometheus(file: &RuleFile) -> Result<String, Error> {
    check::check(file)?;
    let mut out = String::from("groups:\n");
    let mut has_signals = !file.uses_signals();
    let is_short = |group: &&Group| group.name() == SHORT_GROUP;
    if !has_signals && !file.groups().first().is_some_and(|group| is_short(&group)) {
        signals()
            .groups()
            .iter()
            .for_each(|group| write_group(&mut out, group, &[]));
        has_signals = true;
    }
    for group in file.groups() {
        let before: &[Rule] = match signals().groups() {
            [of_signals] if !has_signals => of_signals.rules(),
            _ => &[],
        };
        has_signals = true;
        write_group(&mut out, group, before);
    }
    if file.groups().is_empty() {
        out = "groups: []\n".to_owned();
    }
    Ok(out)
}

fn write_group(out: &mut String, group: &Group, before: &[Rule]) {
    let _ = writeln!(out, "  - name: {}", quoted(group.name()));
    if let Some(interval) = group.interval_ms {
        let _ = writeln!(out, "    interval: {}", format_duration(interval));
    }
    if group.query_offset_ms != 0 {
        let _ = writeln!(
            out,
            "    query_offset: {}",
            format_duration(group.query_offset_ms)
        );
    }
    if group.limit != 0 {
        let _ = writeln!(out, "    limit: {}", group.limit);
    }
    out.push_str("    rules:\n");
    for rule in before.iter().chain(group.rules()) {
        write_rule(out, rule);
    }
}

fn write_rule(out: &mut String, rule: &Rule) {
    let kind = if rule.kind == RuleKind::Alerting {
        "alert"
    } else {
        "record"
    };
    let _ = writeln!(out, "      - {kind}: {}", quoted(rule.name()));
    let _ = writeln!(out, "        expr: {}", quoted(&rule.expr().to_string()));
    if rule.hold_ms != 0 {
        let _ = writeln!(out, "        for: {}", format_duration(rule.hold_ms));
    }
    if rule.keep_firing_ms != 0 {
        let _ = writeln!(
            out,
            "        keep_firing_for: {}",
            format_duration(rule.keep_firing_ms)
        );
    }
    for (title, texts) in [
        ("labels", rule.labels()),
        ("annotations", rule.annotations()),
    ] {
        if !texts.is_empty() {
            let _ = writeln!(out, "        {title}:");
        }
        for (name, text) in texts {
            let _ = writeln!(out, "          {name}: {}", quoted(text));
        }
    }
}

/// A text in YAML's double quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            char if char.is_control() || matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(out, "\\U{:08X}", char as u32);
            }
            _ => out.push(char),
        }
    }
    out + "\""
}
