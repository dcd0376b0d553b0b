//! What a part of an expression is, without what is below it.

use llm_vitals_promql::ast::{Cardinality, Matching, Node, NodeKind};

/// A short text: the operator, the function, the selector.
pub(crate) fn of(node: &Node) -> String {
    match node.kind() {
        NodeKind::Unary(unary) => if unary.is_minus { "-" } else { "+" }.to_owned(),
        NodeKind::Binary(binary) => {
            let mut text = binary.op.to_string();
            if binary.returns_bool {
                text.push_str(" bool");
            }
            if let Some(matching) = &binary.matching {
                text.push_str(&match_text(matching));
            }
            text
        }
        NodeKind::Aggregate(aggregate) => {
            let word = if aggregate.is_without {
                "without"
            } else {
                "by"
            };
            if aggregate.labels.is_empty() && !aggregate.is_without {
                aggregate.op.to_string()
            } else {
                format!("{} {word} ({})", aggregate.op, aggregate.labels.join(", "))
            }
        }
        NodeKind::Call(call) => format!("{}()", call.function()),
        NodeKind::Subquery(subquery) => {
            let text = node.to_string();
            let operand = subquery.operand.to_string();
            text.strip_prefix(&operand).unwrap_or(&text).to_owned()
        }
        _ => node.to_string(),
    }
}

fn match_text(matching: &Matching) -> String {
    let mut text = String::new();
    let word = if matching.is_on { "on" } else { "ignoring" };
    if matching.is_on || !matching.labels.is_empty() {
        text.push_str(&format!(" {word} ({})", matching.labels.join(", ")));
    }
    let group = match matching.cardinality {
        Cardinality::ManyToOne => "group_left",
        Cardinality::OneToMany => "group_right",
        Cardinality::OneToOne | Cardinality::ManyToMany => return text,
    };
    text.push_str(&format!(" {group} ({})", matching.include.join(", ")));
    text
}
