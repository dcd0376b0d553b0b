//! Alertmanager's name of an alert.

use std::collections::BTreeMap;

use llm_vitals_promql::Labels;

use crate::notify::fingerprint::{fingerprint as number, hex};

/// In 16 hexadecimal digits.
pub(crate) fn fingerprint(labels: &BTreeMap<String, String>) -> String {
    hex(number(&Labels::new(labels)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_an_alertmanager_says() {
        let of = |labels: &[(&str, &str)]| {
            let labels = labels.iter();
            let labels = labels.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            fingerprint(&labels.collect())
        };
        assert_eq!(of(&[]), "cbf29ce484222325");
        assert_eq!(of(&[("alertname", "Ä"), ("x", "日本")]), "5af8a92899002e05");
    }
}
