//! The command as a process, and files for it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs `llm-vitals` with these words in a folder.
pub(crate) fn run_in(folder: &Path, words: &[&str]) -> Run {
    finish(command(folder, words).output().unwrap())
}

/// Runs `llm-vitals` with these words.
pub(crate) fn run(words: &[&str]) -> Run {
    run_in(Path::new("."), words)
}

pub(crate) fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llm-vitals"));
    command
        .args(words)
        .current_dir(folder)
        .env_remove("NO_COLOR");
    command
}

pub(crate) fn finish(output: Output) -> Run {
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Writes a file and tells its path.
pub(crate) fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Answers each request with the text of its path; the last text of a path stays.
pub(crate) fn serve(answers: impl Fn(&str, usize) -> Option<String> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut asked = 0;
        while let Ok((mut stream, _)) = listener.accept() {
            let mut bytes = [0; 4096];
            let length = stream.read(&mut bytes).unwrap();
            let request = String::from_utf8_lossy(&bytes[..length]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default();
            let (status, body) = match answers(path, asked) {
                Some(body) => ("200 OK", body),
                None => ("404 Not Found", String::new()),
            };
            asked += usize::from(status == "200 OK");
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            stream.write_all((head + &body).as_bytes()).unwrap();
        }
    });
    format!("http://{address}")
}
