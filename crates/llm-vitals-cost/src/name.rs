//! Names of models, compared without regard to case.

use std::str;

use crate::moment::{digits, is_date};

/// The longest name that is looked up.
const LONGEST: usize = 256;

/// A model's name in lower case, on the stack, so that a lookup allocates nothing.
#[derive(Clone, Copy)]
pub(crate) struct Name {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Name {
    /// Lower-cases `name`; `None` if it is too long or not ASCII, which no price list's are.
    pub(crate) fn new(name: &str) -> Option<Self> {
        let mut folded = Self::empty();
        folded.push(name)?;
        folded.is_ascii().then_some(folded)
    }

    /// `prefix/name`.
    pub(crate) fn joined(prefix: &str, name: &str) -> Option<Self> {
        let mut joined = Self::empty();
        joined.push(prefix)?;
        joined.push("/")?;
        joined.push(name)?;
        joined.is_ascii().then_some(joined)
    }

    #[cfg(any(test, feature = "bundled"))]
    /// Writes `-20251211` as `-2025-12-11` wherever that ends the name or stands before `-` or `:`.
    pub(crate) fn with_dashed_dates(name: &str) -> Option<Self> {
        let mut dashed = Self::empty();
        let mut rest = name;
        let mut changed = false;
        while let Some(at) = rest.find("-20") {
            let (before, date) = rest.split_at(at);
            dashed.push(before)?;
            if let Some((digits, after)) = compact_date(date) {
                dashed.push("-")?;
                dashed.push(&digits[..4])?;
                dashed.push("-")?;
                dashed.push(&digits[4..6])?;
                dashed.push("-")?;
                dashed.push(&digits[6..])?;
                rest = after;
                changed = true;
            } else {
                dashed.push("-")?;
                rest = &date[1..];
            }
        }
        dashed.push(rest)?;
        (changed && dashed.is_ascii()).then_some(dashed)
    }

    pub(crate) fn as_str(&self) -> &str {
        // ASCII, as the constructors made sure.
        str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }

    const fn empty() -> Self {
        Self {
            bytes: [0; LONGEST],
            length: 0,
        }
    }

    fn push(&mut self, part: &str) -> Option<()> {
        let end = self.length.checked_add(part.len())?;
        let room = self.bytes.get_mut(self.length..end)?;
        room.copy_from_slice(part.as_bytes());
        room.make_ascii_lowercase();
        self.length = end;
        Some(())
    }

    fn is_ascii(&self) -> bool {
        self.bytes[..self.length].is_ascii()
    }
}

/// The name without the date of its release at its end: `gpt-4o-2024-08-06` and `claude-opus-4@20250514` are dated.
pub(crate) fn undated(name: &str) -> Option<&str> {
    let (rest, dashed) = split_end(name, 11).unwrap_or_default();
    if dashed.as_bytes().first() == Some(&b'-') && is_dashed_date(&dashed[1..]) {
        return Some(rest);
    }
    let (rest, compact) = split_end(name, 9)?;
    let separated = matches!(compact.as_bytes().first(), Some(b'-' | b'@'));
    (separated && is_compact_date(&compact[1..])).then_some(rest)
}

/// `text` before and from its last `length` bytes, if there is something before them.
fn split_end(text: &str, length: usize) -> Option<(&str, &str)> {
    let at = text.len().checked_sub(length).filter(|at| *at > 0)?;
    text.split_at_checked(at)
}

#[cfg(any(test, feature = "bundled"))]
fn compact_date(text: &str) -> Option<(&str, &str)> {
    let date = text.get(1..9)?;
    let after = &text[9..];
    (is_compact_date(date) && (after.is_empty() || after.starts_with(['-', ':'])))
        .then_some((date, after))
}

fn is_compact_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(&[c, d, _, _, _, _, _, _]) = bytes.first_chunk::<8>() else {
        return false;
    };
    [c, d] == *b"20" && is_calendar_date(&bytes[..4], &bytes[4..6], &bytes[6..])
}

fn is_dashed_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.starts_with(b"20")
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && is_calendar_date(&bytes[..4], &bytes[5..7], &bytes[8..])
}

fn is_calendar_date(year: &[u8], month: &[u8], day: &[u8]) -> bool {
    match (digits(year), digits(month), digits(day)) {
        (Some(year), Some(month), Some(day)) => is_date(year, month, day),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_does_not_matter() {
        let name = Name::new("Meta-Llama/LLAMA-3").unwrap();
        assert_eq!(name.as_str(), "meta-llama/llama-3");
        assert_eq!(
            Name::joined("azure", "GPT-4o").unwrap().as_str(),
            "azure/gpt-4o"
        );
    }

    #[test]
    fn what_no_list_has_is_no_name() {
        assert!(Name::new("gpt-ü").is_none());
        assert!(Name::new(&"x".repeat(257)).is_none());
        assert!(Name::new(&"x".repeat(256)).is_some());
        assert!(Name::joined("azure", &"x".repeat(251)).is_none());
    }

    #[test]
    fn compact_dates_are_dashed() {
        let dashed = |name| Name::with_dashed_dates(name).map(|name| name.as_str().to_owned());
        assert_eq!(dashed("gpt-5.2-20251211").unwrap(), "gpt-5.2-2025-12-11");
        assert_eq!(
            dashed("model-20251211:free").unwrap(),
            "model-2025-12-11:free"
        );
        assert_eq!(
            dashed("a-20251211-20240229").unwrap(),
            "a-2025-12-11-2024-02-29"
        );
        assert_eq!(dashed("model-20250230"), None);
        assert_eq!(dashed("model-202512110"), None);
        assert_eq!(dashed("model"), None);
        assert_eq!(dashed("model-20"), None);
    }

    #[test]
    fn a_date_at_the_end_is_of_the_release() {
        assert_eq!(undated("gpt-4o-2024-08-06"), Some("gpt-4o"));
        assert_eq!(undated("claude-opus-4-20250514"), Some("claude-opus-4"));
        assert_eq!(undated("claude-opus-4@20250514"), Some("claude-opus-4"));
        for whole in [
            "gpt-4o",
            "-2024-08-06",
            "gpt-4-0613",
            "gpt-4o-2024-08-46",
            "x-20251301",
            "",
        ] {
            assert_eq!(undated(whole), None, "{whole}");
        }
    }

    proptest! {
        #[test]
        fn no_name_breaks_it(name in any::<String>(), tail in "[-@0-9:]{0,24}") {
            for name in [name.clone(), format!("{name}{tail}")] {
                let folded = Name::new(&name).map(|name| name.as_str().len());
                prop_assert!(folded.is_none_or(|length| length == name.len()));
                let _ = Name::with_dashed_dates(&name);
                prop_assert!(undated(&name).is_none_or(|rest| name.starts_with(rest)));
            }
        }
    }
}
