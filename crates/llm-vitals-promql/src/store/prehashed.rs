//! Tables by label sets, which bring their hash along.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::labels::Labels;

/// A table by labels that does not hash them again.
pub(crate) type LabelMap<V> = HashMap<Labels, V, BuildHasherDefault<Prehashed>>;

/// Takes the one number that is written to it as the hash.
#[derive(Debug, Default)]
pub(crate) struct Prehashed(u64);

impl Hasher for Prehashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
