//! The series in Prometheus' text format.

mod derived;
mod family;
mod keys;
mod lists;
mod node;

use tokio::time::Instant;

use self::family::Family;
use crate::collector::Standing;
use crate::metrics::{DISCOVERY_UP, LAST_TICK, LEASED, OWNER, TICK_DURATION};
use crate::state::{NodeState, State};

/// Appends all families. Families without a sample are left out.
pub(crate) fn render(state: &State, now: Instant, out: &mut String) {
    if !state.is_fresh(now) {
        return;
    }
    let target = [("target", state.target.as_str())];
    let is_owner = state.standing != Standing::Standby;
    Family::new(out, OWNER).sample(&target, u8::from(is_owner));
    if state.has_lease {
        Family::new(out, LEASED).sample(&target, u8::from(state.standing != Standing::Unleased));
    }
    if !is_owner {
        return;
    }
    if let Some(up) = state.discovery_up {
        Family::new(out, DISCOVERY_UP).sample(&target, u8::from(up));
    }
    if let Some(tick) = &state.last_tick {
        Family::new(out, TICK_DURATION).sample(&target, tick.took.as_secs_f64());
        Family::new(out, LAST_TICK).sample(&target, tick.unix);
    }
    let nodes: Vec<&NodeState> = state.nodes.values().collect();
    node::render(&nodes, out);
    lists::render(&nodes, state, out);
    derived::render(&nodes, now, out);
    keys::render(&nodes, now, out);
    if state.shows_keys {
        keys::lengths(&nodes, out);
    }
}
