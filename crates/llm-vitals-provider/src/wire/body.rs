//! The body of an answer, read as it passes by, whatever its format.

use crate::kind::ErrorKind;
use crate::usage::Usage;
use crate::wire::frames::{AwsFrames, JsonArray, JsonLines};
use crate::wire::json::{Field, FieldScan};
use crate::wire::route::Dialect;
use crate::wire::sse::SseTap;
use crate::wire::state::{EventState, Taken};

/// Reads usage, model, first token and end from the body of an answer.
///
/// It takes borrowed bytes cut anywhere, and keeps at most about 2 MiB, whatever the size of the body.
#[derive(Clone, Debug)]
pub struct BodyTap {
    format: Format,
    /// Whether the body is read as server-sent events though it should be JSON.
    guessed: bool,
    /// What streams other than server-sent events said, and what a whole body said when it ended.
    state: EventState,
}

#[derive(Clone, Debug)]
enum Format {
    Whole(Box<FieldScan<{ FIELDS.len() }>>),
    Sse(Box<SseTap>),
    JsonLines(JsonLines),
    JsonArray(JsonArray),
    Aws(AwsFrames),
    /// Compressed, or of a type that is not read.
    Opaque,
}

/// The fields of whole answers that matter, of every provider.
const FIELDS: [Field; 20] = [
    Field::Top("model"),
    Field::Top("modelVersion"),
    Field::Top("usage"),
    Field::Top("usageMetadata"),
    Field::Top("amazon-bedrock-invocationMetrics"),
    Field::Top("x_groq"),
    Field::Top("error"),
    Field::Top("service_tier"),
    Field::Top("prompt_eval_count"),
    Field::Top("eval_count"),
    Field::Top("done"),
    Field::Top("type"),
    Field::Top("stopReason"),
    Field::Top("object"),
    Field::Top("promptFeedback"),
    Field::Top("stop_reason"),
    Field::Top("done_reason"),
    Field::Top("incomplete_details"),
    Field::InList("choices", "finish_reason"),
    Field::InList("candidates", "finishReason"),
];

impl BodyTap {
    /// Creates a tap for the body of an answer with these headers. A compressed body is opaque.
    #[must_use]
    pub fn new(
        dialect: Dialect,
        content_type: Option<&str>,
        content_encoding: Option<&str>,
    ) -> Self {
        let plain = content_encoding.is_none_or(|encoding| {
            encoding.trim().is_empty() || encoding.eq_ignore_ascii_case("identity")
        });
        let media = content_type
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        let is = |name: &str| media.eq_ignore_ascii_case(name);
        let format = if !plain {
            Format::Opaque
        } else if is("text/event-stream") {
            Format::Sse(Box::default())
        } else if is("application/x-ndjson")
            || is("application/ndjson")
            || is("application/jsonl")
            || is("application/stream+json")
        {
            Format::JsonLines(JsonLines::default())
        } else if is("application/vnd.amazon.eventstream") {
            Format::Aws(AwsFrames::default())
        } else if is("application/json") && dialect == Dialect::GeminiArray {
            Format::JsonArray(JsonArray::default())
        } else if is("application/json") || media.ends_with("+json") {
            Format::Whole(Box::new(FieldScan::new(&FIELDS)))
        } else {
            Format::Opaque
        };
        Self {
            format,
            guessed: false,
            state: EventState::default(),
        }
    }

    /// Takes the next bytes of the body.
    pub fn push(&mut self, chunk: &[u8]) {
        let mut chunk = chunk;
        if let Format::Whole(scan) = &self.format
            && !scan.has_begun()
        {
            chunk = without_blanks(chunk);
            if matches!(chunk.first(), Some(b'd' | b'e' | b':')) {
                // Some servers call their server-sent events JSON.
                self.format = Format::Sse(Box::default());
                self.guessed = true;
            }
        }
        match &mut self.format {
            Format::Whole(scan) => scan.push(chunk),
            Format::Sse(tap) => tap.push(chunk),
            Format::JsonLines(lines) => lines.push(chunk, &mut self.state),
            Format::JsonArray(array) => array.push(chunk, &mut self.state),
            Format::Aws(frames) => frames.push(chunk, &mut self.state),
            Format::Opaque => {}
        }
    }

    /// Takes the end of the body.
    pub fn finish(&mut self) {
        match &mut self.format {
            Format::Whole(scan) => {
                if scan.is_complete() {
                    if self.state.take(&scan.to_object()) == Taken::Garbled {
                        self.state.add_garbled();
                    } else {
                        self.state.set_done();
                    }
                }
            }
            Format::Sse(tap) => tap.finish(),
            Format::JsonLines(lines) => lines.finish(&mut self.state),
            Format::JsonArray(_) | Format::Aws(_) | Format::Opaque => {}
        }
    }

    /// Whether the body cannot be read: compressed, or of an unknown type.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        matches!(self.format, Format::Opaque)
    }

    /// Whether the body is a stream of events, and not one whole answer.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        !matches!(self.format, Format::Whole(_) | Format::Opaque)
    }

    /// What the events said so far; for a whole answer, what it said, after its end.
    #[must_use]
    pub fn state(&self) -> &EventState {
        match &self.format {
            Format::Sse(tap) => tap,
            _ => &self.state,
        }
    }

    /// The last usage report.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        self.state().usage()
    }

    /// The bytes of the body that are kept.
    #[cfg(test)]
    pub(crate) fn buffered(&self) -> usize {
        match &self.format {
            Format::Whole(scan) => scan.buffered(),
            Format::Sse(tap) => tap.buffered(),
            Format::JsonLines(lines) => lines.buffered(),
            Format::JsonArray(array) => array.buffered(),
            Format::Aws(frames) => frames.buffered(),
            Format::Opaque => 0,
        }
    }

    /// How the body fails as an answer if it ends here, or `None` if it is complete. A body that cannot be read is
    /// complete.
    #[must_use]
    pub fn failure(&self) -> Option<ErrorKind> {
        if self.is_opaque() {
            return None;
        }
        let state = self.state();
        if let Some(error) = state.error() {
            return Some(error);
        }
        match &self.format {
            Format::Whole(scan) if scan.is_malformed() || state.garbled() > 0 => {
                Some(ErrorKind::Decode)
            }
            Format::Whole(scan) if !scan.is_complete() => Some(ErrorKind::StreamInterrupted),
            Format::Whole(_) => None,
            _ if state.is_complete() => None,
            _ if !state.has_token() && state.garbled() > 0 => Some(ErrorKind::Decode),
            _ if self.guessed && !state.has_chunk() => Some(ErrorKind::Decode),
            _ => Some(ErrorKind::StreamInterrupted),
        }
    }
}

/// A body without the spaces and the byte order mark before it.
fn without_blanks(begin: &[u8]) -> &[u8] {
    let blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0xEF | 0xBB | 0xBF);
    let blanks = begin.iter().take_while(|byte| blank(byte)).count();
    &begin[blanks..]
}
