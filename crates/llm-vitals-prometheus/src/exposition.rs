//! Everything that a scrape shows.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use metrics_exporter_prometheus::PrometheusHandle;

use crate::family::{Family, Kind, dollars, write_head};
use crate::histogram::Histograms;
use crate::metrics::{DROPPED, ERRORS};
use crate::parse::{Line, line};
use crate::recorder::Helps;

const NANOUSD: &str = "_nanousd_total";
const USD: &str = "_usd_total";
const NO_HELP: &str = "(no description)";

type Source = Box<dyn Fn(&mut String) + Send + Sync>;

/// What a scrape shows: the recorder's series, and what others add.
///
/// Families are in the order of their names and samples in the order of their labels, so that two scrapes differ only where
/// the values do. Cloning it is cheap. See the [crate docs](crate) for how to serve it.
#[derive(Clone)]
pub struct Exposition(Arc<Shared>);

struct Shared {
    exporter: PrometheusHandle,
    histograms: Arc<Histograms>,
    helps: Arc<Helps>,
    sources: RwLock<Vec<Source>>,
    errors: AtomicU64,
}

type Families<'a> = BTreeMap<Cow<'a, str>, Family<'a>>;

impl Exposition {
    pub(crate) fn new(
        exporter: PrometheusHandle,
        histograms: Arc<Histograms>,
        helps: Arc<Helps>,
    ) -> Self {
        Self(Arc::new(Shared {
            exporter,
            histograms,
            helps,
            sources: RwLock::default(),
            errors: AtomicU64::new(0),
        }))
    }

    /// Adds a source of values that somebody else owns. At each scrape it appends whole families in Prometheus' text
    /// format: `# HELP`, `# TYPE`, samples.
    ///
    /// A line that is no sample of the family before it, a sample of a series that is there already, and a source that
    /// panics are left out and counted by `llm_vitals_exposition_errors_total`; everything else is served.
    pub fn add(&self, source: impl Fn(&mut String) + Send + Sync + 'static) {
        let mut sources = self
            .0
            .sources
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        sources.push(Box::new(source));
    }

    /// The exposition in Prometheus' text format 0.0.4.
    #[must_use]
    pub fn render(&self) -> String {
        self.write(false)
    }

    /// The exposition in OpenMetrics 1.0, with exemplars.
    #[must_use]
    pub fn render_openmetrics(&self) -> String {
        self.write(true)
    }

    fn write(&self, openmetrics: bool) -> String {
        let shared = &*self.0;
        let recorded = shared.exporter.render();
        let added = shared.added();
        let mut families = Families::new();
        shared.take_recorded(&recorded, &mut families);
        let mut histograms = BTreeMap::new();
        let mut size = recorded.len();
        shared.histograms.each(|name, series| {
            let mut text = String::new();
            let help = shared.helps.of(name);
            write_head(
                name,
                Kind::Histogram,
                help.as_deref().unwrap_or(NO_HELP),
                openmetrics,
                &mut text,
            );
            for histogram in series {
                histogram.write(name, openmetrics, &mut text);
            }
            size += text.len();
            // A name that is also a counter or a gauge can be written only once.
            if families.contains_key(name) {
                shared.errors.fetch_add(1, Ordering::Relaxed);
            } else {
                histograms.insert(name.to_owned(), text);
            }
        });
        let mut wrong = 0;
        for text in &added {
            size += text.len();
            wrong += take_added(text, &mut families, |name| histograms.contains_key(name));
        }
        let errors = shared.errors.fetch_add(wrong, Ordering::Relaxed) + wrong;
        for ((name, _, _, help), value) in
            [(ERRORS, errors), (DROPPED, shared.histograms.dropped())]
        {
            let family = Family {
                kind: Kind::Counter,
                help: help.into(),
                samples: vec![format!("{name} {value}").into()],
            };
            families.insert(name.into(), family);
        }

        let mut out = String::with_capacity(size + size / 8);
        let mut histograms = histograms.into_iter().peekable();
        for (name, family) in &families {
            while let Some((_, text)) =
                histograms.next_if(|(histogram, _)| histogram.as_str() < &**name)
            {
                out.push_str(&text);
            }
            family.write(name, openmetrics, &mut out);
        }
        histograms.for_each(|(_, text)| out.push_str(&text));
        if openmetrics {
            out.push_str("# EOF\n");
        }
        out
    }
}

impl Shared {
    /// What each source writes.
    fn added(&self) -> Vec<String> {
        let sources = self.sources.read().unwrap_or_else(PoisonError::into_inner);
        let write = |source: &Source| {
            let mut text = String::new();
            // What a source wrote before it panicked may be half a line.
            if catch_unwind(AssertUnwindSafe(|| source(&mut text))).is_err() {
                self.errors.fetch_add(1, Ordering::Relaxed);
                text.clear();
            }
            text
        };
        sources.iter().map(write).collect()
    }

    /// Takes the counters and gauges of the exporter, whose lines are in order family by family.
    fn take_recorded<'a>(&self, text: &'a str, families: &mut Families<'a>) {
        let mut current: Option<(Cow<'a, str>, Family<'a>)> = None;
        let mut finish = |family: Option<(Cow<'a, str>, Family<'a>)>| {
            if let Some((name, mut family)) = family {
                family.samples.sort_unstable();
                families.insert(name, family);
            }
        };
        for text in text.lines() {
            if let Some((name, kind)) = text
                .strip_prefix("# TYPE ")
                .and_then(|text| text.split_once(' '))
            {
                finish(current.take());
                let help = self.helps.of(name);
                let help = help.map_or(Cow::Borrowed(NO_HELP), |help| help.into_string().into());
                let name = match name.strip_suffix(NANOUSD) {
                    Some(stem) => format!("{stem}{USD}").into(),
                    None => name.into(),
                };
                let kind = Kind::parse(kind).unwrap_or(Kind::Untyped);
                current = Some((
                    name,
                    Family {
                        kind,
                        help,
                        samples: Vec::new(),
                    },
                ));
            } else if let Some((_, family)) = &mut current
                && !text.is_empty()
                && !text.starts_with('#')
            {
                family.samples.push(in_dollars(text));
            }
        }
        finish(current);
    }
}

/// Takes what a source added; returns how many lines were wrong.
fn take_added<'a>(
    text: &'a str,
    families: &mut Families<'a>,
    is_histogram: impl Fn(&str) -> bool,
) -> u64 {
    let mut wrong = 0;
    let mut help = ("", "");
    // The family that the samples belong to, and the series that it has.
    let mut current: Option<(&'a str, Kind, HashSet<String>)> = None;
    for text in text.lines() {
        match line(text) {
            Line::Nothing => {}
            Line::Malformed => wrong += 1,
            Line::Help { name, text } => help = (name, text),
            Line::Type { name, kind } => {
                let fits = !is_histogram(name)
                    && families.get(name).is_none_or(|family| family.kind == kind);
                current = fits.then(|| {
                    let have = families
                        .get(name)
                        .into_iter()
                        .flat_map(|family| &family.samples);
                    (
                        name,
                        kind,
                        have.map(|sample| series(sample).to_owned()).collect(),
                    )
                });
                wrong += u64::from(!fits);
                if fits {
                    let help = if help.0 == name { help.1 } else { NO_HELP };
                    families.entry(name.into()).or_insert_with(|| Family {
                        kind,
                        help: unescape_help(help).into(),
                        samples: Vec::new(),
                    });
                }
            }
            Line::Sample { name, series, .. } => {
                let taken = current.as_mut().is_some_and(|(family, kind, have)| {
                    belongs(name, family, *kind) && have.insert(series.to_owned())
                });
                match (&current, taken) {
                    (Some((family, ..)), true) => {
                        if let Some(family) = families.get_mut(*family) {
                            family.samples.push(text.trim_end_matches('\r').into());
                        }
                    }
                    _ => wrong += 1,
                }
            }
        }
    }
    families.retain(|_, family| !family.samples.is_empty());
    wrong
}

/// Whether a sample of this name is one of the family.
fn belongs(name: &str, family: &str, kind: Kind) -> bool {
    let Some(end) = name.strip_prefix(family) else {
        return false;
    };
    match kind {
        Kind::Histogram => matches!(end, "_bucket" | "_sum" | "_count"),
        Kind::Summary => matches!(end, "" | "_sum" | "_count"),
        Kind::Counter | Kind::Gauge | Kind::Untyped => end.is_empty(),
    }
}

/// A sample's line up to its value.
fn series(sample: &str) -> &str {
    match line(sample) {
        Line::Sample { series, .. } => series,
        _ => sample,
    }
}

fn unescape_help(help: &str) -> String {
    help.replace(r"\n", "\n").replace(r"\\", "\\")
}

/// The sample of a counter of nano-dollars as one of dollars; any other as it is.
fn in_dollars(sample: &str) -> Cow<'_, str> {
    let name_end = sample.find(['{', ' ']).unwrap_or(sample.len());
    let Some(stem) = sample[..name_end].strip_suffix(NANOUSD) else {
        return sample.into();
    };
    match sample[name_end..].rsplit_once(' ') {
        Some((labels, nanos)) => match nanos.parse() {
            Ok(nanos) => format!("{stem}{USD}{labels} {}", dollars(nanos)).into(),
            Err(_) => sample.into(),
        },
        None => sample.into(),
    }
}

impl fmt::Debug for Exposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exposition").finish_non_exhaustive()
    }
}
