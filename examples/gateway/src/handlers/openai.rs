//! OpenAI's API: chats, completions of text, embeddings.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use llm_vitals_provider::{ChatReply, ChatRequest, EmbedRequest};
use tower::ServiceExt as _;

use super::answer::{broke_off, events, failed, json, with_id};
use crate::app::App;
use crate::body;
use crate::cache::{Asked, HEADER, Note, Wish};
use crate::openai_error::ApiError;
use crate::sse::SseBody;
use crate::text::{self, TextRequest};
use crate::trace;

pub(super) async fn chat(State(app): State<Arc<App>>, request: Request) -> Response {
    let trace = trace::of(request.headers());
    let asked: Asked<ChatRequest> =
        match read(&app, request, |body| serde_json::from_slice(body)).await {
            Ok(request) => request,
            Err(error) => return error.into_response(),
        };
    let note = asked.note.clone();
    let response = match trace::within(trace, app.service.clone().oneshot(asked)).await {
        Ok(ChatReply::Full(answer)) => with_id(json(&answer), &answer.head),
        Ok(ChatReply::Stream(stream)) => {
            let head = stream.head().clone();
            with_id(events(SseBody::chat(stream, broke_off)), &head)
        }
        Err(error) => failed(&error),
    };
    noted(response, &note)
}

pub(super) async fn text(State(app): State<Arc<App>>, request: Request) -> Response {
    let trace = trace::of(request.headers());
    let asked = match read(&app, request, TextRequest::parse).await {
        Ok(request) => request,
        Err(error) => return error.into_response(),
    };
    let note = asked.note.clone();
    let response = match trace::within(trace, app.service.clone().oneshot(asked)).await {
        Ok(ChatReply::Full(answer)) => with_id(json(&text::response_json(&answer)), &answer.head),
        Ok(ChatReply::Stream(stream)) => {
            let head = stream.head().clone();
            with_id(events(SseBody::text(stream, broke_off)), &head)
        }
        Err(error) => failed(&error),
    };
    noted(response, &note)
}

pub(super) async fn embed(State(app): State<Arc<App>>, request: Request) -> Response {
    let trace = trace::of(request.headers());
    let asked: Asked<EmbedRequest> =
        match read(&app, request, |body| serde_json::from_slice(body)).await {
            Ok(request) => request,
            Err(error) => return error.into_response(),
        };
    let note = asked.note.clone();
    let response = match trace::within(trace, app.service.clone().oneshot(asked)).await {
        Ok(answer) => with_id(json(&answer), &answer.head),
        Err(error) => failed(&error),
    };
    noted(response, &note)
}

/// Says whether the answer comes from the cache, where it was looked for.
fn noted(mut response: Response, note: &Note) -> Response {
    if let Some(value) = note.header() {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// Lets the client in, and reads what it asks.
async fn read<T>(
    app: &App,
    request: Request,
    parse: impl FnOnce(&[u8]) -> Result<T, serde_json::Error>,
) -> Result<Asked<T>, ApiError> {
    let (head, body) = request.into_parts();
    if let Err(refusal) = app.access.client(&head.method, &head.uri, &head.headers) {
        body::discard(body, app.limits.body.0).await;
        return Err(refusal);
    }
    let body: Bytes =
        body::read(&head.headers, body, app.limits.body.0, app.timeouts.body.0).await?;
    let request = parse(&body).map_err(|error| {
        ApiError::invalid(
            StatusCode::BAD_REQUEST,
            format!("cannot read the request: {error}"),
        )
        .with_code("invalid_request")
    })?;
    Ok(Asked {
        request,
        wish: Wish::of(&head.headers),
        note: Note::default(),
    })
}
