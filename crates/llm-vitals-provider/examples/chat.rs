//! Streams one answer to the terminal.
//!
//! `chat MODEL QUESTION` asks the first provider whose key is set: `OPENAI_API_KEY`, `OPENROUTER_API_KEY`,
//! `ANTHROPIC_API_KEY` or `GEMINI_API_KEY`. Without arguments it asks a server of its own, which knows one answer.

#![expect(clippy::print_stdout, reason = "the answer is the output")]

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use futures_util::StreamExt as _;
use llm_vitals_provider::anthropic::Anthropic;
use llm_vitals_provider::gemini::Gemini;
use llm_vitals_provider::openai::{Flavor, OpenAi};
use llm_vitals_provider::{ChatRequest, Message, Provider, ProviderError, Secret, StreamOptions};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (provider, model, question) = match (arguments.next(), arguments.next()) {
        (Some(model), Some(question)) => match provider_with_a_key()? {
            Some(provider) => (provider, model, question),
            None => {
                println!(
                    "set OPENAI_API_KEY, OPENROUTER_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY"
                );
                return Ok(());
            }
        },
        _ => {
            let server = OpenAi::builder(Flavor::Compatible).with_base_url(local_server()?);
            let provider: Box<dyn Provider> = Box::new(server.build()?);
            (provider, "local".to_owned(), "Who is there?".to_owned())
        }
    };
    println!("{} is asked: {question}", provider.name());
    let mut request = ChatRequest::new(model, [Message::user(question)]);
    request.stream_options = Some(StreamOptions::with_usage());
    let mut stream = provider.stream(request).await?;
    let mut usage = None;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        usage = chunk.usage().or(usage);
        for choice in &chunk.choices {
            print!("{}", choice.delta.content.as_deref().unwrap_or_default());
        }
        std::io::stdout().flush()?;
    }
    match usage {
        Some(usage) => println!(
            "\n{} tokens in, {} out",
            usage.prompt_tokens, usage.completion_tokens
        ),
        None => println!("\nno usage was reported"),
    }
    Ok(())
}

fn provider_with_a_key() -> Result<Option<Box<dyn Provider>>, ProviderError> {
    let key = |name| std::env::var(name).ok().map(Secret::new);
    Ok(Some(if let Some(key) = key("OPENAI_API_KEY") {
        Box::new(OpenAi::builder(Flavor::OpenAi).with_key(key).build()?)
    } else if let Some(key) = key("OPENROUTER_API_KEY") {
        Box::new(OpenAi::builder(Flavor::OpenRouter).with_key(key).build()?)
    } else if let Some(key) = key("ANTHROPIC_API_KEY") {
        Box::new(Anthropic::builder().with_key(key).build()?)
    } else if let Some(key) = key("GEMINI_API_KEY") {
        Box::new(Gemini::builder().with_key(key).build()?)
    } else {
        return Ok(None);
    }))
}

/// Starts a server that answers one request, and gives its base URL.
fn local_server() -> std::io::Result<String> {
    const ANSWER: &str = concat!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Only\"}}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" me.\"},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":2}}\n\n",
        "data: [DONE]\n\n",
    );
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/v1", listener.local_addr()?);
    std::thread::spawn(move || -> std::io::Result<()> {
        let (mut socket, _) = listener.accept()?;
        let mut request = Vec::new();
        while !request.ends_with(b"}") {
            let mut piece = [0; 1024];
            let length = socket.read(&mut piece)?;
            if length == 0 {
                return Ok(());
            }
            request.extend_from_slice(&piece[..length]);
        }
        socket.write_all(ANSWER.as_bytes())
    });
    Ok(url)
}
