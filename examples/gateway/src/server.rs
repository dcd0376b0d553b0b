//! One listener: connections, requests, and the end of both.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::stall::UntilStall;

/// How much is read ahead. A request whose head is much longer is refused with 431.
const READ_AHEAD: usize = 64 << 10;
/// How long to wait when no connection can be taken, because descriptors have run out.
const PAUSE: Duration = Duration::from_millis(50);

/// What a listener may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Serving {
    /// Open connections.
    pub(crate) connections: usize,
    /// The time for a request's head, and for a connection without one.
    pub(crate) header: Duration,
    /// How long a client may take nothing of an answer.
    pub(crate) stall: Duration,
    /// How long requests may take to end after the stop.
    pub(crate) drain: Duration,
}

/// Answers from `router` until `stop` turns true, and then until every request has ended or the time is over. Returns
/// whether all of them ended by themselves.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    serving: Serving,
    mut stop: watch::Receiver<bool>,
) -> bool {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(serving.header)
        .max_buf_size(READ_AHEAD);
    let open = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(
        serving.connections.min(Semaphore::MAX_PERMITS),
    ));
    let stopped = async move { drop(stop.wait_for(|stop| *stop).await) };
    let mut stopped = std::pin::pin!(stopped);
    loop {
        let accepted = async {
            // The semaphore is never closed.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            listener.accept().await.map(|(stream, _)| (stream, place))
        };
        let (stream, place) = tokio::select! {
            () = &mut stopped => break,
            accepted = accepted => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!("cannot take a connection: {error}");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
        };
        // An event must not wait until the one before it is acknowledged.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("cannot set TCP_NODELAY: {error}");
        }
        let stream = UntilStall::new(stream, serving.stall);
        let service = TowerToHyperService::new(router.clone());
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // Clients leave as they like.
            if let Err(error) = connection.await {
                tracing::debug!("a connection ended: {error}");
            }
            drop(place);
        });
    }
    drop(listener);
    tokio::time::timeout(serving.drain, open.shutdown())
        .await
        .is_ok()
}
