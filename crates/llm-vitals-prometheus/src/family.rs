//! A family of samples, and how it is written.

use std::borrow::Cow;
use std::fmt::Write as _;

/// All samples of one name.
#[derive(Clone, Debug)]
pub(crate) struct Family<'a> {
    pub(crate) kind: Kind,
    pub(crate) help: Cow<'a, str>,
    /// The samples' lines without their ends, each beginning with the name.
    pub(crate) samples: Vec<Cow<'a, str>>,
}

/// The type of a family.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
    Summary,
    Untyped,
}

impl Kind {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "counter" => Self::Counter,
            "gauge" => Self::Gauge,
            "histogram" => Self::Histogram,
            "summary" => Self::Summary,
            "untyped" => Self::Untyped,
            _ => return None,
        })
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
            Self::Untyped => "untyped",
        }
    }
}

/// Writes HELP, TYPE and, in OpenMetrics, UNIT of a family.
pub(crate) fn write_head(name: &str, kind: Kind, help: &str, openmetrics: bool, out: &mut String) {
    let help = escape_help(help, openmetrics);
    // Writing to a String cannot fail.
    if !openmetrics {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {}", kind.as_str());
        return;
    }
    // OpenMetrics names a counter's family without the end that its samples have.
    let (name, kind) = match kind {
        Kind::Counter => match name.strip_suffix("_total") {
            Some(family) => (family, "counter"),
            None => (name, "unknown"),
        },
        Kind::Untyped => (name, "unknown"),
        kind => (name, kind.as_str()),
    };
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
    let units = ["seconds", "bytes", "usd"];
    let unit = units.iter().find(|unit| {
        name.strip_suffix(**unit)
            .is_some_and(|stem| stem.ends_with('_'))
    });
    if let Some(unit) = unit {
        let _ = writeln!(out, "# UNIT {name} {unit}");
    }
}

impl Family<'_> {
    pub(crate) fn write(&self, name: &str, openmetrics: bool, out: &mut String) {
        write_head(name, self.kind, &self.help, openmetrics, out);
        for sample in &self.samples {
            out.push_str(sample);
            out.push('\n');
        }
    }
}

fn escape_help(help: &str, openmetrics: bool) -> Cow<'_, str> {
    if !help.contains(['\\', '\n', '"']) {
        return help.into();
    }
    let help = help.replace('\\', r"\\").replace('\n', r"\n");
    if openmetrics {
        help.replace('"', "\\\"").into()
    } else {
        help.into()
    }
}

/// A number as Prometheus reads it.
pub(crate) fn number(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        value.to_string()
    }
}

/// Nano-dollars as dollars, exactly.
pub(crate) fn dollars(nanos: u64) -> String {
    let (whole, rest) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:09}")
        .trim_end_matches('0')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_exact() {
        for (nanos, text) in [
            (0, "0"),
            (1, "0.000000001"),
            (123, "0.000000123"),
            (12_500_000_000, "12.5"),
            (1_000_000_000, "1"),
            (u64::MAX, "18446744073.709551615"),
        ] {
            assert_eq!(dollars(nanos), text);
        }
    }

    #[test]
    fn numbers_are_what_prometheus_reads() {
        for (value, text) in [
            (0.25, "0.25"),
            (3.0, "3"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
