//! The chunks of an answer that comes event by event.

use std::collections::VecDeque;
use std::time::Duration;

use futures_core::Stream;

use crate::error::ProviderError;
use crate::http::answer::Answer;
use crate::http::fault::Fault;
use crate::http::sse::{Event, Events};
use crate::kind::ErrorKind;
use crate::response::ChatChunk;

/// How long the end of a body may take after the last event. Read to its end, a connection serves the next request.
const CLOSE: Duration = Duration::from_millis(100);

/// Reads the events of one provider.
pub(crate) trait Decode: Send + 'static {
    /// Reads the data of one event and adds the chunks that it means.
    fn event(&mut self, data: &[u8], chunks: &mut VecDeque<ChatChunk>) -> Result<Step, Fault>;

    /// Whether the body may end here; adds the chunks that wait for its end.
    fn end(&mut self, chunks: &mut VecDeque<ChatChunk>) -> bool;
}

/// What follows an event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// More events, or the end of the body.
    Next,
    /// Nothing: this was the last event.
    #[cfg_attr(
        not(any(feature = "openai", feature = "anthropic")),
        expect(dead_code, reason = "Gemini's streams end with the body")
    )]
    Last,
}

/// The chunks of an answer.
pub(super) struct Chunks<D> {
    /// Dropped at the end, which closes the connection unless the body is read.
    answer: Option<Answer>,
    decoder: D,
    events: Events,
    ready: VecDeque<ChatChunk>,
    /// The body is over, and what it left behind is read as an event.
    over: bool,
}

impl<D: Decode> Chunks<D> {
    pub(super) fn new(answer: Answer, decoder: D) -> Self {
        Self {
            answer: Some(answer),
            decoder,
            events: Events::default(),
            ready: VecDeque::new(),
            over: false,
        }
    }

    pub(super) fn into_stream(
        self,
    ) -> impl Stream<Item = Result<ChatChunk, ProviderError>> + Send + 'static {
        futures_util::stream::unfold(Box::new(self), async |mut chunks| {
            let item = chunks.next().await?;
            Some((item, chunks))
        })
    }

    async fn next(&mut self) -> Option<Result<ChatChunk, ProviderError>> {
        loop {
            if let Some(chunk) = self.ready.pop_front() {
                return Some(Ok(chunk));
            }
            if let Err(error) = self.advance().await? {
                self.answer = None;
                return Some(Err(error));
            }
        }
    }

    /// Reads one event, or one piece of the body; `None` after the end.
    async fn advance(&mut self) -> Option<Result<(), ProviderError>> {
        let answer = self.answer.as_mut()?;
        if let Some(event) = self.events.next() {
            return match read(&mut self.decoder, &event, &mut self.ready) {
                Ok(Step::Next) => Some(Ok(())),
                Ok(Step::Last) => {
                    close(answer).await;
                    self.answer = None;
                    Some(Ok(()))
                }
                // The beginning of an event that was cut off is no garbage.
                Err(Fault::Garbage(_)) if self.over => self.end(),
                Err(fault) => Some(Err(answer.fault(fault, &event.data))),
            };
        }
        if self.events.held() > answer.max_event() {
            let message = format!(
                "an event is longer than {} bytes: see HttpOptions::with_max_event",
                answer.max_event()
            );
            return Some(Err(
                answer.fault(Fault::Kind(ErrorKind::Decode, message), b"")
            ));
        }
        if self.over {
            return self.end();
        }
        match answer.piece().await {
            Ok(Some(piece)) => self.events.push(&piece),
            Ok(None) => {
                self.over = true;
                self.events.end();
            }
            Err(error) => return Some(Err(error)),
        }
        Some(Ok(()))
    }

    /// Ends the stream, when it may end here.
    fn end(&mut self) -> Option<Result<(), ProviderError>> {
        let answer = self.answer.take()?;
        let whole = self.decoder.end(&mut self.ready);
        Some(if whole {
            Ok(())
        } else {
            Err(answer.interrupted("the stream ended before its last event"))
        })
    }
}

fn read(
    decoder: &mut impl Decode,
    event: &Event,
    chunks: &mut VecDeque<ChatChunk>,
) -> Result<Step, Fault> {
    if event.is_error {
        let value = serde_json::from_slice(&event.data)
            .unwrap_or_else(|_| String::from_utf8_lossy(&event.data).into_owned().into());
        return Err(Fault::Refused(match value {
            value if super::fault::carries_error(&value) => value,
            value => serde_json::json!({ "error": value }),
        }));
    }
    decoder.event(&event.data, chunks)
}

/// Waits a moment for the end of the body, so that the connection can serve another request.
async fn close(answer: &mut Answer) {
    let rest = async { while let Ok(Some(_)) = answer.piece().await {} };
    let _ = tokio::time::timeout(CLOSE, rest).await;
}
