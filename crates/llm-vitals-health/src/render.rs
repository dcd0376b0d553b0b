//! Values in Prometheus' text format.

use std::fmt::{Display, Write as _};

use crate::metrics::Metric;

/// One family: its head comes with its first sample, so that an empty family is no family.
pub(crate) struct Family<'a> {
    out: &'a mut String,
    metric: Metric,
    has_head: bool,
}

impl<'a> Family<'a> {
    pub(crate) const fn new(out: &'a mut String, metric: Metric) -> Self {
        Self {
            out,
            metric,
            has_head: false,
        }
    }

    pub(crate) fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) {
        let (name, kind, _, help) = self.metric;
        if !self.has_head {
            // Writing to a String cannot fail.
            let _ = writeln!(self.out, "# HELP {name} {help}\n# TYPE {name} {kind}");
            self.has_head = true;
        }
        self.out.push_str(name);
        for (position, (label, value)) in labels.iter().enumerate() {
            self.out.push(if position == 0 { '{' } else { ',' });
            let _ = write!(self.out, "{label}=\"");
            escape(value, self.out);
            self.out.push('"');
        }
        if !labels.is_empty() {
            self.out.push('}');
        }
        let _ = writeln!(self.out, " {value}");
    }
}

/// Nano-dollars in dollars, exactly.
pub(crate) fn dollars(nanousd: u64) -> String {
    format!("{}.{:09}", nanousd / 1_000_000_000, nanousd % 1_000_000_000)
}

fn escape(value: &str, out: &mut String) {
    for character in value.chars() {
        match character {
            '\\' => out.push_str(r"\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str(r"\n"),
            _ => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_values_are_escaped_and_an_empty_family_is_none() {
        let mut out = String::new();
        Family::new(&mut out, crate::metrics::LAST_RUN);
        assert_eq!(out, "");
        let mut family = Family::new(&mut out, crate::metrics::LAST_RUN);
        family.sample(&[("check", "a\"b\\c\nd")], 1.5);
        let sample = out.lines().last().unwrap();
        assert_eq!(
            sample,
            r#"health_check_last_run_timestamp_seconds{check="a\"b\\c\nd"} 1.5"#
        );
    }

    #[test]
    fn dollars_are_exact() {
        assert_eq!(dollars(1_000_000_001), "1.000000001");
        assert_eq!(dollars(0), "0.000000000");
    }
}
