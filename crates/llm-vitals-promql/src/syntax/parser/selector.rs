//! `name{label="value"}`.

use std::ops::Range;

use crate::ast::{Modifiers, Node, NodeKind, Selector};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::labels::{Labels, NAME, is_label_name, is_metric_name};
use crate::matcher::{MatchOp, Matcher};
use crate::syntax::token::TokenKind;

use super::{Parser, build};

/// Each regular expression takes some memory, up to half a megabyte.
const MOST_REGEXES: usize = 200;

impl Parser<'_> {
    /// A selector whose name, if one stands before the braces, has been read.
    pub(super) fn selector(&mut self, name: Option<(String, Range<usize>)>) -> Result<Node, Error> {
        let start = name
            .as_ref()
            .map_or(self.token.range.start, |(_, range)| range.start);
        let mut end = name.as_ref().map_or(start, |(_, range)| range.end);
        if let Some((name, range)) = &name
            && !is_metric_name(name)
        {
            return Err(Error::syntax(
                range.clone(),
                format!("\"{name}\" is no name of a metric"),
            ));
        }
        let mut name = name.map(|(name, _)| name);
        let mut matchers = Vec::new();
        if self.is_sign("{") {
            end = self.matchers(&mut name, &mut matchers)?;
        }
        if let Some(name) = &name {
            matchers.push(Matcher::equal(NAME, name));
        }
        let range = start..end;
        if matchers.iter().all(|matcher| matcher.matches("")) {
            let message =
                "a selector needs a name or a matcher that does not match the empty value";
            return Err(Error::syntax(range, message));
        }
        let selector = Selector {
            name,
            matchers,
            modifiers: Modifiers::default(),
        };
        build(NodeKind::Selector(selector), range)
    }

    /// `{...}`; gives where it ends.
    fn matchers(
        &mut self,
        name: &mut Option<String>,
        matchers: &mut Vec<Matcher>,
    ) -> Result<usize, Error> {
        let mut named_inside = None;
        self.advance()?;
        while !self.is_sign("}") {
            let (label, quoted) = self.label("a label name or \"}\"")?;
            let label_range = self.previous_range(&label, quoted);
            let op = match self.token.kind {
                TokenKind::Sign("=") => MatchOp::Equal,
                TokenKind::Sign("!=") => MatchOp::NotEqual,
                TokenKind::Sign("=~") => MatchOp::Regex,
                TokenKind::Sign("!~") => MatchOp::NotRegex,
                TokenKind::Sign("," | "}") if quoted => {
                    if let Some(first) = name {
                        let message = format!(
                            "the metric's name is there twice: \"{first}\" and \"{label}\""
                        );
                        return Err(Error::syntax(label_range, message));
                    }
                    *name = Some(label);
                    self.take_sign(",")?;
                    continue;
                }
                _ => {
                    let error = self.unexpected("one of = != =~ !~ after a label name");
                    return Err(if self.is_sign("==") {
                        error.suggest("did you mean \"=\"?")
                    } else {
                        error
                    });
                }
            };
            self.advance()?;
            let value_range = self.token.range.clone();
            let value = self.string("a quoted value of the label")?;
            if label == NAME {
                named_inside.get_or_insert((value.clone(), label_range));
            }
            if matches!(op, MatchOp::Regex | MatchOp::NotRegex) {
                self.regexes += 1;
                if self.regexes > MOST_REGEXES {
                    let message = format!("more than {MOST_REGEXES} regular expressions");
                    return Err(Error::new(ErrorKind::Limit, message).at(value_range));
                }
            }
            let matcher = Matcher::new(label, op, value, self.dialect);
            let matcher = matcher.map_err(|error| error.at(value_range))?;
            matchers.push(matcher);
            if !self.take_sign(",")? && !self.is_sign("}") {
                return Err(self.unexpected("\",\" or \"}\" after a matcher"));
            }
        }
        if let (Some(name), Some((value, range))) = (name, named_inside) {
            let message = format!("the metric's name is there twice: \"{name}\" and \"{value}\"");
            return Err(Error::syntax(range, message));
        }
        Ok(self.advance()?.range.end)
    }

    /// `name{label="value"}` with `=` only, as series are written in tests and results.
    pub(super) fn label_set(&mut self) -> Result<Labels, Error> {
        let mut pairs = Vec::new();
        if self.token.kind == TokenKind::Word {
            let name = self.word().to_owned();
            if !is_metric_name(&name) {
                return Err(self.unexpected("a metric name"));
            }
            self.advance()?;
            pairs.push((NAME.to_owned(), name));
        }
        if self.take_sign("{")? {
            while !self.is_sign("}") {
                let (label, quoted) = self.label("a label name or \"}\"")?;
                if quoted && (self.is_sign(",") || self.is_sign("}")) {
                    pairs.push((NAME.to_owned(), label));
                } else {
                    self.expect_sign("=", "after a label name")?;
                    let value = self.string("a quoted value of the label")?;
                    pairs.push((label, value));
                }
                if !self.take_sign(",")? && !self.is_sign("}") {
                    return Err(self.unexpected("\",\" or \"}\" after a label"));
                }
            }
            self.advance()?;
        } else if pairs.is_empty() {
            return Err(self.unexpected("a metric name or \"{\""));
        }
        Ok(Labels::new(pairs))
    }

    /// The name of a label, and whether it was quoted.
    pub(super) fn label(&mut self, expected: &str) -> Result<(String, bool), Error> {
        match &self.token.kind {
            TokenKind::Word if is_label_name(self.word()) => {
                let name = self.word().to_owned();
                self.advance()?;
                Ok((name, false))
            }
            TokenKind::String(_) if self.dialect == Dialect::V3 => {
                Ok((self.string(expected)?, true))
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    pub(super) fn string(&mut self, expected: &str) -> Result<String, Error> {
        if !matches!(self.token.kind, TokenKind::String(_)) {
            let error = self.unexpected(expected);
            return Err(match self.token.kind {
                TokenKind::Word | TokenKind::Number(_) => {
                    error.suggest(format!("write \"{}\" in quotes", self.word()))
                }
                _ => error,
            });
        }
        match self.advance()?.kind {
            TokenKind::String(text) => Ok(text),
            _ => Err(self.unexpected(expected)),
        }
    }

    /// Where the label that was just read stands.
    fn previous_range(&self, label: &str, quoted: bool) -> Range<usize> {
        let length = label.len() + if quoted { 2 } else { 0 };
        self.previous_end.saturating_sub(length)..self.previous_end
    }
}
