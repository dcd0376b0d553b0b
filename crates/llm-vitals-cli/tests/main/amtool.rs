//! The amtool of this machine.

use std::path::PathBuf;
use std::process::Command;

/// Where it is. Without one a test is skipped aloud, except where CI counts on it.
pub(crate) fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join("amtool"))
        .find(|path| path.is_file());
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "amtool must be there under CI"
        );
        eprintln!("SKIPPED: no amtool to compare with");
    }
    found
}

/// Its exit code, and what it says.
pub(crate) fn run(words: &[&str]) -> (i32, String) {
    let output = Command::new("amtool").args(words).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), text)
}
