//! The set-up.

use std::collections::HashMap;
use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusBuilder as ExporterBuilder;
use metrics_exporter_prometheus::formatting::sanitize_label_key;

use crate::error::Error;
use crate::exposition::Exposition;
use crate::histogram::{Bounds, Histograms};
use crate::metrics::{BYTES_BUCKETS, OTHER_BUCKETS, SECONDS_BUCKETS};
use crate::process;
use crate::recorder::{Helps, Recorder};

/// Where the set-up begins. See the [crate docs](crate) for an example.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Prometheus;

impl Prometheus {
    /// Begins with the defaults: buckets by the unit in a histogram's name, figures of the process, no global labels.
    #[must_use]
    pub fn builder() -> PrometheusBuilder {
        PrometheusBuilder::default()
    }
}

/// The options of the set-up.
#[derive(Debug, Default)]
pub struct PrometheusBuilder {
    buckets: HashMap<String, Vec<f64>>,
    global: Vec<(String, String)>,
    without_process: bool,
}

impl PrometheusBuilder {
    /// Sets the buckets of histograms, by their whole names; crates that have histograms export such a table. A name that
    /// is in no table has buckets by its end: `_seconds`, `_bytes`, or anything else.
    #[must_use]
    pub fn with_histograms(mut self, table: &[(&str, &[f64])]) -> Self {
        for (name, buckets) in table {
            self.buckets.insert((*name).to_owned(), buckets.to_vec());
        }
        self
    }

    /// Adds a label to every series that the facade records. A series that has the label itself keeps its own value.
    #[must_use]
    pub fn with_global_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.global
            .push((sanitize_label_key(&name.into()), value.into()));
        self
    }

    /// Leaves the figures of the process out.
    #[must_use]
    pub fn without_process_metrics(mut self) -> Self {
        self.without_process = true;
        self
    }

    /// Makes a recorder and its exposition, without installing it.
    ///
    /// # Errors
    ///
    /// [`Error::Buckets`] when buckets are not finite or do not grow.
    pub fn build(self) -> Result<(Recorder, Exposition), Error> {
        let mut named = HashMap::new();
        for (name, buckets) in self.buckets {
            let grows = buckets.windows(2).all(|pair| pair[0] < pair[1]);
            if !grows || !buckets.iter().all(|bound| bound.is_finite()) || buckets.is_empty() {
                return Err(Error::Buckets { name, buckets });
            }
            named.insert(name, Arc::new(Bounds::new(&buckets)));
        }
        let mut exporter = ExporterBuilder::new();
        for (name, value) in &self.global {
            exporter = exporter.add_global_label(name, value);
        }
        let suffixes = vec![
            ("_seconds", Arc::new(Bounds::new(SECONDS_BUCKETS))),
            ("_bytes", Arc::new(Bounds::new(BYTES_BUCKETS))),
        ];
        let other = Arc::new(Bounds::new(OTHER_BUCKETS));
        let histograms = Arc::new(Histograms::new(named, suffixes, other, self.global));
        let helps = Arc::new(Helps::default());
        let inner = exporter.build_recorder();
        let exposition =
            Exposition::new(inner.handle(), Arc::clone(&histograms), Arc::clone(&helps));
        if !self.without_process {
            exposition.add(process::render);
        }
        Ok((Recorder::new(inner, histograms, helps), exposition))
    }

    /// Makes a recorder and installs it for the whole process: for an application's `main`, once.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build), and [`Error::Installed`] when the process has a recorder already.
    pub fn install(self) -> Result<Exposition, Error> {
        let (recorder, exposition) = self.build()?;
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the application's own call"
        )]
        metrics::set_global_recorder(recorder).map_err(|_| Error::Installed)?;
        Ok(exposition)
    }
}
