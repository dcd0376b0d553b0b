//! What is asked of a chat model.

use serde_json::Value;

use crate::json::json_object;
use crate::message::{Message, Tool};

json_object! {
    /// A chat request in OpenAI's shape; every provider of this crate understands it.
    ///
    /// Fields that are not named here are kept in `extra` and written again, so that reading and writing a request
    /// loses nothing.
    pub struct ChatRequest {
        required {
            /// The model that is asked.
            model: String,
            /// The conversation so far.
            messages: Vec<Message>,
        }
        optional {
            /// Whether the answer is streamed.
            stream: bool,
            /// Options of a streamed answer.
            stream_options: StreamOptions,
            /// Sampling temperature, 0 to 2.
            temperature: f64,
            /// Nucleus sampling, 0 to 1.
            top_p: f64,
            /// How many answers are asked for.
            n: u32,
            /// Where to stop: a text or a list of texts.
            stop: Value,
            /// The limit on completion tokens, by its old name.
            max_tokens: u64,
            /// The limit on completion tokens, reasoning included.
            max_completion_tokens: u64,
            /// Penalty on tokens that are already there, -2 to 2.
            presence_penalty: f64,
            /// Penalty on frequent tokens, -2 to 2.
            frequency_penalty: f64,
            /// Bias by token id.
            logit_bias: Value,
            /// Whether to answer with log probabilities.
            logprobs: bool,
            /// How many alternatives to answer at each position.
            top_logprobs: u32,
            /// Seed for repeatable sampling.
            seed: i64,
            /// The tools that the model may call.
            tools: Vec<Tool>,
            /// `none`, `auto`, `required`, or one tool.
            tool_choice: Value,
            /// Whether several tools may be called at once.
            parallel_tool_calls: bool,
            /// The form of the answer: `text`, `json_object` or `json_schema`.
            response_format: Value,
            /// How hard to reason: `minimal`, `low`, `medium`, `high`.
            reasoning_effort: String,
            /// The kinds of output: `text`, `audio`.
            modalities: Vec<String>,
            /// Voice and format of spoken output.
            audio: Value,
            /// `auto`, `default`, `flex` or `priority`.
            service_tier: String,
            /// The end user, for the provider's abuse detection; never a label.
            user: String,
        }
    }
}

impl ChatRequest {
    /// Creates a request to `model`.
    pub fn new(model: impl Into<String>, messages: impl Into<Vec<Message>>) -> Self {
        Self::from_required(model.into(), messages.into())
    }

    /// Asks for a streamed answer.
    #[must_use]
    pub fn streamed(mut self) -> Self {
        self.stream = Some(true);
        self
    }

    /// Whether a streamed answer is asked for.
    #[must_use]
    pub fn is_streamed(&self) -> bool {
        self.stream == Some(true)
    }

    /// Whether the caller asked for the usage report at the end of a stream.
    #[must_use]
    pub fn wants_stream_usage(&self) -> bool {
        self.stream_options
            .as_ref()
            .is_some_and(|options| options.include_usage == Some(true))
    }
}

json_object! {
    /// Options of a streamed answer.
    pub struct StreamOptions {
        required {}
        optional {
            /// Whether the stream ends with a chunk that carries the usage.
            include_usage: bool,
        }
    }
}

impl StreamOptions {
    /// Asks for the usage report at the end of the stream.
    #[must_use]
    pub fn with_usage() -> Self {
        let mut options = Self::from_required();
        options.include_usage = Some(true);
        options
    }
}
