//! Messages of a conversation, their parts and the tool calls in them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::json_object;

json_object! {
    /// One message of a conversation.
    pub struct Message {
        required {
            /// `system`, `developer`, `user`, `assistant` or `tool`.
            role: String,
        }
        optional {
            /// What is said: text, or parts. An explicit `null` (an assistant that only calls tools) stays in `extra`.
            content: Content,
            /// The name of the participant.
            name: String,
            /// The calls that an assistant makes.
            tool_calls: Vec<ToolCall>,
            /// The call that a message of role `tool` answers.
            tool_call_id: String,
            /// Why the assistant refused.
            refusal: String,
            /// The assistant's reasoning, as OpenRouter and Ollama name it.
            reasoning: String,
            /// The assistant's reasoning, as DeepSeek, xAI and vLLM name it.
            reasoning_content: String,
            /// Audio of the assistant: a reference in a request, the data in an answer.
            audio: Value,
        }
    }
}

impl Message {
    /// Creates a message of `role` that says `text`.
    pub fn new(role: impl Into<String>, text: impl Into<String>) -> Self {
        let mut message = Self::from_required(role.into());
        message.content = Some(Content::Text(text.into()));
        message
    }

    /// Creates a message of the user.
    pub fn user(text: impl Into<String>) -> Self {
        Self::new("user", text)
    }

    /// Creates a system message.
    pub fn system(text: impl Into<String>) -> Self {
        Self::new("system", text)
    }

    /// Creates a message of the assistant.
    pub fn assistant(text: impl Into<String>) -> Self {
        Self::new("assistant", text)
    }
}

/// What a message says.
#[non_exhaustive]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Content {
    /// Plain text.
    Text(String),
    /// Text, images, audio and files in order.
    Parts(Vec<ContentPart>),
}

impl Content {
    /// The text of this content: the text itself, or the text parts joined without a separator.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Parts(parts) => parts
                .iter()
                .filter_map(|part| part.text.as_deref())
                .collect(),
        }
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

json_object! {
    /// One part of a message; `kind` says which of the other fields is there.
    pub struct ContentPart {
        required {
            /// `text`, `image_url`, `input_audio`, `file`, `refusal`, or a part that a provider adds.
            kind as "type": String,
        }
        optional {
            /// The text of a `text` part.
            text: String,
            /// The image of an `image_url` part.
            image_url: ImageUrl,
            /// The sound of an `input_audio` part.
            input_audio: InputAudio,
            /// The file of a `file` part.
            file: Value,
            /// The text of a `refusal` part.
            refusal: String,
        }
    }
}

impl ContentPart {
    /// Creates a text part.
    pub fn text(text: impl Into<String>) -> Self {
        let mut part = Self::from_required("text".to_owned());
        part.text = Some(text.into());
        part
    }

    /// Creates an image part from an URL (`https:` or `data:`).
    pub fn image(url: impl Into<String>) -> Self {
        let mut part = Self::from_required("image_url".to_owned());
        part.image_url = Some(ImageUrl::from_required(url.into()));
        part
    }

    /// Creates a sound part from base64 data and its format (`wav`, `mp3`).
    pub fn audio(data: impl Into<String>, format: impl Into<String>) -> Self {
        let mut part = Self::from_required("input_audio".to_owned());
        part.input_audio = Some(InputAudio::from_required(data.into(), format.into()));
        part
    }
}

json_object! {
    /// A reference to an image.
    pub struct ImageUrl {
        required {
            /// An `https:` or a `data:` URL.
            url: String,
        }
        optional {
            /// `auto`, `low` or `high`.
            detail: String,
        }
    }
}

json_object! {
    /// Sound in a request.
    pub struct InputAudio {
        required {
            /// The sound in base64.
            data: String,
            /// `wav` or `mp3`.
            format: String,
        }
        optional {}
    }
}

json_object! {
    /// A tool that the model may call.
    pub struct Tool {
        required {
            /// `function`, or a kind that a provider adds.
            kind as "type": String,
        }
        optional {
            /// The function of a `function` tool.
            function: FunctionDefinition,
        }
    }
}

impl Tool {
    /// Creates a function tool from its name and the JSON Schema of its parameters.
    pub fn function(name: impl Into<String>, parameters: Value) -> Self {
        let mut function = FunctionDefinition::from_required(name.into());
        function.parameters = Some(parameters);
        let mut tool = Self::from_required("function".to_owned());
        tool.function = Some(function);
        tool
    }
}

json_object! {
    /// A function that the model may call.
    pub struct FunctionDefinition {
        required {
            /// The function's name.
            name: String,
        }
        optional {
            /// What the function does, for the model.
            description: String,
            /// The JSON Schema of the parameters.
            parameters: Value,
            /// Whether the arguments must match the schema.
            strict: bool,
        }
    }
}

json_object! {
    /// A call to a tool; in a stream a piece of one, told apart by `index`.
    pub struct ToolCall {
        required {}
        optional {
            /// The position of the call among the calls of a streamed message.
            index: u32,
            /// The id with which the answer refers to the call.
            id: String,
            /// `function`.
            kind as "type": String,
            /// The function and its arguments.
            function: FunctionCall,
        }
    }
}

impl ToolCall {
    /// Creates a call of the function `name` with `arguments` in JSON.
    pub fn function(
        id: impl Into<String>,
        name: impl Into<String>,
        arguments: impl Into<String>,
    ) -> Self {
        let mut function = FunctionCall::from_required();
        function.name = Some(name.into());
        function.arguments = Some(arguments.into());
        let mut call = Self::from_required();
        call.id = Some(id.into());
        call.kind = Some("function".to_owned());
        call.function = Some(function);
        call
    }
}

json_object! {
    /// The function of a call; in a stream a piece of it.
    pub struct FunctionCall {
        required {}
        optional {
            /// The function's name.
            name: String,
            /// The arguments as JSON text, which a model may get wrong.
            arguments: String,
        }
    }
}
