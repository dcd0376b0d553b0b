//! The usage of a streamed answer, which is reported in two events.

use serde_json::{Map, Value};

use crate::usage::Usage;
use crate::wire;

/// What the reports of one answer say together. They are cumulative: a later count replaces an earlier one.
#[derive(Debug, Default)]
pub(super) struct Reports(Map<String, Value>);

impl Reports {
    /// Takes a report. A count of the prompt that is 0 in a later one stands for a prompt that was counted before.
    pub(super) fn take(&mut self, report: &Value) {
        for (name, value) in report.as_object().into_iter().flatten() {
            let repeats = value.as_u64() == Some(0) && name.contains("input");
            let says_less = value.is_null() || (repeats && self.0.contains_key(name));
            if !says_less {
                self.0.insert(name.clone(), value.clone());
            }
        }
    }

    /// The counts so far.
    pub(super) fn usage(&self) -> Option<Usage> {
        // The object is cloned twice for each answer, and never for an event of text.
        wire::usage::from_value(&Value::Object(self.0.clone()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn counts(reports: &[Value]) -> Option<[u64; 4]> {
        let mut all = Reports::default();
        for report in reports {
            all.take(report);
        }
        let usage = all.usage()?;
        Some([
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.cached_prompt_tokens,
            usage.cache_write_1h_tokens,
        ])
    }

    #[test]
    fn the_last_count_of_each_field_counts() {
        let start = json!({"input_tokens": 5, "cache_read_input_tokens": 10, "cache_creation_input_tokens": 3,
            "cache_creation": {"ephemeral_5m_input_tokens": 1, "ephemeral_1h_input_tokens": 2}, "output_tokens": 1});
        assert_eq!(counts(&[]), None);
        assert_eq!(counts(std::slice::from_ref(&start)), Some([18, 1, 10, 2]));
        let end = json!({"output_tokens": 0});
        assert_eq!(counts(&[start.clone(), end]), Some([18, 0, 10, 2]));
        let end = json!({"input_tokens": 0, "cache_read_input_tokens": null, "output_tokens": 7});
        assert_eq!(counts(&[start.clone(), end]), Some([18, 7, 10, 2]));
        let end = json!({"input_tokens": 6, "output_tokens": 7});
        assert_eq!(counts(&[start, end]), Some([19, 7, 10, 2]));
        // A prompt may be counted at the end only.
        let reports = [
            json!({"input_tokens": 0, "output_tokens": 0}),
            json!({"input_tokens": 9, "output_tokens": 2}),
        ];
        assert_eq!(counts(&reports), Some([9, 2, 0, 0]));
    }
}
