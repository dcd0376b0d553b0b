//! The ping before a real server.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use llm_vitals_health::{Cause, Check, Probe as _, RedisPing, Report, Status};

use crate::support::builder;

/// A server that ends with the test.
struct Server {
    process: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Skipped aloud without the program, except under `CI=true`, where that fails.
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    async fn start(arguments: &[&str]) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let started = Command::new("redis-server")
            .args([
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--port",
                &port.to_string(),
            ])
            .args(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .spawn();
        let Ok(process) = started else {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "redis-server is missing: apt-get install redis-server"
            );
            eprintln!("SKIPPED: redis-server is missing: apt-get install redis-server");
            return None;
        };
        let address = format!("127.0.0.1:{port}");
        let server = Self {
            process,
            address,
            _folder: folder,
        };
        for _ in 0..500 {
            if tokio::net::TcpStream::connect(&server.address)
                .await
                .is_ok()
            {
                return Some(server);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("redis-server did not start");
    }

    fn ping(&self) -> RedisPing {
        RedisPing::new(&self.address)
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.process.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_server_answers_until_it_is_killed() {
    let Some(mut server) = Server::start(&[]).await else {
        return;
    };
    let ping = server.ping();
    assert_eq!(ping.check().await, Report::up());
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    assert_eq!(ping.check().await, Report::down(Cause::Connect));
}

#[tokio::test]
async fn a_server_that_is_stopped_is_a_timeout_and_comes_back() {
    let Some(server) = Server::start(&[]).await else {
        return;
    };
    let check = Check::new("redis", server.ping())
        .with_interval(Duration::from_millis(50))
        .with_timeout(Duration::from_millis(200));
    let (health, runner) = builder().with_check(check).build().unwrap();
    tokio::spawn(runner.run(std::future::pending()));
    let wait = async |status: Status| {
        for _ in 0..3_000 {
            if health.check("redis").unwrap().status == status {
                return health.check("redis").unwrap().cause;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it is not {status:?}");
    };
    assert_eq!(wait(Status::Up).await, None);
    server.signal("-STOP");
    assert_eq!(wait(Status::Down).await, Some(Cause::Timeout));
    server.signal("-CONT");
    assert_eq!(wait(Status::Up).await, None);
}

#[tokio::test]
async fn credentials_are_a_password_or_a_user_that_may_only_ping() {
    let arguments = [
        "--requirepass",
        "hunter2",
        "--user",
        "probe",
        "on",
        ">s3cret",
        "-@all",
        "+ping",
        "--user",
        "mute",
        "on",
        ">s3cret",
        "-@all",
    ];
    let Some(server) = Server::start(&arguments).await else {
        return;
    };
    for (ping, expected) in [
        (server.ping(), Report::down(Cause::Auth)),
        (server.ping().with_password("hunter2"), Report::up()),
        (
            server.ping().with_password("wrong"),
            Report::down(Cause::Auth),
        ),
        (server.ping().with_user("probe", "s3cret"), Report::up()),
        (server.ping().with_user("mute", "s3cret"), Report::up()),
        (
            server.ping().with_user("nobody", "s3cret"),
            Report::down(Cause::Auth),
        ),
    ] {
        assert_eq!(ping.check().await, expected, "{ping:?}");
        assert!(!format!("{ping:?}").contains("s3cret"));
    }
}

#[tokio::test]
async fn something_else_that_listens_is_no_redis() {
    use tokio::io::AsyncWriteExt as _;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ping = RedisPing::new(listener.local_addr().unwrap().to_string());
    for (answer, expected) in [
        (
            &b"SSH-2.0-OpenSSH_9.2\r\n"[..],
            Report::down(Cause::BadAnswer),
        ),
        (&[b'+'; 5_000], Report::down(Cause::BadAnswer)),
        (b"\xff\xfe\r\n", Report::down(Cause::BadAnswer)),
        (b"", Report::down(Cause::Connect)),
    ] {
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(answer).await.unwrap();
            stream.shutdown().await.unwrap();
            // Until the other side has read: a reset would take the answer with it.
            let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
        };
        let (report, ()) = tokio::join!(ping.check(), serve);
        assert_eq!(report, expected, "{answer:?}");
    }
}
