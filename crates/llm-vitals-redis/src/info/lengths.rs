//! The section Keysizes of Redis 8: how many keys of each type are how long, without a scan.

use super::Info;

/// Bins are powers of two, so that there are never more.
const MAX_BINS: usize = 64;

/// Keys of one type by their length: bytes of a string, elements of a collection.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Lengths {
    /// The number of the database.
    pub database: u32,
    /// The type, such as `string` or `zset`.
    pub kind: &'static str,
    /// The least length of a bin, and the keys in it; a bin reaches up to the next power of two.
    pub bins: Vec<(u64, u64)>,
}

const KINDS: [(&str, &str); 5] = [
    ("strings_sizes", "string"),
    ("lists_items", "list"),
    ("sets_items", "set"),
    ("zsets_items", "zset"),
    ("hashes_items", "hash"),
];

impl Info {
    /// How long the keys of each type are; nothing before Redis 8.
    pub fn lengths(&self) -> impl Iterator<Item = Lengths> {
        self.with_prefix("db").filter_map(|(name, value)| {
            let (database, field) = name.split_once("_distrib_")?;
            let (_, kind) = KINDS.iter().find(|(known, _)| *known == field)?;
            let bins = value.split(',').filter_map(|bin| bin.split_once('='));
            let bins = bins.filter_map(|(least, keys)| Some((length(least)?, keys.parse().ok()?)));
            Some(Lengths {
                database: database.parse().ok()?,
                kind,
                bins: bins.take(MAX_BINS).collect(),
            })
        })
    }
}

/// A number such as `16`, `4K` or `2M`.
fn length(text: &str) -> Option<u64> {
    let (digits, scale) = match text.as_bytes().last()? {
        b'K' => (&text[..text.len() - 1], 10),
        b'M' => (&text[..text.len() - 1], 20),
        b'G' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << scale)
}
