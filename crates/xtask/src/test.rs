//! `cargo xtask test`: everything that must hold before a change is done.
//!
//! Each step prints its name, its time and, when it fails, what the tool said. A failed step does not stop the others,
//! except that nothing is run that could not be built. The last line is always `N passed, N failed`, where every test,
//! doc test and further step counts one.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::workspace::Workspace;

use self::build::Executable;
use self::report::{Outcome, Report};

mod browser;
mod build;
mod checks;
mod counts;
mod examples;
mod gateway;
mod house;
mod http;
mod install;
mod page;
mod prices;
mod process;
mod report;
mod suite;

/// What the steps know of each other's work.
struct Context {
    workspace: Workspace,
    /// Under `CI=true` nothing may be left out: what is missing fails.
    ci: bool,
    /// The LiteLLM price file, when the step `prices` got it.
    prices: Option<PathBuf>,
    /// What the step `build` built; none before it ran or when it failed.
    built: Option<Vec<Executable>>,
}

struct Step {
    name: &'static str,
    about: &'static str,
    needs_build: bool,
    run: fn(&mut Context, &mut Report),
}

const STEPS: [Step; 16] = [
    step(
        "tools",
        "the servers and checkers that tests use, installed where apt can",
        install::run,
    ),
    step(
        "prices",
        "the price file of LiteLLM's current release, for one test",
        prices::run,
    ),
    step(
        "house",
        "who imports whom, and what every manifest has",
        house::run,
    ),
    step(
        "licences",
        "cargo deny, where it is installed",
        checks::licences,
    ),
    step("format", "cargo fmt --check", checks::format),
    step(
        "clippy",
        "the whole workspace, all targets and features, no warning",
        checks::clippy,
    ),
    step(
        "features",
        "each library alone, without features and with its default ones",
        checks::features,
    ),
    step("benches", "the benchmarks compile", checks::benches),
    step("build", "everything the following steps run", build::run),
    after_build(
        "tests",
        "every test (cargo nextest, else cargo test)",
        suite::tests,
    ),
    after_build(
        "doc-tests",
        "every example in the documentation",
        suite::doc_tests,
    ),
    step(
        "docs",
        "the documentation builds without a warning",
        checks::docs,
    ),
    after_build("examples", "every example, for a moment", examples::run),
    after_build(
        "gateway",
        "the gateway answers a plain and a streamed chat and counts both",
        gateway::run,
    ),
    step(
        "page",
        "the dashboard's page: types, tests, and what is embedded is what the sources make",
        page::run,
    ),
    after_build(
        "browser",
        "the page of a gateway with demo traffic, in chromium",
        browser::run,
    ),
];

const fn step(name: &'static str, about: &'static str, run: fn(&mut Context, &mut Report)) -> Step {
    Step {
        name,
        about,
        needs_build: false,
        run,
    }
}

const fn after_build(
    name: &'static str,
    about: &'static str,
    run: fn(&mut Context, &mut Report),
) -> Step {
    Step {
        name,
        about,
        needs_build: true,
        run,
    }
}

impl Context {
    /// The outcome of something that could not be had: told at the end, but a failure under CI.
    fn missing(&self, what: String) -> Outcome {
        if self.ci {
            Outcome::failed(vec![what])
        } else {
            Outcome::skipped(what)
        }
    }

    /// A cargo command that runs at the root.
    fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = crate::tool::cargo(arguments);
        command.current_dir(&self.workspace.root);
        command
    }
}

pub(crate) fn run(names: &[String]) -> ExitCode {
    if let Some(unknown) = names
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        println!("`test` has no step {unknown:?}; its steps, in their order:\n");
        list_steps();
        return ExitCode::from(2);
    }
    let workspace = match Workspace::read() {
        Ok(workspace) => workspace,
        Err(problem) => {
            println!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    let wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    let runs_something = STEPS
        .iter()
        .any(|step| step.needs_build && wanted(step.name));
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let mut context = Context {
        workspace,
        ci,
        prices: None,
        built: None,
    };
    let mut report = Report::default();
    for step in &STEPS {
        let is_needed = step.name == "build" && runs_something;
        if !(wanted(step.name) || is_needed) {
            continue;
        }
        if step.needs_build && context.built.is_none() {
            report.step(step.name, || {
                Outcome::skipped("the build failed".to_owned())
            });
        } else {
            (step.run)(&mut context, &mut report);
        }
    }
    report.close()
}

pub(crate) fn list_steps() {
    for Step { name, about, .. } in &STEPS {
        println!("  {name:<10} {about}");
    }
}
