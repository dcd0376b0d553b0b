//! An alert as it is handed in.

use std::collections::BTreeMap;

use llm_vitals_promql::Labels;

use crate::notify::notification::Evidence;

/// An alert from a rule of this process, or from whoever posts alerts as to Alertmanager's API.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct PostedAlert {
    /// With `alertname`. Two alerts with the same labels are one.
    pub labels: Labels,
    /// Texts for people.
    pub annotations: BTreeMap<String, String>,
    /// When it began, in milliseconds since 1970; `None` is now, or the end where there is one.
    pub starts_at: Option<i64>,
    /// When it ended or will end, in milliseconds since 1970. `None` is `resolve_timeout` from now, unless it is posted again.
    pub ends_at: Option<i64>,
    /// Where it comes from; may be empty.
    pub generator_url: String,
    /// What stands behind it.
    pub evidence: Option<Evidence>,
    /// Whether it fires until an end is posted, however long nobody mentions it: for alerts whose rules this process evaluates itself.
    pub never_times_out: bool,
}

impl PostedAlert {
    /// An alert that fires from now on.
    #[must_use]
    pub fn new(labels: Labels) -> Self {
        Self {
            labels,
            annotations: BTreeMap::new(),
            starts_at: None,
            ends_at: None,
            generator_url: String::new(),
            evidence: None,
            never_times_out: false,
        }
    }

    /// With texts for people.
    #[must_use]
    pub fn with_annotations(mut self, annotations: BTreeMap<String, String>) -> Self {
        self.annotations = annotations;
        self
    }

    /// With the moment when it began.
    #[must_use]
    pub fn with_start(mut self, starts_at: i64) -> Self {
        self.starts_at = Some(starts_at);
        self
    }

    /// With the moment when it ended or will end.
    #[must_use]
    pub fn with_end(mut self, ends_at: i64) -> Self {
        self.ends_at = Some(ends_at);
        self
    }

    /// With where it comes from.
    #[must_use]
    pub fn with_generator_url(mut self, url: impl Into<String>) -> Self {
        self.generator_url = url.into();
        self
    }

    /// With what stands behind it.
    #[must_use]
    pub fn with_evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = Some(evidence);
        self
    }

    /// Fires until an end is posted.
    #[must_use]
    pub fn without_timeout(mut self) -> Self {
        self.never_times_out = true;
        self
    }
}
