//! The client.

use async_trait::async_trait;
use reqwest::Url;

use crate::embed::{EmbedRequest, EmbedResponse};
use crate::error::ProviderError;
use crate::gemini::stream::Events;
use crate::gemini::{GeminiBuilder, embed, request, response};
use crate::http::{Fault, Transport, Unsupported};
use crate::kind::ErrorKind;
use crate::model::Model;
use crate::provider::Provider;
use crate::request::ChatRequest;
use crate::response::ChatResponse;
use crate::stream::ChatStream;

/// The most pages of a list of models that are read, of 1,000 models each.
const MOST_PAGES: usize = 20;

/// A client of the Gemini API; see the [module docs](crate::gemini).
///
/// Clones share their connections.
#[derive(Clone, Debug)]
pub struct Gemini {
    transport: Transport,
}

impl Gemini {
    /// Begins a client.
    #[must_use]
    pub fn builder() -> GeminiBuilder {
        GeminiBuilder::new()
    }

    pub(super) const fn new(transport: Transport) -> Self {
        Self { transport }
    }

    /// Where `method` of `model` is called: `models/NAME`, or `tunedModels/NAME`.
    fn method(&self, model: &str, method: &str) -> Url {
        let (kind, name) = match model.split_once('/') {
            Some((kind @ ("models" | "tunedModels"), name)) => (kind, name),
            _ => ("models", model),
        };
        let call = format!("{name}:{method}");
        self.transport.url([kind, call.as_str()])
    }

    fn refused(&self, unsupported: &Unsupported) -> ProviderError {
        let message = unsupported.to_string();
        self.transport.error(ErrorKind::InvalidRequest, &message)
    }

    async fn page(&self, size: &str, token: Option<&str>) -> Result<response::Page, ProviderError> {
        let mut url = self.transport.url(["models"]);
        url.query_pairs_mut().append_pair("pageSize", size);
        if let Some(token) = token {
            url.query_pairs_mut().append_pair("pageToken", token);
        }
        let answer = self.transport.get(url).await?;
        let page =
            |body: &[u8]| serde_json::from_slice(body).map_err(|error| Fault::unread(body, &error));
        answer.parsed(page).await
    }
}

#[async_trait]
impl Provider for Gemini {
    fn name(&self) -> &str {
        self.transport.name()
    }

    async fn complete(&self, request: ChatRequest) -> Result<ChatResponse, ProviderError> {
        let body = request::body(&request).map_err(|refused| self.refused(&refused))?;
        let url = self.method(&request.model, "generateContent");
        let answer = self.transport.post(url, &body).await?;
        let head = answer.head();
        let model = request.model;
        let mut response = answer.parsed(|body| response::whole(body, model)).await?;
        response.head = head;
        Ok(response)
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        let body = request::body(&request).map_err(|refused| self.refused(&refused))?;
        let mut url = self.method(&request.model, "streamGenerateContent");
        url.query_pairs_mut().append_pair("alt", "sse");
        let answer = self.transport.post(url, &body).await?;
        answer.into_stream(Events::new(request.model)).await
    }

    async fn embed(&self, request: EmbedRequest) -> Result<EmbedResponse, ProviderError> {
        let (method, body) = embed::body(&request).map_err(|refused| self.refused(&refused))?;
        let url = self.method(&request.model, method);
        let answer = self.transport.post(url, &body).await?;
        let head = answer.head();
        let mut response = answer.parsed(|body| embed::whole(body, request)).await?;
        response.head = head;
        Ok(response)
    }

    async fn models(&self) -> Result<Vec<Model>, ProviderError> {
        let mut models = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let page = self.page("1000", token.as_deref()).await?;
            models.extend(page.models.into_iter().map(response::model));
            token = page.next_page_token.filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(models)
    }

    /// Asks for one model of the list.
    async fn check(&self) -> Result<(), ProviderError> {
        self.page("1", None).await.map(|_| ())
    }
}
