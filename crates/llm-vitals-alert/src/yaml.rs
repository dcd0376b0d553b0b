//! YAML as a tree in which every value knows its place.
//!
//! A tree and not structs, so that all fields that are wrong can be told at once, and a plain `1.10` stays the text it is.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use crate::error::{Error, ErrorKind, Problem};
use crate::source::Source;

mod position;

/// More levels than any rule file has.
const DEEPEST: usize = 16;
/// What is deeper is not even read: each level takes its part of the stack.
const DEEPEST_READ: usize = 40;
/// A file is a text that people write.
const MOST_BYTES: usize = 8 << 20;

/// A value and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Yaml {
    pub(crate) value: YamlValue,
    /// Where it starts, in bytes.
    pub(crate) at: usize,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(crate) enum YamlValue {
    /// Nothing, or `null`.
    Null,
    /// A text or a number or whatever else stands alone.
    Scalar(String),
    List(Vec<Yaml>),
    Map(Vec<(Key, Yaml)>),
}

/// The name of a field.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) at: usize,
}

impl Yaml {
    /// Reads a text.
    pub(crate) fn parse(source: Source<'_>) -> Result<Self, Error> {
        Self::parse_within(source, DEEPEST)
    }

    /// Reads a text that has at most so many levels.
    pub(crate) fn parse_within(source: Source<'_>, deepest: usize) -> Result<Self, Error> {
        if source.text.len() > MOST_BYTES {
            let message = format!("the file is larger than {} MiB", MOST_BYTES >> 20);
            return Err(Problem::new(ErrorKind::Yaml, source.name, message).into());
        }
        let is_blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        if source.text.lines().all(is_blank) {
            return Ok(Self {
                value: YamlValue::Null,
                at: 0,
            });
        }
        let options = serde_saphyr::options! {
            budget: serde_saphyr::budget! { max_depth: DEEPEST_READ },
        };
        let raw: Spanned<Raw> = serde_saphyr::from_str_with_options(source.text, options)
            .map_err(|error| of_parser(source, &error))?;
        into_tree(source, raw, deepest, deepest).map_err(Error::from)
    }

    /// What it is, for messages.
    pub(crate) fn described(&self) -> &'static str {
        match self.value {
            YamlValue::Null => "nothing",
            YamlValue::Scalar(_) => "a single value",
            YamlValue::List(_) => "a list",
            YamlValue::Map(_) => "fields with values",
        }
    }
}

/// What the parser gives, before plain texts are looked up in the source.
#[derive(Debug)]
enum Raw {
    Null,
    Text(String),
    /// A value that is no text in YAML's eyes; it is taken as it is written.
    Plain(String),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<String>, Spanned<Self>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries: Vec<(Spanned<String>, Spanned<Raw>)> = Vec::new();
        while let Some(entry) = map.next_entry::<Spanned<String>, _>()? {
            if entries.iter().any(|(key, _)| key.value == entry.0.value) {
                return Err(A::Error::custom(format!(
                    "the field \"{}\" is there twice",
                    entry.0.value
                )));
            }
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

fn into_tree(
    source: Source<'_>,
    raw: Spanned<Raw>,
    left: usize,
    deepest: usize,
) -> Result<Yaml, Problem> {
    let (start, end) = position::bytes(source.text, raw.defined);
    let too_deep = || {
        let message = format!("more than {deepest} levels");
        source.problem(ErrorKind::Yaml, message, start, 1)
    };
    let value = match raw.value {
        Raw::Null => YamlValue::Null,
        Raw::Text(text) => YamlValue::Scalar(text),
        Raw::Plain(text) => {
            let written = source.text.get(start..end).map(str::trim_end);
            YamlValue::Scalar(match written {
                Some(written) if !written.is_empty() => written.to_owned(),
                _ => text,
            })
        }
        Raw::List(items) => {
            let left = left.checked_sub(1).ok_or_else(too_deep)?;
            let items = items
                .into_iter()
                .map(|item| into_tree(source, item, left, deepest));
            YamlValue::List(items.collect::<Result<_, _>>()?)
        }
        Raw::Map(entries) => {
            let left = left.checked_sub(1).ok_or_else(too_deep)?;
            let entry = |(key, value): (Spanned<String>, Spanned<Raw>)| {
                let at = position::bytes(source.text, key.defined).0;
                let name = key.value;
                Ok((Key { name, at }, into_tree(source, value, left, deepest)?))
            };
            YamlValue::Map(entries.into_iter().map(entry).collect::<Result<_, _>>()?)
        }
    };
    Ok(Yaml { value, at: start })
}

/// Where byte `offset` of a text's value stands in the file; `None` where the text is written with escapes or folded.
pub(crate) fn place_in_scalar(
    source: Source<'_>,
    yaml_at: usize,
    value: &str,
    offset: usize,
) -> Option<usize> {
    position::in_scalar(source.text, yaml_at, value, offset)
}

/// What the parser found, with its place.
fn of_parser(source: Source<'_>, error: &serde_saphyr::Error) -> Error {
    let text = error.without_snippet().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let place = text
        .strip_prefix("line ")
        .and_then(|rest| rest.split_once(": "));
    let text = place.map_or(text, |(_, message)| message);
    let text = text.lines().next().unwrap_or_default();
    // The parser speaks to programmers here.
    let text = text
        .split(", set DuplicateKeyPolicy")
        .next()
        .unwrap_or(text);
    let text = text.rsplit_once(" at line ").map_or(text, |(text, _)| text);
    let text = match error.without_snippet() {
        serde_saphyr::Error::Budget { .. } => "the file holds more than a file that people write",
        serde_saphyr::Error::MultipleDocuments { .. } => {
            "a second document begins here (---): a file is one"
        }
        _ => text,
    };
    let at = error
        .location()
        .map(|location: Location| position::bytes(source.text, location).0);
    match at {
        Some(at) => source.problem(ErrorKind::Yaml, text, at, 1),
        None => Problem::new(ErrorKind::Yaml, source.name, text),
    }
    .into()
}
