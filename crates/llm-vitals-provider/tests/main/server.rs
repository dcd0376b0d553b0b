//! An HTTP server that answers from a script, byte by byte if need be.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// What a connection does after a request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes one by one.
    Slowly(Vec<u8>),
    /// Waits until the client closes the connection.
    Hold,
    /// Closes the connection.
    Close,
}

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    /// Method and path with its query.
    pub(crate) line: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A server on a free port; it ends with the runtime.
pub(crate) struct Server {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
    connections: Arc<Mutex<usize>>,
    closed: mpsc::UnboundedReceiver<()>,
}

impl Server {
    /// Answers each request with the next script, and the last one again.
    pub(crate) async fn start(scripts: impl IntoIterator<Item = Vec<Act>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let connections = Arc::<Mutex<usize>>::default();
        let (tell, closed) = mpsc::unbounded_channel();
        let scripts: Arc<[Vec<Act>]> = scripts.into_iter().collect();
        let (log, count) = (Arc::clone(&received), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                *count.lock().unwrap() += 1;
                let (scripts, log, tell) = (Arc::clone(&scripts), Arc::clone(&log), tell.clone());
                tokio::spawn(async move { serve(socket, &scripts, &log, &tell).await });
            }
        });
        Self {
            url,
            received,
            connections,
            closed,
        }
    }

    /// Answers every request with one script.
    pub(crate) async fn always(script: Vec<Act>) -> Self {
        Self::start([script]).await
    }

    /// Answers every request with one answer.
    pub(crate) async fn answering(answer: Vec<u8>) -> Self {
        Self::always(vec![Act::Send(answer)]).await
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The only request.
    pub(crate) fn request(&self) -> Received {
        let mut all = self.received();
        assert_eq!(all.len(), 1, "one request");
        all.remove(0)
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    /// Waits until a client closes a connection that is held.
    pub(crate) async fn closed(&mut self) {
        let closed = tokio::time::timeout(Duration::from_secs(5), self.closed.recv()).await;
        closed.expect("the client closes the connection").unwrap();
    }
}

async fn serve(
    mut socket: TcpStream,
    scripts: &[Vec<Act>],
    log: &Mutex<Vec<Received>>,
    tell: &mpsc::UnboundedSender<()>,
) {
    socket.set_nodelay(true).unwrap();
    while let Some(request) = read(&mut socket).await {
        let script = {
            let mut log = log.lock().unwrap();
            log.push(request);
            scripts[(log.len() - 1).min(scripts.len() - 1)].clone()
        };
        for act in script {
            match act {
                Act::Send(bytes) => {
                    if socket.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
                Act::Slowly(bytes) => {
                    for byte in bytes {
                        if socket.write_all(&[byte]).await.is_err() {
                            return;
                        }
                        tokio::task::yield_now().await;
                    }
                }
                Act::Hold => {
                    let mut rest = [0; 64];
                    while socket.read(&mut rest).await.is_ok_and(|read| read > 0) {}
                    let _ = tell.send(());
                    return;
                }
                Act::Close => {
                    let _ = socket.shutdown().await;
                    return;
                }
            }
        }
    }
}

async fn read(socket: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let mut request = Received {
        line,
        headers: headers.collect(),
        body: bytes.split_off(end + 4),
    };
    let length = request.header("content-length").unwrap_or("0");
    let length: usize = length.parse().unwrap();
    while request.body.len() < length {
        if socket.read_buf(&mut request.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(request)
}

/// An answer of a known length.
pub(crate) fn answer(status: u16, kind: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut bytes = head(status, kind, headers);
    bytes.extend(format!("content-length: {}\r\n\r\n", body.len()).bytes());
    bytes.extend(body);
    bytes
}

/// An answer of JSON with status 200.
pub(crate) fn json(body: &str) -> Vec<u8> {
    answer(200, "application/json", &[], body.as_bytes())
}

/// The head of a stream of events that ends when the connection does.
pub(crate) fn events_until_close() -> Vec<u8> {
    let mut bytes = head(200, "text/event-stream", &[("connection", "close")]);
    bytes.extend(b"\r\n");
    bytes
}

/// The head of a stream of events whose end is told.
pub(crate) fn chunked_events(headers: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = head(200, "text/event-stream; charset=utf-8", headers);
    bytes.extend(b"transfer-encoding: chunked\r\n\r\n");
    bytes
}

/// A piece of a body whose end is told; an empty one is the end.
pub(crate) fn piece(bytes: &str) -> Vec<u8> {
    format!("{:x}\r\n{bytes}\r\n", bytes.len()).into_bytes()
}

/// A whole stream of events whose end is told.
pub(crate) fn stream(body: &str) -> Vec<u8> {
    [chunked_events(&[]), piece(body), piece("")].concat()
}

fn head(status: u16, kind: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.into_bytes()
}
