//! Values of actions.

use std::sync::Arc;

use super::super::ast::{Command, Operand, OperandKind, Pipeline};
use super::super::value::Value;
use super::super::{TemplateError, functions};
use super::{Executor, MOST_BYTES};

impl Executor<'_> {
    pub(super) fn pipeline(
        &mut self,
        pipeline: &Pipeline,
        dot: &Value,
    ) -> Result<Value, TemplateError> {
        let value = self.value_of(pipeline, dot)?;
        for name in &pipeline.variables {
            self.set(name, value.clone(), pipeline.assigns);
        }
        Ok(value)
    }

    pub(super) fn value_of(
        &mut self,
        pipeline: &Pipeline,
        dot: &Value,
    ) -> Result<Value, TemplateError> {
        let mut value = None;
        for command in &pipeline.commands {
            value = Some(self.command(command, value, dot)?);
        }
        value.ok_or_else(|| TemplateError::new("a value is missing", pipeline.at))
    }

    fn command(
        &mut self,
        command: &Command,
        piped: Option<Value>,
        dot: &Value,
    ) -> Result<Value, TemplateError> {
        let Some((head, rest)) = command.operands.split_first() else {
            return Err(TemplateError::new("a value is missing", 0));
        };
        let OperandKind::Function(name) = &head.kind else {
            if rest.is_empty() && piped.is_none() {
                return self.operand(head, dot);
            }
            return self.method(head, rest, piped, dot);
        };
        if matches!(&**name, "and" | "or") {
            return self.short_circuit(name, head, rest, piped, dot);
        }
        let arguments = self.arguments(head, rest, piped, dot)?;
        let value = functions::call(name, &arguments, self.environment);
        let value =
            value.map_err(|message| TemplateError::new(format!("{name}: {message}"), head.at))?;
        self.fields(value, &head.fields, head.at)
    }

    /// A method with arguments, which the parser lets only a field be.
    fn method(
        &mut self,
        head: &Operand,
        rest: &[Operand],
        piped: Option<Value>,
        dot: &Value,
    ) -> Result<Value, TemplateError> {
        let Some((method, fields)) = head.fields.split_last() else {
            let message = "only a function takes arguments";
            return Err(TemplateError::new(message, head.at));
        };
        let arguments = self.arguments(head, rest, piped, dot)?;
        let value = self.bare(head, dot)?;
        let value = self.fields(value, fields, head.at)?;
        self.member(&value, method, &arguments, head.at)
    }

    fn arguments(
        &mut self,
        head: &Operand,
        rest: &[Operand],
        piped: Option<Value>,
        dot: &Value,
    ) -> Result<Vec<Value>, TemplateError> {
        let mut arguments = Vec::with_capacity(rest.len() + 1);
        for operand in rest {
            arguments.push(self.operand(operand, dot)?);
        }
        arguments.extend(piped);
        self.step(head.at)?;
        self.in_time(head.at)?;
        let size: usize = arguments
            .iter()
            .map(|value| {
                if let Value::Text(text) = value {
                    text.len()
                } else {
                    0
                }
            })
            .sum();
        if size > MOST_BYTES {
            let message = format!("texts longer than {} KiB", MOST_BYTES >> 10);
            return Err(TemplateError::new(message, head.at));
        }
        Ok(arguments)
    }

    /// `and` and `or` look at an argument only when those before it have not decided.
    fn short_circuit(
        &mut self,
        name: &str,
        head: &Operand,
        rest: &[Operand],
        piped: Option<Value>,
        dot: &Value,
    ) -> Result<Value, TemplateError> {
        let mut last = None;
        for operand in rest {
            let value = self.operand(operand, dot)?;
            if value.is_true() == (name == "or") {
                return Ok(value);
            }
            last = Some(value);
        }
        let last = piped.or(last);
        last.ok_or_else(|| TemplateError::new(format!("{name}: expected an argument"), head.at))
    }

    fn operand(&mut self, operand: &Operand, dot: &Value) -> Result<Value, TemplateError> {
        let value = self.bare(operand, dot)?;
        self.fields(value, &operand.fields, operand.at)
    }

    /// The operand without the fields behind it.
    fn bare(&mut self, operand: &Operand, dot: &Value) -> Result<Value, TemplateError> {
        Ok(match &operand.kind {
            OperandKind::Dot => dot.clone(),
            OperandKind::Literal(value) => value.clone(),
            OperandKind::Variable(name) => {
                let known = self.variables.iter().rev().find(|(have, _)| have == name);
                known.map_or(Value::Nil, |(_, value)| value.clone())
            }
            OperandKind::Function(name) => {
                let value = functions::call(name, &[], self.environment);
                value.map_err(|message| {
                    TemplateError::new(format!("{name}: {message}"), operand.at)
                })?
            }
            OperandKind::Paren(pipeline) => self.pipeline(pipeline, dot)?,
        })
    }

    fn fields(&self, value: Value, fields: &[String], at: usize) -> Result<Value, TemplateError> {
        let mut value = value;
        for field in fields {
            value = self.member(&value, field, &[], at)?;
        }
        Ok(value)
    }

    fn member(
        &self,
        value: &Value,
        name: &str,
        arguments: &[Value],
        at: usize,
    ) -> Result<Value, TemplateError> {
        let found = match value {
            Value::Object(object) => {
                let found = object.member(name, arguments);
                found.map_err(|message| TemplateError::new(format!("{name}: {message}"), at))?
            }
            _ if !arguments.is_empty() => None,
            Value::Root => self.environment.root_field(name),
            Value::Sample(sample) => match name {
                "Labels" => Some(Value::Labels(Arc::clone(&sample.labels))),
                "Value" => Some(Value::Float(sample.value)),
                _ => None,
            },
            // A label that is not there is an empty text, as in Go.
            Value::Labels(labels) => {
                Some(Value::Text(labels.get(name).cloned().unwrap_or_default()))
            }
            Value::Args(items) => {
                let index = name
                    .strip_prefix("arg")
                    .and_then(|index| index.parse::<usize>().ok());
                let item = index.and_then(|index| items.get(index)).cloned();
                Some(item.unwrap_or(Value::Nil))
            }
            _ => None,
        };
        found.ok_or_else(|| {
            let message = format!("there is no field \"{name}\" in a {}", value.type_name());
            TemplateError::new(message, at)
        })
    }
}
