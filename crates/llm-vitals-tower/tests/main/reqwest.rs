//! The layer around a real `reqwest::Client`, in front of a server that does as the test says.

use std::time::Duration;

use llm_vitals_provider::ErrorKind;
use llm_vitals_tower::LlmMetrics;
use reqwest::{Body, Client, Method, Request, Response, Url};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer, Service, ServiceExt as _, service_fn};

use crate::support::{Scrape, in_flight};

/// Serves one connection with `serve`; returns the URL of the chats.
async fn server<F>(serve: impl FnOnce(TcpStream) -> F + Send + 'static) -> Url
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream).await;
    });
    format!("http://{address}/v1/chat/completions?x=1")
        .parse()
        .unwrap()
}

/// Reads a request up to the end of its body; `Connection: close` is up to the answer.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).await.unwrap();
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let whole = text.contains("\"messages\":[]}");
        if count == 0 || whole {
            return text.into_owned();
        }
    }
}

async fn answer(mut stream: TcpStream, head: &str, body: &str) {
    read_request(&mut stream).await;
    let head = format!(
        "HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
}

fn chat(url: Url) -> Request {
    let mut request = Request::new(Method::POST, url);
    *request.body_mut() = Some(Body::from(r#"{"model":"gpt-x","messages":[]}"#));
    request
}

fn measured(
    metrics: &LlmMetrics,
) -> impl Service<Request, Response = Response, Error = reqwest::Error> + use<> {
    metrics.allow_models("local", ["gpt-x"]);
    metrics
        .http_layer()
        .with_provider("local")
        .layer(Client::new())
}

fn requests(scrape: &Scrape, status: &str) -> Option<f64> {
    scrape.value(&format!(
        r#"llm_requests_total{{provider="local",model="gpt-x",operation="chat",status="{status}"}}"#
    ))
}

const ANSWER: &str =
    r#"{"model":"gpt-x","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":5}}"#;

#[tokio::test]
async fn the_response_is_as_it_was() {
    let scrape = Scrape::install();
    let url = server(|stream| {
        answer(
            stream,
            "200 OK\r\ncontent-type: application/json\r\nx-own: 1",
            ANSWER,
        )
    })
    .await;
    let response = measured(&LlmMetrics::new())
        .oneshot(chat(url.clone()))
        .await
        .unwrap();
    assert_eq!(response.url(), &url);
    assert_eq!(response.version(), http::Version::HTTP_11);
    assert_eq!(response.content_length(), Some(ANSWER.len() as u64));
    assert_eq!(response.headers()["x-own"], "1");
    // reqwest puts the peer's address into the extensions.
    assert_eq!(
        response.remote_addr().map(|address| address.port()),
        url.port()
    );
    assert_eq!(response.text().await.unwrap(), ANSWER);
    assert_eq!(requests(&scrape, "success"), Some(1.0));
    let tokens = r#"llm_tokens_total{provider="local",model="gpt-x",type="completion"}"#;
    assert_eq!(scrape.value(tokens), Some(5.0));
}

#[tokio::test]
async fn a_request_that_streams_names_its_model_too() {
    let scrape = Scrape::install();
    let url = server(|stream| answer(stream, "500 No\r\ncontent-type: text/plain", "")).await;
    let pieces = [r#"{"mod"#, r#"el":"gpt-x","#, r#""messages":[]}"#].map(Ok::<_, std::io::Error>);
    let mut request = Request::new(Method::POST, url);
    *request.body_mut() = Some(Body::wrap_stream(futures_util::stream::iter(pieces)));
    let response = measured(&LlmMetrics::new()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), 500);
    drop(response);
    assert_eq!(
        requests(&scrape, "error"),
        Some(1.0),
        "{:#?}",
        scrape.samples()
    );
}

#[tokio::test]
async fn a_server_that_dies_in_a_stream_is_an_error_of_it() {
    let scrape = Scrape::install();
    let url = server(async |mut stream| {
        read_request(&mut stream).await;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n";
        stream.write_all(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes()).await.unwrap();
    })
    .await;
    let response = measured(&LlmMetrics::new())
        .oneshot(chat(url))
        .await
        .unwrap();
    assert!(response.bytes().await.is_err());
    assert_eq!(requests(&scrape, "error"), Some(1.0));
    let kind =
        r#"llm_errors_total{provider="local",model="gpt-x",error_type="stream_interrupted"}"#;
    assert_eq!(scrape.value(kind), Some(1.0));
}

#[tokio::test]
async fn a_connection_that_is_refused_and_one_that_is_slow_are_told_apart() {
    let scrape = Scrape::install();
    let metrics = LlmMetrics::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!(
        "http://{}/v1/chat/completions",
        listener.local_addr().unwrap()
    )
    .parse()
    .unwrap();
    let mut slow = chat(url.clone());
    *slow.timeout_mut() = Some(Duration::from_millis(50));
    let error = measured(&metrics).oneshot(slow).await.unwrap_err();
    assert!(error.is_timeout());
    drop(listener);
    let error = measured(&metrics).oneshot(chat(url)).await.unwrap_err();
    assert!(error.is_connect());
    for kind in [ErrorKind::Timeout, ErrorKind::Connect] {
        let series =
            format!(r#"llm_errors_total{{provider="local",model="gpt-x",error_type="{kind}"}}"#);
        assert_eq!(scrape.value(&series), Some(1.0), "{kind}");
    }
}

#[tokio::test]
async fn a_request_of_any_type_is_known_by_its_response() {
    let scrape = Scrape::install();
    let url =
        server(|stream| answer(stream, "200 OK\r\ncontent-type: application/json", ANSWER)).await;
    let metrics = LlmMetrics::new();
    let inner = service_fn(move |()| {
        let url = url.clone();
        async move { Client::new().execute(chat(url)).await }
    });
    let mut service = metrics.http_layer().any_request().layer(inner);
    let response = service.ready().await.unwrap().call(()).await.unwrap();
    assert_eq!(in_flight(&metrics, "other"), "1");
    response.text().await.unwrap();
    let series =
        r#"llm_requests_total{provider="other",model="gpt-x",operation="chat",status="success"}"#;
    assert_eq!(scrape.value(series), Some(1.0), "{:#?}", scrape.samples());
    assert_eq!(in_flight(&metrics, "other"), "0");
}
