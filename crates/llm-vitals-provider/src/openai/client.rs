//! The client.

use async_trait::async_trait;
use reqwest::Url;
use serde_json::{Map, Value};

use crate::embed::{EmbedRequest, EmbedResponse};
use crate::error::ProviderError;
use crate::http::Transport;
use crate::kind::ErrorKind;
use crate::model::Model;
use crate::openai::flavor::Check;
use crate::openai::stream::Events;
use crate::openai::{Flavor, OpenAiBuilder, request, response, text};
use crate::provider::Provider;
use crate::request::ChatRequest;
use crate::response::ChatResponse;
use crate::service::ChatReply;
use crate::stream::ChatStream;

/// A client of OpenAI or of a server that speaks its format; see the [module docs](crate::openai).
///
/// Clones share their connections.
#[derive(Clone, Debug)]
pub struct OpenAi {
    transport: Transport,
    flavor: Flavor,
    /// The version of Azure's API; `None` where there is none.
    azure: Option<String>,
}

impl OpenAi {
    /// Begins a client of a server of this flavor.
    #[must_use]
    pub fn builder(flavor: Flavor) -> OpenAiBuilder {
        OpenAiBuilder::new(flavor)
    }

    pub(super) const fn new(transport: Transport, flavor: Flavor, azure: Option<String>) -> Self {
        Self {
            transport,
            flavor,
            azure,
        }
    }

    /// The flavor of the server.
    #[must_use]
    pub const fn flavor(&self) -> Flavor {
        self.flavor
    }

    /// Completes plain text, the API before chats: sends `body` to `completions`, and streams when its `stream` is true.
    ///
    /// The answer is shaped as one to a chat: `choices[].text` becomes the content of `message` or `delta`, and every other
    /// field stays as the server wrote it.
    ///
    /// # Errors
    ///
    /// As [`Provider::complete`] and [`Provider::stream`]; [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest)
    /// without a `model`.
    pub async fn complete_text(
        &self,
        body: Map<String, Value>,
    ) -> Result<ChatReply, ProviderError> {
        let Some(model) = body.get("model").and_then(Value::as_str) else {
            return Err(self
                .transport
                .error(ErrorKind::InvalidRequest, "`model` must be a string"));
        };
        let url = self.operation(model, &["completions"]);
        let quirks = self.flavor.quirks();
        let body = text::prepare(body, quirks);
        let answer = self.transport.post(url, &body).await?;
        if text::is_streamed(&body) {
            let stream = answer.into_stream(Events::text(quirks.usage)).await?;
            return Ok(ChatReply::Stream(stream));
        }
        let head = answer.head();
        let mut response = answer.parsed(text::whole).await?;
        response.head = head;
        Ok(ChatReply::Full(response))
    }

    /// Where `operation` of `model` is asked for.
    fn operation(&self, model: &str, operation: &[&str]) -> Url {
        let Some(version) = &self.azure else {
            return self.transport.url(operation.iter().copied());
        };
        let deployment = ["openai", "deployments", model];
        versioned(
            self.transport
                .url(deployment.iter().chain(operation).copied()),
            version,
        )
    }

    /// Where the models are listed.
    fn list(&self) -> Url {
        match &self.azure {
            None => self.transport.url(["models"]),
            Some(version) => versioned(self.transport.url(["openai", "models"]), version),
        }
    }
}

#[async_trait]
impl Provider for OpenAi {
    fn name(&self) -> &str {
        self.transport.name()
    }

    async fn complete(&self, request: ChatRequest) -> Result<ChatResponse, ProviderError> {
        let url = self.operation(&request.model, &["chat", "completions"]);
        let request = request::prepare(request, false, self.flavor.quirks());
        let answer = self.transport.post(url, &request).await?;
        let head = answer.head();
        let whole = |body: &[u8]| response::whole(body, |answer: &ChatResponse| &answer.extra);
        let mut response = answer.parsed(whole).await?;
        response.head = head;
        Ok(response)
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        let url = self.operation(&request.model, &["chat", "completions"]);
        let quirks = self.flavor.quirks();
        let request = request::prepare(request, true, quirks);
        let answer = self.transport.post(url, &request).await?;
        answer.into_stream(Events::chat(quirks.usage)).await
    }

    async fn embed(&self, request: EmbedRequest) -> Result<EmbedResponse, ProviderError> {
        let url = self.operation(&request.model, &["embeddings"]);
        let answer = self.transport.post(url, &request).await?;
        let head = answer.head();
        let whole = |body: &[u8]| response::whole(body, |answer: &EmbedResponse| &answer.extra);
        let mut response = answer.parsed(whole).await?;
        response.head = head;
        Ok(response)
    }

    /// Lists the models that can be asked; of Azure, those that could be deployed, which are no names of deployments.
    async fn models(&self) -> Result<Vec<Model>, ProviderError> {
        let answer = self.transport.get(self.list()).await?;
        answer.parsed(response::models).await
    }

    /// Lists the models, or reads the status of OpenRouter's key.
    async fn check(&self) -> Result<(), ProviderError> {
        match self.flavor.quirks().check {
            Check::Models => self.models().await.map(|_| ()),
            Check::Key => {
                let answer = self.transport.get(self.transport.url(["key"])).await?;
                answer.parsed(response::key_status).await
            }
        }
    }
}

fn versioned(mut url: Url, version: &str) -> Url {
    url.query_pairs_mut().append_pair("api-version", version);
    url
}
