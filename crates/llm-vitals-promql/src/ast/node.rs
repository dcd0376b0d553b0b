//! One node of an expression.

use std::ops::Range;

use super::{Aggregate, Binary, Call, Number, RangeSelector, Selector, Subquery, Unary, ValueType};

/// A part of an expression, with its place in the text.
#[derive(Debug, Clone)]
pub struct Node {
    kind: Box<NodeKind>,
    start: u32,
    end: u32,
    value_type: ValueType,
    depth: u32,
}

/// What a [`Node`] is.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub enum NodeKind {
    /// A number.
    Number(Number),
    /// A text in quotes.
    String(String),
    /// Parentheses.
    Paren(Node),
    /// A sign.
    Unary(Unary),
    /// An operator between two.
    Binary(Binary),
    /// An aggregation.
    Aggregate(Aggregate),
    /// A function.
    Call(Call),
    /// Series.
    Selector(Selector),
    /// Series over a span of time.
    Range(RangeSelector),
    /// An expression over a span of time.
    Subquery(Subquery),
}

impl Node {
    pub(crate) fn new(kind: NodeKind, range: Range<usize>) -> Self {
        // The parser takes no text that long.
        let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut node = Self {
            value_type: value_type(&kind),
            depth: 0,
            kind: Box::new(kind),
            start: position(range.start),
            end: position(range.end),
        };
        let deepest = node.children().map(|child| child.depth).max();
        node.depth = deepest.map_or(0, |depth| depth + 1);
        node
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> &NodeKind {
        &self.kind
    }

    /// The bytes of the text that it stands in.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// What it gives.
    #[must_use]
    pub fn value_type(&self) -> ValueType {
        self.value_type
    }

    /// The selector, if the node is one or one with a range.
    #[must_use]
    pub fn selector(&self) -> Option<&Selector> {
        match self.kind() {
            NodeKind::Selector(selector) | NodeKind::Range(RangeSelector { selector, .. }) => {
                Some(selector)
            }
            _ => None,
        }
    }

    /// The node inside any parentheses.
    #[must_use]
    pub fn without_parens(&self) -> &Self {
        let mut node = self;
        while let NodeKind::Paren(inner) = node.kind() {
            node = inner;
        }
        node
    }

    /// The nodes that it is made of, from left to right.
    pub fn children(&self) -> impl Iterator<Item = &Self> {
        let (first, second, rest): (Option<&Self>, Option<&Self>, &[Self]) = match &*self.kind {
            NodeKind::Number(_)
            | NodeKind::String(_)
            | NodeKind::Selector(_)
            | NodeKind::Range(_) => (None, None, &[]),
            NodeKind::Paren(inner) => (Some(inner), None, &[]),
            NodeKind::Unary(unary) => (Some(&unary.operand), None, &[]),
            NodeKind::Subquery(subquery) => (Some(&subquery.operand), None, &[]),
            NodeKind::Binary(binary) => (Some(&binary.left), Some(&binary.right), &[]),
            NodeKind::Aggregate(aggregate) => {
                (aggregate.parameter.as_ref(), Some(&aggregate.operand), &[])
            }
            NodeKind::Call(call) => (None, None, &call.arguments),
        };
        first.into_iter().chain(second).chain(rest)
    }

    /// Visits the node and all below it, each before its children.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }

    /// Visits the node and all below it with leave to change their parts. What a node gives, and so its type, must stay.
    pub(crate) fn walk_mut(&mut self, visit: &mut impl FnMut(&mut NodeKind)) {
        visit(&mut self.kind);
        match &mut *self.kind {
            NodeKind::Number(_)
            | NodeKind::String(_)
            | NodeKind::Selector(_)
            | NodeKind::Range(_) => {}
            NodeKind::Paren(inner) => inner.walk_mut(visit),
            NodeKind::Unary(unary) => unary.operand.walk_mut(visit),
            NodeKind::Subquery(subquery) => subquery.operand.walk_mut(visit),
            NodeKind::Binary(binary) => {
                binary.left.walk_mut(visit);
                binary.right.walk_mut(visit);
            }
            NodeKind::Aggregate(aggregate) => {
                if let Some(parameter) = &mut aggregate.parameter {
                    parameter.walk_mut(visit);
                }
                aggregate.operand.walk_mut(visit);
            }
            NodeKind::Call(call) => {
                for argument in &mut call.arguments {
                    argument.walk_mut(visit);
                }
            }
        }
    }

    pub(crate) fn kind_mut(&mut self) -> &mut NodeKind {
        &mut self.kind
    }

    pub(crate) fn into_kind(self) -> NodeKind {
        *self.kind
    }

    pub(crate) fn extend_to(&mut self, end: usize) {
        self.end = u32::try_from(end).unwrap_or(u32::MAX);
    }

    /// How many nodes lie below it on the longest way down.
    pub(crate) fn depth(&self) -> usize {
        self.depth as usize
    }
}

fn value_type(kind: &NodeKind) -> ValueType {
    match kind {
        NodeKind::Number(_) => ValueType::Scalar,
        NodeKind::String(_) => ValueType::String,
        NodeKind::Paren(inner) => inner.value_type(),
        NodeKind::Unary(unary) => unary.operand.value_type(),
        NodeKind::Binary(binary) => {
            let scalar = |node: &Node| node.value_type() == ValueType::Scalar;
            if scalar(&binary.left) && scalar(&binary.right) {
                ValueType::Scalar
            } else {
                ValueType::Vector
            }
        }
        NodeKind::Aggregate(_) | NodeKind::Selector(_) => ValueType::Vector,
        NodeKind::Call(call) => call.signature.returns,
        NodeKind::Range(_) | NodeKind::Subquery(_) => ValueType::Matrix,
    }
}
