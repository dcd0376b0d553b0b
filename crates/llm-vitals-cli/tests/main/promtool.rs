//! The promtool of this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where it is. Without one a test is skipped aloud, except where CI counts on it.
pub(crate) fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join("promtool"))
        .find(|path| path.is_file());
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "promtool must be there under CI"
        );
        eprintln!("SKIPPED: no promtool to compare with");
    }
    found
}

/// Its exit code, and what it says.
pub(crate) fn run(promtool: &Path, words: &[&str], file: &Path) -> (i32, String) {
    let output = Command::new(promtool)
        .args(words)
        .arg(file)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), text)
}
