//! Texts from outside, made safe for a log.

/// The longest text that is kept.
const LONGEST: usize = 512;
/// What keys begin with, and how many characters must follow to be one.
const KEYS: [(&str, usize); 17] = [
    ("sk-", 8),
    ("sk_", 8),
    ("gsk_", 8),
    ("xai-", 8),
    ("key-", 8),
    ("AIza", 16),
    ("AKIA", 12),
    ("ABSK", 16),
    ("eyJ", 16),
    ("hf_", 8),
    ("ghp_", 8),
    ("github_pat_", 8),
    ("pplx-", 8),
    ("nvapi-", 8),
    ("r8_", 16),
    ("Bearer ", 4),
    ("key=", 4),
];

/// Shortens `text` to 512 bytes, takes out control characters, and replaces what looks like a key with `***`.
///
/// ```
/// use llm_vitals_provider::wire::redact;
///
/// assert_eq!(redact("wrong key sk-proj-1234567890\n"), "wrong key sk-*** ");
/// ```
#[must_use]
pub fn redact(text: &str) -> String {
    // A key that is cut by the end is still one: look at more than is kept.
    let mut rest = prefix(text, 4 * LONGEST);
    let is_cut = rest.len() < text.len();
    let mut clean = String::with_capacity(rest.len().min(LONGEST + 8));
    while let Some(first) = rest.chars().next() {
        if clean.len() >= LONGEST {
            break;
        }
        let key = KEYS
            .iter()
            .find(|(begin, _)| starts_with_ignoring_case(rest, begin));
        if let Some((begin, least)) = key {
            let (head, tail) = rest.split_at(begin.len());
            let length = tail
                .bytes()
                .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.~+/=*".contains(byte))
                .count();
            let cut = is_cut && length == tail.len();
            if length >= *least || cut {
                clean.push_str(head);
                clean.push_str("***");
                rest = &tail[length..];
                continue;
            }
        }
        clean.push(if first.is_control() { ' ' } else { first });
        rest = &rest[first.len_utf8()..];
    }
    clean.truncate(prefix(&clean, LONGEST).len());
    clean
}

fn starts_with_ignoring_case(text: &str, begin: &str) -> bool {
    text.as_bytes()
        .get(..begin.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(begin.as_bytes()))
}

/// At most `longest` bytes of `text`, cut between characters.
pub(crate) fn prefix(text: &str, longest: usize) -> &str {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_go_and_words_stay() {
        assert_eq!(
            redact("task-force and risk-free"),
            "task-force and risk-free"
        );
        assert_eq!(
            redact("Authorization: bearer abc.def"),
            "Authorization: bearer ***"
        );
        assert_eq!(redact("?key=AIzaSyA1234567890abcdef&x=1"), "?key=***&x=1");
        assert_eq!(redact("a\u{7}\nb"), "a  b");
        assert_eq!(redact("token hf_abcdefghijk"), "token hf_***");
    }

    #[test]
    fn a_key_at_the_end_of_what_is_looked_at_is_one() {
        let keys = format!("sk-{} ", "a".repeat(64)).repeat(30);
        assert_eq!(keys.len(), 2040);
        let text = format!("{keys}sk-secret-that-goes-on");
        let clean = redact(&text);
        assert!(clean.len() < LONGEST && !clean.contains("sec"), "{clean}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_text_is_bounded(text in ".{0,2000}") {
            let clean = redact(&text);
            prop_assert!(clean.len() <= LONGEST && !clean.chars().any(char::is_control));
        }
    }
}
