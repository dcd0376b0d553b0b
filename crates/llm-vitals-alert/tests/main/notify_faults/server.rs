//! A server that misbehaves on request.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

/// What it does with a request.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// A status, more headers, a body.
    Answer(u16, &'static str, &'static str),
    /// A status, more headers, and the request itself as the body.
    Echo(u16, &'static str),
    Hang,
    Reset,
    /// A body that comes in single bytes and never ends.
    Trickle,
}

/// What every receiver takes for a yes.
pub(super) const OK: Act = Act::Answer(202, "", "{\"status\":\"success\",\"ok\":true}");

type Acts = Arc<dyn Fn(usize, Duration) -> Act + Send + Sync>;

/// A request: when, since the first one, and its whole text.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) at: f64,
    pub(super) text: String,
    pub(super) is_answered: bool,
}

#[derive(Clone)]
pub(super) struct Server {
    pub(super) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    first: Arc<Mutex<Option<Instant>>>,
    acts: Arc<Mutex<Acts>>,
}

impl Server {
    /// `acts` is asked with the number of the request, from 0, and the time since the first.
    pub(super) async fn start(
        acts: impl Fn(usize, Duration) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            first: Arc::default(),
            acts: Arc::new(Mutex::new(Arc::new(acts))),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        server
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Does something else from now on.
    pub(super) fn acts(&self, acts: impl Fn(usize, Duration) -> Act + Send + Sync + 'static) {
        *self.acts.lock().unwrap() = Arc::new(acts);
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut request = Vec::new();
        let mut buffer = [0; 16_384];
        let text = loop {
            let text = String::from_utf8_lossy(&request).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    break text;
                }
            }
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(count) => request.extend_from_slice(&buffer[..count]),
            }
        };
        let elapsed = self
            .first
            .lock()
            .unwrap()
            .get_or_insert_with(Instant::now)
            .elapsed();
        let act = {
            let mut seen = self.seen.lock().unwrap();
            let act = (self.acts.lock().unwrap())(seen.len(), elapsed);
            let is_answered = matches!(act, Act::Answer(200..=299, ..));
            let at = elapsed.as_secs_f64();
            seen.push(Seen {
                at,
                text: text.clone(),
                is_answered,
            });
            act
        };
        match act {
            Act::Answer(status, headers, body) => answer(&mut stream, status, headers, body).await,
            Act::Echo(status, headers) => answer(&mut stream, status, headers, &text).await,
            Act::Hang => std::future::pending().await,
            Act::Reset => stream.set_zero_linger().unwrap(),
            Act::Trickle => {
                let _ = stream
                    .write_all(b"HTTP/1.1 200 X\r\ncontent-length: 999999\r\n\r\n")
                    .await;
                while stream.write_all(b"x").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }
}

async fn answer(stream: &mut TcpStream, status: u16, headers: &str, body: &str) {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
}
