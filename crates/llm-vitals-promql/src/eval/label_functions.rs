//! `label_replace` and `label_join`.

use crate::ast::Call;
use crate::error::{Error, ErrorKind};
use crate::labels::{LabelsBuilder, is_label_name};
use crate::matcher::Pattern;

use super::context::{Context, text_of};
use super::frame::Frame;
use super::grid::Grid;

mod template;

/// The longest value that is made of others, in bytes: nested calls could make it grow without end.
const LONGEST: usize = 64 << 10;

impl Context<'_> {
    pub(super) fn label_replace(&self, call: &Call, grid: Grid) -> Result<Frame, Error> {
        let frame = self.vector(&call.arguments[0], grid)?;
        let target = target(call)?;
        let replacement = text_of(&call.arguments[2])?;
        let source = text_of(&call.arguments[3])?;
        let pattern = self.pattern(call)?;
        frame.relabel(|labels| {
            let value = labels.get(source).unwrap_or_default();
            let Some(found) = pattern.regex().captures(value) else {
                return Ok(labels.clone());
            };
            let replaced = template::expand(replacement, &found, LONGEST);
            if replaced.len() > LONGEST {
                return Err(too_long());
            }
            let mut labels = LabelsBuilder::from_labels(labels);
            labels.set(target, &replaced);
            Ok(labels.build())
        })
    }

    pub(super) fn label_join(&self, call: &Call, grid: Grid) -> Result<Frame, Error> {
        let frame = self.vector(&call.arguments[0], grid)?;
        let target = target(call)?;
        let separator = text_of(&call.arguments[2])?;
        let mut sources = Vec::new();
        for argument in &call.arguments[3..] {
            let source = text_of(argument)?;
            if !is_label_name(source) {
                let message = format!("\"{source}\" is no name of a label");
                return Err(Error::new(ErrorKind::Argument, message).at(argument.range()));
            }
            sources.push(source);
        }
        frame.relabel(|labels| {
            let values: Vec<&str> = sources
                .iter()
                .map(|source| labels.get(source).unwrap_or_default())
                .collect();
            let length = values
                .iter()
                .map(|value| value.len() + separator.len())
                .sum::<usize>();
            if length > LONGEST {
                return Err(too_long());
            }
            let mut labels = LabelsBuilder::from_labels(labels);
            labels.set(target, &values.join(separator));
            Ok(labels.build())
        })
    }

    /// The regular expression, which is compiled once for each expression.
    fn pattern<'n>(&self, call: &'n Call) -> Result<&'n Pattern, Error> {
        if let Some(pattern) = call.pattern.get() {
            return Ok(pattern);
        }
        let argument = &call.arguments[4];
        let pattern = Pattern::new(text_of(argument)?, self.dialect).map_err(|reason| {
            let message = format!("a wrong regular expression: {reason}");
            Error::new(ErrorKind::Argument, message).at(argument.range())
        })?;
        Ok(call.pattern.get_or_init(|| pattern))
    }
}

/// The label that is written.
fn target(call: &Call) -> Result<&str, Error> {
    let argument = &call.arguments[1];
    let name = text_of(argument)?;
    if is_label_name(name) {
        return Ok(name);
    }
    let message = format!("\"{name}\" is no name of a label");
    Err(Error::new(ErrorKind::Argument, message).at(argument.range()))
}

fn too_long() -> Error {
    Error::new(
        ErrorKind::Limit,
        format!("the value of a label would have more than {LONGEST} bytes"),
    )
}
