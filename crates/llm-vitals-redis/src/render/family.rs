//! One family: its head before its first sample.

use std::collections::HashSet;
use std::fmt::{Display, Write as _};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::metrics::Metric;

/// Longer values of labels are cut: they come from a server.
const MAX_LABEL: usize = 128;

pub(super) struct Family<'a> {
    out: &'a mut String,
    metric: Metric,
    has_head: bool,
    /// What was written, where a server could say the same twice.
    written: Option<HashSet<u64>>,
}

impl<'a> Family<'a> {
    pub(super) fn new(out: &'a mut String, metric: Metric) -> Self {
        Self {
            out,
            metric,
            has_head: false,
            written: None,
        }
    }

    /// A family whose labels a server makes up: of two samples of one series the first counts. Two replicas behind one address
    /// look like that.
    pub(super) fn list(out: &'a mut String, metric: Metric) -> Self {
        Self {
            written: Some(HashSet::new()),
            ..Self::new(out, metric)
        }
    }

    /// Writes a sample. A label without a value is left out, as Prometheus does.
    pub(super) fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) {
        self.suffixed("", labels, value);
    }

    /// Writes a sample whose name goes on: `_sum` and `_count` of a summary.
    pub(super) fn suffixed(&mut self, suffix: &str, labels: &[(&str, &str)], value: impl Display) {
        if let Some(written) = &mut self.written {
            let mut hasher = DefaultHasher::new();
            (suffix, labels).hash(&mut hasher);
            if !written.insert(hasher.finish()) {
                return;
            }
        }
        let Metric { name, kind, help } = self.metric;
        // Writing to a String cannot fail.
        if !self.has_head {
            let _ = writeln!(self.out, "# HELP {name} {help}\n# TYPE {name} {kind}");
            self.has_head = true;
        }
        self.out.push_str(name);
        self.out.push_str(suffix);
        let mut separator = '{';
        for (label, value) in labels.iter().filter(|(_, value)| !value.is_empty()) {
            self.out.push(separator);
            self.out.push_str(label);
            self.out.push_str("=\"");
            escape(value, self.out);
            self.out.push('"');
            separator = ',';
        }
        if separator == ',' {
            self.out.push('}');
        }
        let _ = writeln!(self.out, " {value}");
    }
}

fn escape(value: &str, out: &mut String) {
    for character in value.chars().take(MAX_LABEL) {
        match character {
            '\\' => out.push_str(r"\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str(r"\n"),
            // A carriage return ends a line for some readers, and no other control character has a place in a label.
            character if character.is_control() => out.push('\u{fffd}'),
            character => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::UP;

    #[test]
    fn hostile_labels_stay_on_their_line() {
        let mut out = String::new();
        let long = "x".repeat(300);
        Family::new(&mut out, UP).sample(&[("node", "a\"b\\c\nd\re"), ("x", ""), ("y", &long)], 1);
        let sample = out.lines().nth(2).unwrap();
        let cut = "x".repeat(128);
        assert_eq!(
            sample,
            format!(
                r#"redis_up{{node="a\"b\\c\nd{}e",y="{cut}"}} 1"#,
                '\u{fffd}'
            )
        );
        assert_eq!(out.lines().count(), 3);
    }
}
