//! Server-sent events, read as they pass by.
//!
//! Until the first token every event is parsed. After that an event is searched for the few words that can matter and
//! parsed only when one of them is there, so that most events cost a search and no JSON.

use std::ops::Deref;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::wire::event::EventState;
use crate::wire::lines::{LONGEST_LINE, Line, Lines};

/// A shorter event may be any end or error; it is parsed.
const SHORT: usize = 96;

/// Reads a stream of server-sent events, of any provider, in chunks that are cut anywhere.
///
/// It keeps at most one line of at most 1 MiB; an event that is longer is passed over and counted by
/// [`garbled`](EventState::garbled). What it knows is an [`EventState`].
#[derive(Clone, Debug, Default)]
pub struct SseTap {
    lines: Lines,
    events: Events,
}

#[derive(Clone, Debug, Default)]
struct Events {
    state: EventState,
    /// The data of an event whose JSON goes on in the next line.
    open: Vec<u8>,
    /// Whether the event under way was named `error`.
    named_error: bool,
}

impl SseTap {
    /// Takes the next bytes of the stream.
    pub fn push(&mut self, chunk: &[u8]) {
        let events = &mut self.events;
        self.lines.push(chunk, |line| events.line(&line));
    }

    /// Takes the end of the stream, where the last event may lack its blank line.
    pub fn finish(&mut self) {
        let events = &mut self.events;
        self.lines.finish(|line| events.line(&line));
        events.end();
    }
}

impl Deref for SseTap {
    type Target = EventState;

    fn deref(&self) -> &EventState {
        &self.events.state
    }
}

impl Events {
    fn line(&mut self, line: &Line<'_>) {
        let line = match line {
            Line::Whole(line) => *line,
            Line::Overlong => {
                self.open.clear();
                self.state.add_garbled();
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

    /// A line of data. Most events have one; JSON over several lines is put together first.
    fn data(&mut self, data: &[u8]) {
        if !self.open.is_empty() {
            if self.open.len() + data.len() < LONGEST_LINE {
                self.open.push(b'\n');
                self.open.extend_from_slice(data);
            }
            return;
        }
        if self.state.has_token() && !self.named_error && is_boring(data, &self.state) {
            return;
        }
        if data == b"[DONE]" {
            self.state.set_done();
        } else if !self.state.take(data) {
            self.open.extend_from_slice(data);
        } else if self.named_error && self.state.error().is_none() {
            self.state.fail_with("");
        }
    }

    /// The blank line after an event.
    fn end(&mut self) {
        if !self.open.is_empty() {
            if !self.state.take(&self.open) {
                self.state.add_garbled();
            }
            if self.named_error && self.state.error().is_none() {
                self.state.fail_with("");
            }
            self.open.clear();
        }
        self.named_error = false;
    }
}

/// Whether an event after the first token surely says nothing new.
///
/// A quote in a JSON string is escaped, so that the words below, with their quotes, are keys wherever they occur.
fn is_boring(data: &[u8], state: &EventState) -> bool {
    static USAGE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"usage"));
    static FINISH: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"finish"));
    static ERROR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"error\""));
    if data.len() < SHORT || data.last() != Some(&b'}') || state.is_ending() {
        return false;
    }
    is_null(data, USAGE.find(data), b"\"usage\"")
        && is_null(data, FINISH.find(data), b"\"finish_reason\"")
        && ERROR.find(data).is_none()
}

/// Whether the key that was found at `at`, if it was, is `key` and null.
fn is_null(data: &[u8], at: Option<usize>, key: &[u8]) -> bool {
    let Some(at) = at else { return true };
    data[at..]
        .strip_prefix(key)
        .is_some_and(|value| value.starts_with(b":null"))
}
