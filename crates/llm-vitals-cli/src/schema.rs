//! `llm-vitals schema`: what a rule file looks like, for editors.

use std::process::ExitCode;

use crate::arguments::{Arguments, UsageError};
use crate::command::Command;
use crate::failure::Failure;
use crate::output::Output;

/// JSON Schema, draft 2020-12.
const SCHEMA: &str = include_str!("schema.json");

pub(crate) const COMMAND: Command = Command {
    name: "schema",
    operands: "",
    about: "write the JSON Schema of rule files, so that editors complete and check them",
    details: "\
With the YAML language server a file names its schema in its first line:
  # yaml-language-server: $schema=llm-vitals.schema.json
The schema knows fields, durations and names. Expressions and templates are checked by llm-vitals check.",
    flags: &[],
    examples: &["llm-vitals schema > llm-vitals.schema.json"],
    run,
};

fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    if !arguments.operands().is_empty() {
        return Err(UsageError("schema takes nothing".to_owned()).into());
    }
    // It is JSON in either format.
    output.text(SCHEMA);
    Ok(ExitCode::SUCCESS)
}
