//! Server-sent events, read as they pass by.
//!
//! Every event is parsed, save those that differ from an earlier one only in their text: see [`Shapes`]. So most events of a
//! stream cost a comparison, whatever their keys and spaces, and none that ends or fails the stream is missed.

use std::ops::Deref;

use crate::wire::lines::{KEPT, LONGEST_LINE, Line, Lines, TakeLine};
use crate::wire::shape::Shapes;
use crate::wire::state::{EventState, Taken};

/// Reads a stream of server-sent events, of any provider, in chunks that are cut anywhere.
///
/// It keeps at most the beginning of one line and of one event, each of at most 1 MiB; an event that is longer is passed over
/// and counted by [`garbled`](EventState::garbled). What it knows is an [`EventState`].
#[derive(Clone, Debug, Default)]
pub struct SseTap {
    lines: Lines,
    events: Events,
}

#[derive(Clone, Debug, Default)]
struct Events {
    state: EventState,
    shapes: Shapes,
    /// The data of an event whose JSON goes on in the next line.
    open: Vec<u8>,
    /// Whether the data of the event under way is too long.
    overlong: bool,
    /// Whether the event under way was named `error`, and whether it has data.
    named_error: bool,
    any_data: bool,
    /// The length of the last line that was known.
    usual: usize,
}

impl SseTap {
    /// Takes the next bytes of the stream.
    pub fn push(&mut self, chunk: &[u8]) {
        self.lines.push(chunk, &mut self.events);
    }

    /// Takes the end of the stream, where the last event may lack its blank line.
    pub fn finish(&mut self) {
        self.lines.finish(&mut self.events);
        self.events.end();
    }

    /// The bytes of the stream that are kept.
    #[cfg(test)]
    pub(crate) fn buffered(&self) -> usize {
        self.lines.buffered() + self.events.open.capacity()
    }
}

impl Deref for SseTap {
    type Target = EventState;

    fn deref(&self) -> &EventState {
        &self.events.state
    }
}

impl TakeLine for Events {
    fn line(&mut self, line: &Line<'_>) {
        let line = match line {
            Line::Whole(line) => *line,
            Line::Overlong => {
                self.overlong = true;
                return;
            }
        };
        if let Some(data) = line.strip_prefix(b"data:") {
            self.data(data.strip_prefix(b" ").unwrap_or(data));
        } else if line.is_empty() {
            self.end();
        } else if let Some(name) = line.strip_prefix(b"event:") {
            self.named_error = name.trim_ascii() == b"error";
        }
        // Comments, ids and retry times say nothing here.
    }

    #[inline]
    fn find(&mut self, rest: &[u8]) -> Option<usize> {
        // A line that is cut is not worth a try.
        if rest.len() < self.usual || !self.open.is_empty() {
            return None;
        }
        let data = rest.strip_prefix(b"data:")?;
        let data = data.strip_prefix(b" ").unwrap_or(data);
        let length = self.shapes.find(data)?;
        if !matches!(data.get(length), Some(b'\n' | b'\r')) {
            return None;
        }
        self.any_data = true;
        self.usual = rest.len() - data.len() + length;
        Some(self.usual)
    }
}

impl Events {
    /// A line of data. Most events have one; JSON over several lines is put together first.
    fn data(&mut self, data: &[u8]) {
        self.any_data = true;
        if !self.open.is_empty() {
            if self.open.len() + data.len() < LONGEST_LINE {
                self.open.push(b'\n');
                self.open.extend_from_slice(data);
            } else {
                self.overlong = true;
            }
            return;
        }
        if let Some(length) = self.shapes.find(data)
            && length == data.len()
        {
            self.usual = length;
            return;
        }
        if data.trim_ascii() == b"[DONE]" {
            self.state.set_done();
        } else if self.take(data) == Taken::Garbled {
            self.open.extend_from_slice(data);
        }
    }

    fn take(&mut self, json: &[u8]) -> Taken {
        let taken = self.state.take(json);
        match taken {
            Taken::Something => self.shapes.forget(),
            // Before the first token another text would be news.
            Taken::Nothing if self.state.has_token() => self.shapes.learn(json),
            Taken::Nothing | Taken::Garbled => {}
        }
        taken
    }

    /// The blank line after an event.
    #[inline]
    fn end(&mut self) {
        if self.open.is_empty() && !self.overlong && !self.named_error {
            self.any_data = false;
        } else {
            self.end_of_open();
        }
    }

    #[cold]
    fn end_of_open(&mut self) {
        let open = std::mem::take(&mut self.open);
        if self.overlong || (!open.is_empty() && self.take(&open) == Taken::Garbled) {
            self.state.add_garbled();
        }
        if self.named_error && (self.any_data || self.overlong) && self.state.error().is_none() {
            self.state.fail_with("");
            self.shapes.forget();
        }
        if open.capacity() <= KEPT {
            self.open = open;
            self.open.clear();
        }
        self.overlong = false;
        self.named_error = false;
        self.any_data = false;
    }
}
