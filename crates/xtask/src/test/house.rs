//! The step `house`: who may import whom. This table is the one place that says so.

use crate::workspace::{Package, Workspace};

use super::Context;
use super::report::{Outcome, Report};

/// What a package may import of ours, besides nothing.
enum May {
    Import(&'static [&'static str]),
    /// Any crate under `crates/` with a library.
    ImportAll,
}

use May::{Import, ImportAll};

/// A crate without a row is an error, so that a new one decides what it may import.
const TABLE: [(&str, May); 15] = [
    ("llm-vitals-provider", Import(&[])),
    ("llm-vitals-cost", Import(&[])),
    (
        "llm-vitals-tower",
        Import(&["llm-vitals-provider", "llm-vitals-cost"]),
    ),
    ("llm-vitals-prometheus", Import(&[])),
    ("llm-vitals-redis", Import(&[])),
    ("llm-vitals-health", Import(&[])),
    ("llm-vitals-promql", Import(&[])),
    ("llm-vitals-alert", Import(&["llm-vitals-promql"])),
    (
        "llm-vitals-dashboard",
        Import(&["llm-vitals-promql", "llm-vitals-alert"]),
    ),
    ("llm-vitals-scaling", Import(&["llm-vitals-promql"])),
    ("llm-vitals-otel", Import(&["llm-vitals-provider"])),
    (
        "llm-vitals-cli",
        Import(&[
            "llm-vitals-alert",
            "llm-vitals-promql",
            "llm-vitals-dashboard",
        ]),
    ),
    ("llm-vitals-gateway", ImportAll),
    ("llm-vitals-benches", ImportAll),
    ("xtask", Import(&[])),
];

/// Measured against in `benches/`, and in nobody's build but that one's.
const COMPETITORS: [&str; 4] = [
    "axum-prometheus",
    "opentelemetry-instrumentation-tower",
    "tower-otel",
    "tower-otel-http-metrics",
];

pub(super) fn run(context: &mut Context, report: &mut Report) {
    report.step("house", || {
        let problems = problems(&context.workspace);
        if problems.is_empty() {
            Outcome::passed("")
        } else {
            Outcome::failed(problems)
        }
    });
}

fn problems(workspace: &Workspace) -> Vec<String> {
    let mut problems: Vec<String> = Vec::new();
    for package in &workspace.packages {
        problems.extend(imports(package, workspace));
        problems.extend(manners(package));
    }
    problems.extend(circle(&workspace.packages));
    problems
}

fn imports(package: &Package, workspace: &Workspace) -> Vec<String> {
    let name = &package.name;
    let Some((_, may)) = TABLE.iter().find(|(row, _)| row == name) else {
        return vec![format!(
            "{name} has no row in the table of crates/xtask/src/test/house.rs: add what it may import"
        )];
    };
    let mut problems = Vec::new();
    for dependency in &package.dependencies {
        let other = dependency.name.as_str();
        if COMPETITORS.contains(&other) && name != super::checks::BENCHES {
            problems.push(format!(
                "{name} depends on {other}, which only llm-vitals-benches may"
            ));
        }
        if !workspace
            .packages
            .iter()
            .any(|package| package.name == other)
        {
            continue;
        }
        let is_library = workspace.libraries().any(|package| package.name == other);
        let allowed = match may {
            // A test or an example may show a crate together with any other.
            _ if dependency.for_tests_only => is_library,
            ImportAll => is_library,
            Import(list) => list.contains(&other),
        };
        if !allowed {
            problems.push(format!(
                "{name} may not import {other} (the table is in crates/xtask/src/test/house.rs)"
            ));
        }
    }
    problems
}

/// What every manifest has: the workspace's lints, and under `crates/` a folder with the crate's name.
fn manners(package: &Package) -> Vec<String> {
    let Package {
        name,
        folder,
        manifest,
        ..
    } = package;
    let mut problems = Vec::new();
    if !manifest.contains("[lints]\nworkspace = true") {
        problems.push(format!(
            "{name} does not take the workspace's lints: add `[lints]` with `workspace = true`"
        ));
    }
    if folder.starts_with("crates") && !folder.ends_with(name) {
        problems.push(format!(
            "{name} lies in {}: a crate's folder has the crate's name",
            folder.display()
        ));
    }
    problems
}

/// A circle, by way of tests too: two crates that need each other cannot be published one after the other.
fn circle(packages: &[Package]) -> Option<String> {
    let mut done = Vec::new();
    packages
        .iter()
        .find_map(|package| circle_from(package, packages, &mut Vec::new(), &mut done))
}

/// Walks depth first; `path` leads to this package, `done` is known to lead into no circle.
fn circle_from<'a>(
    package: &'a Package,
    packages: &'a [Package],
    path: &mut Vec<&'a str>,
    done: &mut Vec<&'a str>,
) -> Option<String> {
    let name = package.name.as_str();
    if let Some(start) = path.iter().position(|passed| *passed == name) {
        return Some(format!(
            "a circle: {} -> {name}",
            path[start..].join(" -> ")
        ));
    }
    if done.contains(&name) {
        return None;
    }
    path.push(name);
    let found = package.dependencies.iter().find_map(|dependency| {
        // A crate that lists itself for its tests only asks for its own features.
        let other = packages
            .iter()
            .find(|other| other.name == dependency.name && other.name != name)?;
        circle_from(other, packages, path, done)
    });
    path.pop();
    done.push(name);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    const LINTS: &str = "[lints]\nworkspace = true\n";

    fn package(name: &str, imports: &[&str], for_tests: &[&str]) -> Package {
        let dependency = |name: &&str, for_tests_only| Dependency {
            name: (*name).to_owned(),
            for_tests_only,
        };
        let imports = imports.iter().map(|name| dependency(name, false));
        let for_tests = for_tests.iter().map(|name| dependency(name, true));
        Package {
            name: name.to_owned(),
            folder: format!("crates/{name}").into(),
            manifest: LINTS.to_owned(),
            has_library: name != "xtask",
            has_default_features: false,
            dependencies: imports.chain(for_tests).collect(),
        }
    }

    fn check(packages: Vec<Package>) -> Vec<String> {
        problems(&Workspace {
            root: "/w".into(),
            target: "/w/target".into(),
            packages,
        })
    }

    #[test]
    fn the_table_is_kept() {
        let provider = || package("llm-vitals-provider", &["bytes"], &[]);
        let tower = || package("llm-vitals-tower", &["llm-vitals-provider"], &[]);
        assert_eq!(check(vec![provider(), tower()]), Vec::<String>::new());
        let found = check(vec![
            provider(),
            package("llm-vitals-cost", &["llm-vitals-provider"], &[]),
        ]);
        let expected = "llm-vitals-cost may not import llm-vitals-provider (the table is in crates/xtask/src/test/house.rs)";
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_test_may_use_any_library_but_no_example_and_in_no_circle() {
        let prometheus = || package("llm-vitals-prometheus", &[], &[]);
        assert_eq!(
            check(vec![
                prometheus(),
                package("llm-vitals-tower", &[], &["llm-vitals-prometheus"])
            ]),
            [""; 0]
        );
        let found = check(vec![
            package("xtask", &[], &[]),
            package("llm-vitals-cost", &[], &["xtask"]),
        ]);
        assert_eq!(
            found,
            [
                "llm-vitals-cost may not import xtask (the table is in crates/xtask/src/test/house.rs)"
            ]
        );
        let circle = vec![
            package("llm-vitals-cost", &[], &["llm-vitals-tower"]),
            package("llm-vitals-tower", &["llm-vitals-cost"], &[]),
        ];
        assert_eq!(
            check(circle),
            ["a circle: llm-vitals-cost -> llm-vitals-tower -> llm-vitals-cost"]
        );
    }

    #[test]
    fn competitors_stay_in_the_benchmarks() {
        let found = check(vec![package("llm-vitals-tower", &[], &["tower-otel"])]);
        assert_eq!(
            found,
            ["llm-vitals-tower depends on tower-otel, which only llm-vitals-benches may"]
        );
    }

    #[test]
    fn a_new_crate_needs_a_row_lints_and_its_folder() {
        let mut stranger = package("stranger", &[], &[]);
        stranger.manifest.clear();
        stranger.folder = "crates/other".into();
        let expected = [
            "stranger has no row in the table of crates/xtask/src/test/house.rs: add what it may import",
            "stranger does not take the workspace's lints: add `[lints]` with `workspace = true`",
            "stranger lies in crates/other: a crate's folder has the crate's name",
        ];
        assert_eq!(check(vec![stranger]), expected);
    }

    #[test]
    fn the_table_itself_has_no_circle_and_no_unknown_name() {
        let rows = TABLE.iter().map(|(name, may)| match may {
            Import(list) => package(name, list, &[]),
            ImportAll => package(name, &[], &[]),
        });
        let packages: Vec<Package> = rows.collect();
        assert_eq!(circle(&packages), None);
        for dependency in packages.iter().flat_map(|package| &package.dependencies) {
            assert!(
                packages
                    .iter()
                    .any(|package| package.name == dependency.name),
                "{}",
                dependency.name
            );
        }
    }
}
