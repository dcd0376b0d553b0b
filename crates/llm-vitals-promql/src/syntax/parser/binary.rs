//! `a / on (job) group_left b`.

use crate::ast::{Binary, BinaryOp, Cardinality, Matching, Node, NodeKind, ValueType};
use crate::error::Error;
use crate::syntax::token::TokenKind;

use super::{Parser, build};

impl Parser<'_> {
    /// The operator that comes next.
    pub(super) fn binary_op(&self) -> Option<BinaryOp> {
        Some(match self.token.kind {
            TokenKind::Sign("+") => BinaryOp::Add,
            TokenKind::Sign("-") => BinaryOp::Subtract,
            TokenKind::Sign("*") => BinaryOp::Multiply,
            TokenKind::Sign("/") => BinaryOp::Divide,
            TokenKind::Sign("%") => BinaryOp::Modulo,
            TokenKind::Sign("^") => BinaryOp::Power,
            TokenKind::Sign("==") => BinaryOp::Equal,
            TokenKind::Sign("!=") => BinaryOp::NotEqual,
            TokenKind::Sign(">") => BinaryOp::Greater,
            TokenKind::Sign("<") => BinaryOp::Less,
            TokenKind::Sign(">=") => BinaryOp::GreaterOrEqual,
            TokenKind::Sign("<=") => BinaryOp::LessOrEqual,
            TokenKind::Word if self.is_keyword("and") => BinaryOp::And,
            TokenKind::Word if self.is_keyword("or") => BinaryOp::Or,
            TokenKind::Word if self.is_keyword("unless") => BinaryOp::Unless,
            TokenKind::Word if self.is_keyword("atan2") => BinaryOp::Atan2,
            _ => return None,
        })
    }

    /// The operator and the right side of a left side.
    pub(super) fn binary(&mut self, left: Node, op: BinaryOp) -> Result<Node, Error> {
        let op_range = self.advance()?.range;
        let mut returns_bool = false;
        if self.is_keyword("bool") {
            if !op.is_comparison() {
                return Err(self.unexpected("an expression: only comparisons take \"bool\""));
            }
            self.advance()?;
            returns_bool = true;
        }
        let matching = self.matching(op)?;
        let tighter = if op == BinaryOp::Power { 0 } else { 1 };
        let right = self.expression(op.precedence() + tighter)?;
        let range = left.range().start..right.range().end;

        for side in [&left, &right] {
            if !matches!(side.value_type(), ValueType::Scalar | ValueType::Vector) {
                let message = format!(
                    "\"{op}\" stands between scalars and instant vectors, and this is a {}",
                    side.value_type()
                );
                let error = Error::typed(side.range(), message);
                return Err(if side.value_type() == ValueType::Matrix {
                    error.suggest("put a function such as rate() around it")
                } else {
                    error
                });
            }
        }
        let scalar = |node: &Node| node.value_type() == ValueType::Scalar;
        let vectors = !scalar(&left) && !scalar(&right);
        if op.is_set() && !vectors {
            let side = if scalar(&left) { &left } else { &right };
            let message = format!("\"{op}\" stands between instant vectors, and this is a scalar");
            return Err(Error::typed(side.range(), message).suggest("put vector() around it"));
        }
        if op.is_comparison() && !returns_bool && scalar(&left) && scalar(&right) {
            let message = format!("a comparison of two scalars needs \"bool\": {op} bool");
            return Err(Error::typed(op_range, message));
        }
        // Without labels it has no meaning, and Prometheus takes it.
        if matching
            .as_ref()
            .is_some_and(|matching| !matching.labels.is_empty())
            && !vectors
        {
            let message = "\"on\" and \"ignoring\" need an instant vector on both sides";
            return Err(Error::typed(op_range, message));
        }
        let matching = vectors.then(|| matching.unwrap_or_else(|| default_matching(op)));
        build(
            NodeKind::Binary(Binary {
                op,
                returns_bool,
                matching,
                left,
                right,
            }),
            range,
        )
    }

    fn matching(&mut self, op: BinaryOp) -> Result<Option<Matching>, Error> {
        let is_on = self.is_keyword("on");
        if !is_on && !self.is_keyword("ignoring") {
            return Ok(None);
        }
        self.advance()?;
        let mut matching = default_matching(op);
        matching.is_on = is_on;
        matching.labels = self.label_list()?;
        for (keyword, cardinality) in [
            ("group_left", Cardinality::ManyToOne),
            ("group_right", Cardinality::OneToMany),
        ] {
            if !self.is_keyword(keyword) {
                continue;
            }
            let range = self.advance()?.range;
            if op.is_set() {
                let message =
                    format!("\"{op}\" matches many to many: \"{keyword}\" has no meaning here");
                return Err(Error::syntax(range, message));
            }
            matching.cardinality = cardinality;
            if self.is_sign("(") {
                matching.include = self.label_list()?;
            }
            let twice = matching
                .include
                .iter()
                .find(|label| matching.labels.contains(label));
            if let Some(label) = twice.filter(|_| is_on) {
                let message =
                    format!("label \"{label}\" is in \"on\" and in \"{keyword}\" at once");
                return Err(Error::syntax(range, message));
            }
            break;
        }
        Ok(Some(matching))
    }
}

fn default_matching(op: BinaryOp) -> Matching {
    let cardinality = if op.is_set() {
        Cardinality::ManyToMany
    } else {
        Cardinality::OneToOne
    };
    Matching {
        cardinality,
        is_on: false,
        labels: Vec::new(),
        include: Vec::new(),
    }
}
