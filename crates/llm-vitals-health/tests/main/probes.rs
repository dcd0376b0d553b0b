//! The ready-made checks.

use llm_vitals_health::{Probe as _, RuntimeLag, Status};
use std::time::Duration;

#[tokio::test]
async fn a_blocked_runtime_is_late() {
    let probe =
        RuntimeLag::new().with_limits(Duration::from_millis(150), Some(Duration::from_secs(60)));
    let (measured, ()) = tokio::join!(probe.check(), async {
        std::thread::sleep(Duration::from_millis(200));
    });
    assert_eq!(measured.status(), Status::Degraded);
    let lag = measured.measurement().unwrap();
    assert_eq!((lag.name, lag.unit), ("lag", "seconds"));
    assert!(lag.value >= 0.15, "{}", lag.value);
}

#[tokio::test(start_paused = true)]
async fn a_runtime_with_nothing_to_do_is_on_time() {
    assert_eq!(RuntimeLag::new().check().await.status(), Status::Up);
}

#[cfg(feature = "tcp")]
mod tcp {
    use llm_vitals_health::{Cause, Probe as _, Report, TcpConnect};

    #[tokio::test]
    async fn somebody_listens_or_nobody_does() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let probe = TcpConnect::new(address);
        assert_eq!(probe.check().await, Report::up());
        drop(listener);
        assert_eq!(probe.check().await, Report::down(Cause::Connect));
    }
}

#[cfg(feature = "http")]
mod http {
    use llm_vitals_health::{Cause, HttpProbe, Probe as _, Report};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// A server that answers each connection with the next of these, and keeps what it was asked.
    async fn server(answers: Vec<&'static str>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/health", listener.local_addr().unwrap());
        let asked = tokio::spawn(async move {
            let mut asked = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 4_096];
                let read = stream.read(&mut request).await.unwrap();
                request.truncate(read);
                asked.push(String::from_utf8(request).unwrap());
                let answer =
                    format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            asked
        });
        (url, asked)
    }

    #[tokio::test]
    async fn statuses_are_told_apart() {
        let cases = [
            ("200 OK", Report::up()),
            ("302 Found\r\nlocation: http://127.0.0.1:1/", Report::up()),
            ("401 Unauthorized", Report::degraded(Cause::Auth)),
            ("402 Payment Required", Report::degraded(Cause::Quota)),
            (
                "429 Too Many Requests",
                Report::degraded(Cause::RateLimited),
            ),
            (
                "503 Service Unavailable\r\nretry-after: 5",
                Report::degraded(Cause::RateLimited),
            ),
            ("503 Service Unavailable", Report::down(Cause::Overloaded)),
            ("500 Internal Server Error", Report::down(Cause::Server)),
            ("404 Not Found", Report::down(Cause::BadAnswer)),
        ];
        let (url, asked) = server(cases.iter().map(|(answer, _)| *answer).collect()).await;
        let probe = HttpProbe::new(&url)
            .unwrap()
            .with_header("authorization", "Bearer hunter2")
            .unwrap();
        for (answer, expected) in cases {
            assert_eq!(probe.check().await, expected, "{answer}");
        }
        assert_eq!(
            probe.check().await.status(),
            llm_vitals_health::Status::Down,
            "nobody listens"
        );
        let asked = asked.await.unwrap();
        assert!(
            asked[0].starts_with("GET /health HTTP/1.1\r\n"),
            "{}",
            asked[0]
        );
        assert!(
            asked[0].contains("authorization: Bearer hunter2\r\n"),
            "{}",
            asked[0]
        );
    }

    #[tokio::test]
    async fn what_is_fine_can_be_told_and_secrets_are_not() {
        let (url, asked) = server(vec!["404 Not Found"]).await;
        let probe = HttpProbe::new(&format!("{url}?key=hunter2"))
            .unwrap()
            .with_fine_statuses(200..=404)
            .with_head();
        assert_eq!(probe.check().await, Report::up());
        assert!(asked.await.unwrap()[0].starts_with("HEAD "));
        assert!(!format!("{probe:?}").contains("hunter2"));
        let error = probe.with_header("x", "hunter2\n").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        for url in ["", "ftp://x/", "not a url"] {
            assert!(HttpProbe::new(url).is_err(), "{url}");
        }
    }
}

#[cfg(all(feature = "system", target_os = "linux"))]
mod system {
    use std::fs;
    use std::path::Path;

    use llm_vitals_health::{
        Cause, Cpu, Descriptors, DiskSpace, Memory, Probe as _, Report, Status,
    };

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A process in `/pods/one`, whose own group has no limit and whose pod has one of 1,000 bytes.
    fn container() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let files = [
            ("proc/self/cgroup", "0::/pods/one\n"),
            (
                "proc/meminfo",
                "MemTotal: 1000 kB\nMemFree: 10 kB\nMemAvailable: 250 kB\n",
            ),
            (
                "proc/pressure/cpu",
                "some avg10=5.00 avg60=0.00 avg300=0.00 total=1\n",
            ),
            ("sys/fs/cgroup/cgroup.controllers", "cpu memory\n"),
            ("sys/fs/cgroup/pods/memory.max", "1000\n"),
            ("sys/fs/cgroup/pods/memory.current", "990\n"),
            (
                "sys/fs/cgroup/pods/memory.stat",
                "anon 100\ninactive_file 370\n",
            ),
            ("sys/fs/cgroup/pods/one/memory.max", "max\n"),
            ("sys/fs/cgroup/pods/one/memory.current", "900\n"),
            (
                "sys/fs/cgroup/pods/one/cpu.pressure",
                "some avg10=90.00 avg60=0.00 avg300=0.00 total=1\n",
            ),
        ];
        for (path, text) in files {
            write(root.path(), path, text);
        }
        root
    }

    fn measured(report: &Report) -> (Status, f64) {
        (report.status(), report.measurement().unwrap().value)
    }

    #[tokio::test]
    async fn memory_is_that_of_the_container_without_what_is_only_cached() {
        let root = container();
        let memory = Memory::new().with_root(root.path());
        assert_eq!(measured(&memory.check().await), (Status::Up, 0.62));
        let memory = memory.with_limits(0.5, Some(0.6));
        assert_eq!(measured(&memory.check().await), (Status::Down, 0.62));
        // Without a limit it is that of the machine.
        write(root.path(), "sys/fs/cgroup/pods/memory.max", "max\n");
        let report = memory.check().await;
        assert_eq!(
            (measured(&report), report.cause()),
            ((Status::Down, 0.75), Some(Cause::Exhausted))
        );
    }

    #[tokio::test]
    async fn without_version_2_it_is_that_of_the_machine() {
        let root = container();
        fs::remove_file(root.path().join("sys/fs/cgroup/cgroup.controllers")).unwrap();
        assert_eq!(
            measured(&Memory::new().with_root(root.path()).check().await),
            (Status::Up, 0.75)
        );
        assert_eq!(
            measured(&Cpu::new().with_root(root.path()).check().await),
            (Status::Up, 0.05)
        );
    }

    #[tokio::test]
    async fn in_a_container_that_sees_the_path_of_the_host_its_mount_counts() {
        let root = container();
        for path in ["0::/kubepods/somewhere/else\n", "0::/../../pods\n"] {
            write(root.path(), "proc/self/cgroup", path);
            write(root.path(), "sys/fs/cgroup/memory.max", "1000\n");
            write(root.path(), "sys/fs/cgroup/memory.current", "950\n");
            let report = Memory::new().with_root(root.path()).check().await;
            assert_eq!(measured(&report), (Status::Degraded, 0.95), "{path}");
        }
    }

    #[tokio::test]
    async fn pressure_is_that_of_the_container() {
        let root = container();
        let cpu = Cpu::new().with_root(root.path());
        assert_eq!(measured(&cpu.check().await), (Status::Degraded, 0.9));
    }

    #[tokio::test]
    async fn what_nobody_tells_is_unknown() {
        let root = tempfile::tempdir().unwrap();
        for report in [
            Memory::new().with_root(root.path()).check().await,
            Cpu::new().with_root(root.path()).check().await,
        ] {
            assert_eq!(
                (report.status(), report.cause()),
                (Status::Unknown, Some(Cause::Unsupported))
            );
        }
    }

    #[tokio::test]
    async fn this_machine_tells() {
        let (status, share) = measured(&Memory::new().with_limits(1.1, None).check().await);
        assert_eq!(status, Status::Up);
        assert!(share > 0.0 && share < 1.0, "{share}");
        let (status, share) = measured(&DiskSpace::new("/").with_limits(1.1, None).check().await);
        assert_eq!(status, Status::Up);
        assert!(share > 0.0 && share <= 1.0, "{share}");
        assert_eq!(
            DiskSpace::new("/no/such/path").check().await,
            Report::down(Cause::Failed)
        );
        let (_, before) = measured(&Descriptors::new().check().await);
        let open: Vec<_> = (0..50).map(|_| fs::File::open("/").unwrap()).collect();
        let (_, after) = measured(&Descriptors::new().check().await);
        assert!(after > before, "{before} {after}");
        let down = Descriptors::new()
            .with_limits(0.0, Some(after))
            .check()
            .await;
        assert_eq!(down.status(), Status::Down);
        drop(open);
    }
}
