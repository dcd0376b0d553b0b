//! What stands behind an expression: `[5m]`, `[1h:5m]`, `offset 5m`, `@ 1700000000`.

use crate::ast::{At, Modifiers, Node, NodeKind, RangeSelector, Selector, Subquery, ValueType};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::syntax::token::TokenKind;
use crate::text::LONGEST_DURATION;

use super::{Parser, build};

impl Parser<'_> {
    /// Adds the modifiers that follow to a node.
    pub(super) fn modifiers(&mut self, mut node: Node) -> Result<Node, Error> {
        loop {
            if self.is_sign("[") {
                node = self.brackets(node)?;
            } else if self.is_keyword("offset") {
                let keyword = self.advance()?.range;
                let offset = self.signed_duration()?;
                let modifiers = modifiers_of(&mut node).ok_or_else(|| {
                    Error::syntax(
                        keyword.clone(),
                        "\"offset\" must stand behind a selector, a range or a subquery",
                    )
                })?;
                if modifiers.has_offset {
                    return Err(Error::syntax(keyword, "\"offset\" is there twice"));
                }
                modifiers.has_offset = true;
                modifiers.offset_ms = offset;
                node.extend_to(self.previous_end);
            } else if self.is_sign("@") {
                let sign = self.advance()?.range;
                let at = self.moment()?;
                let modifiers = modifiers_of(&mut node).ok_or_else(|| {
                    Error::syntax(
                        sign.clone(),
                        "\"@\" must stand behind a selector, a range or a subquery",
                    )
                })?;
                if modifiers.at.is_some() {
                    return Err(Error::syntax(sign, "\"@\" is there twice"));
                }
                modifiers.at = Some(at);
                node.extend_to(self.previous_end);
            } else {
                return Ok(node);
            }
        }
    }

    fn brackets(&mut self, node: Node) -> Result<Node, Error> {
        self.lexer.in_brackets = true;
        let open = self.advance()?.range;
        let range_ms = self.duration("a range such as 5m")?;
        let is_subquery = self.take_sign(":")?;
        let step_ms = if is_subquery && !self.is_sign("]") {
            Some(self.duration("a step such as 30s, or \"]\"")?)
        } else {
            None
        };
        self.lexer.in_brackets = false;
        if !self.is_sign("]") {
            let expected = if is_subquery {
                "\"]\""
            } else {
                "\"]\" or \":\""
            };
            return Err(self.unexpected(&format!("{expected} after the range")));
        }
        let end = self.advance()?.range.end;
        let range = node.range().start..end;
        if is_subquery {
            if node.value_type() != ValueType::Vector {
                let message = format!(
                    "a subquery needs an instant vector, and this is a {}",
                    node.value_type()
                );
                return Err(Error::typed(node.range(), message));
            }
            let subquery = Subquery {
                operand: node,
                range_ms,
                step_ms,
                modifiers: Modifiers::default(),
            };
            return build(NodeKind::Subquery(subquery), range);
        }
        let node_range = node.range();
        let NodeKind::Selector(selector) = node.into_kind() else {
            let message = "a range such as [5m] can only stand behind a selector";
            return Err(Error::syntax(open.start..end, message)
                .suggest("for a range of a computed value write a subquery: [5m:1m]"));
        };
        if selector.modifiers != Modifiers::default() {
            let message = "the range must stand before \"offset\" and \"@\"";
            return Err(Error::syntax(node_range.start..end, message));
        }
        build(NodeKind::Range(RangeSelector { selector, range_ms }), range)
    }

    /// A duration over zero, in milliseconds.
    fn duration(&mut self, expected: &str) -> Result<i64, Error> {
        let range = self.token.range.clone();
        let milliseconds = self.any_duration(expected)?;
        if milliseconds <= 0 {
            return Err(Error::syntax(range, "a duration must be greater than 0"));
        }
        Ok(milliseconds)
    }

    fn signed_duration(&mut self) -> Result<i64, Error> {
        let negative = self.is_sign("-");
        if negative || self.is_sign("+") && self.dialect == Dialect::V3 {
            self.advance()?;
        }
        let range = self.token.range.clone();
        let milliseconds = self.any_duration("a duration such as 5m after \"offset\"")?;
        if milliseconds == 0 && self.dialect == Dialect::V2 {
            return Err(Error::syntax(range, "a duration must be greater than 0"));
        }
        Ok(if negative {
            -milliseconds
        } else {
            milliseconds
        })
    }

    fn any_duration(&mut self, expected: &str) -> Result<i64, Error> {
        let milliseconds = match self.token.kind {
            TokenKind::Duration(milliseconds) => milliseconds,
            TokenKind::Number(seconds) if self.dialect == Dialect::V3 => milliseconds(seconds)
                .filter(|milliseconds| milliseconds.abs() <= LONGEST_DURATION)
                .ok_or_else(|| self.unexpected(expected))?,
            TokenKind::Number(_) => {
                let suggestion = format!("write the unit: {}s", self.word());
                return Err(self.unexpected(expected).suggest(suggestion));
            }
            _ => return Err(self.unexpected(expected)),
        };
        self.advance()?;
        Ok(milliseconds)
    }

    /// What stands behind `@`.
    fn moment(&mut self) -> Result<At, Error> {
        for (keyword, at) in [("start", At::Start), ("end", At::End)] {
            if self.take_keyword(keyword)? {
                self.expect_sign("(", &format!("after \"@ {keyword}\""))?;
                self.expect_sign(")", &format!("after \"@ {keyword}(\""))?;
                return Ok(at);
            }
        }
        let expected = "seconds since 1970, start() or end() after \"@\"";
        let negative = self.is_sign("-");
        if negative || self.is_sign("+") {
            self.advance()?;
        }
        let TokenKind::Number(seconds) = self.token.kind else {
            return Err(self.unexpected(expected));
        };
        let time = milliseconds(if negative { -seconds } else { seconds })
            .ok_or_else(|| self.unexpected(expected))?;
        self.advance()?;
        Ok(At::Time(time))
    }
}

fn modifiers_of(node: &mut Node) -> Option<&mut Modifiers> {
    match node.kind_mut() {
        NodeKind::Selector(Selector { modifiers, .. })
        | NodeKind::Range(RangeSelector {
            selector: Selector { modifiers, .. },
            ..
        })
        | NodeKind::Subquery(Subquery { modifiers, .. }) => Some(modifiers),
        _ => None,
    }
}

/// Seconds as whole milliseconds, if they are a number that is not absurd.
fn milliseconds(seconds: f64) -> Option<i64> {
    let milliseconds = (seconds * 1000.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "checked")]
    (milliseconds.abs() < 9.0e15).then_some(milliseconds as i64)
}
