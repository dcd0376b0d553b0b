//! Values of actions: pipelines, commands, operands.

use crate::near::did_you_mean;

use super::super::TemplateError;
use super::super::ast::{Command, Operand, OperandKind, Pipeline};
use super::super::lexer::{Token, TokenKind};
use super::super::object::Language;
use super::super::value::Value;
use super::Parser;

impl Parser {
    pub(super) fn pipeline(
        &mut self,
        tokens: &[Token],
        at: usize,
        is_range: bool,
    ) -> Result<Pipeline, TemplateError> {
        let mut tokens = tokens;
        let mut variables = Vec::new();
        let mut assigns = false;
        let variable = |token: &Token| match &token.kind {
            TokenKind::Variable(name) => Some(name.clone()),
            _ => None,
        };
        match tokens {
            [first, operator, rest @ ..]
                if variable(first).is_some()
                    && matches!(operator.kind, TokenKind::Declare | TokenKind::Assign) =>
            {
                variables.extend(variable(first));
                assigns = operator.kind == TokenKind::Assign;
                tokens = rest;
            }
            [first, comma, second, operator, rest @ ..]
                if is_range
                    && comma.kind == TokenKind::Comma
                    && matches!(operator.kind, TokenKind::Declare | TokenKind::Assign) =>
            {
                variables.extend(variable(first));
                variables.extend(variable(second));
                assigns = operator.kind == TokenKind::Assign;
                tokens = rest;
            }
            _ => {}
        }
        let mut commands = Vec::new();
        let mut depth = 0_usize;
        for part in tokens.split(|token| {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && token.kind == TokenKind::Pipe
        }) {
            if part.is_empty() {
                let at = tokens.first().map_or(at, |token| token.at);
                return Err(TemplateError::new("a value is missing", at));
            }
            commands.push(self.command(part, commands.is_empty())?);
        }
        for name in &variables {
            if !assigns {
                self.variables.push(name.clone());
            } else if !self.variables.contains(name) {
                return Err(self.undefined(name, at));
            }
        }
        let at = tokens.first().map_or(at, |token| token.at);
        Ok(Pipeline {
            variables,
            assigns,
            commands,
            at,
        })
    }

    fn command(&mut self, tokens: &[Token], is_first: bool) -> Result<Command, TemplateError> {
        let mut operands = Vec::new();
        let mut rest = tokens;
        while let Some((first, behind)) = rest.split_first() {
            rest = behind;
            let kind = match &first.kind {
                TokenKind::Name(name) => named(name, self.language, first.at)?,
                TokenKind::Variable(name) => {
                    self.mentions_value |= name == "$value";
                    if !self.variables.contains(name) {
                        return Err(self.undefined(name, first.at));
                    }
                    OperandKind::Variable(name.clone())
                }
                TokenKind::Field(_) => {
                    // The field itself is read with those behind it.
                    rest = &tokens[tokens.len() - behind.len() - 1..];
                    OperandKind::Dot
                }
                TokenKind::Dot => OperandKind::Dot,
                TokenKind::Text(text) => OperandKind::Literal(Value::Text(text.clone())),
                TokenKind::Int(int) => OperandKind::Literal(Value::Int(*int)),
                TokenKind::Float(float) => OperandKind::Literal(Value::Float(*float)),
                TokenKind::Open => {
                    let close = closing(behind).ok_or_else(|| {
                        TemplateError::new("the parenthesis is not closed", first.at)
                    })?;
                    rest = &behind[close + 1..];
                    let inside = &behind[..close];
                    OperandKind::Paren(
                        self.nested(first.at, |parser| parser.pipeline(inside, first.at, false))?,
                    )
                }
                TokenKind::Pipe
                | TokenKind::Declare
                | TokenKind::Assign
                | TokenKind::Comma
                | TokenKind::Close => {
                    return Err(TemplateError::new(
                        "a sign in a place where it has no meaning",
                        first.at,
                    ));
                }
            };
            let mut fields = Vec::new();
            while let Some((
                Token {
                    kind: TokenKind::Field(field),
                    is_spaced,
                    ..
                },
                behind,
            )) = rest.split_first()
            {
                let starts_here = fields.is_empty() && matches!(first.kind, TokenKind::Field(_));
                if *is_spaced && !starts_here {
                    break;
                }
                self.mentions_value |= field == "Value";
                fields.push(field.clone());
                rest = behind;
            }
            operands.push(Operand {
                kind,
                fields,
                at: first.at,
            });
        }
        let head = operands.first();
        let is_function = head.is_some_and(|head| matches!(head.kind, OperandKind::Function(_)));
        let may_be_method =
            self.language.has_methods && head.is_some_and(|head| !head.fields.is_empty());
        if !is_function && !may_be_method && (operands.len() > 1 || !is_first) {
            let at = operands.first().map_or(0, |head| head.at);
            let message = if is_first {
                "only a function takes arguments"
            } else {
                "only a function can take the value of a pipe"
            };
            return Err(TemplateError::new(message, at));
        }
        Ok(Command { operands })
    }

    fn undefined(&self, name: &str, at: usize) -> TemplateError {
        let error = TemplateError::new(format!("variable \"{name}\" is not defined"), at);
        error.suggest(did_you_mean(
            name,
            self.variables.iter().map(String::as_str),
        ))
    }
}

fn closing(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close if depth == 0 => return Some(index),
            TokenKind::Close => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A word that is no keyword: a constant or a function.
fn named(name: &str, language: &Language, at: usize) -> Result<OperandKind, TemplateError> {
    Ok(match name {
        "true" => OperandKind::Literal(Value::Bool(true)),
        "false" => OperandKind::Literal(Value::Bool(false)),
        "nil" => OperandKind::Literal(Value::Nil),
        _ if language.functions.contains(&name) => OperandKind::Function(name.to_owned()),
        _ => {
            let error = TemplateError::new(format!("function \"{name}\" is not defined"), at);
            return Err(error.suggest(did_you_mean(name, language.functions.iter().copied())));
        }
    })
}
