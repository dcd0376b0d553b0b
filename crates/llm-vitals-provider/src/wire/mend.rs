//! JSON with characters that are cut in half.

/// Replaces bytes that are no UTF-8, and escapes of half a surrogate pair, by U+FFFD; `None` when there are none.
///
/// A tokenizer that ends a token in the middle of a character makes servers send such halves.
pub(crate) fn mend(json: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(json);
    let mut mended = text.clone().into_owned().into_bytes();
    let mut changed = matches!(text, std::borrow::Cow::Owned(_));
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &mended[at..]) {
        at += found;
        match surrogate(&mended[at..]) {
            None => at += 2,
            Some(High) if surrogate(&mended[at + 6..]) == Some(Low) => at += 12,
            Some(_) => {
                mended[at + 2..at + 6].copy_from_slice(b"FFFD");
                changed = true;
                at += 6;
            }
        }
        at = at.min(mended.len());
    }
    changed.then_some(mended)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Surrogate {
    High,
    Low,
}

use Surrogate::{High, Low};

/// Which half of a surrogate pair the escape at the beginning is.
fn surrogate(text: &[u8]) -> Option<Surrogate> {
    let [b'\\', b'u', b'd' | b'D', half, a, b, ..] = text else {
        return None;
    };
    if !a.is_ascii_hexdigit() || !b.is_ascii_hexdigit() {
        return None;
    }
    match half {
        b'8' | b'9' | b'a' | b'b' | b'A' | b'B' => Some(High),
        b'c'..=b'f' | b'C'..=b'F' => Some(Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(json: &[u8]) -> Option<String> {
        mend(json).map(|json| String::from_utf8(json).unwrap())
    }

    #[test]
    fn halves_are_replaced_and_pairs_stay() {
        assert_eq!(mended(br#"{"a":"\ud83d\ude00 \\ud83d"}"#), None);
        let half = mended(br#"["\ud83d","\uDE00","\ud83dx","\ud83d\ud83d\ude00"]"#).unwrap();
        assert_eq!(
            half,
            r#"["\uFFFD","\uFFFD","\uFFFDx","\uFFFD\ud83d\ude00"]"#
        );
        assert_eq!(mended(b"\"\xf0\x9f\"").unwrap(), "\"\u{fffd}\"");
        assert_eq!(mended(br#""\ud8"#), None);
        assert_eq!(mended(b"\\"), None);
    }
}
