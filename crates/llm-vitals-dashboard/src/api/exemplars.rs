//! `query_exemplars`.

use std::collections::BTreeMap;

use llm_vitals_promql::{Exemplar, Labels};

use crate::json;
use crate::parameters::Parameters;
use crate::problem::Problem;

use super::selectors::span;
use super::{Answer, Api};

impl Api {
    /// The exemplars of all series that the expression asks for; what it does with them does not matter.
    pub(super) fn query_exemplars(&self, parameters: &Parameters) -> Result<Answer, Problem> {
        let (start, end) = span(parameters)?;
        if end < start {
            return Err(Problem::bad_data(
                "end timestamp must not be before start timestamp",
            ));
        }
        let expr = self.expr(parameters)?;
        let mut selectors = Vec::new();
        expr.root()
            .walk(&mut |node| selectors.extend(node.selector()));
        // Series that two selectors find are shown once, and always in the same order.
        let found: BTreeMap<Labels, Vec<Exemplar>> = self.with_store(|store| {
            let all = selectors.iter();
            let all = all.flat_map(|selector| store.exemplars(&selector.matchers, start, end));
            all.map(|(labels, exemplars)| {
                (labels.clone(), exemplars.into_iter().cloned().collect())
            })
            .collect()
        });
        let mut out = String::new();
        json::list(&mut out, &found, |out, (series, exemplars)| {
            out.push_str(r#"{"seriesLabels":"#);
            json::labels(out, series);
            out.push_str(r#","exemplars":"#);
            json::list(out, exemplars, |out, exemplar| {
                out.push_str(r#"{"labels":"#);
                json::labels(out, exemplar.labels());
                out.push_str(r#","value":"#);
                json::number(out, exemplar.value());
                out.push_str(r#","timestamp":"#);
                json::time(out, exemplar.time());
                out.push('}');
            });
            out.push('}');
        });
        Ok(Answer::new(out))
    }
}
