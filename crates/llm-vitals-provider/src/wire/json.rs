//! The top-level fields of a JSON object that passes by, without keeping the rest.

use memchr::memchr2;

/// The longest value that is kept.
const LONGEST_VALUE: usize = 1 << 16;
/// The longest key that can be one of those looked for.
const LONGEST_KEY: usize = 40;

/// Scans one JSON object in chunks that are cut anywhere and keeps the values of chosen top-level keys.
#[derive(Clone, Debug)]
pub(crate) struct FieldScan<const N: usize> {
    keys: [&'static str; N],
    values: [Option<Vec<u8>>; N],
    depth: u32,
    place: Place,
    key: Vec<u8>,
    /// Which of the keys the value under way belongs to.
    wanted: Option<usize>,
    /// Whether the top level is an object, and not a list, which has no fields.
    object: bool,
    malformed: bool,
    ended: bool,
}

/// Where the scan stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// Between tokens.
    Between,
    /// In a string that is a key of the top level.
    Key,
    /// In a string of any other kind.
    Text,
    /// After a backslash in a string.
    Escape(Escaped),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Escaped {
    Key,
    Text,
}

impl<const N: usize> FieldScan<N> {
    pub(crate) fn new(keys: [&'static str; N]) -> Self {
        Self {
            keys,
            values: [const { None }; N],
            depth: 0,
            place: Place::Between,
            key: Vec::new(),
            wanted: None,
            object: false,
            malformed: false,
            ended: false,
        }
    }

    /// The value of the key at `index`, once it has begun.
    pub(crate) fn value(&self, index: usize) -> Option<&[u8]> {
        self.values[index].as_deref()
    }

    /// Whether anything but spaces has passed.
    pub(crate) fn has_begun(&self) -> bool {
        self.depth > 0 || self.ended || self.malformed
    }

    /// Whether the bytes so far cannot be one JSON object or list.
    pub(crate) fn is_malformed(&self) -> bool {
        self.malformed
    }

    /// Whether the object or list is complete.
    pub(crate) fn is_complete(&self) -> bool {
        self.ended && !self.malformed
    }

    #[cfg(test)]
    pub(crate) fn buffered(&self) -> usize {
        let values = self.values.iter().flatten();
        self.key.capacity() + values.map(Vec::capacity).sum::<usize>()
    }

    /// The captured fields as one small object.
    pub(crate) fn to_object(&self) -> Vec<u8> {
        let mut object = vec![b'{'];
        for (key, value) in self.keys.iter().zip(&self.values) {
            let Some(value) = value else { continue };
            if object.len() > 1 {
                object.push(b',');
            }
            object.push(b'"');
            object.extend_from_slice(key.as_bytes());
            object.extend_from_slice(b"\":");
            object.extend_from_slice(value);
        }
        object.push(b'}');
        object
    }

    pub(crate) fn push(&mut self, mut chunk: &[u8]) {
        while !chunk.is_empty() && !self.malformed {
            let used = match self.place {
                Place::Between => self.between(chunk),
                Place::Key | Place::Text => self.string(chunk),
                Place::Escape(escaped) => {
                    self.keep(&chunk[..1]);
                    self.place = match escaped {
                        // A key with an escape is none of those looked for.
                        Escaped::Key => {
                            self.key.resize(LONGEST_KEY + 1, 0);
                            Place::Key
                        }
                        Escaped::Text => Place::Text,
                    };
                    1
                }
            };
            chunk = &chunk[used..];
        }
    }

    /// Goes on outside of strings, to the end of the chunk or the next string.
    fn between(&mut self, chunk: &[u8]) -> usize {
        for (at, byte) in chunk.iter().enumerate() {
            match byte {
                b'"' => {
                    self.keep(&chunk[at..=at]);
                    let at_key = self.depth == 1 && self.wanted.is_none() && self.key.is_empty();
                    self.place = if at_key && self.object {
                        Place::Key
                    } else {
                        Place::Text
                    };
                    self.malformed |= self.depth == 0;
                    return at + 1;
                }
                b'{' | b'[' => {
                    if self.depth == 0 {
                        self.malformed |= self.ended;
                        self.object = *byte == b'{';
                    }
                    self.depth = self.depth.saturating_add(1);
                    self.keep(&chunk[at..=at]);
                }
                b'}' | b']' => {
                    if self.depth <= 1 {
                        self.malformed |= self.depth == 0;
                        self.end_field();
                        self.ended = true;
                    } else {
                        self.keep(&chunk[at..=at]);
                    }
                    self.depth = self.depth.saturating_sub(1);
                }
                b':' if self.depth == 1 && self.object && self.wanted.is_none() => {
                    let index = self.keys.iter().position(|key| key.as_bytes() == self.key);
                    if let Some(index) = index {
                        self.values[index] = Some(Vec::new());
                    }
                    // Past the last key: a value that nobody looks for.
                    self.wanted = Some(index.unwrap_or(N));
                }
                b',' if self.depth == 1 => self.end_field(),
                b' ' | b'\t' | b'\r' | b'\n' => {}
                // A byte order mark.
                0xEF | 0xBB | 0xBF if self.depth == 0 && !self.ended => {}
                _ => {
                    self.malformed |= self.depth == 0;
                    self.keep(&chunk[at..=at]);
                }
            }
        }
        chunk.len()
    }

    /// Goes on in a string, to the end of the chunk or of the string.
    fn string(&mut self, chunk: &[u8]) -> usize {
        let end = memchr2(b'"', b'\\', chunk).unwrap_or(chunk.len());
        let in_key = self.place == Place::Key;
        if in_key {
            let room = (LONGEST_KEY + 1).saturating_sub(self.key.len());
            self.key.extend_from_slice(&chunk[..end.min(room)]);
        } else {
            self.keep(&chunk[..end]);
        }
        match chunk.get(end) {
            None => return end,
            Some(b'"') => self.place = Place::Between,
            Some(_) => {
                self.place = Place::Escape(if in_key { Escaped::Key } else { Escaped::Text });
            }
        }
        if !in_key {
            self.keep(&chunk[end..=end]);
        }
        end + 1
    }

    fn end_field(&mut self) {
        self.wanted = None;
        self.key.clear();
    }

    /// Keeps bytes of a value that is looked for; one that is too long is given up.
    fn keep(&mut self, bytes: &[u8]) {
        let Some(slot) = self.wanted.and_then(|wanted| self.values.get_mut(wanted)) else {
            return;
        };
        if let Some(value) = slot {
            if value.len() + bytes.len() > LONGEST_VALUE {
                *slot = None;
            } else {
                value.extend_from_slice(bytes);
            }
        }
    }
}

/// Reads the model from the body of a request as it passes by.
#[derive(Clone, Debug)]
pub struct RequestTap(FieldScan<2>);

impl RequestTap {
    /// Takes the next bytes of the body.
    pub fn push(&mut self, chunk: &[u8]) {
        self.0.push(chunk);
    }

    /// The requested model, once it has passed.
    #[must_use]
    pub fn model(&self) -> Option<String> {
        serde_json::from_slice(self.0.value(0)?).ok()
    }

    /// Whether a streamed answer is asked for.
    #[must_use]
    pub fn is_streamed(&self) -> bool {
        self.0.value(1) == Some(b"true")
    }
}

impl Default for RequestTap {
    fn default() -> Self {
        Self(FieldScan::new(["model", "stream"]))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scan(json: &[u8], size: usize) -> FieldScan<2> {
        let mut scan = FieldScan::new(["usage", "model"]);
        for chunk in json.chunks(size) {
            scan.push(chunk);
        }
        scan
    }

    #[test]
    fn only_the_top_level_counts() {
        let json = br#"{"choices":[{"usage":1,"message":{"content":"\"usage\":{\"x\":2}, {[","model":"no"}}], "usage" : {"a": [1, "}"], "model":2} ,"model":"m\"x"}"#;
        for size in 1..json.len() {
            let scan = scan(json, size);
            assert_eq!(
                scan.value(0),
                Some(&br#"{"a":[1,"}"],"model":2}"#[..]),
                "{size}"
            );
            assert_eq!(scan.value(1), Some(&br#""m\"x""#[..]), "{size}");
            assert!(scan.is_complete());
        }
    }

    #[test]
    fn garbage_is_malformed_and_a_cut_body_incomplete() {
        for garbage in ["nonsense", "[1] x", "}", "{} {", "\"text\""] {
            assert!(scan(garbage.as_bytes(), 3).is_malformed(), "{garbage}");
        }
        assert!(!scan(br#"{"usage":{"a":1}"#, 3).is_complete());
    }

    #[test]
    fn a_list_is_complete_and_has_no_fields() {
        let scan = scan(br#"[{"usage":1}, "usage", ["model"], "model":2]"#, 3);
        assert!(scan.is_complete());
        assert_eq!((scan.value(0), scan.value(1)), (None, None));
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        let scan = scan(b"\xef\xbb\xbf {\"model\":\"m\"}", 1);
        assert!(scan.is_complete() && scan.value(1) == Some(b"\"m\""));
    }

    #[test]
    fn a_value_that_is_too_long_is_given_up() {
        let json = format!(r#"{{"usage":"{}","model":"m"}}"#, "x".repeat(LONGEST_VALUE));
        let scan = scan(json.as_bytes(), 1000);
        assert_eq!((scan.value(0), scan.value(1)), (None, Some(&b"\"m\""[..])));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_bytes_cut_anywhere_read_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..200), size in 1_usize..20) {
            let (whole, cut) = (scan(&bytes, 200), scan(&bytes, size));
            prop_assert_eq!(whole.is_malformed(), cut.is_malformed());
            prop_assert_eq!(whole.value(0), cut.value(0));
        }
    }
}
