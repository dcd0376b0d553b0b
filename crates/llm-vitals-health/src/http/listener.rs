//! The answers from a thread of their own.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::http::service::HealthService;

/// More connections than this wait.
const MOST_CONNECTIONS: usize = 64;
/// A connection that takes longer to ask, or is idle for longer, is closed.
const PATIENCE: Duration = Duration::from_secs(10);

/// The answers from a thread, a runtime and a port of their own.
///
/// While the application's runtime is starved this one still answers: liveness with the truth about the heartbeat, readiness
/// with results that get old. Whether the application's own port still works it cannot tell, so that readiness is better
/// asked there too. It ends when it is dropped; open connections are closed.
///
/// Bind it to loopback, or to an address that only the prober reaches.
#[must_use = "the listener ends when it is dropped"]
pub struct Listener {
    address: SocketAddr,
    /// Its end is the signal to stop.
    _stop: oneshot::Sender<()>,
}

impl Listener {
    /// Begins to listen. Port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound, or no thread be started.
    pub fn bind(service: HealthService, address: SocketAddr) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        // It ends by itself, within the time of one answer, and nobody has to wait for it.
        std::thread::Builder::new()
            .name("health-listener".to_owned())
            .spawn(move || {
                runtime.block_on(until(stopped, serve(listener, service)));
            })?;
        Ok(Self {
            address,
            _stop: stop,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

async fn serve(listener: std::net::TcpListener, service: HealthService) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "the health listener cannot run"),
    };
    let connections = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        // The semaphore is never closed.
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, service.clone(), permit));
            }
            // No descriptors are left, say: without a pause this would be a busy loop.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn connection(stream: TcpStream, service: HealthService, _permit: OwnedSemaphorePermit) {
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    // A connection that broke off is the prober's affair.
    let _ = served.await;
}

/// Runs the work until the signal, or until it ends by itself.
async fn until<T>(signal: oneshot::Receiver<T>, work: impl Future<Output = ()>) {
    let (mut signal, mut work) = (pin!(signal), pin!(work));
    std::future::poll_fn(|context| {
        if signal.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        work.as_mut().poll(context)
    })
    .await;
}
