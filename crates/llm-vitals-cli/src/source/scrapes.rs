//! Expositions from files and from live targets.

use std::io::Read as _;

use llm_vitals_promql::Format;

use crate::failure::Failure;

use super::http::{Client, base};

/// An exposition.
#[derive(Debug)]
pub(crate) struct Text {
    /// File or URL.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) format: Format,
}

/// Reads saved scrapes; `-` is standard input.
pub(crate) fn read_scrapes(files: &[String]) -> Result<Vec<Text>, Failure> {
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &str) -> Result<Text, Failure> {
    let bytes = if file == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    let bytes = bytes.map_err(|error| Failure::Other(format!("cannot read {file}: {error}")))?;
    // OpenMetrics says that it ends; nothing else tells the two formats apart.
    let format = if bytes.trim_ascii_end().ends_with(b"# EOF") {
        Format::OpenMetrics
    } else {
        Format::Text
    };
    Ok(Text {
        name: file.to_owned(),
        bytes,
        format,
    })
}

/// Scrapes a live target: the URL itself if it ends in `/metrics`, else `/metrics` below it.
pub(crate) fn scrape(client: &Client, url: &str) -> Result<Text, Failure> {
    let mut url = base(url);
    if !url.ends_with("/metrics") {
        url.push_str("/metrics");
    }
    let response = client.get(&url)?;
    if response.status != 200 {
        return Err(Failure::Other(format!(
            "{url} answers with status {}, not with metrics",
            response.status
        )));
    }
    Ok(Text {
        name: url,
        format: Format::from_content_type(&response.content_type),
        bytes: response.body,
    })
}
