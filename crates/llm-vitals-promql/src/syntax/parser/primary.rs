//! What operators stand between.

use crate::ast::{Aggregation, Node, NodeKind, Number};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::syntax::token::TokenKind;

use super::{Parser, build};

/// Words that no metric can be called without `{__name__="…"}`.
const RESERVED: [&str; 6] = [
    "atan2",
    "bool",
    "group_left",
    "group_right",
    "ignoring",
    "on",
];

impl Parser<'_> {
    /// A literal, a selector, a call or parentheses, with the modifiers behind it.
    pub(super) fn primary(&mut self) -> Result<Node, Error> {
        let node = match &self.token.kind {
            TokenKind::Number(value) => {
                let value = *value;
                self.number(value, false)?
            }
            TokenKind::Duration(milliseconds) if self.dialect == Dialect::V3 => {
                #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^53")]
                let seconds = *milliseconds as f64 / 1000.0;
                self.number(seconds, true)?
            }
            TokenKind::String(_) => {
                let token = self.advance()?;
                let TokenKind::String(text) = token.kind else {
                    return Err(self.unexpected("a string"));
                };
                build(NodeKind::String(text), token.range)?
            }
            TokenKind::Sign("(") => self.paren()?,
            TokenKind::Sign("{") => self.selector(None)?,
            TokenKind::Word => self.name()?,
            _ => {
                let error = self.unexpected("an expression");
                return Err(match &self.token.kind {
                    TokenKind::Sign("=") => error.suggest("did you mean \"==\"?"),
                    TokenKind::Duration(_) => error.suggest("write a number of seconds"),
                    TokenKind::Sign("[") => {
                        error.suggest("a range stands behind a selector: x[5m]")
                    }
                    _ => error,
                });
            }
        };
        self.modifiers(node)
    }

    fn number(&mut self, value: f64, is_duration: bool) -> Result<Node, Error> {
        let range = self.advance()?.range;
        build(NodeKind::Number(Number { value, is_duration }), range)
    }

    fn paren(&mut self) -> Result<Node, Error> {
        let open = self.advance()?.range;
        let inner = self.expression(0)?;
        if !self.is_sign(")") {
            let error = self.unexpected("an operator or \")\"");
            let (line, column) = (
                self.text[..open.start].matches('\n').count() + 1,
                self.text[..open.start]
                    .chars()
                    .rev()
                    .take_while(|c| *c != '\n')
                    .count()
                    + 1,
            );
            return Err(error.suggest(format!("the \"(\" at {line}:{column} is still open")));
        }
        let end = self.advance()?.range.end;
        build(NodeKind::Paren(inner), open.start..end)
    }

    /// What a name begins: a number in words, an aggregation, a call or a selector.
    fn name(&mut self) -> Result<Node, Error> {
        let word = self.word();
        if word.eq_ignore_ascii_case("inf") {
            return self.number(f64::INFINITY, false);
        }
        if word.eq_ignore_ascii_case("nan") {
            return self.number(f64::NAN, false);
        }
        if RESERVED
            .iter()
            .any(|reserved| word.eq_ignore_ascii_case(reserved))
        {
            return Err(self.unexpected("an expression"));
        }
        let token = self.advance()?;
        let groups = self.is_keyword("by") || self.is_keyword("without");
        if let Some(op) = Aggregation::by_name(word)
            && (groups || self.is_sign("("))
        {
            return self.aggregate(op, token.range);
        }
        if self.is_sign("(") {
            return self.call(word, token.range);
        }
        self.selector(Some((word.to_owned(), token.range)))
    }
}
