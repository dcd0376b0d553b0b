//! `series`, `labels` and `label/<name>/values`.

use std::collections::BTreeSet;

use llm_vitals_promql::{Dialect, Labels, Matcher};

use crate::json;
use crate::parameters::Parameters;
use crate::problem::Problem;

use super::selectors::{selectors, span};
use super::{Answer, Api, limit};

impl Api {
    pub(super) fn series(&self, parameters: &Parameters) -> Result<Answer, Problem> {
        if parameters.all("match[]").is_empty() {
            return Err(Problem::bad_data("no match[] parameter provided"));
        }
        let limit = limit(parameters)?;
        let mut found = self.find(parameters)?;
        found.sort_unstable();
        let mut answer = Answer::default();
        answer.truncate(&mut found, limit);
        json::list(&mut answer.data, &found, json::labels);
        Ok(answer)
    }

    pub(super) fn labels(&self, parameters: &Parameters) -> Result<Answer, Problem> {
        let found = self.find(parameters)?;
        let names = found.iter().flat_map(Labels::iter).map(|(name, _)| name);
        texts(names.collect(), parameters)
    }

    pub(super) fn label_values(
        &self,
        name: &str,
        parameters: &Parameters,
    ) -> Result<Answer, Problem> {
        if self.dialect == Dialect::V2 && !is_plain(name) {
            return Err(Problem::bad_data(format!("invalid label name: {name:?}")));
        }
        let found = self.find(parameters)?;
        let values = found.iter().filter_map(|labels| labels.get(name));
        texts(values.collect(), parameters)
    }

    /// The series that fulfil one of the selectors and were there in the time that is asked about, each once. Without selectors
    /// all series. The store is locked while they are looked up.
    fn find(&self, parameters: &Parameters) -> Result<Vec<Labels>, Problem> {
        let (start, end) = span(parameters)?;
        let mut wanted: Vec<Vec<Matcher>> = selectors(parameters, self.dialect)?;
        if wanted.is_empty() {
            wanted.push(Vec::new());
        }
        let is_one = wanted.len() == 1;
        let mut found: Vec<Labels> = self.with_store(|store| {
            let of = |matchers| store.series_between(matchers, start, end).cloned();
            wanted.iter().flat_map(|matchers| of(matchers)).collect()
        });
        if !is_one {
            found.sort_unstable();
            found.dedup();
        }
        Ok(found)
    }
}

fn texts(texts: BTreeSet<&str>, parameters: &Parameters) -> Result<Answer, Problem> {
    let mut answer = Answer::default();
    let mut texts: Vec<&str> = texts.into_iter().collect();
    answer.truncate(&mut texts, limit(parameters)?);
    json::strings(&mut answer.data, texts);
    Ok(answer)
}

/// Whether Prometheus 2 takes it for the name of a label.
fn is_plain(name: &str) -> bool {
    let starts = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    name.bytes().next().is_some_and(starts)
        && name
            .bytes()
            .all(|byte| starts(byte) || byte.is_ascii_digit())
}
