//! An answer that is passed on, and counted for the service.

use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use llm_vitals_provider::Operation;
use llm_vitals_provider::wire::{self, BodyTap, Dialect};
use llm_vitals_tower::{Call, LlmResponse};
use tokio::sync::OwnedSemaphorePermit;

use super::body::{ProxyBody, Watch};
use crate::gate::Hold;

/// A response whose body is still to come.
pub(crate) struct ProxyReply {
    response: http::Response<reqwest::Body>,
    dialect: Dialect,
    operation: Operation,
    watch: Option<Watch>,
    place: Option<OwnedSemaphorePermit>,
}

impl ProxyReply {
    pub(super) const fn new(
        response: http::Response<reqwest::Body>,
        dialect: Dialect,
        operation: Operation,
    ) -> Self {
        Self {
            response,
            dialect,
            operation,
            watch: None,
            place: None,
        }
    }
}

impl Hold for ProxyReply {
    fn hold(mut self, place: OwnedSemaphorePermit) -> Self {
        self.place = Some(place);
        self
    }
}

impl LlmResponse for ProxyReply {
    fn observed(mut self, call: Call) -> Self {
        let status = self.response.status();
        let watch = if status.is_client_error() || status.is_server_error() {
            Watch::refusal(call, wire::classify(Some(status.as_u16()), b"").kind)
        } else {
            let headers = self.response.headers();
            // What an answer without tokens looks like is not known here.
            let kind = text(headers, &CONTENT_TYPE).filter(|_| self.operation.bills_tokens());
            Watch::answer(
                call,
                BodyTap::new(self.dialect, kind, text(headers, &CONTENT_ENCODING)),
            )
        };
        self.watch = Some(watch);
        self
    }
}

impl IntoResponse for ProxyReply {
    fn into_response(self) -> Response {
        let Self {
            response,
            watch,
            place,
            ..
        } = self;
        response.map(|body| axum::body::Body::new(ProxyBody::new(body, watch, place)))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &http::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
