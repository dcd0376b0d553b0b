//! The answers from a thread of their own, while the application's runtime is starved.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use llm_vitals_health::{Access, Check, Criticality, Group, Health, Listener, Status};
use tokio::time::Instant;

fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (
        head.split(' ').nth(1).unwrap().parse().unwrap(),
        body.to_owned(),
    )
}

fn eventually(what: &str, is: impl Fn() -> bool) {
    let start = Instant::now();
    while !is() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn loopback() -> SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

#[test]
fn it_tells_the_truth_while_the_runtime_of_the_application_is_blocked() {
    let limit = Duration::from_secs(1);
    let check = Check::new("database", || async {})
        .with_interval(Duration::from_millis(100))
        .with_timeout(Duration::from_millis(100))
        .with_max_age(limit)
        .in_group(Group::Ready, Criticality::Critical);
    let (health, runner) = Health::builder()
        .with_check(check)
        .with_liveness_heartbeat(limit)
        .build()
        .unwrap();
    let (block, blocks) = mpsc::channel::<mpsc::Receiver<()>>();
    // The application: one thread, one runtime, and a task that blocks it.
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let application = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            tokio::spawn(async move {
                loop {
                    if let Ok(release) = blocks.try_recv() {
                        let _ = release.recv();
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            });
            runner.run(async { drop(stopped.await) }).await;
        });
    });
    let listener = Listener::bind(health.service(), loopback()).unwrap();
    let address = listener.local_addr();
    let codes = || {
        (
            get(address, "/health/live").0,
            get(address, "/health/ready").0,
        )
    };

    eventually("it did not start", || codes() == (200, 200));
    let (release, released) = mpsc::channel();
    block.send(released).unwrap();
    eventually("it did not notice", || codes() == (503, 503));
    assert!(health.heartbeat_age() > limit);
    assert_eq!(health.status(Group::Ready), Status::Unknown);
    let mut text = String::new();
    health.render(&mut text);
    let beat: f64 = text
        .lines()
        .last()
        .unwrap()
        .rsplit(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_secs_f64();
    assert!(now - beat > 1.0, "{now} {beat}");
    drop(release);
    eventually("it did not recover", || codes() == (200, 200));
    stop.send(()).unwrap();
    application.join().unwrap();
}

#[test]
fn it_serves_what_the_service_serves_and_ends_when_it_is_dropped() {
    let (health, _runner) = Health::builder().build().unwrap();
    let service = health.service().with_access(|_| Access::Details);
    let listener = Listener::bind(service, loopback()).unwrap();
    let address = listener.local_addr();
    assert_eq!(
        get(address, "/health"),
        (200, r#"{"status":"ok"}"#.to_owned())
    );
    assert_eq!(get(address, "/nothing").0, 404);
    assert!(
        Listener::bind(health.service(), address).is_err(),
        "the port is taken"
    );
    // A client that says nothing does not keep the others out.
    let silent: Vec<_> = (0..10)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    assert_eq!(get(address, "/health/live").0, 200);
    drop(silent);
    drop(listener);
    eventually("it still listens", || TcpStream::connect(address).is_err());
}
