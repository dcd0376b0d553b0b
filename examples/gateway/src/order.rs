//! In which order the providers of a model are asked.

use std::collections::VecDeque;

use llm_vitals_health::{Admission, Hold};
use tokio::time::Instant;

use crate::routing::Target;
use crate::upstream::Upstreams;

/// The providers of a model as they are asked: in the order of the route, but those last that are held.
///
/// One that is held is asked all the same when no other is left, so that there is always somebody to ask; one that has asked
/// for a pause only when nobody else was asked.
pub(crate) struct Order<'a> {
    upstreams: &'a Upstreams,
    targets: VecDeque<Target>,
    held: VecDeque<(Target, Hold)>,
    has_asked: bool,
}

impl<'a> Order<'a> {
    pub(crate) fn new(upstreams: &'a Upstreams, targets: Vec<Target>) -> Self {
        Self {
            upstreams,
            targets: targets.into(),
            held: VecDeque::new(),
            has_asked: false,
        }
    }

    /// The next one, with what is to be kept until its answer has ended.
    pub(crate) fn next(&mut self) -> Option<(Target, Option<Admission>)> {
        while let Some(target) = self.targets.pop_front() {
            let health = &self.upstreams.list[target.provider].health;
            match health.admit(Instant::now()) {
                Admission::Held { hold, .. } => self.held.push_back((target, hold)),
                admission => {
                    self.has_asked = true;
                    return Some((target, Some(admission)));
                }
            }
        }
        while let Some((target, hold)) = self.held.pop_front() {
            if hold == Hold::Throttled && self.has_asked {
                continue;
            }
            self.has_asked = true;
            return Some((target, None));
        }
        None
    }

    /// Whether nobody is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.targets.is_empty() && self.held.is_empty()
    }
}
