//! The step `examples`: each runs for a moment.
//!
//! An example either ends with status 0, or it is a server: it prints `listening on http://ADDRESS` on stdout, takes
//! its port from the variable `PORT` (0, so any free one) and stays until it is stopped.

use std::time::Duration;

use crate::tool;

use super::Context;
use super::build::Kind;
use super::process::{Process, Start};
use super::report::{Outcome, Report};

/// How long an example may take to end, or to listen.
const LIMIT: Duration = Duration::from_secs(60);
/// How long a server must stay up.
const MOMENT: Duration = Duration::from_secs(2);

pub(super) fn run(context: &mut Context, report: &mut Report) {
    let built = context.built.as_deref().unwrap_or_default();
    for example in built
        .iter()
        .filter(|executable| executable.kind == Kind::Example)
    {
        report.step(&format!("example: {}", example.name), || {
            let mut command = tool::command(&example.path);
            command
                .current_dir(&context.workspace.root)
                .env("PORT", "0");
            match Process::start(&mut command) {
                Ok(process) => watch(process, LIMIT, MOMENT),
                Err(problem) => Outcome::failed(vec![problem]),
            }
        });
    }
}

fn watch(mut process: Process, limit: Duration, moment: Duration) -> Outcome {
    let problem = match process.first_sign(limit) {
        Start::Ended(status) if status.success() => return Outcome::passed("ended by itself"),
        Start::Ended(status) => format!("it ended with {status}"),
        Start::Neither => format!(
            "after {} s it neither ended nor said `listening on http://...`",
            limit.as_secs()
        ),
        Start::Listens(address) => match process.ends_within(moment) {
            None => return Outcome::passed(format!("listened on {address}")),
            Some(status) => format!("it listened on {address}, then ended with {status}"),
        },
    };
    Outcome::failed(process.complaint(problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch_script(script: &str) -> Outcome {
        let process = Process::start(tool::command("sh").args(["-c", script])).unwrap();
        watch(process, Duration::from_secs(20), Duration::from_millis(300))
    }

    #[test]
    fn a_server_stays_and_anything_else_ends_well() {
        assert_eq!(watch_script("true").note, "ended by itself");
        let server = watch_script("echo listening on http://127.0.0.1:99; exec sleep 60");
        assert_eq!(server.note, "listened on 127.0.0.1:99");
        assert_eq!((server.passed, server.failed), (1, 0));
    }

    #[test]
    fn a_bad_end_is_a_failure() {
        let outcome = watch_script("exit 4");
        assert_eq!(outcome.output, ["it ended with exit status: 4"]);
        let outcome = watch_script("echo listening on http://127.0.0.1:99; exit 0");
        assert_eq!(
            outcome.output[0],
            "it listened on 127.0.0.1:99, then ended with exit status: 0"
        );
        assert_eq!((outcome.passed, outcome.failed), (0, 1));
    }
}
