//! What makes two requests the same.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;

use super::{Cacheable, Wish};

/// Fields that change nothing about the answer itself.
const BESIDE: [&str; 3] = ["stream", "stream_options", "user"];

/// The SHA-256 of a request in one canonical form.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub(crate) struct Key([u8; 32]);

impl Key {
    /// The key of a request that is to be looked up.
    pub(crate) fn of(request: &impl Cacheable, wish: Wish) -> Option<Self> {
        match wish {
            Wish::Off => return None,
            Wish::Usual if !request.is_repeatable() => return None,
            Wish::Usual | Wish::On => {}
        }
        let mut fields = request.to_json()?;
        let object = fields.as_object_mut()?;
        for name in BESIDE {
            object.shift_remove(name);
        }
        let mut text = format!("{}\n", request.operation().as_str());
        write(&mut text, &fields);
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
        Some(Self(key))
    }

    /// In hexadecimal digits.
    pub(crate) fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// JSON without blanks, each object with its keys in order.
fn write(out: &mut String, value: &Value) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            out.push('{');
            for (name, value) in fields {
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write(out, value);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for value in values {
                write(out, value);
                out.push(',');
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use llm_vitals_provider::ChatRequest;

    use super::*;

    fn key(json: &str) -> Option<Key> {
        let request: ChatRequest = serde_json::from_str(json).unwrap();
        Key::of(&request, Wish::Usual)
    }

    #[test]
    fn order_user_and_streaming_make_no_difference() {
        let first = key(r#"{"model":"m","temperature":0,"messages":[],"x":{"a":1,"b":2}}"#);
        assert!(first.is_some());
        for same in [
            r#"{"x":{"b":2,"a":1},"messages":[],"temperature":0.0,"model":"m"}"#,
            r#"{"model":"m","temperature":0,"messages":[],"x":{"a":1,"b":2},"stream":true,"stream_options":{"include_usage":true},"user":"u"}"#,
        ] {
            assert_eq!(key(same), first, "{same}");
        }
    }

    #[test]
    fn everything_else_does() {
        let first = key(r#"{"model":"m","temperature":0,"messages":[]}"#);
        for other in [
            r#"{"model":"n","temperature":0,"messages":[]}"#,
            r#"{"model":"m","temperature":0,"messages":[],"seed":1}"#,
            r#"{"model":"m","temperature":0,"messages":[],"x":null}"#,
            r#"{"model":"m","temperature":0,"messages":[{"role":"user","content":"a"}]}"#,
        ] {
            let other = key(other);
            assert!(other.is_some() && other != first);
        }
    }

    #[test]
    fn chance_is_kept_only_when_asked_for() {
        let json = r#"{"model":"m","messages":[],"temperature":0.7}"#;
        let request: ChatRequest = serde_json::from_str(json).unwrap();
        assert_eq!(Key::of(&request, Wish::Usual), None);
        assert!(Key::of(&request, Wish::On).is_some());
        let sure: ChatRequest =
            serde_json::from_str(r#"{"model":"m","messages":[],"temperature":0}"#).unwrap();
        assert_eq!(Key::of(&sure, Wish::Off), None);
    }
}
