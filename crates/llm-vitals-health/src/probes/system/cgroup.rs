//! Where the files of this process' control group (version 2) are.

use std::fs;
use std::path::{Path, PathBuf};

/// The folders of the control group and of those around it, innermost first; empty without version 2.
pub(crate) fn folders(root: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    let Some(group) = text.lines().find_map(|line| line.strip_prefix("0::/")) else {
        return Vec::new();
    };
    let mount = root.join("sys/fs/cgroup");
    // With version 1 beside it the files are elsewhere, and those that matter here are the other version's.
    if !mount.join("cgroup.controllers").exists() {
        return Vec::new();
    }
    // In a container without a namespace of its own the path is the host's, and not there: its own folder is the mount.
    let inner = Path::new(group);
    let plain = !group.split('/').any(|part| part == "..");
    inner
        .ancestors()
        .filter(|_| plain)
        .map(|group| mount.join(group))
        .chain(std::iter::once(mount.clone()).filter(|_| !plain))
        .filter(|folder| folder.is_dir())
        .collect()
}

/// A number that is alone in a file; `None` for `max`.
pub(crate) fn number(path: &Path) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// The value after a key in a file with a key and a value on each line.
pub(crate) fn keyed(text: &str, key: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once([' ', ':'])?;
        (name == key)
            .then(|| value.split_whitespace().next()?.parse().ok())
            .flatten()
    })
}

/// The share of the last ten seconds, 0 to 1, in which some task waited for the resource.
pub(crate) fn some_pressure(text: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix("some "))?;
    let share = line
        .split(' ')
        .find_map(|part| part.strip_prefix("avg10="))?;
    Some(share.parse::<f64>().ok()? / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_kernel_are_understood() {
        let pressure = "some avg10=12.50 avg60=3.00 avg300=1.00 total=320\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
        assert_eq!(some_pressure(pressure), Some(0.125));
        assert_eq!(some_pressure("nonsense"), None);
        assert_eq!(
            keyed("anon 5\ninactive_file 1234\n", "inactive_file"),
            Some(1234)
        );
        assert_eq!(
            keyed("MemTotal:       16384 kB\n", "MemTotal"),
            Some(16_384)
        );
        assert_eq!(keyed("inactive_file_x 3\n", "inactive_file"), None);
    }
}
