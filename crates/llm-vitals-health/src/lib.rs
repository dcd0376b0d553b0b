//! Health checks in the background, passive health from real traffic, and the HTTP answers for both.
//!
//! An application registers its checks in a [`Health`] and awaits the [`Runner`] somewhere. Reading a status runs nothing and
//! waits for nothing.
//!
//! ```
//! use std::time::Duration;
//!
//! use llm_vitals_health::{Check, Criticality, Group, Health, Status};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let database = Check::new("database", || async {
//!     // Ask the database; `Err` is down, and its text is dropped.
//!     Ok::<(), std::io::Error>(())
//! });
//! let (health, runner) = Health::builder()
//!     .with_check(database.in_group(Group::Ready, Criticality::Critical))
//!     .build()?;
//! assert_eq!(health.status(Group::Ready), Status::Unknown);
//!
//! tokio::spawn(runner.run(std::future::pending()));
//! tokio::time::sleep(Duration::from_millis(10)).await;
//! assert_eq!(health.status(Group::Ready), Status::Up);
//! # Ok(()) }
//! ```
//!
//! # What a status is
//!
//! - `up`: it works. `degraded`: it works, and worse than it should. Both are `true` where only yes and no are told.
//! - `down`: it does not work.
//! - `unknown`: nothing was found out yet, or the last result is older than its limit. It is told as `false`.
//!
//! A run ends with its report, with its deadline, or with a panic; the last two are failures. A status changes after so many
//! runs in a row; the first result decides at once. A report of `unknown` is no run in this sense: what was known stays until
//! it is too old.
//!
//! # Liveness
//!
//! "Would a restart help?" is not a question to a dependency. Liveness is made of [`Flag`]s and of the scheduler's heartbeat, and
//! nothing else can be given to it. `Listener` (feature `listener`) answers from a thread of its own while the application's runtime is starved.
//!
//! # Passive health
//!
//! [`Fleet`] learns from calls that are made anyway. [`Passive`] makes a check of what it knows, with a real check for when no
//! calls are made.
//!
//! # What it does not do
//!
//! It installs nothing, and spawns nothing before the runner is awaited. It keeps no text of an error or a panic. It never ends or
//! restarts the process: [`Health::subscribe`] tells those who want to act.

mod billed;
mod board;
mod builder;
mod cause;
mod check;
mod drain;
mod entry;
mod error;
mod flag;
mod group;
mod health;
mod heartbeat;
mod http;
mod hysteresis;
mod metrics;
mod passive;
mod probe;
mod probes;
mod pushed;
mod random;
mod render;
mod report;
mod runner;
mod schedule;
mod scrape;
mod shared;
mod state;
mod status;
mod transition;
mod verdict;

pub use self::billed::{Billed, Spend};
pub use self::builder::HealthBuilder;
pub use self::cause::Cause;
pub use self::check::Check;
pub use self::drain::Drain;
pub use self::error::{Error, ErrorKind};
pub use self::flag::Flag;
pub use self::group::{Criticality, Group, GroupPolicy};
pub use self::health::Health;
#[cfg(feature = "listener")]
pub use self::http::Listener;
pub use self::http::{Access, HealthService};
pub use self::metrics::{HISTOGRAMS, METRICS};
pub use self::passive::{Admission, Fleet, FleetBuilder, Hold, Outcome, Passive, Permit, Target};
pub use self::probe::Probe;
#[cfg(feature = "redis")]
pub use self::probes::RedisPing;
pub use self::probes::RuntimeLag;
#[cfg(feature = "tcp")]
pub use self::probes::TcpConnect;
#[cfg(all(feature = "system", unix))]
pub use self::probes::{Cpu, Descriptors, DiskSpace, Memory};
#[cfg(feature = "http")]
pub use self::probes::{HttpProbe, HttpProbeError};
pub use self::pushed::Pusher;
pub use self::report::{IntoReport, Measurement, Report};
pub use self::runner::Runner;
pub use self::state::CheckState;
pub use self::status::Status;
pub use self::transition::{Subject, Transition, Transitions};
