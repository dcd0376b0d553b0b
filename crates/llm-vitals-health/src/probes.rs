//! Checks that many applications need.

#[cfg(feature = "http")]
mod http;
mod lag;
mod level;
#[cfg(feature = "redis")]
mod redis;
#[cfg(all(feature = "system", unix))]
mod system;
#[cfg(feature = "tcp")]
mod tcp;

#[cfg(feature = "http")]
pub use self::http::{HttpProbe, HttpProbeError};
pub use self::lag::RuntimeLag;
#[cfg(feature = "redis")]
pub use self::redis::RedisPing;
#[cfg(all(feature = "system", unix))]
pub use self::system::{Cpu, Descriptors, DiskSpace, Memory};
#[cfg(feature = "tcp")]
pub use self::tcp::TcpConnect;
