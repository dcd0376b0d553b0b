//! `status/buildinfo`.

use llm_vitals_promql::Dialect;
use serde_json::json;

use super::{Answer, Api};

impl Api {
    /// The version is that of the Prometheus whose answers these are: clients choose by it what they may ask.
    pub(super) fn build_info(&self) -> Answer {
        let version = match self.dialect {
            Dialect::V2 => "2.42.0",
            _ => "3.0.0",
        };
        let revision = concat!("llm-vitals-", env!("CARGO_PKG_VERSION"));
        let info = json!({
            "version": version,
            "revision": revision,
            "branch": "",
            "buildUser": "",
            "buildDate": "",
            "goVersion": "",
        });
        Answer::new(info.to_string())
    }
}
