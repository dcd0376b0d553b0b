//! An upstream that answers every chat with the same bytes, at once: `static-upstream PORT`.
//!
//! One thread for each connection, HTTP/1.1 with keep-alive, loopback only. Whole answers, or a stream of 40 tokens when
//! the body asks for one. It stands for a provider whose own time is next to nothing.
#![allow(clippy::print_stdout, reason = "says where it listens")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::{env, thread};

const ANSWER: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1789000000,"model":"static","choices":[{"index":0,"message":{"role":"assistant","content":"All is well."},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":4,"total_tokens":16}}"#;

fn main() -> io::Result<()> {
    let port = env::args().nth(1).unwrap_or_else(|| "0".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
    println!("listening on http://{}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(move || serve(&stream));
    }
    Ok(())
}

/// Answers until the peer closes the connection.
fn serve(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let streamed = streamed_answer();
    let mut line = String::new();
    loop {
        let (mut length, mut first) = (0, String::new());
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line.trim().is_empty() {
                break;
            }
            if first.is_empty() {
                first.clone_from(&line);
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let text = String::from_utf8_lossy(&body);
        let mut out = stream;
        if first.starts_with("GET") {
            out.write_all(
                whole(r#"{"object":"list","data":[{"id":"static","object":"model"}]}"#).as_bytes(),
            )?;
        } else if text.contains("\"stream\":true") || text.contains("\"stream\": true") {
            out.write_all(streamed.as_bytes())?;
        } else {
            out.write_all(whole(ANSWER).as_bytes())?;
        }
    }
}

fn whole(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn streamed_answer() -> String {
    let mut events = String::new();
    for token in 0..40 {
        events.push_str(&format!(
            "data: {{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1789000000,\"model\":\"static\",\
             \"choices\":[{{\"index\":0,\"delta\":{{\"content\":\" token{token}\"}},\"finish_reason\":null}}]}}\n\n"
        ));
    }
    events.push_str("data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1789000000,\"model\":\"static\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
    events.push_str("data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1789000000,\"model\":\"static\",\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":40,\"total_tokens\":52}}\n\ndata: [DONE]\n\n");
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {}\r\n\r\n{events}",
        events.len()
    )
}
