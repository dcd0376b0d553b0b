//! The step `browser`: the page of a gateway with demo traffic, in a real browser. The test itself waits for what the young gateway
//! cannot show yet, and meanwhile looks at what needs none.

use std::net::SocketAddr;
use std::time::Duration;

use crate::tool::{self, Finished};

use super::Context;
use super::build::binary;
use super::page::{folder, from_counts, node, npm, tools};
use super::process::{Process, Start};
use super::report::{Outcome, Report};

const BROWSER: &str = "chromium";
const GATEWAY: &str = "llm-vitals-gateway";
/// From the root.
const CONFIG: &str = "crates/llm-vitals-dashboard/web/tests/browser/gateway.yaml";
/// Where the test takes pictures, from there.
const PICTURES: &str = "target/browser";
const TEST: &str = "node_modules/.browser/tests/browser/run.js";
/// How long the gateway may take to listen.
const START: Duration = Duration::from_secs(30);

pub(super) fn run(context: &mut Context, report: &mut Report) {
    report.step("browser", || {
        if let Err(missing) = tools() {
            return context.missing(missing);
        }
        let Some(browser) = tool::find(BROWSER) else {
            return context.missing(format!("there is no {BROWSER} on PATH"));
        };
        let Some(gateway) = binary(context.built.as_deref().unwrap_or_default(), GATEWAY) else {
            return Outcome::failed(vec![format!("the build made no binary {GATEWAY}")]);
        };
        let prepared = prepare(context);
        if !prepared.success {
            return prepared.into();
        }
        let mut command = tool::command(&gateway.path);
        command
            .args(["--demo", "--listen", "127.0.0.1:0", "--config", CONFIG])
            .current_dir(&context.workspace.root);
        let mut process = match Process::start(&mut command) {
            Ok(process) => process,
            Err(problem) => return Outcome::failed(vec![problem]),
        };
        match listening(&mut process) {
            Ok(address) => {
                let mut command = node(context);
                command
                    .args([TEST, &format!("http://{address}/")])
                    .arg(context.workspace.root.join(PICTURES))
                    .env("CHROMIUM", browser);
                told(&tool::run(&mut command))
            }
            Err(problem) => Outcome::failed(process.complaint(problem)),
        }
    });
}

/// Compiles the test; brings what it needs when the step `page` has not.
fn prepare(context: &Context) -> Finished {
    if !folder(context).join("node_modules").exists() {
        let installed = tool::run(&mut npm(context, &["ci"]));
        if !installed.success {
            return installed;
        }
    }
    tool::run(&mut npm(context, &["run", "browser:compile"]))
}

fn listening(process: &mut Process) -> Result<SocketAddr, String> {
    match process.first_sign(START) {
        Start::Listens(address) => Ok(address),
        Start::Ended(status) => Err(format!("the gateway ended with {status}")),
        Start::Neither => Err(format!(
            "after {} s the gateway did not listen",
            START.as_secs()
        )),
    }
}

/// The last line is `N passed, N failed`.
fn told(finished: &Finished) -> Outcome {
    let last = finished.stdout().last().map(str::to_owned);
    let (passed, failed) = last.as_deref().and_then(counts).unzip();
    from_counts(finished, passed, failed)
}

fn counts(line: &str) -> Option<(u64, u64)> {
    let (passed, failed) = line.strip_suffix(" failed")?.split_once(" passed, ")?;
    Some((passed.parse().ok()?, failed.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_last_line() {
        assert_eq!(counts("48 passed, 2 failed"), Some((48, 2)));
        assert_eq!(counts("48 passed"), None);
        assert_eq!(counts("ok 1 passed, 2 failed, or so"), None);
    }
}
