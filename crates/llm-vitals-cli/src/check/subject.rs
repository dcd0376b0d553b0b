//! A rule under the eye of the lints.

use llm_vitals_alert::{Group, Rule, RuleFile, RuleKind};
use llm_vitals_promql::Expr;
use llm_vitals_promql::ast::Node;

use super::finding::{Finding, Place};
use super::lints::Lint;
use super::{allow, place};

/// A rule with its file and its expression as it is written.
pub(super) struct Subject<'a> {
    pub(super) file: &'a RuleFile,
    pub(super) group: &'a Group,
    pub(super) rule: &'a Rule,
    /// The condition as it is written, without what the options add; short names are short.
    pub(super) expr: &'a Expr,
}

impl Subject<'_> {
    pub(super) fn is_alert(&self) -> bool {
        self.rule.kind() == RuleKind::Alerting
    }

    /// A finding about a part of the expression, unless a comment allows it.
    pub(super) fn at(
        &self,
        lint: &'static Lint,
        node: &Node,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Option<Finding> {
        let start = (self.rule.line(), self.rule.column());
        let place = place::find(self.file.text(), self.rule.condition(), start, node.range());
        self.found(lint, place, message.into(), help.into())
    }

    /// A finding about the rule as a whole.
    pub(super) fn whole(
        &self,
        lint: &'static Lint,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Option<Finding> {
        self.at(lint, self.expr.root(), message, help)
    }

    fn found(
        &self,
        lint: &'static Lint,
        place: Place,
        message: String,
        help: String,
    ) -> Option<Finding> {
        if allow::allows(self.file.text(), self.rule.line(), lint.code) {
            return None;
        }
        Some(Finding {
            code: lint.code,
            level: lint.level,
            file: self.file.name().to_owned(),
            rule: self.rule.name().to_owned(),
            place,
            message,
            help,
        })
    }
}
