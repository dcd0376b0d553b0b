//! A small server that speaks OpenAI's API, so that the examples run without a key.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::post;

const WHOLE: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1789000000,"model":"gpt-example",
"choices":[{"index":0,"message":{"role":"assistant","content":"All is well."},"finish_reason":"stop"}],
"usage":{"prompt_tokens":12,"completion_tokens":4,"total_tokens":16}}"#;

const STREAM: &str = r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1789000000,"model":"gpt-example","choices":[{"index":0,"delta":{"role":"assistant","content":"All is well."},"finish_reason":null}]}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1789000000,"model":"gpt-example","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1789000000,"model":"gpt-example","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":4,"total_tokens":16}}

data: [DONE]

"#;

/// Answers chats, whole or streamed as the request asks.
pub(crate) fn router() -> Router {
    Router::new().route("/v1/chat/completions", post(chat))
}

async fn chat(body: String) -> impl IntoResponse {
    if body.replace(' ', "").contains("\"stream\":true") {
        ([(CONTENT_TYPE, "text/event-stream")], STREAM)
    } else {
        ([(CONTENT_TYPE, "application/json")], WHOLE)
    }
}

/// Serves it on a free port; returns the base URL.
#[allow(dead_code, reason = "one of the examples is a server itself")]
pub(crate) async fn serve() -> std::io::Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router()).await });
    Ok(format!("http://{address}/v1"))
}
