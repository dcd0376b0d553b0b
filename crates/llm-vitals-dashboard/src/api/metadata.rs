//! `metadata`.

use crate::json;
use crate::parameters::Parameters;
use crate::problem::Problem;

use super::{Answer, Api};

impl Api {
    pub(super) fn metadata(&self, parameters: &Parameters) -> Result<Answer, Problem> {
        let limit = most(parameters)?;
        let wanted = parameters.first("metric");
        let mut found: Vec<_> = self.with_store(|store| {
            let all = store.all_metadata();
            let wanted = all.filter(|(metric, _)| wanted.is_none_or(|wanted| wanted == *metric));
            wanted
                .map(|(metric, metadata)| (metric.to_owned(), metadata.clone()))
                .collect()
        });
        found.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        found.truncate(limit);
        let mut out = String::from("{");
        for (at, (metric, metadata)) in found.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            json::string(&mut out, metric);
            out.push_str(r#":[{"type":"#);
            json::string(&mut out, metadata.metric_type.name());
            out.push_str(r#","help":"#);
            json::string(&mut out, &metadata.help);
            out.push_str(r#","unit":"#);
            json::string(&mut out, &metadata.unit);
            out.push_str("}]");
        }
        out.push('}');
        Ok(Answer::new(out))
    }
}

/// Here 0 is none, and less is all.
fn most(parameters: &Parameters) -> Result<usize, Problem> {
    let Some(text) = parameters.first("limit") else {
        return Ok(usize::MAX);
    };
    let limit: i64 = text
        .parse()
        .map_err(|_| Problem::bad_data("limit must be a number"))?;
    Ok(usize::try_from(limit).unwrap_or(usize::MAX))
}
