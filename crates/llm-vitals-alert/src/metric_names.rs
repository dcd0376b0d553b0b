//! The metrics that an expression asks for.

use llm_vitals_promql::Expr;
use llm_vitals_promql::ast::NodeKind;

/// Their names, each once, in the order in which they stand.
pub(crate) fn metric_names(expr: &Expr) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    expr.root().walk(&mut |node| {
        let selector = match node.kind() {
            NodeKind::Selector(selector) => selector,
            NodeKind::Range(range) => &range.selector,
            _ => return,
        };
        if let Some(name) = selector.metric_name()
            && !names.iter().any(|have| have == name)
        {
            names.push(name.to_owned());
        }
    });
    names
}
