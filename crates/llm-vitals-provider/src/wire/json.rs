//! Chosen fields of a JSON object that passes by, without keeping the rest.

mod elements;

use memchr::memchr2;

use crate::wire::json::elements::Element;

/// The longest value that is kept.
const LONGEST_VALUE: usize = 1 << 16;
/// The longest key that can be one of those looked for.
const LONGEST_KEY: usize = 40;

/// Scans one JSON object in chunks that are cut anywhere and keeps the values of chosen fields.
#[derive(Clone, Debug)]
pub(crate) struct FieldScan<const N: usize> {
    fields: &'static [Field; N],
    values: [Option<Vec<u8>>; N],
    depth: u32,
    place: Place,
    key: Vec<u8>,
    /// Which of the fields the value under way belongs to.
    wanted: Option<usize>,
    element: Element,
    /// Whether the top level is an object, and not a list, which has no fields.
    object: bool,
    malformed: bool,
    ended: bool,
}

/// A field that is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Field {
    /// The value of this key of the top level.
    Top(&'static str),
    /// Of the list at the first key, which is one of the top level, what its elements have at the second, and nothing else.
    InList(&'static str, &'static str),
}

/// Where the scan stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// Between tokens.
    Between,
    /// In a string that is a key of the top level, or of an element.
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
    pub(crate) fn new(fields: &'static [Field; N]) -> Self {
        Self {
            fields,
            values: [const { None }; N],
            depth: 0,
            place: Place::Between,
            key: Vec::new(),
            wanted: None,
            element: Element::Outside,
            object: false,
            malformed: false,
            ended: false,
        }
    }

    /// The value of the field at `index`, once it has begun.
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
        for (field, value) in self.fields.iter().zip(&self.values) {
            let Some(value) = value else { continue };
            if object.len() > 1 {
                object.push(b',');
            }
            object.push(b'"');
            object.extend_from_slice(field.key().as_bytes());
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
                    self.place = if self.is_at_key() {
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
                    self.open(*byte);
                }
                b'}' | b']' => {
                    self.close();
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
                    let named = |field: &Field| field.key().as_bytes() == self.key;
                    let index = self.fields.iter().position(named);
                    if let Some(index) = index
                        && self.fields[index].of_elements().is_none()
                    {
                        self.values[index] = Some(Vec::new());
                    }
                    // Past the last key: a value that nobody looks for.
                    self.wanted = Some(index.unwrap_or(N));
                }
                b':' if self.depth == 3 && self.element == Element::Key => self.begin_value(),
                b',' if self.depth == 1 => self.end_field(),
                b',' if self.depth == 3 && self.is_in_element() => {
                    self.end_value();
                    self.element = Element::Key;
                }
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

    /// Whether a string that begins here is a key that may be looked for.
    fn is_at_key(&self) -> bool {
        let top = self.depth == 1 && self.object && self.wanted.is_none();
        (top || self.depth == 3 && self.element == Element::Key) && self.key.is_empty()
    }

    /// Keeps bytes that are read, if they are of a value that is looked for.
    fn keep(&mut self, bytes: &[u8]) {
        if self.element == Element::Kept || self.of_elements().is_none() {
            self.add(bytes);
        }
    }

    /// Adds to the value that is looked for; one that is too long is given up.
    fn add(&mut self, bytes: &[u8]) {
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

impl Field {
    /// The key of the top level.
    const fn key(self) -> &'static str {
        match self {
            Self::Top(key) | Self::InList(key, _) => key,
        }
    }

    const fn of_elements(self) -> Option<&'static str> {
        match self {
            Self::Top(_) => None,
            Self::InList(_, key) => Some(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn scan(json: &[u8], size: usize) -> FieldScan<2> {
        let mut scan = FieldScan::new(&[Field::Top("usage"), Field::Top("model")]);
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
    fn of_the_elements_of_a_list_only_one_field_is_kept() {
        let elements = |json: &str, size: usize| {
            let mut scan = FieldScan::new(&[Field::InList("choices", "end"), Field::Top("model")]);
            for chunk in json.as_bytes().chunks(size) {
                scan.push(chunk);
            }
            assert!(scan.is_complete() && scan.value(1) == Some(b"1"), "{json}");
            scan.value(0)
                .map(|value| String::from_utf8(value.to_vec()).unwrap())
        };
        for (choices, kept) in [
            ("[]", Some("[]")),
            (r#"[{}, {"x" : "end"}]"#, Some("[]")),
            (
                r#"[{"x":{"end":1}, "end" : "a, \"}]" ,"y":[{"end":2}]},{"end":null}, {"end": {"z" : [3, 4]}, "x":5}]"#,
                Some(r#"[{"end":"a, \"}]"},{"end":null},{"end":{"z":[3,4]}}]"#),
            ),
            (
                r#"["end",7,[{"end":1}],[["end",2]],null,{"end":3}]"#,
                Some(r#"[{"end":3}]"#),
            ),
            // Twice in one element: two that say it.
            (r#"[{"end":1,"end":2}]"#, Some(r#"[{"end":1},{"end":2}]"#)),
            (r#"[{"\u0065nd":1,"ends":2,"en":3}]"#, Some("[]")),
            (r#"{"end":1,"x":[{"end":2}],"y":{"end":3}}"#, None),
            ("null", None),
            (r#""[{\"end\":1}]""#, None),
            (r#"[{"end":1}],"choices":null"#, Some(r#"[{"end":1}]"#)),
            (r#"[{"end":1}],"choices":[]"#, Some("[]")),
        ] {
            let json = format!(r#"{{"choices":{choices},"model" : 1}}"#);
            for size in 1..=json.len() {
                assert_eq!(elements(&json, size).as_deref(), kept, "{json} {size}");
            }
        }
    }

    #[test]
    fn a_list_with_too_many_fields_is_given_up() {
        let mut scan = FieldScan::new(&[Field::InList("choices", "end"), Field::Top("model")]);
        let element = r#"{"end":"length"},"#.repeat(LONGEST_VALUE / 16);
        scan.push(format!(r#"{{"choices":[{element}{{}}],"model":1}}"#).as_bytes());
        assert_eq!((scan.value(0), scan.value(1)), (None, Some(&b"1"[..])));
        assert!(scan.is_complete());
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

    /// Any JSON, with the key that is looked for in any place.
    fn any_value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![Just("end".to_owned()), "[a-z\\[\\]{}:,\"\\\\]{0,6}"];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, move |inner| {
            prop_oneof![
                2 => proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                3 => proptest::collection::vec((text.clone(), inner), 0..4)
                    .prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]
        #[test]
        fn a_full_parse_finds_the_same_in_a_list(choices in any_value(), pretty in any::<bool>(), size in 1_usize..40) {
            let body = json!({"x": [choices], "choices": choices, "model": choices});
            let text = if pretty { format!("{body:#}") } else { body.to_string() };
            let mut scan = FieldScan::new(&[Field::InList("choices", "end"), Field::Top("model")]);
            for chunk in text.as_bytes().chunks(size) {
                scan.push(chunk);
            }
            prop_assert!(scan.is_complete());
            let read = |index: usize| {
                let value = scan.value(index)?;
                Some(serde_json::from_slice::<Value>(value).unwrap())
            };
            let kept = choices.as_array().map(|elements| {
                let ends = elements.iter().filter_map(|element| element.get("end"));
                ends.map(|end| json!({"end": end})).collect::<Value>()
            });
            prop_assert_eq!(read(0), kept);
            prop_assert_eq!(read(1), Some(choices));
        }
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
