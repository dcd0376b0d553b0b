//! `format_query`.

use crate::json;
use crate::parameters::Parameters;
use crate::problem::Problem;

use super::{Answer, Api};

impl Api {
    /// The expression in its usual form, on one line however long it is.
    pub(super) fn format_query(&self, parameters: &Parameters) -> Result<Answer, Problem> {
        let mut out = String::new();
        json::string(&mut out, &self.expr(parameters)?.to_string());
        Ok(Answer::new(out))
    }
}
