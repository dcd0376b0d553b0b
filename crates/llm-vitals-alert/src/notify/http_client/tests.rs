use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What the server does with the requests of its connections, in turn; the last one again and again.
#[derive(Debug, Clone)]
enum Act {
    Answer(&'static str),
    Hang,
    Reset,
    /// An answer that begins so and whose body never ends.
    Flood(&'static str),
    /// An answer that begins so and whose body comes in single bytes.
    Trickle(&'static str),
    /// An answer that begins so and breaks off.
    Break(&'static str),
}

struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(acts: &[Act]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (acts, seen) = (acts.to_vec(), Arc::clone(&requests));
        tokio::spawn(async move {
            let mut at = 0;
            while let Ok((stream, _)) = listener.accept().await {
                let act = acts[at.min(acts.len() - 1)].clone();
                at += 1;
                tokio::spawn(serve(stream, act, Arc::clone(&seen)));
            }
        });
        Self { address, requests }
    }

    fn url(&self) -> Secret {
        Secret::new(format!(
            "http://{}/services/T00000000/k3y0123456789",
            self.address
        ))
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, act: Act, seen: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                seen.lock().unwrap().push(text);
                break;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
    }
    match act {
        Act::Answer(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
        }
        Act::Hang => std::future::pending().await,
        Act::Reset => stream.set_zero_linger().unwrap(),
        Act::Flood(head) => {
            let _ = stream.write_all(head.as_bytes()).await;
            while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
        }
        Act::Trickle(head) => {
            let _ = stream.write_all(head.as_bytes()).await;
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Act::Break(head) => {
            let _ = stream.write_all(head.as_bytes()).await;
        }
    }
}

const ENDLESS: &str = "HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n";
const ENDLESS_NO: &str =
    "HTTP/1.1 503 X\r\nretry-after: 7\r\ncontent-length: 99999999\r\n\r\nno luck";

fn client(change: impl FnOnce(&mut HttpConfig)) -> HttpClient {
    let mut config = HttpConfig {
        timeout: Some(Duration::from_millis(500)),
        ..HttpConfig::default()
    };
    change(&mut config);
    HttpClient::new(&config).unwrap()
}

async fn post(client: &HttpClient, url: &Secret) -> Result<u16, NotifyError> {
    let answer = client
        .post_json(url, &serde_json::json!({"text": "hello"}))
        .await;
    answer.map(|answer| answer.status)
}

/// `temporary reason: message`, with the wait if there is one.
fn shown(result: Result<u16, NotifyError>) -> String {
    match result {
        Ok(status) => status.to_string(),
        Err(error) => {
            let kind = if error.is_temporary {
                "temporary"
            } else {
                "permanent"
            };
            let wait = error
                .retry_after
                .map_or(String::new(), |wait| format!(" after {wait:?}"));
            format!("{kind} {}{wait}: {error}", error.reason)
        }
    }
}

#[tokio::test]
async fn every_answer_and_every_fault_is_told_apart() {
    const LONG: &str = "HTTP/1.1 500 X\r\ncontent-length: 9\r\n\r\nno\r\n\tluck ";
    let cases = [
        (
            Act::Answer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"),
            "200",
        ),
        (
            Act::Answer("HTTP/1.1 202 OK\r\ncontent-length: 0\r\n\r\n"),
            "202",
        ),
        (
            Act::Answer("HTTP/1.1 429 X\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n"),
            "temporary rate_limited after 5s: answered 429",
        ),
        (
            Act::Answer("HTTP/1.1 408 X\r\ncontent-length: 0\r\n\r\n"),
            "temporary timeout: answered 408",
        ),
        (
            Act::Answer("HTTP/1.1 425 X\r\ncontent-length: 0\r\n\r\n"),
            "temporary timeout: answered 425",
        ),
        (
            Act::Answer(LONG),
            "temporary server_error: answered 500: no luck",
        ),
        (
            Act::Answer("HTTP/1.1 503 X\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n"),
            "temporary server_error after 1s: answered 503",
        ),
        (
            Act::Answer("HTTP/1.1 400 X\r\ncontent-length: 12\r\n\r\nk3y012345678"),
            "permanent client_error: answered 400: k3y012345678",
        ),
        // The address is not repeated.
        (
            Act::Answer("HTTP/1.1 404 X\r\ncontent-length: 17\r\n\r\nno k3y0123456789 "),
            "permanent client_error: answered 404: no ***",
        ),
        (
            Act::Answer("HTTP/1.1 403 X\r\ncontent-length: 0\r\n\r\n"),
            "permanent auth: answered 403",
        ),
        (
            Act::Answer("HTTP/1.1 302 X\r\nlocation: /b\r\ncontent-length: 0\r\n\r\n"),
            "permanent client_error: answered 302: a redirect that is not followed",
        ),
        (Act::Hang, "temporary timeout: no answer in time"),
        (
            Act::Trickle(ENDLESS),
            "temporary timeout: no answer in time",
        ),
        (
            Act::Flood(ENDLESS),
            "temporary other: the answer is longer than 64 KiB",
        ),
        (
            Act::Reset,
            "temporary connect: the connection broke: Connection reset by peer (os error 104)",
        ),
        (
            Act::Answer("nonsense\r\n\r\n"),
            "temporary connect: the connection broke: invalid HTTP version parsed",
        ),
    ];
    let client = client(|_| {});
    for (act, expected) in cases {
        let server = Server::start(std::slice::from_ref(&act)).await;
        assert_eq!(
            shown(post(&client, &server.url()).await),
            expected,
            "{act:?}"
        );
    }
}

#[tokio::test]
async fn who_needs_no_text_is_told_by_the_status_whatever_follows_it() {
    let client = client(|_| {});
    for act in [
        Act::Flood(ENDLESS),
        Act::Trickle(ENDLESS),
        Act::Break(ENDLESS),
    ] {
        let server = Server::start(std::slice::from_ref(&act)).await;
        let request = client.json(&server.url(), &"hello").unwrap();
        assert_eq!(client.deliver(request).await, Ok(()), "{act:?}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_refusal_counts_by_its_status_and_with_its_wait_whatever_follows_it() {
    let client = client(|_| {});
    for act in [
        Act::Flood(ENDLESS_NO),
        Act::Trickle(ENDLESS_NO),
        Act::Break(ENDLESS_NO),
    ] {
        let server = Server::start(std::slice::from_ref(&act)).await;
        let error = shown(post(&client, &server.url()).await);
        let expected = "temporary server_error after 7s: answered 503: no luck";
        assert!(error.starts_with(expected), "{act:?}: {error}");
        let request = client.json(&server.url(), &"hello").unwrap();
        let error = shown(client.deliver(request).await.map(|()| 200));
        assert!(error.starts_with(expected), "{act:?}: {error}");
    }
}

#[tokio::test]
async fn what_cannot_be_reached_is_temporary_and_its_address_is_not_shown() {
    let gone = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let client = client(|_| {});
    let refused = post(&client, &Secret::new(format!("http://{gone}/t0ken"))).await;
    assert_eq!(
        shown(refused),
        "temporary connect: cannot connect: Connection refused (os error 111)"
    );
    let nowhere = post(&client, &Secret::new("http://nowhere.invalid/t0ken")).await;
    let text = shown(nowhere);
    assert!(
        text.starts_with("temporary connect: cannot connect: "),
        "{text}"
    );
    assert!(
        !text.contains("t0ken") && !text.contains("invalid/"),
        "{text}"
    );
    for wrong in ["no url", "ftp://h/x", "http://"] {
        let text = shown(post(&client, &Secret::new(wrong)).await);
        assert!(
            text.starts_with("permanent invalid: the address is not "),
            "{text}"
        );
    }
}

#[tokio::test]
async fn redirects_keep_the_body_and_the_host() {
    let server = Server::start(&[
        Act::Answer(
            "HTTP/1.1 307 X\r\nlocation: /moved\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        ),
        Act::Answer("HTTP/1.1 200 X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"),
    ])
    .await;
    let follows = client(|config| {
        config.follow_redirects = true;
        config.authorization = Some(("Bearer".into(), Secret::new("b34rer")));
    });
    assert_eq!(shown(post(&follows, &server.url()).await), "200");
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert!(
        requests[1].starts_with("POST /moved HTTP/1.1\r\n"),
        "{}",
        requests[1]
    );
    assert!(
        requests[1].contains("authorization: Bearer b34rer\r\n"),
        "{}",
        requests[1]
    );
    assert!(
        requests[1].ends_with(r#"{"text":"hello"}"#),
        "{}",
        requests[1]
    );

    // A browser would make a GET of it, without the message.
    let found =
        "HTTP/1.1 302 X\r\nlocation: /moved\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start(&[Act::Answer(found)]).await;
    let refused = "permanent client_error: answered 302: a redirect that is not followed";
    assert_eq!(shown(post(&follows, &server.url()).await), refused);

    // Neither credentials nor the message go to another host, nor is one asked again and again.
    let away = "HTTP/1.1 307 X\r\nlocation: http://localhost:1/\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start(&[Act::Answer(away)]).await;
    let refused = "permanent client_error: answered 307: a redirect that is not followed";
    assert_eq!(shown(post(&follows, &server.url()).await), refused);
    let around = "HTTP/1.1 307 X\r\nlocation: /\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start(&[Act::Answer(around)]).await;
    assert_eq!(shown(post(&follows, &server.url()).await), refused);
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn credentials_go_to_the_server_and_into_no_error() {
    let echo = "HTTP/1.1 401 X\r\ncontent-length: 50\r\n\r\npa55word b34rer r0uting Basic dXNlcjpwYTU1d29yZA==";
    let server = Server::start(&[Act::Answer(echo)]).await;
    let with_password = client(|config| {
        config.basic_auth = Some(("user".into(), Secret::new("pa55word")));
    })
    .hiding(&Secret::new("r0uting"));
    let text = shown(post(&with_password, &server.url()).await);
    assert_eq!(
        text,
        "permanent auth: answered 401: *** b34rer *** Basic ***"
    );
    // user:pa55word
    let header = "authorization: Basic dXNlcjpwYTU1d29yZA==\r\n";
    assert!(
        server.requests()[0].contains(header),
        "{:?}",
        server.requests()
    );
    assert!(
        !format!("{with_password:?}").contains("pa55"),
        "{with_password:?}"
    );
    let wrong = client(|config| {
        config.authorization = Some(("Bearer".into(), Secret::new("b34\nrer")));
    });
    let text = shown(post(&wrong, &server.url()).await);
    assert_eq!(
        text,
        "permanent invalid: the credentials cannot stand in a header"
    );
}

#[tokio::test]
async fn a_proxy_is_asked_and_its_password_is_not_shown() {
    let proxy = Server::start(&[Act::Answer(
        "HTTP/1.1 407 X\r\ncontent-length: 8\r\n\r\npr0xypwd",
    )])
    .await;
    let through = client(|config| {
        config.proxy_url = Some(Secret::new(format!("http://u:pr0xypwd@{}", proxy.address)));
    });
    let text = shown(post(&through, &Secret::new("http://elsewhere.invalid/x")).await);
    assert_eq!(text, "permanent auth: answered 407: ***");
    assert!(proxy.requests()[0].starts_with("POST http://elsewhere.invalid/x HTTP/1.1\r\n"));
    assert!(!format!("{through:?}").contains("pr0xypwd"), "{through:?}");
}

/// A server that answers one request with 200 over TLS, and the PEM of its certificate.
fn tls_server(name: &str) -> (SocketAddr, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let pem = certificate.pem();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            let mut buffer = [0; 4096];
            if std::io::Read::read(&mut stream, &mut buffer).is_ok_and(|count| count > 0) {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                let _ = stream.write_all(answer);
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    (address, pem)
}

#[tokio::test]
async fn a_certificate_that_nobody_signed_is_refused_unless_the_file_trusts_it() {
    let (address, pem) = tls_server("127.0.0.1");
    let url = Secret::new(format!("https://{address}/t0ken"));
    let text = shown(post(&client(|_| {}), &url).await);
    let expected = "temporary connect: cannot connect: invalid peer certificate: ";
    assert!(
        text.starts_with(expected) && !text.contains("t0ken"),
        "{text}"
    );

    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    fs::write(&ca_file, &pem).unwrap();
    let trusting = client(|config| config.ca_file = Some(ca_file.clone()));
    assert_eq!(shown(post(&trusting, &url).await), "200");
    let careless = client(|config| config.insecure_skip_verify = true);
    assert_eq!(shown(post(&careless, &url).await), "200");

    // The right signature for another name.
    let (address, pem) = tls_server("other.example");
    fs::write(&ca_file, pem).unwrap();
    let trusting = client(|config| config.ca_file = Some(ca_file.clone()));
    let text = shown(post(&trusting, &Secret::new(format!("https://{address}/t0ken"))).await);
    assert!(
        text.starts_with(expected) && !text.contains("t0ken"),
        "{text}"
    );
}

#[test]
fn files_that_are_missing_or_wrong_are_permanent_errors() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.pem");
    fs::write(&text, "no certificate").unwrap();
    let missing = folder.path().join("missing.pem");
    let error = |config: HttpConfig| shown(HttpClient::new(&config).map(|_| 0));
    let with_ca = |path: &Path| HttpConfig {
        ca_file: Some(path.to_owned()),
        ..HttpConfig::default()
    };
    let expected = format!(
        "permanent invalid: cannot read {}: No such file or directory (os error 2)",
        missing.display()
    );
    assert_eq!(error(with_ca(&missing)), expected);
    let expected = format!(
        "permanent invalid: no certificate with its key in {0} and {0}",
        text.display()
    );
    let pair = Some((text.clone(), text.clone()));
    assert_eq!(
        error(HttpConfig {
            cert_and_key: pair,
            ..HttpConfig::default()
        }),
        expected
    );
    let proxy_url = Some(Secret::new("::"));
    assert_eq!(
        error(HttpConfig {
            proxy_url,
            ..HttpConfig::default()
        }),
        "permanent invalid: proxy_url is not a URL"
    );
    // A file without a certificate is no CA.
    let expected = format!(
        "permanent invalid: no certificates in PEM in {}",
        text.display()
    );
    assert_eq!(error(with_ca(&text)), expected);
}
