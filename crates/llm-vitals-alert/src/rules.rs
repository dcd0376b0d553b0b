//! All rules that an evaluator works with.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Problem};
use crate::group::Group;
use crate::rule::Rule;
use crate::rule_file::RuleFile;
use crate::signals::signals;

/// The groups of all files, with the signals in front.
///
/// ```
/// use llm_vitals_alert::{RuleFile, Rules};
///
/// let rules = Rules::new([RuleFile::parse("a.yml", "alerts: [{name: Slow, condition: p95_latency > 2000}]")?])?;
/// let names: Vec<_> = rules.groups().iter().map(|group| group.name()).collect();
/// assert_eq!(names, ["llm-vitals-signals", "llm-vitals"]);
/// # Ok::<(), llm_vitals_alert::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Rules {
    groups: Vec<Arc<Group>>,
}

impl Rules {
    /// The signals and the rules of `files`. An error if two files have the same name.
    pub fn new(files: impl IntoIterator<Item = RuleFile>) -> Result<Self, Error> {
        let mut rules = Self::without_signals(files)?;
        rules
            .groups
            .splice(0..0, signals().groups().iter().cloned().map(Arc::new));
        Ok(rules)
    }

    /// The rules of `files` and nothing else: for files that have the signals in them, as an export has.
    pub fn without_signals(files: impl IntoIterator<Item = RuleFile>) -> Result<Self, Error> {
        let mut groups = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for file in files {
            if names.iter().any(|name| name == file.name()) {
                let message = "there are two files of this name";
                return Err(Problem::new(ErrorKind::Rule, file.name(), message).into());
            }
            names.push(file.name().to_owned());
            groups.extend(file.groups().iter().cloned().map(Arc::new));
        }
        Ok(Self { groups })
    }

    /// Reads files, all or none: the error holds what is wrong in all of them.
    pub fn load<P: AsRef<Path>>(paths: &[P]) -> Result<Self, Error> {
        let mut files = Vec::new();
        let mut problems = Vec::new();
        for path in paths {
            match RuleFile::read(path.as_ref()) {
                Ok(file) => files.push(file),
                Err(error) => problems.extend(error.problems().iter().cloned()),
            }
        }
        if !problems.is_empty() {
            return Err(Error::new(problems));
        }
        Self::new(files)
    }

    /// The same groups in another order: those that `names` names in its order, those that it does not name among the first, as
    /// rule tests have it.
    #[must_use]
    pub fn with_group_order<N: AsRef<str>>(mut self, names: &[N]) -> Self {
        let position = |name: &str| names.iter().position(|have| have.as_ref() == name);
        // A name that is not there counts as the first.
        self.groups
            .sort_by_key(|group| position(group.name()).unwrap_or(0));
        self
    }

    /// The rules that look further back than a store keeps its samples, each with its group: they give other values than they say.
    pub fn beyond(&self, retention: Duration) -> impl Iterator<Item = (&Group, &Rule)> {
        let groups = self.groups.iter().map(|group| &**group);
        let rules = groups.flat_map(|group| group.rules().iter().map(move |rule| (group, rule)));
        rules.filter(move |(_, rule)| rule.reach() > retention)
    }

    pub(crate) fn into_groups(self) -> Vec<Arc<Group>> {
        self.groups
    }

    /// The groups, in the order of their evaluation.
    #[must_use]
    pub fn groups(&self) -> &[Arc<Group>] {
        &self.groups
    }
}
