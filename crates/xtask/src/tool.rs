//! Running other programs: their lines are kept, and shown only when somebody needs them.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// A long step says every so often how far it is.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);
/// How long a closed program's pipes may stay silent before they count as drained: a grandchild can hold them open.
const QUIET: Duration = Duration::from_millis(250);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Out,
    Err,
}

/// One line that a program wrote.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) source: Source,
    pub(crate) text: String,
}

/// A program that has ended, or could not be started.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) success: bool,
    pub(crate) lines: Vec<Line>,
}

impl Finished {
    /// What the program wrote on stdout.
    pub(crate) fn stdout(&self) -> impl Iterator<Item = &str> {
        let lines = self.lines.iter();
        lines
            .filter(|line| line.source == Source::Out)
            .map(|line| line.text.as_str())
    }

    /// Both streams as they came, without the lines that only tell of progress.
    pub(crate) fn output(&self) -> Vec<String> {
        let lines = self.lines.iter().map(|line| line.text.clone());
        lines.filter(|text| !is_progress(text)).collect()
    }
}

/// A command that reads nothing and knows no keys: no test may spend somebody's money or empty their Redis.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.ends_with("_API_KEY") || text == "REDIS_URL" {
            command.env_remove(&name);
        }
    }
    command
}

/// `cargo` with these arguments.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = command("cargo");
    command.args(arguments).env("CARGO_TERM_COLOR", "never");
    command
}

/// Runs a command to its end. A command that cannot be started is a failed one.
pub(crate) fn run(command: &mut Command) -> Finished {
    let mut child = match spawn(command) {
        Ok(child) => child,
        Err(problem) => {
            let line = Line {
                source: Source::Err,
                text: problem,
            };
            return Finished {
                success: false,
                lines: vec![line],
            };
        }
    };
    let started = Instant::now();
    let receiver = lines_of(&mut child);
    let mut lines: Vec<Line> = Vec::new();
    let mut next_sign = SIGN_OF_LIFE;
    loop {
        match receiver.recv_timeout(QUIET) {
            Ok(line) => lines.push(line),
            Err(RecvTimeoutError::Timeout) if !matches!(child.try_wait(), Ok(None)) => break,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if started.elapsed() >= next_sign {
            let last = lines
                .iter()
                .rev()
                .map(|line| line.text.trim())
                .find(|text| !text.is_empty());
            let last: String = last.unwrap_or("no output yet").chars().take(100).collect();
            println!("    {:>4} s: {last}", started.elapsed().as_secs());
            next_sign += SIGN_OF_LIFE;
        }
    }
    let success = child.wait().is_ok_and(|status| status.success());
    Finished { success, lines }
}

/// Runs a command whose output the reader sees as it comes.
pub(crate) fn run_aloud(command: &mut Command) -> Result<ExitStatus, String> {
    command
        .status()
        .map_err(|error| cannot_start(command, &error))
}

/// Starts a command with both streams piped.
pub(crate) fn spawn(command: &mut Command) -> Result<Child, String> {
    let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    piped.spawn().map_err(|error| cannot_start(command, &error))
}

/// The lines of both streams, as they come. The channel closes when both streams have.
pub(crate) fn lines_of(child: &mut Child) -> Receiver<Line> {
    let (sender, receiver) = channel();
    if let Some(stdout) = child.stdout.take() {
        forward(stdout, Source::Out, sender.clone());
    }
    if let Some(stderr) = child.stderr.take() {
        forward(stderr, Source::Err, sender);
    }
    receiver
}

/// Where a program of this name is on `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn forward(stream: impl Read + Send + 'static, source: Source, sender: Sender<Line>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while reader
            .read_until(b'\n', &mut bytes)
            .is_ok_and(|read| read > 0)
        {
            let text = String::from_utf8_lossy(&bytes)
                .trim_end_matches(['\r', '\n'])
                .to_owned();
            bytes.clear();
            if sender.send(Line { source, text }).is_err() {
                return;
            }
        }
    });
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("cannot start {:?}: {error}", command.get_program())
}

/// Cargo's and nextest's lines for what went well.
fn is_progress(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "Adding",
        "Blocking",
        "Building",
        "Checking",
        "Compiling",
        "Documenting",
        "Downloaded",
        "Downloading",
        "Fresh",
        "Locking",
        "PASS",
        "Running",
        "Updating",
        "Dirty",
    ];
    text.starts_with(' ')
        && text
            .split_whitespace()
            .next()
            .is_some_and(|word| WORDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_lines_by_stream_and_tells_failure() {
        let finished = run(command("sh").args(["-c", "echo a; echo b >&2; exit 3"]));
        assert!(!finished.success);
        assert_eq!(finished.stdout().collect::<Vec<_>>(), ["a"]);
        let mut output = finished.output();
        output.sort();
        assert_eq!(output, ["a", "b"]);
    }

    #[test]
    fn a_missing_program_is_a_failure_with_its_name() {
        let finished = run(&mut command("no-such-program-here"));
        assert!(!finished.success);
        assert!(finished.output()[0].starts_with("cannot start \"no-such-program-here\": "));
    }

    #[test]
    fn a_grandchild_with_the_pipes_does_not_hold_the_step() {
        let started = Instant::now();
        let finished = run(command("sh").args(["-c", "sleep 10 & echo done"]));
        assert!(finished.success);
        assert!(started.elapsed() < Duration::from_secs(9));
    }

    #[test]
    fn progress_is_left_out() {
        assert!(is_progress("   Compiling hyper v1.7.0"));
        assert!(is_progress("        PASS [   0.010s] (1/2) xtask tests::a"));
        assert!(!is_progress(
            "        FAIL [   0.010s] (1/2) xtask tests::a"
        ));
        assert!(!is_progress("Checking that the answer is right"));
    }
}
