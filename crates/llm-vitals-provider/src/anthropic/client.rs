//! The client.

use async_trait::async_trait;

use crate::anthropic::stream::Events;
use crate::anthropic::{AnthropicBuilder, request, response};
use crate::error::ProviderError;
use crate::http::{Fault, Transport};
use crate::kind::ErrorKind;
use crate::model::Model;
use crate::provider::Provider;
use crate::request::ChatRequest;
use crate::response::ChatResponse;
use crate::stream::ChatStream;

/// The most pages of a list of models that are read, of 1,000 models each.
const MOST_PAGES: usize = 20;

/// A client of Anthropic's Messages API; see the [module docs](crate::anthropic).
///
/// Clones share their connections.
#[derive(Clone, Debug)]
pub struct Anthropic {
    transport: Transport,
    max_tokens: u64,
}

impl Anthropic {
    /// Begins a client.
    #[must_use]
    pub fn builder() -> AnthropicBuilder {
        AnthropicBuilder::new()
    }

    pub(super) const fn new(transport: Transport, max_tokens: u64) -> Self {
        Self {
            transport,
            max_tokens,
        }
    }

    async fn send(
        &self,
        request: &ChatRequest,
        stream: bool,
    ) -> Result<crate::http::Answer, ProviderError> {
        let body = request::body(request, stream, self.max_tokens).map_err(|unsupported| {
            let message = unsupported.to_string();
            self.transport.error(ErrorKind::InvalidRequest, &message)
        })?;
        self.transport
            .post(self.transport.url(["messages"]), &body)
            .await
    }

    async fn page(&self, size: &str, after: Option<&str>) -> Result<response::Page, ProviderError> {
        let mut url = self.transport.url(["models"]);
        url.query_pairs_mut().append_pair("limit", size);
        if let Some(after) = after {
            url.query_pairs_mut().append_pair("after_id", after);
        }
        let answer = self.transport.get(url).await?;
        let page =
            |body: &[u8]| serde_json::from_slice(body).map_err(|error| Fault::unread(body, &error));
        answer.parsed(page).await
    }
}

#[async_trait]
impl Provider for Anthropic {
    fn name(&self) -> &str {
        self.transport.name()
    }

    async fn complete(&self, request: ChatRequest) -> Result<ChatResponse, ProviderError> {
        let answer = self.send(&request, false).await?;
        let head = answer.head();
        let mut response = answer.parsed(response::whole).await?;
        response.head = head;
        Ok(response)
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        let answer = self.send(&request, true).await?;
        answer.into_stream(Events::new(request.model)).await
    }

    async fn models(&self) -> Result<Vec<Model>, ProviderError> {
        let mut models = Vec::new();
        let mut after = None;
        for _ in 0..MOST_PAGES {
            let page = self.page("1000", after.as_deref()).await?;
            models.extend(page.data.into_iter().map(response::model));
            after = page.last_id.filter(|_| page.has_more);
            if after.is_none() {
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
