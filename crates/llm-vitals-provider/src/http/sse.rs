//! Server-sent events, from a body that is cut anywhere.

use memchr::memchr2;

/// The data of one event.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Event {
    /// The lines of data, joined by newlines.
    pub(super) data: Vec<u8>,
    /// Whether the event is named `error`.
    pub(super) is_error: bool,
}

/// Splits a body into events. Line ends are LF, CR or CRLF; comments and fields other than `data` and `event` are
/// passed over.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// Bytes that are not read yet, from `start` on.
    buffer: Vec<u8>,
    start: usize,
    /// How much of the unread bytes is known to hold no line end.
    scanned: usize,
    /// The last line ended in CR: a LF that follows belongs to it.
    after_cr: bool,
    /// The first line is past, and with it the byte order mark.
    begun: bool,
    /// The event so far; each line of its data ends in LF.
    data: Vec<u8>,
    is_error: bool,
}

impl Events {
    /// Takes the next piece of the body.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Takes the end of the body: an event that lacks its blank line is whole.
    pub(super) fn end(&mut self) {
        self.push(b"\n\n");
    }

    /// How many bytes are held back for an event that is not whole.
    pub(super) fn held(&self) -> usize {
        self.buffer.len() - self.start + self.data.len()
    }

    /// The next whole event.
    pub(super) fn next(&mut self) -> Option<Event> {
        loop {
            if self.after_cr && self.start < self.buffer.len() {
                self.start += usize::from(self.buffer[self.start] == b'\n');
                self.after_cr = false;
            }
            let unread = &self.buffer[self.start..];
            let Some(end) = memchr2(b'\n', b'\r', &unread[self.scanned..]) else {
                self.scanned = unread.len();
                return None;
            };
            let end = self.scanned + end;
            let line = self.start..self.start + end;
            self.after_cr = unread[end] == b'\r';
            self.start += end + 1;
            self.scanned = 0;
            if let Some(event) = self.line(line) {
                return Some(event);
            }
        }
    }

    /// Reads one line; a blank one ends the event.
    fn line(&mut self, range: std::ops::Range<usize>) -> Option<Event> {
        let mut line = &self.buffer[range];
        if !self.begun {
            self.begun = true;
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        if line.is_empty() {
            let is_error = std::mem::take(&mut self.is_error);
            let mut data = std::mem::take(&mut self.data);
            // An event without data is none.
            data.pop()?;
            return Some(Event { data, is_error });
        }
        if let Some(data) = field(line, b"data") {
            self.data.extend_from_slice(data);
            self.data.push(b'\n');
        } else if let Some(name) = field(line, b"event") {
            self.is_error = name == b"error";
        }
        None
    }
}

/// The value of the field `name`, when `line` is that field.
fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let value = line.strip_prefix(name)?;
    if value.is_empty() {
        return Some(value);
    }
    let value = value.strip_prefix(b":")?;
    Some(value.strip_prefix(b" ").unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<(String, bool)> {
        let mut events = Events::default();
        let mut found = Vec::new();
        let mut drain = |events: &mut Events| {
            while let Some(event) = events.next() {
                found.push((String::from_utf8(event.data).unwrap(), event.is_error));
            }
        };
        for piece in pieces {
            events.push(piece);
            drain(&mut events);
        }
        events.end();
        drain(&mut events);
        found
    }

    const BODY: &[u8] =
        b"\xef\xbb\xbf: hi\r\ndata: a\r\ndata: z\r\n\r\nevent: error\rdata:b\rdata: c\r\r\
        id: 1\n\ndata\n\ndata:  d\n\nretry: 3\ndata: last";

    fn expected() -> Vec<(String, bool)> {
        [
            ("a\nz", false),
            ("b\nc", true),
            ("", false),
            (" d", false),
            ("last", false),
        ]
        .map(|(data, is_error)| (data.to_owned(), is_error))
        .to_vec()
    }

    #[test]
    fn every_line_end_is_understood() {
        assert_eq!(read(&[BODY]), expected());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn a_cut_anywhere_changes_nothing(mut cuts in prop::collection::vec(0..BODY.len(), 0..8)) {
            cuts.sort_unstable();
            let mut pieces = Vec::new();
            let mut from = 0;
            for cut in cuts {
                pieces.push(&BODY[from..cut]);
                from = cut;
            }
            pieces.push(&BODY[from..]);
            prop_assert_eq!(read(&pieces), expected());
        }
    }

    #[test]
    fn what_is_held_back_is_counted() {
        let mut events = Events::default();
        events.push(b"data: 12345\ndata: 123");
        assert_eq!(events.next(), None);
        assert_eq!(events.held(), 6 + 9);
    }
}
