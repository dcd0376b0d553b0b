//! Durations and sizes as people write them: `30s`, `500ms`, `20MB`.

use std::fmt;
use std::time::Duration;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// A duration with its unit: `500ms`, `30s`, `10m`, `1h`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Span(pub(crate) Duration);

/// A number of bytes, with or without a unit: `4096`, `64KB`, `20MB`, `1GB`, `20MiB`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Bytes(pub(crate) usize);

impl Span {
    fn parse(text: &str) -> Option<Self> {
        let (number, unit) = split(text)?;
        let millis = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        // A hundred years, so that no sum of two overflows a clock.
        let millis = number
            .checked_mul(millis)
            .filter(|millis| *millis <= 3_153_600_000_000)?;
        Some(Self(Duration::from_millis(millis)))
    }
}

impl Bytes {
    fn parse(text: &str) -> Option<Self> {
        let (number, unit) = split(text)?;
        let factor = match unit {
            "" | "B" => 1,
            "KB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return None,
        };
        number
            .checked_mul(factor)
            .and_then(|bytes| usize::try_from(bytes).ok())
            .map(Self)
    }
}

fn split(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit.trim_start()))
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_str(Text)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is no duration: write a number and ms, s, m or h, such as 30s"
            ))
        })
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_str(Text)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is no size: write bytes, or a number and KB, MB or GB, such as 20MB"
            ))
        })
    }
}

/// Takes a scalar as it was written, a number too.
pub(super) struct Text;

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number with its unit")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit() {
        let millis = |text| Span::parse(text).map(|span| span.0.as_millis());
        assert_eq!(millis("500ms"), Some(500));
        assert_eq!(millis("30s"), Some(30_000));
        assert_eq!(millis("10 m"), Some(600_000));
        assert_eq!(millis("1h"), Some(3_600_000));
        for text in ["30", "s", "-1s", "1.5s", "99999999999999999h", ""] {
            assert_eq!(millis(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_are_decimal_or_binary() {
        let bytes = |text| Bytes::parse(text).map(|bytes| bytes.0);
        assert_eq!(bytes("4096"), Some(4096));
        assert_eq!(bytes("20MB"), Some(20_000_000));
        assert_eq!(bytes("20MiB"), Some(20 << 20));
        assert_eq!(bytes("1 KB"), Some(1_000));
        for text in ["MB", "20mb", "18446744073709551615GB"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}
