//! JSON in which one field of an unexpected type hides no other.
//!
//! A type says what it makes of each kind of JSON value; every other kind leaves it as it is. So a wrong type and a null say
//! nothing, of a key that comes twice the last that says something counts, and nothing but broken JSON is an error. Values
//! are read in their place: they are large, and moving them costs more than reading them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A value that takes whatever JSON stands in its place.
pub(crate) trait Lenient<'de>: Default {
    fn text(&mut self, _: &str) {}

    fn borrowed(&mut self, text: &'de str) {
        self.text(text);
    }

    fn count(&mut self, _: u64) {}

    fn number(&mut self, _: f64) {}

    fn boolean(&mut self, _: bool) {}

    /// Takes the value of `key` of an object.
    fn entry<A: MapAccess<'de>>(&mut self, _key: &str, map: &mut A) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(|_| ())
    }

    /// Takes the next element of a list; `None` at its end.
    fn item<A: SeqAccess<'de>>(&mut self, seq: &mut A) -> Result<Option<()>, A::Error> {
        Ok(seq.next_element::<IgnoredAny>()?.map(|_| ()))
    }
}

/// Reads JSON, which must be nothing but that.
pub(crate) fn from_slice<'de, T: Lenient<'de>>(json: &'de [u8]) -> serde_json::Result<T> {
    let mut value = T::default();
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    Into(&mut value).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Reads a value into its place.
pub(crate) struct Into<'a, T>(pub(crate) &'a mut T);

impl<'de, T: Lenient<'de>> DeserializeSeed<'de> for Into<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Lenient<'de>> Visitor<'de> for Into<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.boolean(value);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.count(value);
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "a negative number is no count")]
    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        match u64::try_from(value) {
            Ok(value) => self.0.count(value),
            Err(_) => self.0.number(value as f64),
        }
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.number(value);
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.0.text(value);
        Ok(())
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<(), E> {
        self.0.borrowed(value);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while self.0.item(&mut seq)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        loop {
            let mut key = Text::default();
            if map.next_key_seed(Into(&mut key))?.is_none() {
                return Ok(());
            }
            self.0.entry(key.as_str(), &mut map)?;
        }
    }
}

/// Something that is there once an object with any key stands in its place.
impl<'de, T: Lenient<'de>> Lenient<'de> for Option<Box<T>> {
    fn entry<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        self.get_or_insert_default().entry(key, map)
    }
}

/// Says which key of an object is which field of a type.
macro_rules! lenient {
    ($type:ident $(<$life:lifetime>)? { $($($key:literal)|+ => $field:ident),* $(,)? }) => {
        impl<$($life,)? 'de $(: $life)?> $crate::wire::lenient::Lenient<'de> for $type $(<$life>)? {
            fn entry<A: serde::de::MapAccess<'de>>(
                &mut self,
                key: &str,
                map: &mut A,
            ) -> Result<(), A::Error> {
                use $crate::wire::lenient::Into;
                match key {
                    $($($key)|+ => map.next_value_seed(Into(&mut self.$field)),)*
                    _ => map.next_value::<serde::de::IgnoredAny>().map(|_| ()),
                }
            }
        }
    };
}

pub(crate) use lenient;

/// A text, empty where anything else stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    /// The text, empty where there is none.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, if it is not empty.
    pub(crate) fn filled(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(&*self.0)
    }
}

impl<'a, 'de: 'a> Lenient<'de> for Text<'a> {
    fn text(&mut self, text: &str) {
        self.0 = Cow::Owned(text.to_owned());
    }

    fn borrowed(&mut self, text: &'de str) {
        self.0 = Cow::Borrowed(text);
    }
}

/// Whether something stands there that is neither null nor false nor empty.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Filled(pub(crate) bool);

impl<'de> Lenient<'de> for Filled {
    fn text(&mut self, text: &str) {
        self.0 |= !text.is_empty();
    }

    fn count(&mut self, _: u64) {
        self.0 = true;
    }

    fn number(&mut self, _: f64) {
        self.0 = true;
    }

    fn boolean(&mut self, value: bool) {
        self.0 |= value;
    }

    fn entry<A: MapAccess<'de>>(&mut self, _: &str, map: &mut A) -> Result<(), A::Error> {
        self.0 = true;
        map.next_value::<IgnoredAny>().map(|_| ())
    }

    fn item<A: SeqAccess<'de>>(&mut self, seq: &mut A) -> Result<Option<()>, A::Error> {
        let more = seq.next_element::<IgnoredAny>()?.map(|_| ());
        self.0 |= more.is_some();
        Ok(more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    struct Two<'a> {
        name: Text<'a>,
        there: Filled,
    }

    lenient!(Two<'a> { "name" | "alias" => name, "there" => there });

    fn two(json: &str) -> (String, bool) {
        let two: Two<'_> = from_slice(json.as_bytes()).unwrap();
        (two.name.as_str().to_owned(), two.there.0)
    }

    #[test]
    fn a_wrong_type_hides_nothing_else() {
        for other in ["null", "1", "-1", "1.5", "true", "[1,[2]]", r#"{"x":{}}"#] {
            let json = format!(r#"{{"name":{other},"there":"x","unknown":{other}}}"#);
            assert_eq!(two(&json), (String::new(), true), "{json}");
        }
        for json in ["null", "7", "[1]", r#""text""#, "{}"] {
            assert_eq!(two(json), (String::new(), false));
        }
    }

    #[test]
    fn of_a_key_that_comes_twice_the_last_that_says_something_counts() {
        let json = r#"{"name":"a","alias":"b","name":null,"there":1,"there":null}"#;
        assert_eq!(two(json), ("b".to_owned(), true));
    }

    #[test]
    fn empty_and_null_are_not_filled() {
        for (json, filled) in [
            ("null", false),
            ("\"\"", false),
            ("[]", false),
            ("{}", false),
            ("false", false),
            ("\"a\"", true),
            ("[null]", true),
            ("{\"a\":null}", true),
            ("0", true),
        ] {
            let read: Filled = from_slice(json.as_bytes()).unwrap();
            assert_eq!(read.0, filled, "{json}");
        }
    }
}
