//! The repository's own commands, called as `cargo xtask COMMAND`.
//!
//! One file a command: `test.rs` with the folder `test/` is `cargo xtask test`. A new command is a module with a
//! `run(arguments)` and a line in [`COMMANDS`].

#![expect(clippy::print_stdout, reason = "a command line tool speaks on stdout")]
#![expect(
    clippy::disallowed_types,
    reason = "it times real processes; no test pauses its clock"
)]

use std::process::ExitCode;

mod test;
mod tool;
mod workspace;

/// A word of the command line, what it does, and who does it.
struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> ExitCode,
}

const COMMANDS: [Command; 1] = [Command {
    name: "test",
    about: "everything that must hold before a change is done; `test STEP...` runs only those steps",
    run: test::run,
}];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((word, rest)) = arguments.split_first() else {
        help();
        return ExitCode::SUCCESS;
    };
    if let Some(command) = COMMANDS.iter().find(|command| command.name == word) {
        return (command.run)(rest);
    }
    help();
    if matches!(word.as_str(), "help" | "--help" | "-h") {
        ExitCode::SUCCESS
    } else {
        println!("\nthere is no command {word:?}");
        ExitCode::from(2)
    }
}

fn help() {
    println!("usage: cargo xtask COMMAND\n");
    for Command { name, about, .. } in &COMMANDS {
        println!("  {name:<8} {about}");
    }
    println!("\nsteps of `test`, in their order:\n");
    test::list_steps();
}
