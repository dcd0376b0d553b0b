//! Lines out of chunks that are cut anywhere.

use memchr::memchr2;

/// The longest line that is looked at.
pub(crate) const LONGEST_LINE: usize = 1 << 20;

/// A larger buffer is given back after its line.
pub(crate) const KEPT: usize = 1 << 16;

/// Splits a stream into lines at LF, CRLF or CR. Only a line that is cut by the end of a chunk is copied.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    /// The beginning of a line whose end has not come.
    carry: Vec<u8>,
    /// Whether the line in `carry` is too long, so that it is passed over.
    overlong: bool,
    /// Whether the last chunk ended with a CR, whose LF may still come.
    after_cr: bool,
    begun: bool,
}

/// A line, or word of one that was too long.
pub(crate) enum Line<'a> {
    Whole(&'a [u8]),
    Overlong,
}

/// What takes lines.
pub(crate) trait TakeLine {
    fn line(&mut self, line: &Line<'_>);

    /// The length of the line that `rest` begins with, if all of it is there and it need not be taken.
    fn find(&mut self, _rest: &[u8]) -> Option<usize> {
        None
    }
}

impl Lines {
    /// Gives every line that `chunk` completes to `taker`.
    pub(crate) fn push(&mut self, mut chunk: &[u8], taker: &mut impl TakeLine) {
        if self.after_cr && !chunk.is_empty() {
            self.after_cr = false;
            chunk = chunk.strip_prefix(b"\n").unwrap_or(chunk);
        }
        while !chunk.is_empty() {
            let known = match chunk {
                // The blank line between two events, and the first line, which may begin with a byte order mark.
                [b'\n', ..] => None,
                _ if !self.carry.is_empty() || self.overlong || !self.begun => None,
                _ => taker.find(chunk),
            };
            let end = match (known, chunk) {
                (None, [b'\n', ..]) => Some(0),
                (None, _) => memchr2(b'\n', b'\r', chunk),
                (known, _) => known,
            };
            let Some(end) = end else { break };
            let (line, rest) = chunk.split_at(end);
            if known.is_none() {
                self.line(line, taker);
            }
            chunk = match rest {
                [b'\r', b'\n', rest @ ..] => rest,
                [b'\r'] => {
                    self.after_cr = true;
                    &[]
                }
                [_, rest @ ..] => rest,
                [] => &[],
            };
        }
        self.keep(chunk);
    }

    /// Gives the last line, which had no end.
    pub(crate) fn finish(&mut self, taker: &mut impl TakeLine) {
        if !self.carry.is_empty() || self.overlong {
            self.line(&[], taker);
        }
    }

    fn line(&mut self, end: &[u8], taker: &mut impl TakeLine) {
        let begun = std::mem::replace(&mut self.begun, true);
        // A byte order mark before the first line.
        let mark = |line: &[u8]| {
            if !begun && line.starts_with(b"\xef\xbb\xbf") {
                3
            } else {
                0
            }
        };
        if self.carry.is_empty() && !self.overlong {
            if end.len() > LONGEST_LINE {
                taker.line(&Line::Overlong);
            } else {
                taker.line(&Line::Whole(&end[mark(end)..]));
            }
            return;
        }
        self.keep(end);
        if self.overlong {
            taker.line(&Line::Overlong);
        } else {
            let line = &self.carry[mark(&self.carry)..];
            taker.line(&Line::Whole(line));
        }
        self.overlong = false;
        self.carry.clear();
        self.carry.shrink_to(KEPT);
    }

    #[cfg(test)]
    pub(crate) fn buffered(&self) -> usize {
        self.carry.capacity()
    }

    fn keep(&mut self, part: &[u8]) {
        if part.is_empty() {
            return;
        }
        if self.overlong || self.carry.len() + part.len() > LONGEST_LINE {
            self.overlong = true;
            self.carry = Vec::new();
        } else {
            self.carry.extend_from_slice(part);
        }
    }
}
