//! Lines out of chunks that are cut anywhere.

use memchr::memchr2;

/// The longest line that is looked at.
pub(crate) const LONGEST_LINE: usize = 1 << 20;

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

impl Lines {
    /// Gives every line that `chunk` completes to `take`.
    pub(crate) fn push(&mut self, mut chunk: &[u8], mut take: impl FnMut(Line<'_>)) {
        if self.after_cr && !chunk.is_empty() {
            self.after_cr = false;
            chunk = chunk.strip_prefix(b"\n").unwrap_or(chunk);
        }
        while let Some(end) = memchr2(b'\n', b'\r', chunk) {
            let (line, rest) = chunk.split_at(end);
            self.line(line, &mut take);
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
    pub(crate) fn finish(&mut self, mut take: impl FnMut(Line<'_>)) {
        if !self.carry.is_empty() || self.overlong {
            self.line(&[], &mut take);
        }
    }

    fn line(&mut self, end: &[u8], take: &mut impl FnMut(Line<'_>)) {
        if self.carry.is_empty() && !self.overlong {
            let line = if self.begun {
                end
            } else {
                end.strip_prefix(b"\xef\xbb\xbf").unwrap_or(end)
            };
            self.begun = true;
            if line.len() > LONGEST_LINE {
                take(Line::Overlong);
            } else {
                take(Line::Whole(line));
            }
            return;
        }
        self.keep(end);
        if self.overlong {
            take(Line::Overlong);
        } else {
            let carry = &self.carry[..];
            let line = if self.begun {
                carry
            } else {
                carry.strip_prefix(b"\xef\xbb\xbf").unwrap_or(carry)
            };
            take(Line::Whole(line));
        }
        self.begun = true;
        self.overlong = false;
        self.carry.clear();
    }

    fn keep(&mut self, part: &[u8]) {
        if self.overlong || self.carry.len() + part.len() > LONGEST_LINE {
            self.overlong = true;
            self.carry = Vec::new();
        } else {
            self.carry.extend_from_slice(part);
        }
    }
}
