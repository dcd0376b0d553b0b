//! What this machine, container and process have left.

mod cgroup;
mod cpu;
mod descriptors;
mod disk;
mod memory;

pub use self::cpu::Cpu;
pub use self::descriptors::Descriptors;
pub use self::disk::DiskSpace;
pub use self::memory::Memory;
