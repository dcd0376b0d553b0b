//! Content as parts: text, and media within the request or at an URL.

use serde_json::{Value, json};

use crate::http::{Data, Unsupported, nothing_else};
use crate::message::{Content, ContentPart};

/// Converts content; a text that is empty is no part.
pub(super) fn parts(content: Option<&Content>, path: &str) -> Result<Vec<Value>, Unsupported> {
    match content {
        None => Ok(Vec::new()),
        Some(Content::Text(text)) if text.is_empty() => Ok(Vec::new()),
        Some(Content::Text(text)) => Ok(vec![json!({ "text": text })]),
        Some(Content::Parts(parts)) => {
            let mut converted = Vec::new();
            for (at, part) in parts.iter().enumerate() {
                converted.extend(convert(part, &format!("{path}.content[{at}]"))?);
            }
            Ok(converted)
        }
    }
}

fn convert(part: &ContentPart, path: &str) -> Result<Option<Value>, Unsupported> {
    nothing_else(&part.extra, &format!("{path}."), &[])?;
    let converted = match part.kind.as_str() {
        "text" | "refusal" => {
            let text = part.text.as_deref().or(part.refusal.as_deref());
            let text = text.filter(|text| !text.is_empty());
            return Ok(text.map(|text| json!({ "text": text })));
        }
        "image_url" => image(part, path)?,
        "input_audio" => audio(part, path)?,
        "file" => {
            let file = part.file.as_ref().unwrap_or(&Value::Null);
            media(file["file_data"].as_str().unwrap_or_default()).ok_or_else(|| {
                let why = "only files within the request, as data: URLs in base64, can be sent";
                Unsupported::new(format!("{path}.file"), why)
            })?
        }
        _ => {
            let why = "the provider takes text, images, sound and files";
            return Err(Unsupported::new(format!("{path}.type"), why));
        }
    };
    Ok(Some(converted))
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
        let why = "the Gemini API has no detail of one image";
        return Err(Unsupported::new(format!("{path}.detail"), why));
    }
    nothing_else(&image.extra, &format!("{path}."), &[])?;
    media(&image.url).ok_or_else(|| {
        let why = "it must be an https: or gs: URL, or a data: URL in base64";
        Unsupported::new(format!("{path}.url"), why)
    })
}

fn audio(part: &ContentPart, path: &str) -> Result<Value, Unsupported> {
    let Some(audio) = &part.input_audio else {
        let field = format!("{path}.input_audio");
        return Err(Unsupported::new(field, "a sound needs data"));
    };
    let kind = format!("audio/{}", audio.format);
    Ok(json!({"inlineData": {"mimeType": kind, "data": audio.data}}))
}

/// Media by an URL: within the request, or where the provider fetches it.
fn media(url: &str) -> Option<Value> {
    if let Some(data) = Data::parse(url) {
        return Some(json!({"inlineData": {"mimeType": data.media, "data": data.base64}}));
    }
    let remote = ["https://", "http://", "gs://"];
    let remote = remote.iter().any(|scheme| url.starts_with(scheme));
    remote.then(|| json!({"fileData": {"fileUri": url}}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(parts: Value) -> Result<Value, String> {
        let content: Content = serde_json::from_value(parts).unwrap();
        let parts = super::parts(Some(&content), "messages[0]");
        parts
            .map(Value::from)
            .map_err(|unsupported| unsupported.to_string())
    }

    #[test]
    fn media_keep_order_and_bytes() {
        let parts = json!([
            {"type": "text", "text": "See"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO"}},
            {"type": "image_url", "image_url": {"url": "https://host/a.png"}},
            {"type": "input_audio", "input_audio": {"data": "UklG", "format": "wav"}},
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"}},
        ]);
        assert_eq!(
            convert(parts).unwrap(),
            json!([
                {"text": "See"},
                {"inlineData": {"mimeType": "image/png", "data": "iVBO"}},
                {"fileData": {"fileUri": "https://host/a.png"}},
                {"inlineData": {"mimeType": "audio/wav", "data": "UklG"}},
                {"inlineData": {"mimeType": "application/pdf", "data": "JVBE"}},
            ])
        );
    }

    #[test]
    fn other_parts_are_refused() {
        for (part, field) in [
            (
                json!({"type": "image_url", "image_url": {"url": "https://h/a", "detail": "low"}}),
                "image_url.detail",
            ),
            (
                json!({"type": "image_url", "image_url": {"url": "file:///a"}}),
                "image_url.url",
            ),
            (json!({"type": "file", "file": {"file_id": "f"}}), "file"),
            (
                json!({"type": "video_url", "video_url": {"url": "https://h/v"}}),
                "video_url",
            ),
        ] {
            let error = convert(json!([part])).unwrap_err();
            let begin = format!("cannot send the field messages[0].content[0].{field}: ");
            assert!(error.starts_with(&begin), "{error}");
        }
    }
}
