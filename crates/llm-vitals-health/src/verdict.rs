//! From the statuses of checks to that of a group. Pure.

use std::collections::BTreeMap;

use crate::group::{Criticality, Group};
use crate::status::Status;

/// What a check brings into the verdict.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vote<'a> {
    pub(crate) status: Status,
    pub(crate) criticality: Criticality,
    pub(crate) set: Option<&'a str>,
    pub(crate) is_shared: bool,
}

/// The checks of one set together.
#[derive(Clone, Copy, Debug)]
struct SetVote {
    worst: Status,
    serves: bool,
    criticality: Criticality,
    is_shared: bool,
}

/// The status of a group; `empty` when nobody votes.
pub(crate) fn verdict<'a>(
    group: Group,
    empty: Status,
    votes: impl Iterator<Item = Vote<'a>>,
) -> Status {
    let mut verdict = None;
    let mut sets: BTreeMap<&str, SetVote> = BTreeMap::new();
    let mut count = |status: Status| {
        verdict = Some(verdict.map_or(status, |worst: Status| worst.worse(status)));
    };
    for vote in votes {
        match vote.set {
            Some(_) if vote.criticality == Criticality::Informational => count(Status::Up),
            Some(set) => add(&mut sets, set, vote),
            None => count(weigh(vote.status, vote.criticality, vote.is_shared, group)),
        }
    }
    for set in sets.into_values() {
        // One that serves stands in for the others.
        let status = if set.serves && set.worst != Status::Up {
            Status::Degraded
        } else {
            set.worst
        };
        count(weigh(status, set.criticality, set.is_shared, group));
    }
    verdict.unwrap_or(empty)
}

fn add<'a>(sets: &mut BTreeMap<&'a str, SetVote>, name: &'a str, vote: Vote<'a>) {
    let set = sets.entry(name).or_insert(SetVote {
        worst: vote.status,
        serves: false,
        criticality: vote.criticality,
        is_shared: vote.is_shared,
    });
    set.worst = set.worst.worse(vote.status);
    set.serves |= vote.status.is_serving();
    set.criticality = set.criticality.max(vote.criticality);
    set.is_shared |= vote.is_shared;
}

fn weigh(status: Status, criticality: Criticality, is_shared: bool, group: Group) -> Status {
    match (criticality, status) {
        (Criticality::Informational, _) | (_, Status::Up) => Status::Up,
        (Criticality::Degrading, _) => Status::Degraded,
        // Unknown is not capped: what is not known may be this process' own fault.
        (Criticality::Critical, Status::Down) if is_shared && group == Group::Ready => {
            Status::Degraded
        }
        (Criticality::Critical, status) => status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Criticality::{Critical, Degrading, Informational};
    use Status::{Degraded, Down, Unknown, Up};

    fn vote(status: Status, criticality: Criticality) -> Vote<'static> {
        Vote {
            status,
            criticality,
            set: None,
            is_shared: false,
        }
    }

    fn ready(votes: &[Vote<'static>]) -> Status {
        verdict(Group::Ready, Up, votes.iter().copied())
    }

    #[test]
    fn a_group_without_checks_is_as_it_was_told() {
        assert_eq!(verdict(Group::Ready, Unknown, [].into_iter()), Unknown);
        assert_eq!(ready(&[]), Up);
    }

    #[test]
    fn a_failure_weighs_as_much_as_its_criticality() {
        for (criticality, when_down, when_unknown, when_degraded) in [
            (Critical, Down, Unknown, Degraded),
            (Degrading, Degraded, Degraded, Degraded),
            (Informational, Up, Up, Up),
        ] {
            assert_eq!(ready(&[vote(Down, criticality)]), when_down);
            assert_eq!(ready(&[vote(Unknown, criticality)]), when_unknown);
            assert_eq!(ready(&[vote(Degraded, criticality)]), when_degraded);
            assert_eq!(ready(&[vote(Up, criticality)]), Up);
        }
        assert_eq!(
            ready(&[vote(Unknown, Critical), vote(Down, Critical)]),
            Down
        );
        assert_eq!(
            ready(&[vote(Down, Degrading), vote(Up, Critical)]),
            Degraded
        );
    }

    #[test]
    fn a_set_is_down_when_none_of_it_serves() {
        let member = |status| Vote {
            set: Some("providers"),
            ..vote(status, Critical)
        };
        assert_eq!(ready(&[member(Up), member(Up)]), Up);
        assert_eq!(ready(&[member(Down), member(Up)]), Degraded);
        assert_eq!(ready(&[member(Down), member(Degraded)]), Degraded);
        assert_eq!(ready(&[member(Unknown), member(Unknown)]), Unknown);
        assert_eq!(ready(&[member(Down), member(Unknown)]), Down);
    }

    #[test]
    fn what_all_replicas_share_does_not_take_them_all_out() {
        let shared = |status| Vote {
            is_shared: true,
            ..vote(status, Critical)
        };
        assert_eq!(ready(&[shared(Down)]), Degraded);
        assert_eq!(ready(&[shared(Unknown)]), Unknown);
        let overall = verdict(Group::Overall, Up, [shared(Down)].into_iter());
        assert_eq!(overall, Down);
    }
}
