//! A template, filled in.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::TemplateError;
use super::ast::{Node, Pipeline};
use super::object::Environment;
use super::value::Value;

mod operand;

/// How long the texts that a function takes may be.
const MOST_BYTES: usize = 64 << 10;
/// How many actions and texts may be gone through.
const MOST_STEPS: usize = 100_000;
/// How deep templates may call each other.
const DEEPEST: usize = 50;

/// Steps between two looks at the time.
const STEPS_UNTIMED: usize = 64;

/// Where templates are found by name.
pub(super) type Defined = BTreeMap<String, Vec<Node>>;

pub(super) struct Executor<'a> {
    /// The template's own before the shared ones.
    defined: [&'a Defined; 2],
    environment: &'a dyn Environment,
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
    pub(super) fn new(defined: [&'a Defined; 2], environment: &'a dyn Environment) -> Self {
        let mut variables = vec![("$".to_owned(), environment.root())];
        let others = environment.variables().into_iter();
        variables.extend(others.map(|(name, value)| (name.to_owned(), value)));
        Self {
            defined,
            environment,
            variables,
            out: String::new(),
            steps: 0,
            depth: 0,
        }
    }

    pub(super) fn run(mut self, nodes: &[Node]) -> Result<String, TemplateError> {
        let root = self.environment.root();
        let _ = self.block(nodes, &root)?;
        Ok(self.out)
    }

    fn step(&mut self, at: usize) -> Result<(), TemplateError> {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            let message = format!("the template takes more than {MOST_STEPS} steps");
            return Err(TemplateError::new(message, at));
        }
        if self.steps.is_multiple_of(STEPS_UNTIMED) {
            self.in_time(at)?;
        }
        Ok(())
    }

    /// Asked before each function and now and then between.
    pub(super) fn in_time(&self, at: usize) -> Result<(), TemplateError> {
        if self.environment.is_out_of_time() {
            return Err(TemplateError::new("the template takes too long", at));
        }
        Ok(())
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
        self.step(0)?;
        match node {
            Node::Text(text) => self.write(text, 0)?,
            Node::Action(pipeline) => {
                let value = self.pipeline(pipeline, dot)?;
                if pipeline.variables.is_empty() {
                    let text = value.print();
                    let text = match value {
                        Value::Html(_) => text,
                        _ => self.environment.escape(&self.out, text),
                    };
                    self.write(&text, pipeline.at)?;
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
            Value::Object(object) => match object.items() {
                Some(items) => items,
                None => return Err(no_range(object.type_name(), over.at)),
            },
            other => return Err(no_range(other.type_name(), over.at)),
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
        let found = self.defined.iter().find_map(|defined| defined.get(name));
        let Some(body) = found else {
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
        let most = self.environment.most_bytes();
        if self.out.len() + text.len() > most {
            let message = format!("the result is longer than {} KiB", most >> 10);
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

fn no_range(type_name: &str, at: usize) -> TemplateError {
    TemplateError::new(format!("range cannot go over a {type_name}"), at)
}
