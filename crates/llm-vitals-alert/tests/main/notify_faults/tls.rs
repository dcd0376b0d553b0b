//! A certificate that nobody vouches for.

use std::sync::Arc;
use std::time::Duration;

use llm_vitals_alert::notify::{LaneState, Notifications};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection};

use super::{KINDS, Running, alert, config};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_certificate_is_told_nothing_and_the_message_waits() {
    let key = KeyPair::generate().unwrap();
    let parameters = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let server = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let server = Arc::new(server);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let (finished, handshakes) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut connection = ServerConnection::new(Arc::clone(&server)).unwrap();
            let _ = finished.send(connection.complete_io(&mut stream).is_ok());
        }
    });
    for (kind, text) in KINDS {
        let running = Running::start(Notifications::builder(config(text, &url)));
        running.notifications.put([alert("HighErrorRate")]);
        for _ in 0..6_000 {
            if running.status().last_error.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let status = running.status();
        assert_eq!(
            (status.state, status.queued),
            (LaneState::Retrying, 1),
            "{kind} {status:?}"
        );
        let error = status.last_error.unwrap();
        assert!(
            error.contains("invalid peer certificate: "),
            "{kind}: {error}"
        );
        running.stop().await;
    }
    let handshakes: Vec<bool> = handshakes.try_iter().collect();
    assert!(handshakes.len() >= KINDS.len());
    assert!(handshakes.iter().all(|is_done| !is_done), "{handshakes:?}");
}
