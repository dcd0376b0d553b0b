//! A redis-server of a test.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::{Connection, FromRedisValue};

use super::program;

/// A server on a free port of 127.0.0.1, in a folder of its own; it ends with the test.
pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
    arguments: Vec<String>,
    password: Option<String>,
    _folder: tempfile::TempDir,
}

#[derive(Default)]
pub(crate) struct Options<'a> {
    pub(crate) arguments: &'a [&'a str],
    pub(crate) password: Option<&'a str>,
    pub(crate) is_cluster: bool,
}

impl Server {
    /// None, said aloud, where there is no redis-server.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&Options::default())
    }

    pub(crate) fn start_with(options: &Options<'_>) -> Option<Self> {
        program(&binary(), "redis-server")?;
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let mut arguments: Vec<String> = [
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--repl-diskless-sync-delay",
            "0",
            "--dir",
        ]
        .map(str::to_owned)
        .into();
        arguments.push(folder.path().to_str().unwrap().to_owned());
        arguments.extend(["--port".to_owned(), port.to_string()]);
        if options.is_cluster {
            let bus = free_port().to_string();
            let cluster = [
                "--cluster-enabled",
                "yes",
                "--cluster-node-timeout",
                "1000",
                "--cluster-port",
                &bus,
            ];
            arguments.extend(cluster.map(str::to_owned));
        }
        if let Some(password) = options.password {
            arguments.extend(["--requirepass", password].map(str::to_owned));
        }
        arguments.extend(
            options
                .arguments
                .iter()
                .map(|&argument| argument.to_owned()),
        );
        let server = Self {
            process: spawn(&arguments),
            port,
            arguments,
            password: options.password.map(str::to_owned),
            _folder: folder,
        };
        server.wait();
        Some(server)
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn url(&self) -> String {
        let login = self
            .password
            .as_ref()
            .map(|password| format!(":{password}@"));
        format!("redis://{}{}", login.unwrap_or_default(), self.address())
    }

    /// Runs a command, whose words stand between spaces.
    pub(crate) fn run(&self, command: &str) {
        self.ask::<redis::Value>(command);
    }

    pub(crate) fn ask<T: FromRedisValue>(&self, command: &str) -> T {
        self.try_ask(command)
            .unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    pub(crate) fn try_ask<T: FromRedisValue>(&self, command: &str) -> redis::RedisResult<T> {
        let words: Vec<&str> = command.split(' ').collect();
        redis::cmd(words[0])
            .arg(&words[1..])
            .query(&mut self.connection()?)
    }

    pub(crate) fn connection(&self) -> redis::RedisResult<Connection> {
        let client = redis::Client::open(self.url())?;
        let connection = client.get_connection_with_timeout(Duration::from_secs(2))?;
        connection.set_read_timeout(Some(Duration::from_secs(5)))?;
        Ok(connection)
    }

    /// A field of INFO, as the server says it now.
    pub(crate) fn info(&self, field: &str) -> f64 {
        let info: String = self.ask("INFO all");
        let mut values = info
            .lines()
            .filter_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        values
            .next()
            .unwrap_or_else(|| panic!("{field} in {info}"))
            .trim()
            .parse()
            .unwrap()
    }

    /// Ends it without warning.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again, on the same port, with the same settings.
    pub(crate) fn restart(&mut self) {
        self.process = spawn(&self.arguments);
        self.wait();
    }

    /// Stops it where it is: connections are accepted by the kernel, and nothing is answered.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.process.id().to_string();
        let status = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(status.success());
    }

    fn wait(&self) {
        for _ in 0..200 {
            if self.try_ask::<redis::Value>("PING").is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("redis-server did not answer within 5 s");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already; a frozen one dies too.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A Sentinel that watches `primary` as `cache`.
pub(crate) fn start_sentinel(primary: &Server) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let file = folder.path().join("sentinel.conf");
    let text = format!(
        "port {port}\nbind 127.0.0.1\ndir {}\n\
         sentinel monitor cache 127.0.0.1 {} 1\n\
         sentinel down-after-milliseconds cache 500\n\
         sentinel failover-timeout cache 3000\n",
        folder.path().display(),
        primary.port
    );
    std::fs::write(&file, text).unwrap();
    let arguments = vec![file.to_str().unwrap().to_owned(), "--sentinel".to_owned()];
    let sentinel = Server {
        process: spawn(&arguments),
        port,
        arguments,
        password: None,
        _folder: folder,
    };
    sentinel.wait();
    sentinel
}

fn spawn(arguments: &[String]) -> Child {
    Command::new(binary())
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Another server, Valkey's for example, can be named by its path.
fn binary() -> String {
    std::env::var("REDIS_SERVER").unwrap_or_else(|_| "redis-server".to_owned())
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
