use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A server that answers by script.
pub(crate) struct Upstream {
    pub(crate) address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    left: Arc<AtomicUsize>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Method and path.
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// An answer.
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    parts: Vec<Part>,
}

/// A piece of an answer's body, or what happens between two.
pub(crate) enum Part {
    Data(String),
    Wait(Duration),
    /// The connection is cut.
    Cut,
    /// Waits until the other side has left, and counts that.
    UntilLeft,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, value)| &**value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Reply {
    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            parts: vec![Part::Data(body.into())],
        }
        .with("content-type", "application/json")
    }

    /// An error in OpenAI's shape.
    pub(crate) fn error(status: u16, code: &str) -> Self {
        Self::json(
            status,
            format!(r#"{{"error":{{"message":"no","type":"{code}","code":"{code}"}}}}"#),
        )
    }

    pub(crate) fn events(parts: impl IntoIterator<Item = Part>) -> Self {
        let parts = parts.into_iter().collect();
        Self {
            status: 200,
            headers: Vec::new(),
            parts,
        }
        .with("content-type", "text/event-stream")
    }

    /// Nothing, until the other side leaves.
    pub(crate) fn never() -> Self {
        Self {
            status: 0,
            headers: Vec::new(),
            parts: vec![Part::UntilLeft],
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Upstream {
    /// Starts a server; `script` is told how many requests came before.
    pub(crate) async fn start(
        script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (seen, left) = (
            Arc::<Mutex<Vec<Seen>>>::default(),
            Arc::<AtomicUsize>::default(),
        );
        let (script, all, gone) = (Arc::new(script), Arc::clone(&seen), Arc::clone(&left));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                let (script, all, gone) =
                    (Arc::clone(&script), Arc::clone(&all), Arc::clone(&gone));
                tokio::spawn(async move {
                    // A client that leaves is part of some scripts.
                    let _ = converse(stream, &*script, &all, &gone).await;
                });
            }
        });
        Self {
            address,
            seen,
            left,
        }
    }

    /// The requests so far, without those for the list of models.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How often the other side left while it was waited for.
    pub(crate) fn left(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }

    /// The lines of a configuration that name this server as `name`, with `models`.
    pub(crate) fn provider(&self, name: &str, models: &str) -> String {
        format!(
            "  {name}: {{kind: compatible, base_url: \"http://{}/v1\", key: sk-upstream-key-of-{name}, models: [{models}]}}\n",
            self.address
        )
    }
}

async fn converse(
    mut stream: TcpStream,
    script: &(dyn Fn(usize, &Seen) -> Reply + Send + Sync),
    all: &Mutex<Vec<Seen>>,
    left: &AtomicUsize,
) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    while let Some(seen) = request(&mut stream, &mut buffer).await? {
        let reply = if seen.line.starts_with("GET /v1/models") {
            Reply::json(200, r#"{"object":"list","data":[{"id":"listed"}]}"#)
        } else {
            let mut all = all.lock().unwrap();
            all.push(seen.clone());
            let before = all.len() - 1;
            drop(all);
            script(before, &seen)
        };
        if !send(&mut stream, reply, left).await? {
            return Ok(());
        }
    }
    Ok(())
}

async fn send(stream: &mut TcpStream, reply: Reply, left: &AtomicUsize) -> std::io::Result<bool> {
    let whole = matches!(&reply.parts[..], [Part::Data(_)]);
    if reply.status != 0 {
        let mut head = format!("HTTP/1.1 {} X\r\n", reply.status);
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let [Part::Data(body)] = &reply.parts[..] {
            head.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        } else {
            head.push_str("transfer-encoding: chunked\r\n\r\n");
        }
        stream.write_all(head.as_bytes()).await?;
    }
    if whole {
        return Ok(true);
    }
    for part in reply.parts {
        match part {
            Part::Data(data) => {
                stream
                    .write_all(format!("{:x}\r\n{data}\r\n", data.len()).as_bytes())
                    .await?;
            }
            Part::Wait(time) => tokio::time::sleep(time).await,
            Part::Cut => return Ok(false),
            Part::UntilLeft => {
                while stream.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
                left.fetch_add(1, Ordering::Relaxed);
                return Ok(false);
            }
        }
    }
    stream.write_all(b"0\r\n\r\n").await?;
    Ok(true)
}

async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<Option<Seen>> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if !more(stream, buffer).await? {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end + 4);
    let mut lines = head.lines();
    let line = lines
        .next()
        .unwrap_or_default()
        .trim_end_matches(" HTTP/1.1")
        .to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let value = |wanted: &str| {
        headers
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| &**value)
    };
    let body = if value("transfer-encoding").is_some() {
        chunked(stream, buffer).await?
    } else {
        let length: usize = value("content-length").map_or(0, |length| length.parse().unwrap());
        take(stream, buffer, length).await?
    };
    Ok(Some(Seen {
        line,
        headers,
        body,
    }))
}

async fn chunked(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = buffer.windows(2).position(|two| two == b"\r\n") {
                break end;
            }
            if !more(stream, buffer).await? {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        };
        let size = usize::from_str_radix(&String::from_utf8_lossy(&buffer[..end]), 16).unwrap();
        buffer.drain(..end + 2);
        let data = take(stream, buffer, size + 2).await?;
        if size == 0 {
            return Ok(body);
        }
        body.extend_from_slice(&data[..size]);
    }
}

async fn take(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    length: usize,
) -> std::io::Result<Vec<u8>> {
    while buffer.len() < length {
        if !more(stream, buffer).await? {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(buffer.drain(..length).collect())
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<bool> {
    Ok(stream.read_buf(buffer).await? > 0)
}
