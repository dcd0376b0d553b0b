//! As much of HTTP/1.1 as it takes to ask a server on this machine one question.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a server may be silent.
const SILENCE: Duration = Duration::from_secs(20);

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) body: String,
}

pub(super) fn get(server: SocketAddr, path: &str) -> Result<Response, String> {
    exchange(
        server,
        &format!("GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n"),
    )
    .map_err(|problem| format!("GET {path}: {problem}"))
}

pub(super) fn post(server: SocketAddr, path: &str, json: &str) -> Result<Response, String> {
    let head = format!("POST {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n");
    let head = format!(
        "{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        json.len()
    );
    exchange(server, &(head + json)).map_err(|problem| format!("POST {path}: {problem}"))
}

fn exchange(server: SocketAddr, request: &str) -> Result<Response, String> {
    let send = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&server, SILENCE)?;
        stream.set_read_timeout(Some(SILENCE))?;
        stream.write_all(request.as_bytes())?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = send().map_err(|error| error.to_string())?;
    parse(&bytes).ok_or_else(|| {
        format!(
            "the answer is not HTTP/1.1: {:?}",
            String::from_utf8_lossy(&bytes)
        )
    })
}

fn parse(bytes: &[u8]) -> Option<Response> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end])
        .ok()?
        .to_ascii_lowercase();
    let status = head.strip_prefix("http/1.1 ")?.get(..3)?.parse().ok()?;
    let body = &bytes[end + 4..];
    let chunked = head
        .lines()
        .any(|line| line.starts_with("transfer-encoding:") && line.ends_with("chunked"));
    let body = if chunked {
        unchunk(body)?
    } else {
        body.to_vec()
    };
    Some(Response {
        status,
        body: String::from_utf8(body).ok()?,
    })
}

/// None unless the body came to its end: a cut one is no answer.
fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end])
            .ok()?
            .split(';')
            .next()?
            .trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_plain_and_a_chunked_answer() {
        let plain = parse(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
        assert_eq!(
            plain,
            Some(Response {
                status: 200,
                body: "hi".to_owned()
            })
        );
        let chunked = parse(b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nA;x\r\n0123456789\r\n0\r\n\r\n");
        assert_eq!(
            chunked,
            Some(Response {
                status: 404,
                body: "hi0123456789".to_owned()
            })
        );
    }

    #[test]
    fn a_cut_body_is_no_answer() {
        assert_eq!(
            parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhi"),
            None
        );
        assert_eq!(
            parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n"),
            None
        );
        assert_eq!(parse(b"nonsense"), None);
    }
}
