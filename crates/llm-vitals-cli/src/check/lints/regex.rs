//! Regular expressions that are none.

use llm_vitals_promql::ast::NodeKind;
use llm_vitals_promql::{MatchOp, Matcher};

use super::Lint;
use crate::check::context::Context;
use crate::check::finding::{Finding, Level};
use crate::check::subject::Subject;

pub(in crate::check) static PLAIN_REGEX: Lint = Lint {
    code: "plain-regex",
    level: Level::Note,
    about: "a regular expression that is a plain text, has needless anchors, or takes everything",
};

pub(in crate::check) fn check(subject: &Subject<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    subject.expr.root().walk(&mut |node| {
        let matchers = match node.kind() {
            NodeKind::Selector(selector) => &selector.matchers,
            NodeKind::Range(range) => &range.selector.matchers,
            _ => return,
        };
        for matcher in matchers {
            if let Some((message, help)) = problem(matcher) {
                findings.extend(subject.at(&PLAIN_REGEX, node, message, help));
            }
        }
    });
}

fn problem(matcher: &Matcher) -> Option<(String, String)> {
    let (name, value) = (matcher.name(), matcher.value());
    let equal = match matcher.op() {
        MatchOp::Regex => "=",
        MatchOp::NotRegex => "!=",
        MatchOp::Equal | MatchOp::NotEqual => return None,
    };
    if value == ".*" {
        let (what, help) = if equal == "=" {
            ("takes everything", "leave it out")
        } else {
            (
                "takes nothing, so that no series is left",
                "mend the expression",
            )
        };
        return Some((format!("{matcher} {what}"), help.to_owned()));
    }
    if value.starts_with('^') || value.ends_with('$') && !value.ends_with("\\$") {
        let bare = value.trim_start_matches('^').trim_end_matches('$');
        return Some((
            format!("{matcher} always takes the whole value: ^ and $ are needless"),
            format!("{name}{equal}~\"{bare}\""),
        ));
    }
    let is_plain = !value.contains(|sign: char| ".*+?()[]{}|^$\\".contains(sign));
    is_plain.then(|| {
        (
            format!("{matcher} has nothing of a regular expression"),
            format!("{name}{equal}\"{value}\""),
        )
    })
}
