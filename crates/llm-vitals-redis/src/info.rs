//! What INFO and CLUSTER INFO say, read without a guess.
//!
//! A field is found by its name, wherever it stands; unknown fields, unknown sections and broken lines are left alone.
//! Reading never fails and is bounded: at most [`MAX_BYTES`] of text and [`MAX_FIELDS`] fields.

mod keyspace;
mod lengths;
mod pairs;
mod stats;

use std::borrow::Cow;

pub use self::keyspace::Database;
pub use self::lengths::Lengths;
pub(crate) use self::pairs::Pairs;
pub use self::stats::{CommandStats, LatencyPercentiles, Replica};

/// INFO of a server with thousands of commands, errors and databases stays far below this.
const MAX_BYTES: usize = 1 << 20;
const MAX_FIELDS: usize = 10_000;

/// The answer to INFO or CLUSTER INFO, with its fields by name.
///
/// ```
/// use llm_vitals_redis::Info;
///
/// let info = Info::parse(b"# Stats\r\nkeyspace_hits:3\r\nkeyspace_misses:1\r\n\r\n# Keyspace\r\ndb0:keys=4,expires=1,avg_ttl=900\r\n");
/// assert_eq!(info.count("keyspace_hits"), Some(3));
/// assert_eq!(info.count("evicted_keys"), None);
/// assert_eq!(info.databases().map(|db| db.keys).sum::<u64>(), 4);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Info {
    text: String,
    /// Ranges of the text, sorted by name; of a name that comes twice the last one counts.
    fields: Vec<Field>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Field {
    start: u32,
    colon: u32,
    end: u32,
}

impl Info {
    /// Reads an answer. Text that is not UTF-8 is read with replacements.
    #[must_use]
    pub fn parse(answer: &[u8]) -> Self {
        let answer = &answer[..answer.len().min(MAX_BYTES)];
        let text = match String::from_utf8_lossy(answer) {
            Cow::Borrowed(text) => text.to_owned(),
            Cow::Owned(text) => text,
        };
        let mut fields = Vec::with_capacity(256);
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let content = line.trim_end_matches(['\r', '\n']);
            if !content.starts_with('#')
                && let Some(colon) = content.find(':')
                && colon > 0
                && fields.len() < MAX_FIELDS
            {
                let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                fields.push(Field {
                    start: place(start),
                    colon: place(start + colon),
                    end: place(start + content.len()),
                });
            }
            start += line.len();
        }
        let name = |field: &Field| &text[field.start as usize..field.colon as usize];
        // Stable, so that of equal names the last one stays last.
        fields.sort_by(|a, b| name(a).cmp(name(b)));
        let mut unique: Vec<Field> = Vec::with_capacity(fields.len());
        for field in fields {
            match unique.last_mut() {
                Some(last) if name(last) == name(&field) => *last = field,
                _ => unique.push(field),
            }
        }
        Self {
            fields: unique,
            text,
        }
    }

    /// The text of a field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        let at = self
            .fields
            .binary_search_by(|at| self.name(at).cmp(field))
            .ok()?;
        Some(self.value(&self.fields[at]))
    }

    /// A field that is a whole number and not negative.
    #[must_use]
    pub fn count(&self, field: &str) -> Option<u64> {
        self.get(field)?.parse().ok()
    }

    /// A field that is a number, with or without a percent sign.
    #[must_use]
    pub fn number(&self, field: &str) -> Option<f64> {
        number(self.get(field)?)
    }

    /// Whether a field says `1`.
    #[must_use]
    pub fn flag(&self, field: &str) -> bool {
        self.get(field) == Some("1")
    }

    /// `redis_mode`, or `server_mode` where Valkey calls it so.
    #[must_use]
    pub fn mode(&self) -> Option<&str> {
        self.get("redis_mode").or_else(|| self.get("server_mode"))
    }

    /// The fields whose names begin with `prefix`, without it, in the order of their names.
    pub fn with_prefix(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        let from = self
            .fields
            .partition_point(|field| self.name(field) < prefix);
        self.fields[from..].iter().map_while(move |field| {
            let name = self.name(field).strip_prefix(prefix)?;
            Some((name, self.value(field)))
        })
    }

    fn name(&self, field: &Field) -> &str {
        &self.text[field.start as usize..field.colon as usize]
    }

    fn value(&self, field: &Field) -> &str {
        &self.text[field.colon as usize + 1..field.end as usize]
    }
}

/// A finite number, with or without a percent sign.
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.strip_suffix('%').unwrap_or(text);
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests;
