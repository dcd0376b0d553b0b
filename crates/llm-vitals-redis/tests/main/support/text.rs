//! What a collector wrote.

use std::collections::BTreeMap;

use llm_vitals_redis::RedisMetrics;

/// Prometheus text, to be asked for its values.
pub(crate) struct Text(pub(crate) String);

impl Text {
    pub(crate) fn of(metrics: &RedisMetrics) -> Self {
        let mut text = String::new();
        metrics.render(&mut text);
        Self(text)
    }

    /// The value of a series, written as in the text; none if it is absent.
    pub(crate) fn get(&self, series: &str) -> Option<f64> {
        let values = self
            .0
            .lines()
            .filter_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        values.map(|value| value.parse().unwrap()).next()
    }

    /// The value of a series with the label `node` alone.
    pub(crate) fn of_node(&self, node: &str, name: &str) -> Option<f64> {
        self.get(&format!("{name}{{node=\"{node}\"}}"))
    }

    /// The value of the node that `collector` names.
    pub(crate) fn cache(&self, name: &str) -> Option<f64> {
        self.of_node("cache", name)
    }

    /// All series with their values, without the label `node`, labels in order.
    pub(crate) fn series(&self) -> BTreeMap<String, f64> {
        let samples = self.0.lines().filter(|line| !line.starts_with('#'));
        let samples = samples.map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            let mut labels: Vec<&str> = labels
                .trim_end_matches('}')
                .split(',')
                .filter(|label| !label.is_empty() && !label.starts_with("node="))
                .collect();
            labels.sort_unstable();
            (
                format!("{name}{{{}}}", labels.join(",")),
                value.parse().unwrap(),
            )
        });
        samples.collect()
    }

    /// The names of all series of a node.
    pub(crate) fn names_of(&self, node: &str) -> Vec<&str> {
        let label = format!("node=\"{node}\"");
        let samples = self
            .0
            .lines()
            .filter(|line| !line.starts_with('#') && line.contains(&label));
        let mut names: Vec<_> = samples
            .map(|line| line.split(['{', ' ']).next().unwrap())
            .collect();
        names.dedup();
        names
    }
}
