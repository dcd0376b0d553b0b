//! Content as blocks: text, images and documents.

use serde_json::{Value, json};

use crate::http::{Data, Unsupported, nothing_else};
use crate::message::{Content, ContentPart};

/// Converts content; a text that is empty, which the API refuses, is no block.
pub(super) fn blocks(content: Option<&Content>, path: &str) -> Result<Vec<Value>, Unsupported> {
    match content {
        None => Ok(Vec::new()),
        Some(Content::Text(text)) if text.is_empty() => Ok(Vec::new()),
        Some(Content::Text(text)) => Ok(vec![json!({"type": "text", "text": text})]),
        Some(Content::Parts(parts)) => {
            let mut blocks = Vec::new();
            for (at, part) in parts.iter().enumerate() {
                blocks.extend(block(part, &format!("{path}.content[{at}]"))?);
            }
            Ok(blocks)
        }
    }
}

fn block(part: &ContentPart, path: &str) -> Result<Option<Value>, Unsupported> {
    nothing_else(&part.extra, &format!("{path}."), &["cache_control"])?;
    let mut block = match part.kind.as_str() {
        "text" | "refusal" => {
            let text = part.text.as_deref().or(part.refusal.as_deref());
            match text.filter(|text| !text.is_empty()) {
                Some(text) => json!({"type": "text", "text": text}),
                None => return Ok(None),
            }
        }
        "image_url" => image(part, path)?,
        "file" => document(part, path)?,
        _ => {
            let why = "the Messages API takes text, images and PDF files";
            return Err(Unsupported::new(format!("{path}.type"), why));
        }
    };
    if let Some(cache) = part
        .extra
        .get("cache_control")
        .filter(|cache| !cache.is_null())
    {
        block["cache_control"] = cache.clone();
    }
    Ok(Some(block))
}

fn image(part: &ContentPart, path: &str) -> Result<Value, Unsupported> {
    let path = format!("{path}.image_url");
    let Some(image) = &part.image_url else {
        return Err(Unsupported::new(path, "an image needs an URL"));
    };
    if image
        .detail
        .as_deref()
        .is_some_and(|detail| detail != "auto")
    {
        let why = "the Messages API chooses the detail itself";
        return Err(Unsupported::new(format!("{path}.detail"), why));
    }
    nothing_else(&image.extra, &format!("{path}."), &[])?;
    let source = if let Some(data) = Data::parse(&image.url) {
        json!({"type": "base64", "media_type": data.media, "data": data.base64})
    } else if image.url.starts_with("https://") || image.url.starts_with("http://") {
        json!({"type": "url", "url": image.url})
    } else {
        let why = "it must be an https: URL, or a data: URL in base64";
        return Err(Unsupported::new(format!("{path}.url"), why));
    };
    Ok(json!({"type": "image", "source": source}))
}

fn document(part: &ContentPart, path: &str) -> Result<Value, Unsupported> {
    let file = part.file.as_ref().unwrap_or(&Value::Null);
    let data = file["file_data"].as_str().and_then(Data::parse);
    let Some(data) = data.filter(|data| data.media == "application/pdf") else {
        let why = "only PDF files within the request, as data: URLs in base64, can be sent";
        return Err(Unsupported::new(format!("{path}.file"), why));
    };
    let source = json!({"type": "base64", "media_type": data.media, "data": data.base64});
    let mut document = json!({"type": "document", "source": source});
    if let Some(name) = file["filename"].as_str() {
        document["title"] = name.into();
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(parts: Value) -> Result<Value, String> {
        let content: Content = serde_json::from_value(parts).unwrap();
        let blocks = blocks(Some(&content), "messages[0]");
        blocks
            .map(Value::from)
            .map_err(|unsupported| unsupported.to_string())
    }

    #[test]
    fn images_and_documents_keep_order_and_bytes() {
        let parts = json!([
            {"type": "text", "text": "See"},
            {"type": "text", "text": ""},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO", "detail": "auto"}},
            {"type": "image_url", "image_url": {"url": "https://host/a.png"}, "cache_control": {"type": "ephemeral"}},
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"}},
        ]);
        assert_eq!(
            convert(parts).unwrap(),
            json!([
                {"type": "text", "text": "See"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBO"}},
                {"type": "image", "source": {"type": "url", "url": "https://host/a.png"},
                 "cache_control": {"type": "ephemeral"}},
                {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBE"},
                 "title": "a.pdf"},
            ])
        );
    }

    #[test]
    fn other_parts_are_refused() {
        for (part, field) in [
            (
                json!({"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}),
                "type",
            ),
            (
                json!({"type": "image_url", "image_url": {"url": "https://h/a", "detail": "high"}}),
                "image_url.detail",
            ),
            (
                json!({"type": "image_url", "image_url": {"url": "file:///a"}}),
                "image_url.url",
            ),
            (json!({"type": "file", "file": {"file_id": "f"}}), "file"),
            (json!({"type": "text", "text": "a", "weight": 2}), "weight"),
        ] {
            let error = convert(json!([part])).unwrap_err();
            let begin = format!("cannot send the field messages[0].content[0].{field}: ");
            assert!(error.starts_with(&begin), "{error}");
        }
    }
}
