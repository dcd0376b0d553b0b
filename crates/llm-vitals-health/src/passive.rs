//! Passive health: what the calls that are made anyway say about the ones who are called.

mod admission;
mod fleet;
mod hold;
mod outcome;
mod probe;
mod rules;
mod state;
mod target;
mod window;

pub use self::admission::{Admission, Permit};
pub use self::fleet::{Fleet, FleetBuilder};
pub use self::hold::Hold;
pub use self::outcome::Outcome;
pub use self::probe::Passive;
pub use self::target::Target;
