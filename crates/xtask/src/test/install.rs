//! The step `tools`: the real servers and checkers that tests use.

use std::process::Command;

use crate::tool;

use super::Context;
use super::report::{Outcome, Report};

/// A program that a test calls, and the Debian package that brings it.
struct Tool {
    program: &'static str,
    package: &'static str,
}

const TOOLS: [Tool; 7] = [
    Tool {
        program: "redis-server",
        package: "redis-server",
    },
    Tool {
        program: "prometheus-redis-exporter",
        package: "prometheus-redis-exporter",
    },
    Tool {
        program: "prometheus",
        package: "prometheus",
    },
    Tool {
        program: "promtool",
        package: "prometheus",
    },
    Tool {
        program: "amtool",
        package: "prometheus-alertmanager",
    },
    // What tests use is the module, which belongs to /usr/bin/python3.
    Tool {
        program: "aiosmtpd",
        package: "python3-aiosmtpd",
    },
    Tool {
        program: "chromium",
        package: "chromium",
    },
];

const SCRIPT: &str = include_str!("install.sh");

pub(super) fn run(context: &mut Context, report: &mut Report) {
    report.step("tools", || {
        let packages = packages(|program| tool::find(program).is_some());
        if packages.is_empty() {
            return Outcome::passed(names().join(", "));
        }
        let Some(mut shell) = root_shell() else {
            return context.missing(advice(&packages));
        };
        println!("    installing {}", packages.join(", "));
        let status = tool::run_aloud(shell.args(["-c", SCRIPT, "install"]).args(&packages));
        let missing = self::packages(|program| tool::find(program).is_some());
        if missing.is_empty() {
            return Outcome::passed(names().join(", "));
        }
        let status = status.map_or_else(
            |problem| problem,
            |status| format!("the installation ended with {status}"),
        );
        context.missing(format!("{status}; {}", advice(&missing)))
    });
}

fn names() -> Vec<&'static str> {
    TOOLS.iter().map(|tool| tool.program).collect()
}

/// The packages of the programs that are not there, each once.
fn packages(is_there: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let missing = TOOLS.iter().filter(|tool| !is_there(tool.program));
    let mut packages: Vec<_> = missing.map(|tool| tool.package).collect();
    packages.dedup();
    packages
}

/// A shell that may install, where there is apt and root or a sudo that does not ask.
fn root_shell() -> Option<Command> {
    tool::find("apt-get")?;
    if tool::run(tool::command("id").arg("-u")).stdout().eq(["0"]) {
        return Some(tool::command("sh"));
    }
    let sudo = tool::run(tool::command("sudo").args(["-n", "true"]));
    sudo.success.then(|| {
        let mut command = tool::command("sudo");
        command.args(["-n", "sh"]);
        command
    })
}

fn advice(packages: &[&str]) -> String {
    let packages = packages.join(" ");
    if tool::find("apt-get").is_some() {
        format!(
            "run `sudo apt-get update && sudo apt-get install --no-install-recommends {packages}`"
        )
    } else {
        format!(
            "install what Debian calls {packages}, so that {} are on PATH",
            names().join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_each_missing_package_once() {
        assert_eq!(packages(|_| true), Vec::<&str>::new());
        assert_eq!(
            packages(|_| false),
            [
                "redis-server",
                "prometheus-redis-exporter",
                "prometheus",
                "prometheus-alertmanager",
                "python3-aiosmtpd",
                "chromium"
            ]
        );
        assert_eq!(packages(|program| program != "promtool"), ["prometheus"]);
    }
}
