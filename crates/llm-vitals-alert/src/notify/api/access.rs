//! How the API gets at a dispatcher.

use std::sync::{Arc, Mutex, PoisonError};

use crate::notify::dispatcher::{Dispatcher, PostedAlert, Refusal};
use crate::notify::notifications::Notifications;

/// Something that has a dispatcher. Calls are short and do not wait for anything else.
pub trait DispatcherAccess: Clone + Send + Sync + 'static {
    /// Looks at the dispatcher.
    fn look<T>(&self, look: impl FnOnce(&Dispatcher) -> T) -> T;

    /// Changes the dispatcher, and has whoever drives it look at it again.
    fn change<T>(&self, change: impl FnOnce(&mut Dispatcher) -> T) -> T;

    /// Takes alerts at a moment in milliseconds since 1970. Gives those that were not taken.
    fn put(&self, alerts: Vec<PostedAlert>, now_ms: i64) -> Vec<Refusal> {
        self.change(|dispatcher| dispatcher.put(alerts, now_ms))
    }
}

impl DispatcherAccess for Arc<Mutex<Dispatcher>> {
    fn look<T>(&self, look: impl FnOnce(&Dispatcher) -> T) -> T {
        look(&self.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Dispatcher) -> T) -> T {
        change(&mut self.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl DispatcherAccess for Notifications {
    fn look<T>(&self, look: impl FnOnce(&Dispatcher) -> T) -> T {
        look(&self.dispatcher())
    }

    fn change<T>(&self, change: impl FnOnce(&mut Dispatcher) -> T) -> T {
        change(&mut self.dispatcher())
    }

    /// By its own clock.
    fn put(&self, alerts: Vec<PostedAlert>, _: i64) -> Vec<Refusal> {
        Self::put(self, alerts)
    }
}
