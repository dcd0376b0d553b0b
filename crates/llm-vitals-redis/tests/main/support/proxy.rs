//! A listener before a server, that counts round trips, and that can say the same thing twice.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A proxy on a free port. A round trip is bytes from the client, all that came at once, and the answers to them.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    trips: Arc<AtomicU64>,
    commands: Arc<AtomicU64>,
}

type Answers = Arc<Mutex<HashMap<Vec<u8>, Vec<u8>>>>;

impl Proxy {
    /// Passes everything on.
    pub(crate) async fn passing(server: u16) -> Self {
        Self::start(server, None).await
    }

    /// Asks the server each command once, and afterwards gives the same answer: the server stands still for its readers.
    pub(crate) async fn remembering(server: u16) -> Self {
        Self::start(server, Some(Answers::default())).await
    }

    async fn start(server: u16, answers: Option<Answers>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            trips: Arc::default(),
            commands: Arc::default(),
        };
        let (trips, commands) = (Arc::clone(&proxy.trips), Arc::clone(&proxy.commands));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                let (answers, trips, commands) =
                    (answers.clone(), Arc::clone(&trips), Arc::clone(&commands));
                tokio::spawn(serve(client, server, answers, trips, commands));
            }
        });
        proxy
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Round trips and commands so far.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (
            self.trips.load(Ordering::SeqCst),
            self.commands.load(Ordering::SeqCst),
        )
    }
}

async fn serve(
    mut client: TcpStream,
    mut server: TcpStream,
    answers: Option<Answers>,
    trips: Arc<AtomicU64>,
    commands: Arc<AtomicU64>,
) {
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let mut pending = Vec::new();
    loop {
        if client.read_buf(&mut pending).await.unwrap_or(0) == 0 {
            return;
        }
        let mut requests = Vec::new();
        while let Some(length) = complete(&pending) {
            requests.push(pending.drain(..length).collect::<Vec<u8>>());
        }
        if requests.is_empty() {
            continue;
        }
        trips.fetch_add(1, Ordering::SeqCst);
        commands.fetch_add(requests.len() as u64, Ordering::SeqCst);
        for request in requests {
            let known = answers.as_ref().and_then(|answers| {
                answers
                    .lock()
                    .unwrap()
                    .get(&request.to_ascii_lowercase())
                    .cloned()
            });
            let answer = match known {
                Some(answer) => answer,
                None => {
                    let mut answer = Vec::new();
                    if server.write_all(&request).await.is_err() {
                        return;
                    }
                    while complete(&answer).is_none() {
                        if server.read_buf(&mut answer).await.unwrap_or(0) == 0 {
                            return;
                        }
                    }
                    if let Some(answers) = &answers {
                        answers
                            .lock()
                            .unwrap()
                            .insert(request.to_ascii_lowercase(), answer.clone());
                    }
                    answer
                }
            };
            if client.write_all(&answer).await.is_err() {
                return;
            }
        }
    }
}

/// The length of the first value of the protocol, once all of it is there.
fn complete(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")? + 2;
    let number = || {
        std::str::from_utf8(&bytes[1..end - 2])
            .unwrap()
            .parse::<i64>()
            .unwrap()
    };
    match bytes[0] {
        b'$' => {
            let length = usize::try_from(number()).map_or(end, |length| end + length + 2);
            (bytes.len() >= length).then_some(length)
        }
        b'*' => (0..number().max(0)).try_fold(end, |at, _| Some(at + complete(&bytes[at..])?)),
        _ => Some(end),
    }
}
