//! Sends chats to a server and prints how long they took, as JSON:
//! `chat-load HOST:PORT --rate 200 --seconds 20 --connections 8 [--stream] [--model NAME] [--key KEY]`.
//!
//! With `--rate`, requests are due at fixed moments and the time runs from the due moment, so that a slow server cannot
//! hide behind a slow sender. With `--rate 0`, each connection sends its next request as soon as it has its answer.
#![allow(clippy::print_stdout, reason = "the result goes to standard output")]
#![expect(clippy::disallowed_types, reason = "this program only measures")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use std::{env, process, thread};

#[derive(Clone)]
struct Load {
    address: String,
    rate: f64,
    seconds: f64,
    connections: u32,
    request: String,
}

fn main() {
    let load = parse().unwrap_or_else(|error| {
        println!("{error}");
        process::exit(2);
    });
    let start = Instant::now() + Duration::from_millis(50);
    let threads: Vec<_> = (0..load.connections)
        .map(|number| {
            let load = load.clone();
            thread::spawn(move || run(&load, number, start))
        })
        .collect();
    let (mut micros, mut errors) = (Vec::new(), 0_u64);
    for thread in threads {
        match thread.join() {
            Ok((times, failed)) => {
                micros.extend(times);
                errors += failed;
            }
            Err(_) => errors += 1,
        }
    }
    let elapsed = start.elapsed().as_secs_f64();
    micros.sort_unstable();
    let quantile = |q: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let index = ((micros.len() as f64 * q) as usize).min(micros.len().saturating_sub(1));
        micros.get(index).copied().unwrap_or(0)
    };
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = micros.len() as f64 / elapsed;
    println!(
        "{{\"requests\":{},\"errors\":{errors},\"per_second\":{rate:.1},\"p50_us\":{},\"p90_us\":{},\"p99_us\":{},\"max_us\":{}}}",
        micros.len(),
        quantile(0.5),
        quantile(0.9),
        quantile(0.99),
        quantile(1.0)
    );
}

fn parse() -> Result<Load, String> {
    let mut arguments = env::args().skip(1);
    let address = arguments
        .next()
        .ok_or("usage: chat-load HOST:PORT [--rate N] …")?;
    let (mut rate, mut seconds, mut connections) = (200.0, 10.0, 8);
    let (mut model, mut key, mut stream) = ("static".to_owned(), String::new(), false);
    while let Some(option) = arguments.next() {
        if option == "--stream" {
            stream = true;
            continue;
        }
        let value = arguments.next().ok_or(format!("{option} needs a value"))?;
        let number = || {
            value
                .parse::<f64>()
                .map_err(|error| format!("{option} {value}: {error}"))
        };
        match option.as_str() {
            "--rate" => rate = number()?,
            "--seconds" => seconds = number()?,
            "--connections" => {
                connections = value
                    .parse()
                    .map_err(|error| format!("{option} {value}: {error}"))?;
            }
            "--model" => model = value,
            "--key" => key = format!("authorization: Bearer {value}\r\n"),
            _ => return Err(format!("unknown option {option}")),
        }
    }
    let body = format!(
        "{{\"model\":\"{model}\",\"stream\":{stream},\"messages\":[{{\"role\":\"user\",\"content\":\"Is all well?\"}}]}}"
    );
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n{key}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    Ok(Load {
        address,
        rate,
        seconds,
        connections,
        request,
    })
}

/// Sends one connection's share; returns the times in microseconds and the number of failures.
fn run(load: &Load, number: u32, start: Instant) -> (Vec<u64>, u64) {
    let (mut times, mut errors) = (Vec::new(), 0);
    let end = start + Duration::from_secs_f64(load.seconds);
    let mut connection = None;
    let mut turn = 0_u32;
    loop {
        let due = if load.rate > 0.0 {
            // Connections take turns: number, number + connections, …
            let index = f64::from(turn) * f64::from(load.connections) + f64::from(number);
            start + Duration::from_secs_f64(index / load.rate)
        } else {
            Instant::now().max(start)
        };
        if due >= end {
            return (times, errors);
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
        turn += 1;
        match exchange(load, &mut connection) {
            Ok(()) => {
                let micros = Instant::now().saturating_duration_since(due).as_micros();
                times.push(u64::try_from(micros).unwrap_or(u64::MAX));
            }
            Err(_) => {
                errors += 1;
                connection = None;
            }
        }
    }
}

fn exchange(load: &Load, connection: &mut Option<BufReader<TcpStream>>) -> io::Result<()> {
    if connection.is_none() {
        let stream = TcpStream::connect(&load.address)?;
        stream.set_nodelay(true)?;
        *connection = Some(BufReader::new(stream));
    }
    let Some(reader) = connection else {
        return Ok(());
    };
    reader.get_mut().write_all(load.request.as_bytes())?;
    let mut line = String::new();
    reader.read_line(&mut line)?;
    if !line.contains(" 200 ") {
        return Err(io::Error::other(line));
    }
    let (mut length, mut chunked) = (0, false);
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        chunked |= lower.starts_with("transfer-encoding:") && lower.contains("chunked");
    }
    let mut body = Vec::new();
    if !chunked {
        body.resize(length, 0);
        return reader.read_exact(&mut body);
    }
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        body.resize(size + 2, 0);
        reader.read_exact(&mut body)?;
        if size == 0 {
            return Ok(());
        }
    }
}
