//! Tokens to a tree.

use std::ops::Range;

use crate::ast::{BinaryOp, Node, NodeKind, Unary, ValueType};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::labels::Labels;

use super::lexer::Lexer;
use super::token::{Token, TokenKind};

mod aggregate;
mod binary;
mod call;
mod modifier;
mod primary;
mod selector;

/// The deepest tree. Real rules have a depth of 5 to 20; a chain `a or b or c` has one level for each `or`.
const DEEPEST: usize = 200;
/// The longest text, in bytes.
const LONGEST: usize = 1 << 20;

/// Reads an expression.
pub(crate) fn parse(text: &str, dialect: Dialect) -> Result<Node, Error> {
    let whole = || {
        let mut parser = Parser::new(text, dialect)?;
        let node = parser.expression(0)?;
        parser.expect_end()?;
        Ok(node)
    };
    whole().map_err(|error: Error| error.located(text))
}

/// Reads a series as rule tests write it: `up{job="gateway"}`.
pub(crate) fn parse_labels(text: &str) -> Result<Labels, Error> {
    let whole = || {
        let mut parser = Parser::new(text, Dialect::V3)?;
        let labels = parser.label_set()?;
        parser.expect_end()?;
        Ok(labels)
    };
    whole().map_err(|error: Error| error.located(text))
}

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    dialect: Dialect,
    /// The next token.
    token: Token,
    /// Where the token before it ends.
    previous_end: usize,
    depth: usize,
    /// How many regular expressions there were.
    regexes: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, dialect: Dialect) -> Result<Self, Error> {
        if text.len() > LONGEST {
            let message = format!(
                "an expression of {} bytes; the limit is {LONGEST}",
                text.len()
            );
            return Err(Error::new(ErrorKind::Limit, message));
        }
        let mut lexer = Lexer::new(text);
        let token = lexer.next()?;
        Ok(Self {
            text,
            lexer,
            dialect,
            token,
            previous_end: 0,
            depth: 0,
            regexes: 0,
        })
    }

    /// Reads operators that bind at least as tightly as `least`, and what is between them.
    fn expression(&mut self, least: u8) -> Result<Node, Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(too_deep(self.token.range.clone()));
        }
        let mut left = self.unary()?;
        while let Some(op) = self.binary_op() {
            if op.precedence() < least {
                break;
            }
            left = self.binary(left, op)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn unary(&mut self) -> Result<Node, Error> {
        let is_minus = match self.token.kind {
            TokenKind::Sign("-") => true,
            TokenKind::Sign("+") => false,
            _ => return self.primary(),
        };
        let start = self.advance()?.range.start;
        // A sign binds as `*` does: `-1^2` is `-(1^2)`.
        let operand = self.expression(BinaryOp::Power.precedence())?;
        let range = start..operand.range().end;
        if let NodeKind::Number(number) = operand.kind() {
            let mut number = number.clone();
            if is_minus {
                number.value = -number.value;
            }
            return build(NodeKind::Number(number), range);
        }
        if !matches!(operand.value_type(), ValueType::Scalar | ValueType::Vector) {
            let message = format!(
                "a sign stands before a scalar or an instant vector, not before a {}",
                operand.value_type()
            );
            return Err(Error::typed(operand.range(), message));
        }
        build(NodeKind::Unary(Unary { is_minus, operand }), range)
    }

    fn advance(&mut self) -> Result<Token, Error> {
        let next = self.lexer.next()?;
        self.previous_end = self.token.range.end;
        Ok(std::mem::replace(&mut self.token, next))
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.token.kind, TokenKind::Sign(have) if have == sign)
    }

    fn take_sign(&mut self, sign: &str) -> Result<bool, Error> {
        let found = self.is_sign(sign);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect_sign(&mut self, sign: &str, place: &str) -> Result<(), Error> {
        if self.take_sign(sign)? {
            return Ok(());
        }
        Err(self.unexpected(&format!("\"{sign}\" {place}")))
    }

    /// The text of the next token.
    fn word(&self) -> &'a str {
        &self.text[self.token.range.clone()]
    }

    fn is_keyword(&self, keyword: &str) -> bool {
        self.token.kind == TokenKind::Word && self.word().eq_ignore_ascii_case(keyword)
    }

    fn take_keyword(&mut self, keyword: &str) -> Result<bool, Error> {
        let found = self.is_keyword(keyword);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// The error that the next token is not what should come.
    fn unexpected(&self, expected: &str) -> Error {
        let found = match &self.token.kind {
            TokenKind::End => "the end of the expression".to_owned(),
            TokenKind::String(_) => "a string".to_owned(),
            _ => format!("\"{}\"", self.word()),
        };
        let mut range = self.token.range.clone();
        if range.is_empty() {
            // The mark belongs behind the last thing that is there.
            range = self.previous_end..self.previous_end;
        }
        Error::syntax(range, format!("expected {expected}, found {found}"))
    }

    fn expect_end(&self) -> Result<(), Error> {
        if self.token.kind == TokenKind::End {
            return Ok(());
        }
        let error = self.unexpected("an operator or the end");
        Err(if self.is_sign("=") {
            error.suggest("did you mean \"==\"?")
        } else if self.is_keyword("for") {
            error.suggest("\"for\" is a field of the rule, beside its expression")
        } else if self.is_sign(")") || self.is_sign("]") || self.is_sign("}") {
            error.suggest("nothing is open that this could close")
        } else {
            error
        })
    }
}

/// A node, unless the tree became too deep by it.
fn build(kind: NodeKind, range: Range<usize>) -> Result<Node, Error> {
    let node = Node::new(kind, range);
    if node.depth() > DEEPEST {
        return Err(too_deep(node.range()));
    }
    Ok(node)
}

fn too_deep(range: Range<usize>) -> Error {
    let message = format!("the expression is nested deeper than {DEEPEST} levels");
    Error::new(ErrorKind::Limit, message).at(range)
}
