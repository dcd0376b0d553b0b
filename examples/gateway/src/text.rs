//! Completions of plain text, the API before chats: `/v1/completions`.
//!
//! Inside, an answer travels as the answer to a chat whose one message is the text, so that the same layers serve both. A
//! provider with OpenAI's API is asked at its own `/completions`, with the request as the client sent it; any other is asked
//! a chat with one message.

mod service;

use llm_vitals_provider::{
    ChatChunk, ChatRequest, ChatResponse, ErrorKind, Operation, ProviderError,
};
use llm_vitals_tower::LlmRequest;
use serde_json::{Map, Value, json};

use crate::cache::Cacheable;
use crate::stream_usage::AskForUsage;

pub(crate) use self::service::TextService;

/// The fields that mean the same in a chat.
const SHARED: [&str; 12] = [
    "max_tokens",
    "temperature",
    "top_p",
    "n",
    "stop",
    "stream",
    "stream_options",
    "presence_penalty",
    "frequency_penalty",
    "logit_bias",
    "seed",
    "user",
];

/// A request for a completion, with every field that the client sent.
#[derive(Clone, Debug)]
pub(crate) struct TextRequest {
    pub(crate) model: String,
    body: Map<String, Value>,
}

impl TextRequest {
    /// Reads a request's body.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        let mut body: Map<String, Value> = serde_json::from_slice(json)?;
        match body.get_mut("model") {
            Some(Value::String(model)) => Ok(Self {
                model: std::mem::take(model),
                body,
            }),
            Some(_) => Err(serde::de::Error::custom("`model` must be a string")),
            None => Err(serde::de::Error::missing_field("model")),
        }
    }

    pub(crate) fn is_streamed(&self) -> bool {
        self.body.get("stream") == Some(&Value::Bool(true))
    }

    pub(crate) fn wants_stream_usage(&self) -> bool {
        let options = self.body.get("stream_options");
        options.is_some_and(|options| options["include_usage"] == Value::Bool(true))
    }

    /// The body as it goes to the provider.
    fn into_body(mut self) -> Map<String, Value> {
        self.body.insert("model".to_owned(), self.model.into());
        self.body
    }

    /// The chat that asks the same.
    fn into_chat(self) -> Result<ChatRequest, ProviderError> {
        let prompt = match self.body.get("prompt") {
            Some(Value::String(text)) => text,
            Some(Value::Array(texts)) if matches!(&texts[..], [Value::String(_)]) => {
                texts[0].as_str().unwrap_or_default()
            }
            _ => {
                return Err(ProviderError::new(
                    ErrorKind::InvalidRequest,
                    "`prompt` must be one text: this provider has chats only",
                ));
            }
        };
        let mut chat = Map::new();
        chat.insert("model".to_owned(), self.model.into());
        chat.insert(
            "messages".to_owned(),
            json!([{"role": "user", "content": prompt}]),
        );
        for name in SHARED {
            if let Some(value) = self.body.get(name) {
                chat.insert(name.to_owned(), value.clone());
            }
        }
        serde_json::from_value(chat.into()).map_err(|error| {
            ProviderError::new(
                ErrorKind::InvalidRequest,
                format!("cannot read the request: {error}"),
            )
        })
    }
}

impl LlmRequest for TextRequest {
    fn model(&self) -> &str {
        &self.model
    }

    fn operation(&self) -> Operation {
        Operation::TextCompletion
    }
}

impl Cacheable for TextRequest {
    fn operation(&self) -> Operation {
        Operation::TextCompletion
    }

    fn to_json(&self) -> Option<Value> {
        Some(self.clone().into_body().into())
    }

    fn is_repeatable(&self) -> bool {
        self.body.get("temperature").and_then(Value::as_f64) == Some(0.0)
    }
}

impl AskForUsage for TextRequest {
    fn ask_for_usage(&mut self) -> bool {
        if !self.is_streamed() {
            return false;
        }
        let options = self
            .body
            .entry("stream_options")
            .or_insert_with(|| json!({}));
        if !options.is_object() {
            *options = json!({});
        }
        let asked = options["include_usage"] == Value::Bool(true);
        options["include_usage"] = true.into();
        !asked
    }
}

/// The answer as a client of `/v1/completions` expects it.
pub(crate) fn response_json(response: &ChatResponse) -> Value {
    as_text(serde_json::to_value(response), "message")
}

/// The chunk as a client of `/v1/completions` expects it.
pub(crate) fn chunk_json(chunk: &ChatChunk) -> Value {
    as_text(serde_json::to_value(chunk), "delta")
}

fn as_text(answer: Result<Value, serde_json::Error>, part: &str) -> Value {
    // Every key is a string, so that writing to a value does not fail.
    let mut answer = answer.unwrap_or_default();
    answer["object"] = "text_completion".into();
    let choices = answer.get_mut("choices").and_then(Value::as_array_mut);
    for choice in choices
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        let said = choice.shift_remove(part);
        // What is no text has stayed where the provider wrote it.
        if !choice.contains_key("text") {
            let text = said
                .as_ref()
                .and_then(|said| said.get("content"))
                .and_then(Value::as_str);
            choice.shift_insert(0, "text".to_owned(), text.unwrap_or_default().into());
        }
        choice.entry("logprobs").or_insert(Value::Null);
        choice.entry("finish_reason").or_insert(Value::Null);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_to_a_chat_becomes_a_completion() {
        let answer = json!({
            "id": "c", "object": "chat.completion", "model": "m", "x": {"y": [1]},
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop", "z": 1}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 2},
        });
        assert_eq!(
            response_json(&serde_json::from_value(answer).unwrap()),
            json!({
                "id": "c", "object": "text_completion", "model": "m", "x": {"y": [1]},
                "choices": [{"text": "Hi", "index": 0, "logprobs": null, "finish_reason": "stop", "z": 1}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 2},
            })
        );
        let chunk = json!({"choices": [{"index": 0, "delta": {"role": "assistant"}}, {"delta": {}, "text": null}]});
        assert_eq!(
            chunk_json(&serde_json::from_value(chunk).unwrap()),
            json!({"object": "text_completion", "choices": [
                {"text": "", "index": 0, "logprobs": null, "finish_reason": null},
                {"text": null, "logprobs": null, "finish_reason": null},
            ]})
        );
    }

    #[test]
    fn a_prompt_becomes_a_message() {
        let json =
            br#"{"model":"m","prompt":["Say hi"],"max_tokens":5,"logprobs":2,"stream":true}"#;
        let chat = TextRequest::parse(json).unwrap().into_chat().unwrap();
        assert_eq!(
            serde_json::to_value(chat).unwrap(),
            json!({"model": "m", "messages": [{"role": "user", "content": "Say hi"}], "stream": true, "max_tokens": 5})
        );
        for prompt in ["[1,2]", "[\"a\",\"b\"]", "null"] {
            let json = format!(r#"{{"model":"m","prompt":{prompt}}}"#);
            assert!(
                TextRequest::parse(json.as_bytes())
                    .unwrap()
                    .into_chat()
                    .is_err(),
                "{prompt}"
            );
        }
        assert!(TextRequest::parse(b"{}").is_err());
    }

    #[test]
    fn usage_is_asked_for_once() {
        let ask = |json: &str| {
            let mut request = TextRequest::parse(json.as_bytes()).unwrap();
            (
                request.ask_for_usage(),
                request.into_body().get("stream_options").cloned(),
            )
        };
        let wanted = Some(json!({"include_usage": true}));
        assert_eq!(ask(r#"{"model":"m"}"#), (false, None));
        assert_eq!(
            ask(r#"{"model":"m","stream":true}"#),
            (true, wanted.clone())
        );
        assert_eq!(
            ask(r#"{"model":"m","stream":true,"stream_options":null}"#),
            (true, wanted.clone())
        );
        assert_eq!(
            ask(r#"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#),
            (false, wanted)
        );
    }
}
