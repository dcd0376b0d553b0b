//! The reference cases of Prometheus, where their folder is at hand.
//!
//! `PROMQLTEST_DIR` names a folder with `v2.42.0/` and `v3.0.0/`, or one with `*.test` files, which are run in dialect V3.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use llm_vitals_promql::Dialect;

mod case;
mod file;
mod run;

use self::file::parse_file;
use self::run::{Outcome, Runner};

#[derive(Default)]
struct Score {
    passed: usize,
    unsupported: Vec<String>,
    failed: Vec<String>,
}

impl Score {
    fn total(&self) -> usize {
        self.passed + self.failed.len()
    }
}

#[test]
fn promqltest_v2() {
    let Some(folder) = folder("v2.42.0") else {
        return;
    };
    let score = run_folder(&folder, Dialect::V2);
    report("v2.42.0", &score);
    assert!(score.failed.is_empty() && score.unsupported.is_empty());
}

#[test]
fn promqltest_v3() {
    let Some(folder) = folder("v3.0.0") else {
        return;
    };
    let score = run_folder(&folder, Dialect::V3);
    report("v3.0.0", &score);
    assert!(score.failed.is_empty());
}

#[test]
fn promqltest_other_files() {
    let Some(folder) = env::var_os("PROMQLTEST_DIR").map(PathBuf::from) else {
        return;
    };
    if test_files(&folder).is_empty() {
        return;
    }
    let score = run_folder(&folder, Dialect::V3);
    report(&folder.display().to_string(), &score);
    assert!(score.failed.is_empty());
}

/// Where the cases of a version are. A folder that was named must have them; without a name they may be missing.
fn folder(version: &str) -> Option<PathBuf> {
    if let Some(named) = env::var_os("PROMQLTEST_DIR") {
        let folder = PathBuf::from(named);
        if !test_files(&folder).is_empty() {
            return None;
        }
        let folder = folder.join(version);
        assert!(folder.is_dir(), "PROMQLTEST_DIR has no {version}");
        return Some(folder);
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/promqltest")
        .join(version);
    if !beside.is_dir() {
        eprintln!("SKIPPED: the reference cases {version} are not here; set PROMQLTEST_DIR");
        return None;
    }
    Some(beside)
}

fn test_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "test")
        })
        .collect();
    files.sort();
    files
}

fn run_folder(folder: &Path, dialect: Dialect) -> Score {
    let mut score = Score::default();
    for path in test_files(folder) {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut runner = Runner::new(dialect);
        for command in parse_file(&text) {
            match runner.run(&command) {
                Outcome::Nothing => {}
                Outcome::Passed => score.passed += 1,
                Outcome::Unsupported(what) => {
                    score
                        .unsupported
                        .push(format!("{name}:{}: {what}", command.line));
                }
                Outcome::Failed(why) => {
                    score.failed.push(format!("{name}:{}: {why}", command.line));
                }
            }
        }
    }
    score
}

fn report(version: &str, score: &Score) {
    let mut text = format!("{version}: {}/{}\n", score.passed, score.total());
    for failure in &score.failed {
        let _ = writeln!(text, "FAILED {failure}");
    }
    for left_out in &score.unsupported {
        let _ = writeln!(text, "LEFT OUT {left_out}");
    }
    print!("{text}");
}
