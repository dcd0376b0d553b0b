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
            return self.operand(head, dot);
        };
        if matches!(&**name, "and" | "or") {
            return self.short_circuit(name, head, rest, piped, dot);
        }
        let mut arguments = Vec::with_capacity(rest.len() + 1);
        for operand in rest {
            arguments.push(self.operand(operand, dot)?);
        }
        arguments.extend(piped);
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
        let value = functions::call(name, &arguments, self.data);
        let value =
            value.map_err(|message| TemplateError::new(format!("{name}: {message}"), head.at))?;
        self.fields(value, head)
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
        let value = match &operand.kind {
            OperandKind::Dot => dot.clone(),
            OperandKind::Literal(value) => value.clone(),
            OperandKind::Variable(name) => {
                let known = self.variables.iter().rev().find(|(have, _)| have == name);
                known.map_or(Value::Nil, |(_, value)| value.clone())
            }
            OperandKind::Function(name) => {
                let value = functions::call(name, &[], self.data);
                value.map_err(|message| {
                    TemplateError::new(format!("{name}: {message}"), operand.at)
                })?
            }
            OperandKind::Paren(pipeline) => self.pipeline(pipeline, dot)?,
        };
        self.fields(value, operand)
    }

    fn fields(&self, value: Value, operand: &Operand) -> Result<Value, TemplateError> {
        let mut value = value;
        for field in &operand.fields {
            value = match (&value, &**field) {
                (Value::Root, "Labels") => self.labels.clone(),
                (Value::Root, "ExternalLabels") => self.external_labels.clone(),
                (Value::Root, "ExternalURL") => Value::Text(self.data.external_url.to_owned()),
                (Value::Root, "Value") => Value::Float(self.data.value),
                (Value::Sample(sample), "Labels") => Value::Labels(Arc::clone(&sample.labels)),
                (Value::Sample(sample), "Value") => Value::Float(sample.value),
                // A label that is not there is an empty text, as in Go.
                (Value::Labels(labels), name) => {
                    Value::Text(labels.get(name).cloned().unwrap_or_default())
                }
                (Value::Args(items), name) => {
                    let index: Option<usize> = name
                        .strip_prefix("arg")
                        .and_then(|index| index.parse().ok());
                    index
                        .and_then(|index| items.get(index))
                        .cloned()
                        .unwrap_or(Value::Nil)
                }
                (other, name) => {
                    let message =
                        format!("there is no field \"{name}\" in a {}", other.type_name());
                    return Err(TemplateError::new(message, operand.at));
                }
            };
        }
        Ok(value)
    }
}
