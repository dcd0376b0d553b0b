//! The rule files, and the rules in the binary.

use std::path::PathBuf;

use llm_vitals_alert::{RuleFile, Rules};

use crate::runbooks;

/// The rules that come with the gateway.
const DEFAULT_PACK: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../crates/llm-vitals-alert/rules/default.yml"
));

/// Their name, in errors and in `/api/v1/rules`.
const DEFAULT_PACK_NAME: &str = "default pack";

/// Where the rules are from.
#[derive(Debug)]
pub(super) struct Files {
    paths: Vec<PathBuf>,
    default_pack: bool,
}

impl Files {
    pub(super) fn new(paths: Vec<PathBuf>, default_pack: bool) -> Self {
        Self {
            paths,
            default_pack,
        }
    }

    /// Reads all of them, or says what is wrong in all of them, with line, column and a mark under the place.
    pub(super) fn load(&self) -> Result<Rules, String> {
        let default_pack = self
            .default_pack
            .then(|| RuleFile::parse(DEFAULT_PACK_NAME, &runbooks::served(DEFAULT_PACK)));
        let read = self.paths.iter().map(|path| RuleFile::read(path));
        let mut files = Vec::new();
        let mut wrong = Vec::new();
        for file in default_pack.into_iter().chain(read) {
            match file {
                Ok(file) => files.push(file),
                Err(error) => wrong.push(error.render().trim_end().to_owned()),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong.join("\n"));
        }
        Rules::new(files).map_err(|error| error.render().trim_end().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_pack_loads() {
        let rules = Files::new(Vec::new(), true).load().unwrap();
        let files: Vec<_> = rules.groups().iter().map(|group| group.file()).collect();
        assert_eq!(files.last(), Some(&DEFAULT_PACK_NAME));
    }

    #[test]
    fn what_is_wrong_in_any_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<_> = ["a.yml", "b.yml", "c.yml"]
            .map(|name| folder.path().join(name))
            .into();
        for (path, text) in paths.iter().zip([
            "alerts: [{name: A, condition: error_rate > }]\n",
            "alerts: []\n",
            "alerts: [{name: C, condition: error_rate > 1, duraton: 5m}]\n",
        ]) {
            std::fs::write(path, text).unwrap();
        }
        let error = Files::new(paths.clone(), true).load().unwrap_err();
        let has = |path: &PathBuf| error.contains(&format!("{}:1:", path.display()));
        assert_eq!(
            (has(&paths[0]), has(&paths[1]), has(&paths[2])),
            (true, false, true),
            "{error}"
        );
    }
}
