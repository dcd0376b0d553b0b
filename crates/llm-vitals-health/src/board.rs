//! All checks and what follows from them. Pure: results and moments in, transitions out.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::entry::{Entry, Moment};
use crate::error::{Error, Problem};
use crate::group::{Group, GroupPolicy};
use crate::report::Report;
use crate::status::Status;
use crate::transition::{Subject, Transition};
use crate::verdict::{Vote, verdict};

type Groups = [Status; Group::ALL.len()];

/// What a reader needs most often, so that it need not look at the checks.
#[derive(Clone, Debug)]
pub(crate) struct Overview {
    pub(crate) groups: Groups,
    pub(crate) passes: [bool; Group::ALL.len()],
    /// The first moment at which a result gets too old, or an earlier one; from then on the checks have to be looked at.
    pub(crate) valid_until: Option<Instant>,
}

#[derive(Debug)]
pub(crate) struct Board {
    entries: BTreeMap<u64, Entry>,
    names: HashMap<Arc<str>, u64>,
    policies: [GroupPolicy; Group::ALL.len()],
    groups: Groups,
    /// All checks that the application begins with are there.
    is_complete: bool,
    has_started: bool,
    is_unready: bool,
    next_id: u64,
}

impl Board {
    pub(crate) fn new(policies: [GroupPolicy; Group::ALL.len()]) -> Self {
        Self {
            entries: BTreeMap::new(),
            names: HashMap::new(),
            groups: policies.map(|policy| policy.empty()),
            policies,
            is_complete: false,
            has_started: false,
            is_unready: false,
            next_id: 0,
        }
    }

    /// Adds a check, and returns its number.
    pub(crate) fn insert(
        &mut self,
        entry: Entry,
        at: Moment,
    ) -> Result<(u64, Vec<Transition>), Error> {
        let name = &entry.name;
        let set = entry.settings.set.as_ref();
        let clashes = |other: &Entry| {
            other.name == *name
                || Some(&other.name) == set
                || other.settings.set.as_ref() == Some(name)
        };
        // In the answers the names of sets and of checks without a set stand side by side.
        if self.entries.values().any(clashes) || set == Some(name) {
            return Err(Error::new(name, Problem::Duplicate));
        }
        let id = self.next_id;
        self.next_id += 1;
        self.names.insert(Arc::clone(name), id);
        self.entries.insert(id, entry);
        Ok((id, self.judge(at)))
    }

    pub(crate) fn remove(&mut self, name: &str, at: Moment) -> Option<(u64, Vec<Transition>)> {
        let id = self.names.remove(name)?;
        self.entries.remove(&id);
        Some((id, self.judge(at)))
    }

    /// Counts a run. `None` when there is no such check; no transitions also mean that the overview has not changed.
    pub(crate) fn record(
        &mut self,
        id: u64,
        report: Report,
        duration: Duration,
        at: Moment,
    ) -> Option<Vec<Transition>> {
        let entry = self.entries.get_mut(&id)?;
        let Some(from) = entry.record(report, duration, at) else {
            return Some(Vec::new());
        };
        let mut transitions = vec![of_check(entry, from, at)];
        transitions.extend(self.judge(at));
        Some(transitions)
    }

    /// Makes unknown what is too old.
    pub(crate) fn expire(&mut self, at: Moment) -> Vec<Transition> {
        let mut transitions = Vec::new();
        for entry in self.entries.values_mut() {
            if let Some(from) = entry.expire(at) {
                transitions.push(of_check(entry, from, at));
            }
        }
        transitions.extend(self.judge(at));
        transitions
    }

    /// All checks that the application begins with are there: from now on it can have started.
    pub(crate) fn complete(&mut self, at: Moment) -> Vec<Transition> {
        self.is_complete = true;
        self.judge(at)
    }

    /// Makes the process not ready, whatever its checks say.
    pub(crate) fn set_unready(&mut self, at: Moment) -> Vec<Transition> {
        self.is_unready = true;
        self.judge(at)
    }

    pub(crate) fn overview(&self) -> Overview {
        Overview {
            groups: self.groups,
            passes: Group::ALL.map(|group| self.passes(group, self.groups[group.index()])),
            valid_until: self.entries.values().filter_map(Entry::expires).min(),
        }
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    pub(crate) fn name(&self, id: u64) -> Option<Arc<str>> {
        Some(Arc::clone(&self.entries.get(&id)?.name))
    }

    pub(crate) fn find(&self, name: &str) -> Option<(u64, &Entry)> {
        let id = *self.names.get(name)?;
        Some((id, self.entries.get(&id)?))
    }

    fn judge(&mut self, at: Moment) -> Vec<Transition> {
        let mut transitions = Vec::new();
        for group in Group::ALL {
            let to = self.verdict(group);
            if group == Group::Startup && self.is_complete && self.passes(group, to) {
                self.has_started = true;
            }
            let from = std::mem::replace(&mut self.groups[group.index()], to);
            if from != to {
                transitions.push(Transition {
                    subject: Subject::Group(group),
                    from,
                    to,
                    cause: None,
                    at: at.wall,
                });
            }
        }
        transitions
    }

    fn passes(&self, group: Group, status: Status) -> bool {
        self.policies[group.index()].passes(status)
    }

    fn verdict(&self, group: Group) -> Status {
        match group {
            // What has started stays so: a probe that fails later would only delay the others.
            Group::Startup if self.has_started => return Status::Up,
            Group::Ready if self.is_unready => return Status::Down,
            _ => {}
        }
        let votes = self.entries.values().filter_map(|entry| {
            Some(Vote {
                status: entry.status(),
                criticality: entry.settings.criticality[group.index()]?,
                set: entry.settings.set.as_deref(),
                is_shared: entry.settings.is_shared,
            })
        });
        verdict(group, self.policies[group.index()].empty(), votes)
    }
}

fn of_check(entry: &Entry, from: Status, at: Moment) -> Transition {
    Transition {
        subject: Subject::Check(Arc::clone(&entry.name)),
        from,
        to: entry.status(),
        cause: entry.cause(),
        at: at.wall,
    }
}
