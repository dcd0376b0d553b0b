use std::collections::BTreeMap;

/// Calls, attempts and the whole service.
pub(crate) const FAMILIES: [&str; 3] = [
    "llm_requests_total",
    "llm_attempts_total",
    "llm_service_requests_total",
];

/// The samples of a scrape.
pub(crate) struct Metrics(BTreeMap<String, f64>);

impl Metrics {
    pub(crate) fn parse(text: &str) -> Self {
        let samples = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let (series, value) = line.rsplit_once(' ')?;
                Some((series.to_owned(), value.parse().ok()?))
            });
        Self(samples.collect())
    }

    /// The sum over every series of `name` that has all of `labels`, written as `key="value"`.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        self.series(name)
            .filter(|(series, _)| labels.iter().all(|label| series.contains(label)))
            .map(|(_, v)| v)
            .sum()
    }

    /// Every series of `name` whose value is not 0, in order, as it is written.
    pub(crate) fn lines(&self, name: &str) -> Vec<String> {
        self.series(name)
            .filter(|(_, value)| *value != 0.0)
            .map(|(series, value)| format!("{series} {value}"))
            .collect()
    }

    pub(crate) fn series<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, f64)> {
        let of = move |series: &str| {
            series
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('{'))
        };
        self.0
            .iter()
            .filter(move |(series, _)| of(series))
            .map(|(series, value)| (&**series, *value))
    }
}
