//! The runbooks of the rules in the binary.

/// Where the rules in the binary say that their runbooks are.
const PLACE: &str = "runbook: docs/runbooks/";

/// Where they are to be had, as a template.
const SERVED: &str = "{{ $externalURL }}/runbooks/";

macro_rules! runbooks {
    ($($name:literal)*) => {
        /// Name and text, in Markdown.
        const RUNBOOKS: &[(&str, &str)] = &[$(($name, include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"), "/../../docs/runbooks/", $name, ".md"
        ))),)*];
    };
}

runbooks! {
    "CacheDown" "CacheEvictions" "CostBudgetSpent" "CostBurnHigh" "HighCancelledShare" "LowCacheHitRate" "MissingUsage"
    "ProviderDown" "ProviderHighErrorRate" "ProviderHighLatency" "RateLimitNearlyReached" "ServiceHighErrorRate"
    "SlowFirstToken" "TokenSpike" "TruncatedAnswers" "UnpricedRequests"
}

/// The text of a runbook, by its name with `.md` or without.
pub(crate) fn text(name: &str) -> Option<&'static str> {
    let name = name.strip_suffix(".md").unwrap_or(name);
    let found = RUNBOOKS.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text)
}

/// Rules whose runbooks are at this gateway, so that a link in a message leads somewhere.
pub(crate) fn served(rules: &str) -> String {
    let lines = rules.lines().map(|line| match line.split_once(PLACE) {
        Some((indent, file)) => {
            let name = file.trim_end().trim_end_matches(".md");
            format!("{indent}runbook: '{SERVED}{name}'\n")
        }
        None => format!("{line}\n"),
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../crates/llm-vitals-alert/rules/default.yml"
    ));

    #[test]
    fn every_rule_has_its_runbook() {
        let served = served(RULES);
        let links: Vec<&str> = served
            .lines()
            .filter_map(|line| {
                line.trim()
                    .strip_prefix("runbook: '{{ $externalURL }}/runbooks/")
            })
            .map(|link| link.trim_end_matches('\''))
            .collect();
        assert_eq!(links.len(), served.matches("- name: ").count());
        for link in links {
            assert!(text(link).is_some(), "{link}");
        }
        assert_eq!(text("Other"), None);
    }
}
