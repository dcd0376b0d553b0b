//! A template, filled in.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::ast::{Node, Pipeline};
use super::value::Value;
use super::{TemplateData, TemplateError};

mod operand;

/// How long a result may be.
const MOST_BYTES: usize = 64 << 10;
/// How many actions and texts may be gone through.
const MOST_STEPS: usize = 100_000;
/// How deep templates may call each other.
const DEEPEST: usize = 50;

pub(super) struct Executor<'a> {
    defined: &'a BTreeMap<String, Vec<Node>>,
    pub(super) data: &'a TemplateData<'a>,
    labels: Value,
    external_labels: Value,
    variables: Vec<(String, Value)>,
    out: String,
    steps: usize,
    depth: usize,
}

/// How a block ended: to its end, or by `break` or `continue`.
enum Jump {
    Break,
    Continue,
}

type Flow = Result<ControlFlow<Jump>, TemplateError>;

impl<'a> Executor<'a> {
    pub(super) fn new(
        defined: &'a BTreeMap<String, Vec<Node>>,
        data: &'a TemplateData<'a>,
    ) -> Self {
        let labels = Value::Labels(Arc::new(data.labels.clone()));
        let external_labels = Value::Labels(Arc::new(data.external_labels.clone()));
        let variables = [
            ("$", Value::Root),
            ("$labels", labels.clone()),
            ("$value", Value::Float(data.value)),
            ("$externalLabels", external_labels.clone()),
            ("$externalURL", Value::Text(data.external_url.to_owned())),
        ];
        Self {
            defined,
            data,
            labels,
            external_labels,
            variables: variables
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            out: String::new(),
            steps: 0,
            depth: 0,
        }
    }

    pub(super) fn run(mut self, nodes: &[Node]) -> Result<String, TemplateError> {
        let _ = self.block(nodes, &Value::Root)?;
        Ok(self.out)
    }

    fn block(&mut self, nodes: &[Node], dot: &Value) -> Flow {
        let seen = self.variables.len();
        let mut flow = ControlFlow::Continue(());
        for node in nodes {
            flow = self.node(node, dot)?;
            if flow.is_break() {
                break;
            }
        }
        self.variables.truncate(seen);
        Ok(flow)
    }

    fn node(&mut self, node: &Node, dot: &Value) -> Flow {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return Err(TemplateError::new(
                format!("the template takes more than {MOST_STEPS} steps"),
                0,
            ));
        }
        match node {
            Node::Text(text) => self.write(text, 0)?,
            Node::Action(pipeline) => {
                let value = self.pipeline(pipeline, dot)?;
                if pipeline.variables.is_empty() {
                    self.write(&value.print(), pipeline.at)?;
                }
            }
            Node::If(branches, otherwise) => {
                let seen = self.variables.len();
                for (condition, body) in branches {
                    if self.pipeline(condition, dot)?.is_true() {
                        let flow = self.block(body, dot)?;
                        self.variables.truncate(seen);
                        return Ok(flow);
                    }
                }
                self.variables.truncate(seen);
                return self.block(otherwise, dot);
            }
            Node::With(branches, otherwise) => {
                let seen = self.variables.len();
                for (condition, body) in branches {
                    let value = self.pipeline(condition, dot)?;
                    if value.is_true() {
                        let flow = self.block(body, &value)?;
                        self.variables.truncate(seen);
                        return Ok(flow);
                    }
                }
                self.variables.truncate(seen);
                return self.block(otherwise, dot);
            }
            Node::Range(over, body, otherwise) => return self.range(over, body, otherwise, dot),
            Node::Template(name, argument, at) => self.call(name, argument.as_ref(), *at, dot)?,
            Node::Break => return Ok(ControlFlow::Break(Jump::Break)),
            Node::Continue => return Ok(ControlFlow::Break(Jump::Continue)),
        }
        Ok(ControlFlow::Continue(()))
    }

    fn range(&mut self, over: &Pipeline, body: &[Node], otherwise: &[Node], dot: &Value) -> Flow {
        let items: Vec<(Value, Value)> = match self.value_of(over, dot)? {
            Value::List(items) => (0_i64..)
                .map(Value::Int)
                .zip(items.iter().cloned())
                .collect(),
            Value::Labels(labels) => {
                let text = |text: &String| Value::Text(text.clone());
                labels
                    .iter()
                    .map(|(name, value)| (text(name), text(value)))
                    .collect()
            }
            Value::Args(items) => {
                let name = |index: usize| Value::Text(format!("arg{index}"));
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| (name(index), item.clone()))
                    .collect()
            }
            Value::Nil => Vec::new(),
            other => {
                let message = format!("range cannot go over a {}", other.type_name());
                return Err(TemplateError::new(message, over.at));
            }
        };
        if items.is_empty() {
            return self.block(otherwise, dot);
        }
        let seen = self.variables.len();
        for (index, item) in items {
            let values = match over.variables.len() {
                0 => vec![],
                1 => vec![item.clone()],
                _ => vec![index, item.clone()],
            };
            for (name, value) in over.variables.iter().zip(values) {
                self.set(name, value, over.assigns);
            }
            let flow = self.block(body, &item)?;
            self.variables.truncate(seen);
            if matches!(flow, ControlFlow::Break(Jump::Break)) {
                break;
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn call(
        &mut self,
        name: &str,
        argument: Option<&Pipeline>,
        at: usize,
        dot: &Value,
    ) -> Result<(), TemplateError> {
        let argument = match argument {
            Some(argument) => self.pipeline(argument, dot)?,
            None => Value::Nil,
        };
        // The parser has looked for the name.
        let Some(body) = self.defined.get(name) else {
            return Ok(());
        };
        if self.depth >= DEEPEST {
            let message = format!("templates call each other more than {DEEPEST} levels deep");
            return Err(TemplateError::new(message, at));
        }
        self.depth += 1;
        let outer = std::mem::replace(
            &mut self.variables,
            vec![("$".to_owned(), argument.clone())],
        );
        let done = self.block(body, &argument);
        self.variables = outer;
        self.depth -= 1;
        done.map(|_| ())
    }

    fn write(&mut self, text: &str, at: usize) -> Result<(), TemplateError> {
        if self.out.len() + text.len() > MOST_BYTES {
            let message = format!("the result is longer than {} KiB", MOST_BYTES >> 10);
            return Err(TemplateError::new(message, at));
        }
        self.out.push_str(text);
        Ok(())
    }

    fn set(&mut self, name: &str, value: Value, assigns: bool) {
        let known = self
            .variables
            .iter_mut()
            .rev()
            .find(|(have, _)| have == name);
        match known {
            Some((_, have)) if assigns => *have = value,
            _ => self.variables.push((name.to_owned(), value)),
        }
    }
}
