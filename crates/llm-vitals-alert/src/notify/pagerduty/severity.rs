//! The four words that PagerDuty knows.

/// PagerDuty's word for one of ours. `error` for one that is not known, as Alertmanager has it.
pub(super) fn severity(word: &str) -> &'static str {
    match word.trim().to_ascii_lowercase().as_str() {
        "critical" | "crit" | "page" | "fatal" | "emergency" | "emerg" | "disaster" | "p1" => {
            "critical"
        }
        "warning" | "warn" | "ticket" | "medium" | "minor" | "p3" => "warning",
        "info" | "information" | "informational" | "notice" | "low" | "none" | "debug" | "p4"
        | "p5" => "info",
        _ => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::severity;

    #[test]
    fn words_of_severity_are_mapped_and_unknown_ones_are_errors() {
        let cases = [
            ("critical", "critical"),
            (" Page ", "critical"),
            ("error", "error"),
            ("high", "error"),
            ("", "error"),
            ("WARNING", "warning"),
            ("ticket", "warning"),
            ("info", "info"),
            ("none", "info"),
        ];
        for (word, expected) in cases {
            assert_eq!(severity(word), expected, "{word}");
        }
    }
}
