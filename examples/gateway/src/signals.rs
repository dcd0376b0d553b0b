//! Signals that end the gateway.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC, ctrl_c};

/// Hears SIGTERM and Ctrl-C from its creation on: what comes between two waits is not lost.
pub(crate) struct Signals {
    #[cfg(unix)]
    terminate: Signal,
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(windows)]
    interrupt: CtrlC,
}

impl Signals {
    #[cfg(unix)]
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    #[cfg(windows)]
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: ctrl_c()?,
        })
    }

    /// Waits for the next one.
    pub(crate) async fn stop(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(windows)]
        self.interrupt.recv().await;
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_signal_between_two_waits_is_not_lost() {
        let terminate = || {
            let id = std::process::id().to_string();
            let status = Command::new("kill").args(["-TERM", &id]).status();
            assert!(status.unwrap().success());
        };
        let mut signals = Signals::listen().unwrap();
        terminate();
        signals.stop().await;
        terminate();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let second = tokio::time::timeout(Duration::from_secs(5), signals.stop());
        assert!(second.await.is_ok());
    }
}
