//! Files that people write.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// As much as a rule file or a configuration may have.
const MOST_BYTES: u64 = 8 << 20;

/// The text of a file or a pipe of at most 8 MiB; more is not read. The error does not name the file.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    let cannot = |error: io::Error| format!("cannot read the file: {error}");
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(cannot)?;
    let read = file.take(MOST_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(cannot)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("the file is larger than {} MiB", MOST_BYTES >> 20));
    }
    String::from_utf8(bytes)
        .map_err(|_| "cannot read the file: stream did not contain valid UTF-8".to_owned())
}

/// The names of the fields that a text of YAML begins with, as far as they stand at the begin of a line.
///
/// What may be something else, such as a value in braces, is given as it stands: it is among no names that anybody knows.
pub(crate) fn keys(text: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    let mut is_begin = true;
    for line in text.lines().map(str::trim_end) {
        if line.trim_start().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        if line == "---" {
            is_begin = true;
            continue;
        }
        let is_below = line.starts_with(char::is_whitespace) || line.starts_with("- ");
        if is_begin || !(is_below || line == "-") {
            keys.push(line.split(':').next().unwrap_or_default().trim_end());
        }
        is_begin = false;
    }
    keys
}

/// Whether a text has fields, and no others than these.
pub(crate) fn has_only(text: &str, known: &[&str]) -> bool {
    let keys = keys(text);
    !keys.is_empty() && keys.iter().all(|key| known.contains(key))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_not_plainly_a_field_is_no_known_name() {
        let known = ["alerts", "groups"];
        assert!(has_only(
            "# x\n---\nalerts :\n- name: A\n-\n  b: 1\ngroups: []\n",
            &known
        ));
        for other in [
            "",
            "  redis: x\n",
            "{alerts: [], redis: x}",
            "alerts: []\nredis: x\n",
            "alerts: []\n---\n  redis: x\n",
            "- redis: x\n",
            "--- {redis: x}\nalerts: []\n",
        ] {
            assert!(!has_only(other, &known), "{other}");
        }
    }

    #[test]
    fn what_has_no_end_is_not_read_to_it() {
        let read = |path: &str| read(Path::new(path)).unwrap_err();
        assert_eq!(read("/dev/zero"), "the file is larger than 8 MiB");
        assert_eq!(
            read("/"),
            "cannot read the file: Is a directory (os error 21)"
        );
    }

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let most = usize::try_from(MOST_BYTES).unwrap();
        fs::write(&path, "#".repeat(most)).unwrap();
        assert_eq!(read(&path).unwrap().len(), most);
        fs::write(&path, "#".repeat(most - 1) + "ä").unwrap();
        assert_eq!(read(&path).unwrap_err(), "the file is larger than 8 MiB");
    }
}
