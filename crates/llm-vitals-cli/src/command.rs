//! The commands, their help, and who does them.

use std::process::ExitCode;

use crate::arguments::{Arguments, COMMON, Flag, UsageError, nearest};
use crate::failure::Failure;
use crate::output::Output;

/// A word of the command line.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    /// What stands behind the name.
    pub(crate) operands: &'static str,
    /// One line for the list of commands.
    pub(crate) about: &'static str,
    /// Paragraphs for its own help.
    pub(crate) details: &'static str,
    pub(crate) flags: &'static [Flag],
    /// Command lines, with what they are for behind a `#`.
    pub(crate) examples: &'static [&'static str],
    pub(crate) run: fn(&Arguments, &Output) -> Result<ExitCode, Failure>,
}

/// All of them, in the order of the help.
pub(crate) const COMMANDS: &[&Command] = &[
    &crate::query::COMMAND,
    &crate::explain::COMMAND,
    &crate::check::COMMAND,
    &crate::test::COMMAND,
    &crate::route::COMMAND,
    &crate::notify::COMMAND,
    &crate::export::COMMAND,
    &crate::schema::COMMAND,
];

/// Errors were found, or tests failed.
pub(crate) const FOUND: u8 = 1;
const USAGE: u8 = 2;

/// Does what the words say.
pub(crate) fn run(words: &[String]) -> ExitCode {
    let Some((word, rest)) = words.split_first() else {
        eprint!("{}", overview());
        return ExitCode::from(USAGE);
    };
    match word.as_str() {
        "--version" | "-V" | "version" => {
            print(concat!("llm-vitals ", env!("CARGO_PKG_VERSION"), "\n"));
            return ExitCode::SUCCESS;
        }
        "--help" | "-h" => {
            print(&overview());
            return ExitCode::SUCCESS;
        }
        "help" => {
            let Some(word) = rest.first() else {
                print(&overview());
                return ExitCode::SUCCESS;
            };
            return match find(word) {
                Some(command) => {
                    print(&help(command));
                    ExitCode::SUCCESS
                }
                None => unknown(word),
            };
        }
        _ => {}
    }
    let Some(command) = find(word) else {
        return unknown(word);
    };
    match start(command, rest) {
        Ok(code) => code,
        Err(Failure::Usage(error)) => {
            eprintln!(
                "llm-vitals {}: {error}\nsee: llm-vitals {} --help",
                command.name, command.name
            );
            ExitCode::from(USAGE)
        }
        Err(failure) => {
            eprintln!("llm-vitals {}: {failure}", command.name);
            ExitCode::from(FOUND)
        }
    }
}

fn start(command: &Command, words: &[String]) -> Result<ExitCode, Failure> {
    let arguments = Arguments::parse(words, command.flags)?;
    if arguments.has("--help") {
        print(&help(command));
        return Ok(ExitCode::SUCCESS);
    }
    let output = Output::new(&arguments)?;
    (command.run)(&arguments, &output)
}

fn find(word: &str) -> Option<&'static Command> {
    COMMANDS
        .iter()
        .copied()
        .find(|command| command.name == word)
}

fn unknown(word: &str) -> ExitCode {
    let known = COMMANDS.iter().map(|command| command.name);
    let meant = nearest(word, known)
        .map(|near| format!("; did you mean {near}?"))
        .unwrap_or_default();
    let error = UsageError(format!("there is no command {word:?}{meant}"));
    eprintln!("llm-vitals: {error}\nsee: llm-vitals --help");
    ExitCode::from(USAGE)
}

/// A pipe that was closed is no error.
fn print(text: &str) {
    use std::io::Write as _;
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

fn overview() -> String {
    let mut text = String::from(
        "Asks gateways, and checks, tests, explains and exports alert rules.\n\n\
         Usage: llm-vitals COMMAND [OPTIONS]\n\nCommands:\n",
    );
    for command in COMMANDS {
        text.push_str(&format!("  {:<8} {}\n", command.name, command.about));
    }
    text.push_str("\nllm-vitals COMMAND --help explains a command, with examples. Start with:\n");
    for command in COMMANDS {
        if let Some(example) = command.examples.first() {
            text.push_str(&format!("  {example}\n"));
        }
    }
    text.push_str(
        "\nExit codes: 0 all is well; 1 something is wrong, or a test failed; 2 the command line makes no sense.\n",
    );
    text
}

fn help(command: &Command) -> String {
    let mut text = format!(
        "{}\n\nUsage: llm-vitals {} {}\n\n{}\n\nOptions:\n",
        sentence(command.about),
        command.name,
        command.operands,
        command.details
    );
    let flags = || command.flags.iter().chain(COMMON);
    let left = |flag: &Flag| match flag.value {
        Some(value) => format!("{} {value}", flag.name),
        None => flag.name.to_owned(),
    };
    let width = flags().map(|flag| left(flag).len()).max().unwrap_or(0);
    for flag in flags() {
        text.push_str(&format!("  {:<width$}  {}\n", left(flag), flag.about));
    }
    text.push_str("\nExamples:\n");
    for example in command.examples {
        text.push_str(&format!("  {example}\n"));
    }
    text
}

fn sentence(about: &str) -> String {
    let mut letters = about.chars();
    let first = letters.next().map(char::to_uppercase);
    first
        .into_iter()
        .flatten()
        .chain(letters)
        .chain(['.'])
        .collect()
}
