//! A program of ours that runs for a moment: watched, and stopped by its process id.

use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::tool::{self, Line};

/// What a server prints once it can be reached.
const LISTENING: &str = "listening on http://";
/// How often a program is looked at.
const TICK: Duration = Duration::from_millis(20);
/// How long the output of an ended program may take to arrive.
const LAST_WORDS: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    receiver: Receiver<Line>,
    seen: Vec<String>,
}

/// What a program did first.
#[derive(Debug)]
pub(super) enum Start {
    Listens(SocketAddr),
    Ended(ExitStatus),
    /// Neither, in the time it had.
    Neither,
}

impl Process {
    pub(super) fn start(command: &mut Command) -> Result<Self, String> {
        let mut child = tool::spawn(command)?;
        let receiver = tool::lines_of(&mut child);
        Ok(Self {
            child,
            receiver,
            seen: Vec::new(),
        })
    }

    /// Waits until the program listens or ends.
    pub(super) fn first_sign(&mut self, limit: Duration) -> Start {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            let ended = self.child.try_wait().ok().flatten();
            let known = self.seen.len();
            // What came before the end counts as before the end.
            self.read(if ended.is_some() { LAST_WORDS } else { TICK });
            if let Some(address) = self.seen[known..].iter().find_map(|line| address(line)) {
                return Start::Listens(address);
            }
            if let Some(status) = ended {
                return Start::Ended(status);
            }
        }
        Start::Neither
    }

    /// Waits for so long; the status if the program ended meanwhile.
    pub(super) fn ends_within(&mut self, time: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            thread::sleep(TICK);
        }
        None
    }

    /// All that the program wrote so far, after what went wrong.
    pub(super) fn complaint(&mut self, problem: String) -> Vec<String> {
        self.read(LAST_WORDS);
        let mut lines = vec![problem];
        lines.append(&mut self.seen);
        lines
    }

    /// Reads for so long, or until the program has closed its streams.
    fn read(&mut self, time: Duration) {
        let deadline = Instant::now() + time;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.receiver.recv_timeout(left) {
                Ok(line) => self.seen.push(line.text),
                Err(RecvTimeoutError::Timeout) => return,
                // Else the caller's loop would spin.
                Err(RecvTimeoutError::Disconnected) => return thread::sleep(left.min(TICK)),
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It fails only if the program has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address(line: &str) -> Option<SocketAddr> {
    let rest = line.strip_prefix(LISTENING)?;
    rest.split(|c: char| c == '/' || c.is_whitespace())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Process {
        Process::start(tool::command("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn reads_the_address() {
        let expected: SocketAddr = "127.0.0.1:8080".parse().unwrap();
        assert_eq!(
            address("listening on http://127.0.0.1:8080"),
            Some(expected)
        );
        assert_eq!(
            address("listening on http://127.0.0.1:8080/ with 2 providers"),
            Some(expected)
        );
        assert_eq!(address("not listening on http://127.0.0.1:8080"), None);
    }

    #[test]
    fn a_server_that_stays_is_stopped() {
        let mut process = sh("echo listening on http://127.0.0.1:1; exec sleep 60");
        assert!(matches!(
            process.first_sign(Duration::from_secs(20)),
            Start::Listens(_)
        ));
        assert_eq!(process.ends_within(Duration::from_millis(50)), None);
        let id = process.child.id();
        drop(process);
        assert!(!tool::run(tool::command("sh").args(["-c", &format!("kill -0 {id}")])).success);
    }

    #[test]
    fn an_end_is_told_with_its_status_and_words() {
        let mut process = sh("echo oh; exit 4");
        let Start::Ended(status) = process.first_sign(Duration::from_secs(20)) else {
            panic!("it has ended");
        };
        assert_eq!(status.code(), Some(4));
        assert_eq!(process.complaint("ended".to_owned()), ["ended", "oh"]);
    }

    #[test]
    fn silence_is_neither() {
        assert!(matches!(
            sh("exec sleep 60").first_sign(Duration::from_millis(50)),
            Start::Neither
        ));
    }
}
