//! Time and size.

use std::time::Duration;

use futures_util::StreamExt as _;
use llm_vitals_provider::openai::{Flavor, OpenAi};
use llm_vitals_provider::{ErrorKind, HttpOptions, Provider};

use crate::openai::request;
use crate::server::{Act, Server, answer, chunked_events, events_until_close, json, piece};

const SHORT: Duration = Duration::from_millis(200);

fn client(server: &Server, http: HttpOptions) -> OpenAi {
    let builder = OpenAi::builder(Flavor::OpenAi).with_base_url(&server.url);
    builder.with_http(http).build().unwrap()
}

#[tokio::test]
async fn a_server_that_does_not_answer_times_out() {
    let mut server = Server::always(vec![Act::Hold]).await;
    let client = client(&server, HttpOptions::new().with_first_byte_timeout(SHORT));
    for error in [
        client.complete(request()).await.unwrap_err(),
        client.stream(request()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(
            error.to_string(),
            "openai: no answer within 200ms: see HttpOptions::with_first_byte_timeout"
        );
        server.closed().await;
    }
}

#[tokio::test]
async fn a_stream_that_stands_still_times_out() {
    let first = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    let script = vec![
        Act::Send(chunked_events(&[("x-request-id", "r")])),
        Act::Send(piece(first)),
        Act::Hold,
    ];
    let mut server = Server::always(script).await;
    let client = client(&server, HttpOptions::new().with_idle_timeout(SHORT));
    let mut stream = client.stream(request()).await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.request_id()),
        (ErrorKind::Timeout, Some("r"))
    );
    assert!(stream.next().await.is_none());
    // The stream still lives; its connection does not.
    server.closed().await;
}

#[tokio::test]
async fn a_whole_answer_that_stands_still_times_out() {
    let mut begun = answer(200, "application/json", &[], b"{\"choices\":[]}");
    begun.truncate(begun.len() - 4);
    let server = Server::always(vec![Act::Send(begun), Act::Hold]).await;
    let client = client(&server, HttpOptions::new().with_idle_timeout(SHORT));
    let error = client.complete(request()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Timeout, Some(200))
    );
}

#[tokio::test]
async fn a_slow_stream_that_keeps_coming_is_healthy() {
    let body = ": wait\n\n".repeat(2)
        + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let (listener, url) = listen().await;
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let _ = socket.read(&mut request).await.unwrap();
        socket.write_all(&events_until_close()).await.unwrap();
        for piece in body.as_bytes().chunks(40) {
            tokio::time::sleep(SHORT * 3 / 4).await;
            socket.write_all(piece).await.unwrap();
        }
    });
    let options = HttpOptions::new()
        .with_idle_timeout(SHORT)
        .with_first_byte_timeout(SHORT);
    let client = OpenAi::builder(Flavor::OpenAi)
        .with_base_url(url)
        .with_http(options)
        .build()
        .unwrap();
    let stream = client.stream(request()).await.unwrap();
    assert_eq!(stream.map(Result::unwrap).count().await, 1);
}

async fn listen() -> (tokio::net::TcpListener, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_refused() {
    const HALF: usize = 32 << 20;
    let mut head = events_until_close();
    let at = head
        .windows(17)
        .position(|window| window == b"text/event-stream")
        .unwrap();
    head.splice(at..at + 17, *b"application/json ");
    let script = vec![
        Act::Send(head),
        Act::Send(vec![b' '; HALF]),
        Act::Send(vec![b' '; HALF]),
        Act::Send(b"{\"choices\":[]}".to_vec()),
        Act::Close,
    ];
    let server = Server::always(script).await;
    let error = client(&server, HttpOptions::new())
        .complete(request())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(
        error.message(),
        "the answer is longer than 67108864 bytes: see HttpOptions::with_max_answer"
    );
    let patient = HttpOptions::new().with_max_answer(2 * HALF + 14);
    let response = client(&server, patient).complete(request()).await.unwrap();
    assert_eq!(response.choices.len(), 0);
}

#[tokio::test]
async fn the_limit_of_an_answer_is_exact() {
    let body = "{\"choices\":[]}";
    let server = Server::answering(json(body)).await;
    let options = HttpOptions::new();
    let exact = client(&server, options.clone().with_max_answer(body.len()));
    exact.complete(request()).await.unwrap();
    let less = client(&server, options.with_max_answer(body.len() - 1));
    assert_eq!(
        less.complete(request()).await.unwrap_err().kind(),
        ErrorKind::Decode
    );
}

#[tokio::test]
async fn no_more_of_an_answer_is_read_than_the_limit() {
    let mut begun = answer(200, "application/json", &[], &[b' '; 5000]);
    begun.truncate(begun.len() - 3000);
    let mut server = Server::always(vec![Act::Send(begun), Act::Hold]).await;
    let options = HttpOptions::new().with_max_answer(1000);
    let client = client(&server, options.with_idle_timeout(10 * SHORT));
    let error = client.complete(request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    server.closed().await;
}

#[tokio::test]
async fn an_event_that_is_too_long_is_refused() {
    let script = vec![
        Act::Send(events_until_close()),
        Act::Send(format!("data: {}", "x".repeat(1 << 20)).into()),
        Act::Hold,
    ];
    let mut server = Server::always(script).await;
    let client = client(&server, HttpOptions::new().with_max_event(1000));
    let mut stream = client.stream(request()).await.unwrap();
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "openai: an event is longer than 1000 bytes: see HttpOptions::with_max_event (status 200)"
    );
    server.closed().await;
}
