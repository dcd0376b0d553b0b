//! What is scraped: a small server whose numbers change with each scrape.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

pub(super) struct Target {
    pub(super) port: u16,
    texts: Arc<Mutex<Vec<String>>>,
}

impl Target {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let texts: Arc<Mutex<Vec<String>>> = Arc::default();
        let told = Arc::clone(&texts);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let text = exposition(told.lock().unwrap().len());
                told.lock().unwrap().push(text.clone());
                // The server of a test that is over may have left.
                let _ = answer(stream, &text);
            }
        });
        Self { port, texts }
    }

    /// The first answers.
    pub(super) fn told(&self, count: usize) -> Vec<String> {
        self.texts.lock().unwrap()[..count].to_vec()
    }
}

fn answer(mut stream: TcpStream, text: &str) -> std::io::Result<()> {
    let _ = stream.read(&mut [0; 4096])?;
    let head = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\ncontent-length: {}\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(text.as_bytes())
}

/// The exposition of a scrape: counters with a reset, a gauge with odd values, series that come and go, a histogram with
/// exemplars, a summary, label values that are hard to quote.
pub(super) fn exposition(scrape: usize) -> String {
    let n = scrape;
    let mut out = String::from(
        "# HELP t_requests Calls \\\\ by \\\"how\\\" they\\nended.\n# TYPE t_requests counter\n",
    );
    let since_reset = if n < 17 { n } else { n - 17 };
    for (at, provider) in ["openai", "anthropic", "gemini"].iter().enumerate() {
        for (status, share) in [("success", 7), ("error", 1)] {
            let value = since_reset * (at + 1) * share + n % 3;
            let _ = writeln!(
                out,
                "t_requests_total{{provider=\"{provider}\",status=\"{status}\"}} {value}"
            );
        }
    }
    out.push_str("# HELP t_temperature Degrees.\n# TYPE t_temperature gauge\n");
    for zone in 1..=4_u32 {
        let value = match (n % 11, zone) {
            (3, 2) => "NaN".to_owned(),
            (5, 3) => "+Inf".to_owned(),
            (6, 3) => "-Inf".to_owned(),
            _ => format!("{}", f64::from(zone) * 10.0 - (n * n % 17) as f64 * 0.37),
        };
        let _ = writeln!(out, "t_temperature{{zone=\"{zone}\"}} {value}");
    }
    if (5..12).contains(&n) || (20..26).contains(&n) {
        let _ = writeln!(out, "# TYPE t_gone gauge\nt_gone{{part=\"a\"}} {n}");
    }
    if n % 4 != 3 {
        let _ = writeln!(out, "# TYPE t_flicker gauge\nt_flicker {}", n % 5);
    }
    out.push_str("# HELP t_wait_seconds Waiting.\n# TYPE t_wait_seconds histogram\n# UNIT t_wait_seconds seconds\n");
    for (at, le) in ["0.1", "1", "+Inf"].iter().enumerate() {
        let _ = writeln!(
            out,
            "t_wait_seconds_bucket{{le=\"{le}\"}} {} # {{trace_id=\"t{at}-{}\"}} 0.{at}5 {}.25",
            (n + 1) * (at + 2),
            (n / 12).min(2),
            1_700_000_000 + (n / 12).min(2),
        );
    }
    let _ = writeln!(
        out,
        "t_wait_seconds_sum {}\nt_wait_seconds_count {}",
        n as f64 * 1.7,
        (n + 1) * 4
    );
    out.push_str("# TYPE t_size summary\n");
    for quantile in ["0.5", "0.99"] {
        let _ = writeln!(out, "t_size{{quantile=\"{quantile}\"}} {}", n * 3 % 10);
    }
    let _ = writeln!(out, "t_size_sum {}\nt_size_count {n}", n * 31);
    out.push_str("# TYPE t_odd gauge\n");
    for (at, value) in [
        r#"a\"b\\c\nd{}=,"#,
        "日本語",
        "<script>alert('1')</script>",
        "a&b=c+d%20e;f#g",
        " ",
    ]
    .iter()
    .enumerate()
    {
        let _ = writeln!(out, "t_odd{{v=\"{value}\"}} {}e-{}", n + 1, at * 5);
    }
    out.push_str("# TYPE t_large gauge\nt_large{size=\"a\"} 123456789012345678901\nt_large{size=\"b\"} 1.5e300\nt_large{size=\"c\"} -0.0\n# EOF\n");
    out
}
