//! Embeddings: the request and its answer.

use serde_json::Value;

use crate::json::json_object;
use crate::response::{Head, UsageReport};

json_object! {
    /// A request for embeddings in OpenAI's shape.
    pub struct EmbedRequest {
        required {
            /// The model that is asked.
            model: String,
            /// A text, a list of texts, or token ids.
            input: Value,
        }
        optional {
            /// How many dimensions a vector has.
            dimensions: u32,
            /// `float` or `base64`.
            encoding_format: String,
            /// The end user, for the provider's abuse detection; never a label.
            user: String,
        }
    }
}

impl EmbedRequest {
    /// Creates a request for the embedding of `input`, a text or a list of texts.
    pub fn new(model: impl Into<String>, input: impl Into<Value>) -> Self {
        Self::from_required(model.into(), input.into())
    }
}

json_object! {
    /// The embeddings of one request.
    pub struct EmbedResponse {
        required {
            /// One entry for each input: `{"object":"embedding","index":0,"embedding":[…]}`.
            data: Vec<Value>,
        }
        optional {
            /// `list`.
            object: String,
            /// The model that answered.
            model: String,
            /// What the request used.
            usage: UsageReport,
        }
        hidden {
            /// What the response's headers said.
            head: Head,
        }
    }
}

impl EmbedResponse {
    /// Creates an answer of `model` from its vectors.
    pub fn new(model: impl Into<String>, vectors: impl IntoIterator<Item = Vec<f32>>) -> Self {
        let data = vectors
            .into_iter()
            .enumerate()
            .map(|(index, embedding)| {
                serde_json::json!({"object": "embedding", "index": index, "embedding": embedding})
            })
            .collect();
        let mut response = Self::from_required(data);
        response.object = Some("list".to_owned());
        response.model = Some(model.into());
        response
    }

    /// Adds the usage report.
    #[must_use]
    pub fn with_usage(mut self, usage: impl Into<UsageReport>) -> Self {
        self.usage = Some(usage.into());
        self
    }
}
