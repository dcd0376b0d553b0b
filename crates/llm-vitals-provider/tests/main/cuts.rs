//! Streams that arrive in pieces, and streams that end too early.

use futures_util::StreamExt as _;
use llm_vitals_provider::openai::Flavor;
use llm_vitals_provider::{ChatRequest, ErrorKind, Message, Provider};

use crate::server::{Act, Server, chunked_events, events_until_close, piece};
use crate::{anthropic, gemini, openai};

const OPENAI: &str = concat!(
    "\u{feff}: OPENROUTER PROCESSING\r\n\r\n",
    "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Grüße\"}}]}\r\n\r\n",
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1}}\r\r",
    "data: [DONE]\n\n",
);

fn request() -> ChatRequest {
    ChatRequest::new("x", [Message::user("hello")])
}

/// What came of a stream: its chunks as JSON without what differs by time, and the kind of its error.
async fn outcome(provider: &dyn Provider) -> (Vec<String>, Option<ErrorKind>) {
    let mut stream = provider.stream(request()).await.unwrap();
    let (mut chunks, mut error) = (Vec::new(), None);
    while let Some(item) = stream.next().await {
        assert_eq!(error, None, "nothing follows an error");
        match item {
            Ok(mut chunk) => {
                chunk.created = None;
                chunks.push(serde_json::to_string(&chunk).unwrap());
            }
            Err(failed) => error = Some(failed.kind()),
        }
    }
    (chunks, error)
}

fn clients(server: &Server) -> [(&'static str, Box<dyn Provider>); 3] {
    [
        (OPENAI, Box::new(openai::client(Flavor::OpenAi, server))),
        (anthropic::STREAM, Box::new(anthropic::client(server))),
        (gemini::STREAM, Box::new(gemini::client(server))),
    ]
}

#[tokio::test]
async fn bytes_that_come_one_by_one_mean_the_same() {
    let nobody = Server::always(vec![Act::Close]).await;
    for (at, (body, _)) in clients(&nobody).into_iter().enumerate() {
        let whole = [events_until_close(), body.as_bytes().to_vec()].concat();
        let script = |act: fn(Vec<u8>) -> Act| vec![act(whole.clone()), Act::Close];
        let server = Server::start([script(Act::Send), script(Act::Slowly)]).await;
        let client = &clients(&server)[at].1;
        let at_once = outcome(client.as_ref()).await;
        assert_eq!(at_once.1, None);
        assert!(at_once.0.len() >= 3);
        assert_eq!(outcome(client.as_ref()).await, at_once);
    }
}

#[tokio::test]
async fn a_body_cut_anywhere_is_interrupted_unless_every_answer_ended() {
    let nobody = Server::always(vec![Act::Close]).await;
    for (at, (body, _)) in clients(&nobody).into_iter().enumerate() {
        let bytes = body.as_bytes();
        let script = |end: usize| {
            let cut = [events_until_close(), bytes[..end].to_vec()].concat();
            vec![Act::Send(cut), Act::Close]
        };
        let server = Server::start((0..=bytes.len()).map(script)).await;
        let client = &clients(&server)[at].1;
        // The end of the last event that lets the stream end, with or without its blank line.
        let enough = match at {
            0 => body.find("\"stop\"}]}").unwrap() + "\"stop\"}]}".len(),
            1 => {
                body.find("{\"type\":\"message_stop\"}").unwrap()
                    + "{\"type\":\"message_stop\"}".len()
            }
            _ => body.trim_end().len(),
        };
        let mut most = 0;
        for end in 0..=bytes.len() {
            let (chunks, error) = outcome(client.as_ref()).await;
            let expected = (end < enough).then_some(ErrorKind::StreamInterrupted);
            assert_eq!(error, expected, "client {at} after {end} bytes");
            assert!(chunks.len() >= most, "client {at} after {end} bytes");
            most = chunks.len();
        }
    }
}

#[tokio::test]
async fn a_connection_that_breaks_within_a_piece_is_interrupted() {
    let nobody = Server::always(vec![Act::Close]).await;
    for (at, (body, _)) in clients(&nobody).into_iter().enumerate() {
        // The piece says that more comes, so that not even the last event makes the body whole.
        let mut broken = piece(body);
        broken.truncate(broken.len() - 30);
        let server = Server::always(vec![
            Act::Send(chunked_events(&[])),
            Act::Send(broken),
            Act::Close,
        ])
        .await;
        let (_, error) = outcome(clients(&server)[at].1.as_ref()).await;
        assert_eq!(error, Some(ErrorKind::StreamInterrupted), "client {at}");
    }
}

#[tokio::test]
async fn garbage_in_an_event_is_a_decode_error() {
    let nobody = Server::always(vec![Act::Close]).await;
    for at in 0..clients(&nobody).len() {
        let body = "data: {\"choices\": oops}\n\ndata: [DONE]\n\n";
        let script = vec![
            Act::Send(events_until_close()),
            Act::Send(body.into()),
            Act::Close,
        ];
        let server = Server::always(script).await;
        let (chunks, error) = outcome(clients(&server)[at].1.as_ref()).await;
        assert_eq!(
            (chunks.len(), error),
            (0, Some(ErrorKind::Decode)),
            "client {at}"
        );
    }
}
