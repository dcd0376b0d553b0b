//! `rate(x[5m])`.

use std::ops::Range;
use std::sync::OnceLock;

use crate::ast::{Call, Node, NodeKind};
use crate::error::{Error, ErrorKind};
use crate::syntax::function;
use crate::syntax::suggest;

use super::aggregate::expect_type;
use super::{Parser, build};

/// No function has that many arguments for a good reason.
const MOST_ARGUMENTS: usize = 256;

impl Parser<'_> {
    /// A call of a function whose name has been read.
    pub(super) fn call(&mut self, name: &str, name_range: Range<usize>) -> Result<Node, Error> {
        let Some(signature) = function::find(name, self.dialect) else {
            return Err(unknown(name, name_range));
        };
        let arguments = self.arguments(name)?;
        let range = name_range.start..self.previous_end;
        let most = if signature.repeats {
            MOST_ARGUMENTS
        } else {
            signature.arguments.len()
        };
        if arguments.len() < signature.required || arguments.len() > most {
            let takes = match (signature.required, most) {
                (least, MOST_ARGUMENTS) => format!("at least {least} arguments"),
                (least, most) if least != most => format!("{least} to {most} arguments"),
                (1, _) => "1 argument".to_owned(),
                (least, _) => format!("{least} arguments"),
            };
            let message = format!("{name} takes {takes}, found {}", arguments.len());
            return Err(Error::typed(range, message));
        }
        for (index, argument) in arguments.iter().enumerate() {
            let last = signature.arguments.len() - 1;
            expect_type(argument, signature.arguments[index.min(last)], name)?;
        }
        build(
            NodeKind::Call(Call {
                arguments,
                signature,
                name_range,
                pattern: OnceLock::new(),
            }),
            range,
        )
    }

    /// `(a, b)`.
    pub(super) fn arguments(&mut self, function: &str) -> Result<Vec<Node>, Error> {
        self.expect_sign("(", &format!("after {function}"))?;
        let mut arguments = Vec::new();
        if self.take_sign(")")? {
            return Ok(arguments);
        }
        loop {
            if arguments.len() == MOST_ARGUMENTS {
                let message = format!("more than {MOST_ARGUMENTS} arguments");
                return Err(Error::new(ErrorKind::Limit, message).at(self.token.range.clone()));
            }
            arguments.push(self.expression(0)?);
            if self.take_sign(")")? {
                return Ok(arguments);
            }
            if !self.is_sign(",") {
                return Err(
                    self.unexpected(&format!("\",\" or \")\" in the arguments of {function}"))
                );
            }
            self.advance()?;
        }
    }
}

fn unknown(name: &str, range: Range<usize>) -> Error {
    if let Some(reason) = function::why_missing(name) {
        let message = format!("\"{name}\" is not supported: {reason}");
        return Error::new(ErrorKind::Unsupported, message).at(range);
    }
    let error = Error::syntax(range, format!("unknown function \"{name}\""));
    match suggest::function(name) {
        Some(near) => error.suggest(format!("did you mean \"{near}\"?")),
        None => error,
    }
}
