//! The step `prices`: LiteLLM's price file, out of the wheel of its current release.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use crate::tool::{self, Finished};

use super::Context;
use super::report::{Outcome, Report};

/// A copy of this age is still current enough.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// Takes the one file out of the wheel (the rest is never written) and prints the wheel's name.
const UNPACK: &str = r#"
import pathlib, sys, zipfile
wheels, target = map(pathlib.Path, sys.argv[1:])
[wheel] = wheels.glob("litellm-*.whl")
text = zipfile.ZipFile(wheel).read("litellm/model_prices_and_context_window_backup.json")
target.write_bytes(text)
print("-".join(wheel.name.split("-")[:2]))
"#;

pub(super) fn run(context: &mut Context, report: &mut Report) {
    let folder = context.workspace.target.join("xtask");
    let file = folder.join("litellm-prices.json");
    report.step("prices", || {
        if is_fresh(&file) {
            context.prices = Some(file);
            return Outcome::passed("fetched within the last day");
        }
        match fetch(&folder, &file) {
            Ok(release) => {
                context.prices = Some(file);
                Outcome::passed(release)
            }
            Err(problem) => context.missing(format!("no LiteLLM price file: {problem}")),
        }
    });
}

fn is_fresh(file: &Path) -> bool {
    let modified = file.metadata().and_then(|metadata| metadata.modified());
    modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age < FRESH))
}

fn fetch(folder: &Path, file: &Path) -> Result<String, String> {
    let wheels = folder.join("wheels");
    // An older wheel beside the new one would leave open which is meant.
    remove(&wheels)?;
    std::fs::create_dir_all(&wheels)
        .map_err(|error| format!("cannot create {wheels:?}: {error}"))?;

    let mut download = tool::command("python3");
    download.args([
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-input",
        "--retries",
        "2",
        "--disable-pip-version-check",
    ]);
    download
        .args(["--no-deps", "--only-binary", ":all:", "--dest"])
        .arg(&wheels)
        .arg("litellm");
    let downloaded = tool::run(&mut download);
    if !downloaded.success {
        return Err(format!(
            "`pip download litellm` says: {}",
            last_line(&downloaded)
        ));
    }
    let unpacked = tool::run(
        tool::command("python3")
            .args(["-c", UNPACK])
            .arg(&wheels)
            .arg(file),
    );
    if !unpacked.success {
        return Err(format!(
            "the wheel is not as expected: {}",
            last_line(&unpacked)
        ));
    }
    remove(&wheels)?;
    Ok(unpacked.stdout().collect())
}

/// Both programs say what it comes to in their last line.
fn last_line(finished: &Finished) -> String {
    finished
        .output()
        .pop()
        .unwrap_or_else(|| "nothing".to_owned())
}

fn remove(folder: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(format!("cannot remove {folder:?}: {error}"))
        }
        _ => Ok(()),
    }
}
