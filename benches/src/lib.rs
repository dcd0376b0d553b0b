//! Tables of ratios, computed from what the benchmarks of one run measured.
//!
//! Each benchmark ends by printing its table and leaving it for `summary`, which `cargo bench` runs last. Times are
//! criterion's medians of that very run.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

/// A bound that a ratio or a time has to keep.
#[expect(clippy::exhaustive_enums, reason = "a bound is one of these")]
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// At most so much.
    AtMost(f64),
    /// At least so much.
    AtLeast(f64),
    /// For information.
    None,
}

/// A table of ratios under a heading.
#[derive(Debug)]
pub struct Table {
    group: &'static str,
    text: String,
}

impl Table {
    /// Begins the table of a criterion group.
    #[must_use]
    pub fn new(group: &'static str) -> Self {
        let mut text = format!("\n{group}\n");
        let _ = writeln!(text, "  {:<64} {:>10}  bound", "what", "value");
        Self { group, text }
    }

    /// The median of benchmark `id` of this group, in nanoseconds.
    ///
    /// # Panics
    ///
    /// When the benchmark was not run.
    #[must_use]
    pub fn nanos(&self, id: &str) -> f64 {
        let path = criterion_home()
            .join(self.group)
            .join(id)
            .join("new/estimates.json");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!(
                "cannot read what {id} measured in {}: {error}",
                path.display()
            )
        });
        let estimates: serde_json::Value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        estimates["median"]["point_estimate"]
            .as_f64()
            .unwrap_or_else(|| panic!("{} holds no median", path.display()))
    }

    /// Adds a row.
    #[must_use]
    pub fn row(mut self, what: &str, value: f64, unit: &str, bound: Bound) -> Self {
        let value_text = format!("{value:.2}{unit}");
        let verdict = match bound {
            Bound::AtMost(most) if value <= most => format!("<= {most}{unit}  kept"),
            Bound::AtMost(most) => format!("<= {most}{unit}  MISSED"),
            Bound::AtLeast(least) if value >= least => format!(">= {least}{unit}  kept"),
            Bound::AtLeast(least) => format!(">= {least}{unit}  MISSED"),
            Bound::None => String::new(),
        };
        let _ = writeln!(self.text, "  {what:<64} {value_text:>10}  {verdict}");
        self
    }

    /// Prints the table and leaves it for the summary.
    ///
    /// # Panics
    ///
    /// When the table cannot be written.
    pub fn print(self) {
        show(&self.text);
        let path = summary_path();
        let mut all = fs::read_to_string(&path).unwrap_or_default();
        all.push_str(&self.text);
        fs::write(&path, all)
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    }
}

/// Whether criterion measures, rather than lists or tries out, so that there is something to print.
#[must_use]
pub fn measures() -> bool {
    let mut bench = false;
    for argument in env::args() {
        match argument.as_str() {
            "--bench" => bench = true,
            "--list" | "--test" | "--profile-time" => return false,
            _ => {}
        }
    }
    bench
}

/// Prints the tables of this run and forgets them.
pub fn print_summary() {
    let path = summary_path();
    match fs::read_to_string(&path) {
        Ok(tables) => {
            show(&format!("\nRatios of this run\n{tables}"));
            // The next run has its own.
            let _ = fs::remove_file(path);
        }
        Err(_) => show("no benchmark of this run left a table"),
    }
}

#[expect(
    clippy::print_stdout,
    reason = "a benchmark's result goes to standard output"
)]
fn show(text: &str) {
    println!("{text}");
}

/// One file for each `cargo bench`: its process is the parent of every benchmark.
fn summary_path() -> PathBuf {
    criterion_home().join(format!(
        "ratios-{}.txt",
        std::os::unix::process::parent_id()
    ))
}

fn criterion_home() -> PathBuf {
    env::var_os("CRITERION_HOME").map_or_else(
        || {
            // A benchmark is target/release/deps/NAME.
            let exe = env::current_exe().unwrap_or_default();
            exe.ancestors().nth(3).unwrap_or(&exe).join("criterion")
        },
        PathBuf::from,
    )
}
