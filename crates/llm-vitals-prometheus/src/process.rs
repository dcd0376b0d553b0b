//! Figures of the process. Absent where there is no `/proc`.

use std::fmt::Write as _;
use std::fs;

use crate::metrics::{
    CPU, MAX_DESCRIPTORS, OPEN_DESCRIPTORS, RESIDENT_MEMORY, START_TIME, VIRTUAL_MEMORY,
};

/// Linux tells processor times in hundredths of a second, whatever the kernel's own tick is.
const TICKS_PER_SECOND: f64 = 100.0;

/// Appends the figures of this process in Prometheus' text format.
pub(crate) fn render(out: &mut String) {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may hold anything.
    let fields: Vec<&str> = stat
        .rsplit_once(") ")
        .map(|(_, rest)| rest.split(' ').collect())
        .unwrap_or_default();
    let field = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<f64>().ok())
    };
    let cpu = field(11)
        .zip(field(12))
        .map(|(user, system)| (user + system) / TICKS_PER_SECOND);
    let start = field(19)
        .zip(boot_time())
        .map(|(ticks, boot)| boot + ticks / TICKS_PER_SECOND);

    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = |key: &str| -> Option<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<f64>().ok()? * 1024.0)
    };
    #[expect(clippy::cast_precision_loss, reason = "a count of descriptors")]
    let open = fs::read_dir("/proc/self/fd")
        .ok()
        .map(|entries| entries.count() as f64);

    for ((name, kind, _, help), value) in [
        (CPU, cpu),
        (MAX_DESCRIPTORS, max_descriptors()),
        (OPEN_DESCRIPTORS, open),
        (RESIDENT_MEMORY, kilobytes("VmRSS:")),
        (START_TIME, start),
        (VIRTUAL_MEMORY, kilobytes("VmSize:")),
    ] {
        if let Some(value) = value {
            // Writing to a String cannot fail.
            let _ = writeln!(
                out,
                "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}"
            );
        }
    }
}

fn boot_time() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    stat.lines()
        .find_map(|line| line.strip_prefix("btime "))?
        .trim()
        .parse()
        .ok()
}

fn max_descriptors() -> Option<f64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}
