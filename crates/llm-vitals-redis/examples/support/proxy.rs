//! A listener before a server that counts round trips: how often bytes came from the client after bytes to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A proxy on a free port of 127.0.0.1.
#[derive(Debug)]
pub(crate) struct Proxy {
    /// Its port.
    pub(crate) port: u16,
    trips: Arc<AtomicU64>,
}

impl Proxy {
    /// Passes everything on to `server`.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub(crate) async fn start(server: String) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let trips = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&trips);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if let Ok(server) = TcpStream::connect(&server).await {
                    tokio::spawn(pass(client, server, Arc::clone(&counted)));
                }
            }
        });
        Ok(Self { port, trips })
    }

    /// Round trips so far.
    pub(crate) fn trips(&self) -> u64 {
        self.trips.load(Ordering::Relaxed)
    }
}

async fn pass(mut client: TcpStream, mut server: TcpStream, trips: Arc<AtomicU64>) {
    let (mut request, mut answer) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut is_answered = true;
    loop {
        let (from_client, length) = tokio::select! {
            length = client.read(&mut request) => (true, length),
            length = server.read(&mut answer) => (false, length),
        };
        let Ok(length @ 1..) = length else { return };
        let sent = if from_client {
            if is_answered {
                trips.fetch_add(1, Ordering::Relaxed);
            }
            server.write_all(&request[..length]).await
        } else {
            client.write_all(&answer[..length]).await
        };
        is_answered = !from_client;
        if sent.is_err() {
            return;
        }
    }
}
