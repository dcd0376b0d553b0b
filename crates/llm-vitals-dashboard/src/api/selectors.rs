//! `match[]`: selectors of series.

use llm_vitals_promql::ast::NodeKind;
use llm_vitals_promql::{Dialect, Expr, Matcher};

use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::time::LATEST;

use super::{moment, parse_error};

/// The conditions of each `match[]`; series that fulfil one of them are wanted.
pub(super) fn selectors(
    parameters: &Parameters,
    dialect: Dialect,
) -> Result<Vec<Vec<Matcher>>, Problem> {
    let texts = parameters.all("match[]").into_iter();
    texts.map(|text| selector(text, dialect)).collect()
}

/// `start` and `end`, for all time where they are not there.
pub(super) fn span(parameters: &Parameters) -> Result<(i64, i64), Problem> {
    let start = moment(parameters, "start", -LATEST)?;
    let end = moment(parameters, "end", LATEST)?;
    Ok((start, end))
}

fn selector(text: &str, dialect: Dialect) -> Result<Vec<Matcher>, Problem> {
    let expr = Expr::parse(text, dialect)
        .map_err(|error| Problem::parameter("match[]", parse_error(&error)))?;
    match expr.root().kind() {
        NodeKind::Selector(selector)
            if selector.modifiers.offset_ms == 0 && selector.modifiers.at.is_none() =>
        {
            Ok(selector.matchers.clone())
        }
        _ => {
            let message = format!("{text:?} is no selector of series");
            Err(Problem::parameter("match[]", message))
        }
    }
}
