//! What `cargo metadata` knows of this workspace.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::tool;

#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// The folder, seen from the root: `crates/xtask`.
    pub(crate) folder: PathBuf,
    pub(crate) manifest: String,
    pub(crate) has_library: bool,
    pub(crate) has_default_features: bool,
    pub(crate) dependencies: Vec<Dependency>,
}

#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) for_tests_only: bool,
}

impl Workspace {
    /// Reads the workspace of the current folder.
    pub(crate) fn read() -> Result<Self, String> {
        let finished = tool::run(&mut tool::cargo([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
        ]));
        if !finished.success {
            return Err(finished.output().join("\n"));
        }
        let text: String = finished.stdout().collect();
        let value = serde_json::from_str(&text)
            .map_err(|error| format!("cannot read `cargo metadata`: {error}"))?;
        Self::parse(&value)
    }

    /// The crates that others may use: those under `crates/` with a library.
    pub(crate) fn libraries(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| package.has_library && package.folder.starts_with("crates"))
    }

    fn parse(value: &Value) -> Result<Self, String> {
        let root = PathBuf::from(text(value, "workspace_root")?);
        let target = PathBuf::from(text(value, "target_directory")?);
        let packages = list(value, "packages")
            .iter()
            .map(|package| Package::parse(package, &root));
        let packages = packages.collect::<Result<_, _>>()?;
        Ok(Self {
            root,
            target,
            packages,
        })
    }
}

impl Package {
    fn parse(value: &Value, root: &Path) -> Result<Self, String> {
        let path = Path::new(text(value, "manifest_path")?);
        let manifest = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read {path:?}: {error}"))?;
        let folder = path
            .parent()
            .and_then(|folder| folder.strip_prefix(root).ok())
            .unwrap_or(path);
        let dependencies = list(value, "dependencies").iter().map(|dependency| {
            Ok(Dependency {
                name: text(dependency, "name")?.to_owned(),
                for_tests_only: dependency["kind"] == "dev",
            })
        });
        Ok(Self {
            name: text(value, "name")?.to_owned(),
            folder: folder.to_owned(),
            manifest,
            has_library: list(value, "targets")
                .iter()
                .any(|target| list(target, "kind").contains(&"lib".into())),
            has_default_features: !list(&value["features"], "default").is_empty(),
            dependencies: dependencies.collect::<Result<_, String>>()?,
        })
    }
}

fn text<'a>(value: &'a Value, field: &str) -> Result<&'a str, String> {
    value[field]
        .as_str()
        .ok_or_else(|| format!("`cargo metadata` has no text {field:?} where one is expected"))
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_this_very_package() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .unwrap();
        let metadata = serde_json::json!({
            "workspace_root": root,
            "target_directory": root.join("target"),
            "packages": [{
                "name": "xtask",
                "manifest_path": root.join("crates/xtask/Cargo.toml"),
                "features": {"default": ["a"], "a": []},
                "targets": [{"kind": ["bin"]}],
                "dependencies": [{"name": "serde_json", "kind": null}, {"name": "tempfile", "kind": "dev"}],
            }],
        });
        let workspace = Workspace::parse(&metadata).unwrap();
        let package = &workspace.packages[0];
        assert_eq!(package.folder, Path::new("crates/xtask"));
        assert!(package.manifest.contains("name = \"xtask\""));
        assert!(package.has_default_features);
        assert!(!package.has_library);
        assert!(!package.dependencies[0].for_tests_only);
        assert!(package.dependencies[1].for_tests_only);
        assert_eq!(workspace.libraries().count(), 0);
    }
}
