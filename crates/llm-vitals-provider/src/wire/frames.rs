//! Streams that are not server-sent events: lines of JSON, a JSON array, and AWS' binary frames.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::wire::lenient::{Text, from_slice, lenient};
use crate::wire::lines::{KEPT, LONGEST_LINE, Line, Lines, TakeLine};
use crate::wire::state::{EventState, Taken};

/// A JSON object on each line: Ollama.
#[derive(Clone, Debug, Default)]
pub(crate) struct JsonLines {
    lines: Lines,
}

impl JsonLines {
    pub(crate) fn push(&mut self, chunk: &[u8], state: &mut EventState) {
        self.lines.push(chunk, state);
    }

    pub(crate) fn finish(&mut self, state: &mut EventState) {
        self.lines.finish(state);
    }

    #[cfg(test)]
    pub(crate) fn buffered(&self) -> usize {
        self.lines.buffered()
    }
}

/// Each line is an event.
impl TakeLine for EventState {
    fn line(&mut self, line: &Line<'_>) {
        let taken = match line {
            Line::Whole(line) => line.trim_ascii().is_empty() || self.take(line) != Taken::Garbled,
            Line::Overlong => false,
        };
        if !taken {
            self.add_garbled();
        }
    }
}

/// A JSON array that grows: Gemini without `alt=sse`.
#[derive(Clone, Debug, Default)]
pub(crate) struct JsonArray {
    element: Vec<u8>,
    depth: u32,
    in_string: bool,
    escaped: bool,
    overlong: bool,
}

impl JsonArray {
    pub(crate) fn push(&mut self, chunk: &[u8], state: &mut EventState) {
        for byte in chunk {
            self.byte(*byte, state);
        }
    }

    #[cfg(test)]
    pub(crate) fn buffered(&self) -> usize {
        self.element.capacity()
    }

    fn byte(&mut self, byte: u8, state: &mut EventState) {
        if self.depth > 0 {
            if self.element.len() < LONGEST_LINE {
                self.element.push(byte);
            } else {
                self.overlong = true;
            }
        }
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' => {
                if self.depth == 0 {
                    self.element.push(byte);
                }
                self.depth = self.depth.saturating_add(1);
            }
            b'}' if self.depth > 0 => {
                self.depth -= 1;
                if self.depth == 0 {
                    if self.overlong || state.take(&self.element) == Taken::Garbled {
                        state.add_garbled();
                    }
                    self.element.clear();
                    self.element.shrink_to(KEPT);
                    self.overlong = false;
                }
            }
            _ => {}
        }
    }
}

/// Frames of AWS' event stream: length, length of the headers, checksum, headers, payload, checksum.
#[derive(Clone, Debug, Default)]
pub(crate) struct AwsFrames {
    frame: Vec<u8>,
    /// Bytes of a frame that is too long, still to be passed over.
    skip: usize,
    broken: bool,
}

const PRELUDE: usize = 12;
const CHECKSUM: usize = 4;

impl AwsFrames {
    pub(crate) fn push(&mut self, mut chunk: &[u8], state: &mut EventState) {
        while !chunk.is_empty() && !self.broken {
            let skipped = self.skip.min(chunk.len());
            self.skip -= skipped;
            chunk = &chunk[skipped..];
            let needed = self.needed();
            let taken = needed.saturating_sub(self.frame.len()).min(chunk.len());
            self.frame.extend_from_slice(&chunk[..taken]);
            chunk = &chunk[taken..];
            if self.frame.len() == PRELUDE && needed == PRELUDE {
                self.check_prelude(state);
            } else if self.frame.len() >= PRELUDE && self.frame.len() == self.needed() {
                self.frame(state);
                self.frame.clear();
                self.frame.shrink_to(KEPT);
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn buffered(&self) -> usize {
        self.frame.capacity()
    }

    fn needed(&self) -> usize {
        if self.frame.len() < PRELUDE {
            PRELUDE
        } else {
            word(&self.frame, 0)
        }
    }

    fn check_prelude(&mut self, state: &mut EventState) {
        let (length, headers) = (word(&self.frame, 0), word(&self.frame, 4));
        if length < PRELUDE + CHECKSUM || headers > length - PRELUDE - CHECKSUM {
            self.broken = true;
            state.add_garbled();
        } else if length > LONGEST_LINE {
            self.skip = length - PRELUDE;
            self.frame.clear();
            state.add_garbled();
        }
    }

    fn frame(&self, state: &mut EventState) {
        let headers_end = PRELUDE + word(&self.frame, 4);
        let payload_end = self.frame.len() - CHECKSUM;
        let (Some(headers), Some(payload)) = (
            self.frame.get(PRELUDE..headers_end),
            self.frame.get(headers_end..payload_end),
        ) else {
            return;
        };
        let exception = header(headers, b":exception-type");
        if let Some(exception) = exception.or_else(|| header(headers, b":error-code")) {
            state.fail_with(&String::from_utf8_lossy(exception));
            return;
        }
        let inner = from_slice::<Chunk<'_>>(payload).ok();
        let inner = inner.and_then(|chunk| STANDARD.decode(chunk.bytes.filled()?).ok());
        if state.take(inner.as_deref().unwrap_or(payload)) == Taken::Garbled {
            state.add_garbled();
        }
    }
}

/// The payload of an event that wraps another provider's event.
#[derive(Debug, Default)]
struct Chunk<'a> {
    bytes: Text<'a>,
}

lenient!(Chunk<'a> { "bytes" => bytes });

/// Four bytes as a length.
fn word(bytes: &[u8], at: usize) -> usize {
    let mut word = [0; 4];
    if let Some(bytes) = bytes.get(at..at + 4) {
        word.copy_from_slice(bytes);
    }
    u32::from_be_bytes(word) as usize
}

/// The text of a header: name length, name, type, value. Texts, type 7, and bytes, type 6, begin with their length.
fn header<'a>(mut headers: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    loop {
        let (length, rest) = headers.split_first()?;
        let (name, rest) = rest.split_at_checked(usize::from(*length))?;
        let (kind, rest) = rest.split_first()?;
        let (length, rest) = match (kind, rest) {
            (0 | 1, rest) => (0, rest),
            (2, rest) => (1, rest),
            (3, rest) => (2, rest),
            (4, rest) => (4, rest),
            (5 | 8, rest) => (8, rest),
            (6 | 7, [high, low, rest @ ..]) => {
                (usize::from(u16::from_be_bytes([*high, *low])), rest)
            }
            (9, rest) => (16, rest),
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        if name == wanted && *kind == 7 {
            return Some(value);
        }
        headers = rest;
    }
}
