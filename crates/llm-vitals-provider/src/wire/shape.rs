//! Events that differ from an earlier one only in their text.
//!
//! A stream of tokens says the same thing over and over with another text in it. Once an event was parsed and changed nothing
//! that is known of the answer, everything of it but its text is remembered; an event of the same shape changes nothing
//! either, and is told by comparing bytes.

use memchr::memchr2;

/// The values of these keys say nothing but the text of a token, or a number that runs on. Once a token has come, another
/// value in their place changes nothing.
const VARIABLE: [&[u8]; 15] = [
    b"content",
    b"text",
    b"delta",
    b"reasoning",
    b"reasoning_content",
    b"reasoning_text",
    b"refusal",
    b"arguments",
    b"partial_json",
    b"thinking",
    b"signature",
    b"obfuscation",
    b"p",
    b"created",
    b"sequence_number",
];

/// A longer event is not remembered.
const LONGEST: usize = 4096;
/// More variable values than that make an event not worth remembering.
const MOST_GAPS: usize = 16;
/// A token of text is seldom longer.
const SHORT: usize = 16;
/// How many events in a row may be remembered in vain before only every so many-th is.
const PATIENCE: u32 = 16;

/// The shapes of the last few events that changed nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shapes {
    /// Several answers and tool calls take turns.
    shapes: [Shape; 4],
    next: usize,
    misses: u32,
}

/// Fixed bytes, with gaps between them.
#[derive(Clone, Debug, Default)]
struct Shape {
    fixed: Vec<u8>,
    /// Where in `fixed` a gap is, and what fills it.
    gaps: Vec<(usize, Gap)>,
}

#[derive(Clone, Copy, Debug)]
enum Gap {
    /// The inside of a string.
    Text,
    /// Digits.
    Digits,
}

impl Shapes {
    /// The length of the event that `text` begins with, if it surely changes nothing.
    #[inline]
    pub(crate) fn find(&mut self, text: &[u8]) -> Option<usize> {
        let length = self.shapes.iter().find_map(|shape| shape.find(text))?;
        self.misses = 0;
        Some(length)
    }

    /// Remembers an event, which is JSON, that changed nothing.
    pub(crate) fn learn(&mut self, data: &[u8]) {
        self.misses = self.misses.saturating_add(1);
        if data.len() > LONGEST || (self.misses > PATIENCE && !self.misses.is_multiple_of(PATIENCE))
        {
            return;
        }
        let shape = &mut self.shapes[self.next];
        shape.learn(data);
        self.next = (self.next + 1) % self.shapes.len();
    }

    /// Forgets everything, as what is known of the answer has changed.
    pub(crate) fn forget(&mut self) {
        for shape in &mut self.shapes {
            shape.clear();
        }
        self.misses = 0;
    }
}

impl Shape {
    fn clear(&mut self) {
        self.fixed.clear();
        self.gaps.clear();
    }

    /// The length of what `text` begins with, if that has this shape.
    #[inline]
    fn find(&self, text: &[u8]) -> Option<usize> {
        if self.fixed.is_empty() {
            return None;
        }
        let (mut rest, mut from) = (text, 0);
        for (to, gap) in &self.gaps {
            let after = rest.strip_prefix(&self.fixed[from..*to])?;
            let filled = match gap {
                Gap::Text => token_length(after)?,
                Gap::Digits => digits_length(after),
            };
            (rest, from) = (&after[filled..], *to);
        }
        let rest = rest.strip_prefix(&self.fixed[from..])?;
        Some(text.len() - rest.len())
    }

    fn learn(&mut self, data: &[u8]) {
        self.clear();
        let mut at = 0;
        while let Some(key) = next_string(data, at) {
            let (begin, end) = key;
            let colon = skip_spaces(data, end + 1);
            if data.get(colon) != Some(&b':') || !VARIABLE.contains(&&data[begin..end]) {
                self.fixed.extend_from_slice(&data[at..=end]);
                at = end + 1;
                continue;
            }
            let value = skip_spaces(data, colon + 1);
            let gap = match data.get(value) {
                Some(b'"') => Some((value + 1, Gap::Text)),
                Some(b'0'..=b'9') => Some((value, Gap::Digits)),
                _ => None,
            };
            let Some((from, gap)) = gap else {
                self.fixed.extend_from_slice(&data[at..value]);
                at = value;
                continue;
            };
            if self.gaps.len() == MOST_GAPS {
                self.clear();
                return;
            }
            self.fixed.extend_from_slice(&data[at..from]);
            self.gaps.push((self.fixed.len(), gap));
            at = from;
            at += match gap {
                // The quote that ends the text is passed here, so that what follows is no text again.
                Gap::Text => text_length(&data[from..]) + 1,
                Gap::Digits => digits_length(&data[from..]),
            };
            if matches!(gap, Gap::Text) {
                self.fixed.push(b'"');
            }
        }
        self.fixed
            .extend_from_slice(data.get(at..).unwrap_or_default());
    }
}

/// Where the next string at or after `from` begins and ends, without its quotes.
fn next_string(data: &[u8], from: usize) -> Option<(usize, usize)> {
    let begin = from + memchr::memchr(b'"', data.get(from..)?)? + 1;
    let end = begin + text_length(&data[begin..]);
    (end < data.len()).then_some((begin, end))
}

/// The length of a string's inside, up to the quote that ends it.
fn text_length(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr2(b'"', b'\\', &text[at..]) {
        at += found;
        if text[at] == b'"' {
            return at;
        }
        at = (at + 2).min(text.len());
    }
    text.len()
}

/// The same, unless the line ends before.
#[inline]
fn token_length(text: &[u8]) -> Option<usize> {
    // Most tokens are shorter than what a search needs to get going.
    for (at, byte) in text.iter().take(SHORT).enumerate() {
        match byte {
            b'"' => return Some(at),
            b'\\' | ..b' ' => break,
            _ => {}
        }
    }
    let length = text_length(text);
    memchr2(b'\n', b'\r', &text[..length])
        .is_none()
        .then_some(length)
}

fn digits_length(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn skip_spaces(data: &[u8], from: usize) -> usize {
    let rest = data.get(from..).unwrap_or_default();
    from + rest
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(event: &str) -> Shape {
        let mut shape = Shape::default();
        shape.learn(event.as_bytes());
        shape
    }

    #[test]
    fn only_the_text_and_running_numbers_may_differ() {
        let event = r#"{"created": 12, "choices": [{"index": 0, "delta": {"content": "a\"b"}, "x": "content"}], "p": "zz"}"#;
        let shape = shape(event);
        for (from, to, fits) in [
            ("12", "12", true),
            ("12", "98765", true),
            ("12", "null", false),
            (r#"a\"b"#, "", true),
            (r#"a\"b"#, r"\\", true),
            (r#"a\"b"#, r#"usage\":{}"#, true),
            (r#"a\"b"#, r#"","usage":{"x":"y"#, false),
            (r#"a\"b"#, r"open\", false),
            (r#"a\"b"#, "two\nlines", false),
            (
                r#"a\"b"#,
                "a line of more than sixteen bytes\r and another",
                false,
            ),
            (r#"a\"b"#, "a line of more than sixteen bytes", true),
            ("zz", "anything", true),
            ("\"content\"}", "\"other\"}", false),
            ("\"index\": 0", "\"index\": 1", false),
            ("\"index\": 0", "\"index\":0", false),
            ("]", "] ", false),
        ] {
            let text = event.replace(from, to);
            let found = shape.find(text.as_bytes());
            assert_eq!(found == Some(text.len()), fits, "{from} {to}");
        }
    }

    #[test]
    fn what_follows_is_no_part_of_an_event_and_a_cut_one_is_none() {
        let event = r#"{"created":12,"delta":"some text"}"#;
        let shape = shape(event);
        let with_more = format!("{event}\n{event}");
        assert_eq!(shape.find(with_more.as_bytes()), Some(event.len()));
        for end in 0..event.len() {
            assert_eq!(shape.find(&event.as_bytes()[..end]), None, "{end}");
        }
    }

    fn known(shapes: &mut Shapes, event: &[u8]) -> bool {
        shapes.find(event) == Some(event.len())
    }

    #[test]
    fn nothing_is_known_at_first_and_after_forgetting() {
        let mut shapes = Shapes::default();
        let event = br#"{"delta":"x"}"#;
        assert!(!known(&mut shapes, event) && !known(&mut shapes, b""));
        shapes.learn(event);
        assert!(known(&mut shapes, br#"{"delta":"something else"}"#));
        shapes.forget();
        assert!(!known(&mut shapes, event));
    }

    #[test]
    fn streams_that_never_repeat_are_soon_left_alone() {
        let mut shapes = Shapes::default();
        let learned = (0..1_000)
            .filter(|number| {
                let before = shapes.next;
                shapes.learn(format!(r#"{{"logprob":{number}}}"#).as_bytes());
                shapes.next != before
            })
            .count();
        assert_eq!(learned, 16 + 61);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut shapes = Shapes::default();
        let long = format!(r#"{{"x":"{}"}}"#, "y".repeat(LONGEST));
        shapes.learn(long.as_bytes());
        assert!(!known(&mut shapes, long.as_bytes()));
        let wide = format!("[{}{{}}]", r#"{"text":"a"},"#.repeat(MOST_GAPS + 1));
        shapes.learn(wide.as_bytes());
        assert!(!known(&mut shapes, wide.as_bytes()));
    }
}
