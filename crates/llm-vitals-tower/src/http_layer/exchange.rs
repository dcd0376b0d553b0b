//! One HTTP request on its way to its response.

use std::borrow::Cow;
use std::time::SystemTime;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use llm_vitals_provider::wire::{self, Dialect};
use llm_vitals_provider::{ErrorKind, Operation};
use percent_encoding::percent_decode_str;

use crate::call::Call;
use crate::http_layer::Target;
use crate::http_layer::watch::{RequestWatch, ResponseWatch};

/// One HTTP request on its way to its response.
#[derive(Debug)]
pub struct Exchange {
    call: Call,
    /// There while the address is not known.
    #[cfg(feature = "reqwest")]
    unseen: Option<Target>,
    dialect: Dialect,
    model_is_known: bool,
}

impl Exchange {
    /// Begins an exchange with what its address tells.
    pub(super) fn begin(target: &Target, method: &Method, host: Option<&str>, path: &str) -> Self {
        let mut route = wire::route(host, path);
        // Models are asked by POST; anything else at the same address is a list, a preflight or a stored answer.
        if method != Method::POST {
            (route.operation, route.model) = (Operation::Other, None);
        }
        let family = target.family(route.provider);
        let model = route.model.map(decoded);
        Self {
            call: Call::begin(&family, target.scope, model.as_deref(), route.operation),
            #[cfg(feature = "reqwest")]
            unseen: None,
            dialect: route.dialect,
            model_is_known: model.is_some(),
        }
    }

    /// Begins an exchange that its response will explain.
    #[cfg(feature = "reqwest")]
    pub(super) fn begin_unseen(target: &Target) -> Self {
        let family = target.family(None);
        let operation = Operation::Other;
        Self {
            call: Call::begin(&family, target.scope, None, operation),
            unseen: Some(target.clone()),
            dialect: Dialect::Any,
            model_is_known: false,
        }
    }

    /// Takes the address, if it was not known when the exchange began.
    #[cfg(feature = "reqwest")]
    pub(super) fn see(&mut self, (host, path): (Option<&str>, &str)) {
        let Some(target) = self.unseen.take() else {
            return;
        };
        let route = wire::route(host, path);
        self.call
            .relabel(&target.family(route.provider), route.operation);
        self.dialect = route.dialect;
        if let Some(model) = route.model {
            self.call.set_model(&decoded(model));
            self.model_is_known = true;
        }
    }

    /// What has to see the request's body pass, when the model is not known yet.
    pub(super) fn watch_request(&mut self) -> Option<RequestWatch> {
        (!self.model_is_known).then(|| RequestWatch::new(self.call.model_to_come()))
    }

    /// Takes the response's head; what is returned has to see the body pass.
    pub(super) fn answered(self, status: StatusCode, headers: &HeaderMap) -> ResponseWatch {
        let Self {
            mut call, dialect, ..
        } = self;
        if let Some(limits) = wire::rate_limits(headers, SystemTime::now()) {
            call.set_rate_limits(&limits);
        }
        if !status.is_success() && status != StatusCode::SWITCHING_PROTOCOLS {
            return ResponseWatch::refusal(call.into_stream(), status.as_u16());
        }
        let bills_tokens = call.bills_tokens();
        let mut call = call.into_stream();
        if let Some(usage) = wire::usage_from_headers(headers) {
            call.set_usage(usage);
        }
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        // What an answer without tokens looks like is not known here.
        let content_type = text(CONTENT_TYPE).filter(|_| bills_tokens);
        let tap = wire::BodyTap::new(dialect, content_type, text(CONTENT_ENCODING));
        ResponseWatch::answer(call, tap)
    }

    /// Records that there is no response.
    pub(super) fn failed(self, kind: ErrorKind) {
        self.call.fail(kind);
    }
}

fn decoded(model: &str) -> Cow<'_, str> {
    percent_decode_str(model).decode_utf8_lossy()
}
