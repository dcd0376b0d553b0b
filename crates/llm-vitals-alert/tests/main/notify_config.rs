//! Configurations: what amtool accepts is accepted, and what it refuses is refused.

use std::fs;
use std::path::{Path, PathBuf};

use llm_vitals_alert::notify::Config;

use crate::amtool;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/configs")
        .join(name)
}

fn files(name: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let is_config = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "yml");
    let mut files: Vec<PathBuf> = entries.filter(is_config).collect();
    files.sort();
    files
}

fn stem(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

#[test]
fn what_amtool_accepts_is_accepted_and_what_it_refuses_is_refused() {
    let (good, bad) = (files("good"), files("bad"));
    assert!(
        good.len() >= 25 && bad.len() >= 60,
        "{} and {}",
        good.len(),
        bad.len()
    );
    let has_amtool = amtool::find().is_some();
    let mut wrong = Vec::new();
    for path in good.iter().chain(&bad) {
        let ours = Config::read(path).map_err(|error| error.render());
        let expected = good.contains(path);
        if ours.is_ok() != expected {
            wrong.push(format!("{}: {:?}", path.display(), ours.err()));
        }
        if has_amtool {
            let theirs = amtool::run(&["check-config", path.to_str().unwrap()])
                .status
                .success();
            if theirs != expected {
                wrong.push(format!("{}: amtool says {theirs}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each problem of each file that is refused, in one text, so that places and sentences are held.
#[test]
fn errors_have_places_and_suggestions() {
    let mut shown = String::new();
    for name in ["bad", "strict"] {
        for path in files(name) {
            let error = Config::read(&path).unwrap_err();
            shown.push_str(&format!("{name}/{}\n", stem(&path)));
            for problem in error.problems() {
                let place = match (problem.line(), problem.column()) {
                    (Some(line), Some(column)) => format!("{line}:{column}"),
                    _ => "?".to_owned(),
                };
                let suggestion = problem.suggestion().map(|text| format!("; {text}"));
                let suggestion = suggestion.unwrap_or_default();
                shown.push_str(&format!("  {place}: {}{suggestion}\n", problem.message()));
            }
            assert!(!error.render().contains("hunter2"), "{}", error.render());
        }
    }
    let path = folder("errors.txt");
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if shown != expected && std::env::var_os("UPDATE_ERRORS").is_some() {
        fs::write(&path, &shown).unwrap();
    }
    assert!(shown == expected, "{shown}");
}

#[test]
fn fields_of_newer_versions_and_of_ours_are_read() {
    for path in files("newer") {
        if let Err(error) = Config::read(&path) {
            panic!("{}", error.render());
        }
    }
}

#[test]
fn what_could_never_work_is_refused_though_amtool_accepts_it() {
    let has_amtool = amtool::find().is_some();
    for path in files("strict") {
        assert!(Config::read(&path).is_err(), "{}", path.display());
        if has_amtool {
            let theirs = amtool::run(&["check-config", path.to_str().unwrap()]);
            assert!(theirs.status.success(), "{}", path.display());
        }
    }
}
