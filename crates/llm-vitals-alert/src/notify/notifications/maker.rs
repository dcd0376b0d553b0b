//! From a configuration to lanes and heartbeats.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::notify::build::{build_notifier, build_pulse};
use crate::notify::config::{Config, Settings};
use crate::notify::delivery::{Lane, QueueLimits};
use crate::notify::heartbeat::Heart;
use crate::notify::notifier::Notifier;

/// Makes them, at the start and with each reload.
#[derive(Default)]
pub(crate) struct Maker {
    /// Notifiers of the application, by receiver and index.
    pub(crate) own: HashMap<(String, usize), Arc<dyn Notifier>>,
    pub(crate) limits: QueueLimits,
    last_id: u64,
}

impl Maker {
    /// An error if a receiver cannot be made.
    pub(crate) fn make(&mut self, config: &Config) -> Result<(Vec<Lane>, Vec<Heart>), Error> {
        let texts = config.texts()?;
        let (mut lanes, mut hearts) = (Vec::new(), Vec::new());
        for receiver in config.receivers() {
            let from = lanes.len();
            for (index, integration) in receiver.integrations().iter().enumerate() {
                let own = self.own.get(&(receiver.name().to_owned(), index));
                let notifier = match (own, integration.settings()) {
                    (Some(own), _) => Arc::clone(own),
                    (None, Settings::Heartbeat(settings)) => {
                        let (pulse, interval) = build_pulse(receiver.name(), settings)?;
                        hearts.push(Heart::new(receiver.name(), index, pulse, interval));
                        continue;
                    }
                    (None, _) => Arc::from(build_notifier(receiver.name(), integration, &texts)?),
                };
                self.last_id += 1;
                lanes.push(Lane::new(
                    receiver.name(),
                    index,
                    self.last_id,
                    notifier,
                    self.limits,
                ));
            }
            name(&mut lanes[from..]);
        }
        Ok((lanes, hearts))
    }
}

/// Gives the lanes of one receiver names of which no two are the same.
fn name(lanes: &mut [Lane]) {
    let kinds: Vec<&str> = lanes.iter().map(Lane::integration).collect();
    for lane in lanes.iter_mut() {
        let kind = lane.integration();
        if kinds.iter().filter(|have| **have == kind).count() > 1 {
            lane.name = format!("{kind}[{}]", lane.index);
        }
    }
}

impl fmt::Debug for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maker").finish_non_exhaustive()
    }
}
