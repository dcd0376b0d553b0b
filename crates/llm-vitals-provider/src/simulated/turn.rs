//! One request on its way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time::Instant;

use crate::rate_limits::RateLimits;
use crate::response::Head;
use crate::simulated::draw::Draw;

/// One request on its way: its number, and everything that is drawn for it.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) number: u64,
    pub(crate) arrival: Instant,
    draw: Draw,
    pub(crate) flight: InFlight,
}

/// What is drawn for a request, each by draws of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Head,
    Fault,
    Plan,
    Tokens,
    StreamFault,
}

/// Counts one request as under way, until this is dropped.
#[derive(Debug)]
pub(crate) struct InFlight(Arc<AtomicUsize>);

impl Turn {
    pub(crate) fn new(seed: u64, number: u64, in_flight: &Arc<AtomicUsize>) -> Self {
        in_flight.fetch_add(1, Ordering::Relaxed);
        Self {
            number,
            arrival: Instant::now(),
            draw: Draw::of_request(seed, number),
            flight: InFlight(Arc::clone(in_flight)),
        }
    }

    pub(crate) const fn draw(&self, purpose: Purpose) -> Draw {
        self.draw.split(purpose as u64)
    }

    pub(crate) fn request_id(&self) -> String {
        format!("req-sim-{}", self.number)
    }

    pub(crate) fn head(&self, rate_limits: Option<RateLimits>) -> Head {
        Head {
            rate_limits,
            request_id: Some(self.request_id()),
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
