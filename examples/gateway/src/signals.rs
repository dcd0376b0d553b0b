//! Signals that end the gateway.

/// Waits for SIGTERM or Ctrl-C.
pub(crate) async fn stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                () = interrupt() => {}
            }
            return;
        }
    }
    interrupt().await;
}

async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Nothing will ever come.
        std::future::pending::<()>().await;
    }
}
