//! Exposition text into the store: the text format of Prometheus 0.0.4 and OpenMetrics 1.0.

mod birth;
mod family;
mod line;
mod metadata;
mod number;
mod reader;
mod scrape;
mod series_text;

pub use self::scrape::{Ingested, Scrape};

/// The format of an exposition.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// The text format of Prometheus, version 0.0.4.
    #[default]
    Text,
    /// OpenMetrics 1.0, which ends with `# EOF`.
    OpenMetrics,
}

impl Format {
    /// The format that a `Content-Type` names; the text format unless it says OpenMetrics.
    #[must_use]
    pub fn from_content_type(content_type: &str) -> Self {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if media_type.eq_ignore_ascii_case("application/openmetrics-text") {
            Self::OpenMetrics
        } else {
            Self::Text
        }
    }
}
