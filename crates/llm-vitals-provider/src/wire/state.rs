//! What is known of an answer from its events, whatever frames them.

use crate::answers::Answers;
use crate::kind::ErrorKind;
use crate::usage::Usage;
use crate::wire::error::{classify, classify_code};
use crate::wire::event::{Candidates, Choices, Event, Inner};
use crate::wire::lenient::from_slice;
use crate::wire::mend::mend;
use crate::wire::redact::prefix;
use crate::wire::usage::RawUsage;

/// The longest model name that is kept.
const LONGEST_MODEL: usize = 256;

/// What is known of an answer from its events so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventState {
    usage: Option<RawUsage>,
    model: Option<Box<str>>,
    marks: Marks,
    any: bool,
    /// Events that should have been JSON and were not.
    garbled: u64,
}

/// What events switch on, or off.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Marks {
    /// Whether the completion's count is still a placeholder.
    partial: bool,
    error: Option<ErrorKind>,
    token: bool,
    /// The provider's own end: `[DONE]`, `message_stop`, `response.completed` …
    done: bool,
    answers: Answers,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Taken {
    /// It is not the JSON of an event.
    Garbled,
    /// It said nothing that was not known.
    Nothing,
    /// It said something.
    Something,
}

impl EventState {
    /// The last usage report, if there was one.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        let mut usage = self.usage.as_ref()?.usage()?;
        usage.partial = self.marks.partial;
        Some(usage)
    }

    /// The model that answers.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// The error that an event told of.
    #[must_use]
    pub fn error(&self) -> Option<ErrorKind> {
        self.marks.error
    }

    /// Whether any event came that is more than a comment.
    #[must_use]
    pub fn has_chunk(&self) -> bool {
        self.any
    }

    /// Whether content, reasoning, a refusal, a tool call or audio came.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.marks.token
    }

    /// Whether the answer is complete: the provider's own end came, or every answer that began has named why it ended.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.marks.done || self.marks.answers.all_ended()
    }

    /// Whether at least one of the answers ended at the limit of tokens, or of the context.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.marks.answers.any_truncated()
    }

    /// How many events should have been JSON and were not, or were too long to look at.
    #[must_use]
    pub fn garbled(&self) -> u64 {
        self.garbled
    }

    pub(crate) fn set_done(&mut self) {
        self.any = true;
        self.marks.done = true;
    }

    pub(crate) fn add_garbled(&mut self) {
        self.any = true;
        self.garbled = self.garbled.saturating_add(1);
    }

    /// Takes an event.
    pub(crate) fn take(&mut self, json: &[u8]) -> Taken {
        // A list or a text is JSON, and no event.
        if json.trim_ascii_start().first() != Some(&b'{') {
            return Taken::Garbled;
        }
        let before = self.marks;
        let told = match from_slice::<Event<'_>>(json) {
            Ok(event) => self.apply(&event, json),
            Err(_) => {
                // Half of a character that a token ended in its middle is no reason to miss what else the event says.
                let Some(mended) = mend(json) else {
                    return Taken::Garbled;
                };
                let Ok(event) = from_slice::<Event<'_>>(&mended) else {
                    return Taken::Garbled;
                };
                self.apply(&event, &mended)
            }
        };
        self.any = true;
        if told || before != self.marks {
            Taken::Something
        } else {
            Taken::Nothing
        }
    }

    /// Applies an event; whether it changed the usage or the model.
    fn apply(&mut self, event: &Event<'_>, json: &[u8]) -> bool {
        let kind = event.kind.as_str();
        let mut told = self.set_model(event.model.as_str());
        let unsure = self.usage.is_none() || self.marks.partial;
        // A later source is a more exact one.
        let reports = [
            event.metrics.as_deref().filter(|_| unsure),
            event.choices.usage.as_deref(),
            event.x_groq.usage.as_deref(),
            event.usage.as_deref(),
        ];
        let mut reports = reports.into_iter().flatten();
        if let Some(usage) = reports.rfind(|usage| usage.is_report()) {
            told |= self.set_usage(usage, kind);
        }
        // Ollama puts its counts beside everything else.
        let counts = RawUsage::ollama(event.prompt_eval_count, event.eval_count);
        told |= counts.is_report() && self.set_usage(&counts, kind);
        self.choices(&event.choices);
        let Candidates(candidates) = &event.candidates;
        self.choices(candidates);
        let marks = &mut self.marks;
        marks.token |= match kind {
            "content_block_delta" => event.delta.block,
            "" => event.delta.block,
            _ => event.delta.text && kind.ends_with(".delta"),
        };
        marks.done |= event.done.0
            || event.stop_reason.named.0
            || matches!(
                kind,
                "message_stop"
                    | "response.completed"
                    | "response.incomplete"
                    | "response.cancelled"
            );
        let ends = [
            event.end,
            event.stop_reason,
            event.delta.end,
            event.incomplete.reason,
            event.response.fields.incomplete.reason,
        ];
        if ends.iter().any(|end| end.truncated) {
            marks.answers.truncate();
        }
        let failed =
            kind == "error" || kind == "response.failed" || event.object.as_str() == "error";
        if event.error.0 || failed {
            self.fail(json);
        }
        if event.feedback.blocked.0 {
            self.block();
        }
        told |= self.inner(&event.message, kind, json);
        told |= self.inner(&event.response, kind, json);
        told |= self.set_tier(event.service_tier.filled());
        told
    }

    fn inner(&mut self, inner: &Inner<'_>, kind: &str, json: &[u8]) -> bool {
        let fields = &inner.fields;
        let mut told = self.set_model(fields.model.as_str());
        if let Some(usage) = fields.usage.as_deref().filter(|usage| usage.is_report()) {
            told |= self.set_usage(usage, kind);
        }
        let Candidates(candidates) = &fields.candidates;
        self.choices(candidates);
        // Ollama's message; Anthropic's and the Responses' begin empty.
        if kind.is_empty() {
            self.marks.token |=
                inner.text || fields.content.0 || fields.thinking.0 || fields.tool_calls.0;
        }
        if fields.error.0 {
            self.fail(json);
        }
        if fields.feedback.blocked.0 {
            self.block();
        }
        told | self.set_tier(fields.service_tier.filled())
    }

    fn choices(&mut self, choices: &Choices) {
        self.marks.answers.add(choices.answers);
        self.marks.token |= choices.token;
    }

    fn set_model(&mut self, model: &str) -> bool {
        let model = prefix(model, LONGEST_MODEL);
        let new = !model.is_empty() && self.model.as_deref() != Some(model);
        if new {
            self.model = Some(model.into());
        }
        new
    }

    /// Anthropic's reports add up over two events; everybody else's replace each other.
    fn set_usage(&mut self, usage: &RawUsage, kind: &str) -> bool {
        if kind == "message_delta" {
            self.usage.get_or_insert_default().merge(usage);
        } else {
            self.usage = Some(*usage);
        }
        self.marks.partial = kind == "message_start";
        true
    }

    /// Takes the tier that stands beside a report.
    fn set_tier(&mut self, tier: Option<&str>) -> bool {
        match (tier, &mut self.usage) {
            (Some(tier), Some(usage)) => usage.set_tier(tier),
            _ => false,
        }
    }

    fn fail(&mut self, json: &[u8]) {
        if self.marks.error.is_none() {
            self.marks.error = Some(classify(None, json).kind);
        }
    }

    /// Notes that the prompt was refused.
    fn block(&mut self) {
        self.marks.error.get_or_insert(ErrorKind::ContentFilter);
    }

    /// Notes an error that only has a name, such as AWS' exceptions.
    pub(crate) fn fail_with(&mut self, code: &str) {
        self.any = true;
        self.marks
            .error
            .get_or_insert(classify_code(code).unwrap_or(ErrorKind::Server));
    }
}
