//! Gauges that are rendered and not recorded, in Prometheus' text format.

use std::fmt::Write as _;

use metrics::Label;

/// Appends whole families of gauges to a text.
#[derive(Debug)]
pub(crate) struct GaugeText<'a> {
    out: &'a mut String,
    /// The application's own labels, as they are written after a family's.
    extra: String,
}

impl<'a> GaugeText<'a> {
    pub(crate) fn new(out: &'a mut String, extra: &[Label]) -> Self {
        let mut text = String::new();
        for label in extra {
            // Writing to a String cannot fail.
            let _ = write!(text, ",{}=\"{}\"", label.key(), escape(label.value()));
        }
        Self { out, extra: text }
    }

    /// Appends the family of this name and help text, unless it has no sample.
    pub(crate) fn family<'l, const N: usize>(
        &mut self,
        (name, help): (&str, &str),
        samples: impl IntoIterator<Item = ([(&'l str, &'l str); N], f64)>,
    ) {
        let mut samples = samples.into_iter().peekable();
        if samples.peek().is_some() {
            let _ = writeln!(self.out, "# HELP {name} {help}\n# TYPE {name} gauge");
        }
        for (labels, value) in samples {
            let labels = labels.map(|(key, value)| format!("{key}=\"{}\"", escape(value)));
            let labels = labels.join(",");
            let _ = writeln!(self.out, "{name}{{{labels}{}}} {value}", self.extra);
        }
    }
}

fn escape(value: &str) -> String {
    value
        .replace('\\', r"\\")
        .replace('"', "\\\"")
        .replace('\n', r"\n")
}
