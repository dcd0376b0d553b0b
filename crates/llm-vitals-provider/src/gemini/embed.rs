//! Embeddings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Number, Value, json};

use crate::embed::{EmbedRequest, EmbedResponse};
use crate::http::{Fault, HINTS, Unsupported, nothing_else, set};
use crate::wire;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    embedding: Option<Vector>,
    embeddings: Option<Vec<Vector>>,
    usage_metadata: Option<Value>,
}

#[derive(Deserialize)]
struct Vector {
    /// As they were written, so that no digit changes.
    values: Vec<Number>,
}

/// Converts a request: the method to call, and its body.
pub(super) fn body(request: &EmbedRequest) -> Result<(&'static str, Value), Unsupported> {
    let format = request.encoding_format.as_deref().unwrap_or("float");
    if !matches!(format, "float" | "base64") {
        let why = "only float and base64 can be asked for";
        return Err(Unsupported::new("encoding_format", why));
    }
    let known = [&["taskType", "title"][..], &HINTS[..]].concat();
    nothing_else(&request.extra, "", &known)?;
    let unreadable = || Unsupported::new("input", "the Gemini API takes texts, and no token ids");
    match &request.input {
        Value::String(text) => Ok(("embedContent", one(request, text))),
        Value::Array(texts) => {
            let requests = texts
                .iter()
                .map(|text| text.as_str().map(|text| one(request, text)));
            let requests = requests
                .collect::<Option<Vec<_>>>()
                .ok_or_else(unreadable)?;
            Ok(("batchEmbedContents", json!({ "requests": requests })))
        }
        _ => Err(unreadable()),
    }
}

fn one(request: &EmbedRequest, text: &str) -> Value {
    let mut body = Map::new();
    let name = match request.model.split_once('/') {
        Some(("models" | "tunedModels", _)) => request.model.clone(),
        _ => format!("models/{}", request.model),
    };
    set(&mut body, "model", Some(name));
    set(
        &mut body,
        "content",
        Some(json!({"parts": [{"text": text}]})),
    );
    set(&mut body, "outputDimensionality", request.dimensions);
    for name in ["taskType", "title"] {
        set(&mut body, name, request.extra.get(name).cloned());
    }
    body.into()
}

/// Reads a whole answer to `request`.
pub(super) fn whole(body: &[u8], request: EmbedRequest) -> Result<EmbedResponse, Fault> {
    let answer: Answer =
        serde_json::from_slice(body).map_err(|error| Fault::unread(body, &error))?;
    let vectors = answer
        .embeddings
        .or_else(|| answer.embedding.map(|vector| vec![vector]));
    let Some(vectors) = vectors else {
        let what = serde::de::Error::custom("there are no embeddings");
        return Err(Fault::unread(body, &what));
    };
    let vectors = vectors.into_iter().map(|vector| vector.values);
    let base64 = request.encoding_format.as_deref() == Some("base64");
    let mut response = EmbedResponse::new(request.model, []);
    let data = vectors.enumerate().map(|(index, vector)| {
        let embedding = match base64 {
            true => encoded(&vector).into(),
            false => Value::from_iter(vector),
        };
        json!({"object": "embedding", "index": index, "embedding": embedding})
    });
    response.data = data.collect();
    let usage = answer.usage_metadata.as_ref();
    let usage = usage.and_then(wire::usage::from_value);
    response.usage = usage.map(Into::into);
    Ok(response)
}

/// Numbers of 4 bytes each, the least significant first, in base64.
fn encoded(vector: &[Number]) -> String {
    let numbers = vector
        .iter()
        .map(|number| number.as_f64().unwrap_or_default());
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the format has 4 bytes for a number"
    )]
    let bytes: Vec<u8> = numbers
        .flat_map(|number| (number as f32).to_le_bytes())
        .collect();
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_and_several_are_asked_differently() {
        let mut request = EmbedRequest::new("gemini-embedding-001", "a");
        request.dimensions = Some(2);
        let one = json!({"model": "models/gemini-embedding-001", "content": {"parts": [{"text": "a"}]},
            "outputDimensionality": 2});
        assert_eq!(body(&request), Ok(("embedContent", one.clone())));
        request.input = json!(["a"]);
        assert_eq!(
            body(&request),
            Ok(("batchEmbedContents", json!({"requests": [one]})))
        );
        request.input = json!([[1, 2]]);
        let error = body(&request).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("cannot send the field input: ")
        );
    }

    #[test]
    fn vectors_come_as_numbers_or_as_base64() {
        let mut request = EmbedRequest::new("m", "a");
        let answer =
            br#"{"embedding":{"values":[1.0,-2.0]},"usageMetadata":{"promptTokenCount":3}}"#;
        let response = whole(answer, request.clone()).unwrap();
        assert_eq!(
            response.data,
            [json!({"object": "embedding", "index": 0, "embedding": [1.0, -2.0]})]
        );
        assert_eq!(
            response
                .usage
                .and_then(|usage| usage.counts())
                .map(|usage| usage.prompt_tokens),
            Some(3)
        );
        request.encoding_format = Some("base64".to_owned());
        let response = whole(answer, request.clone()).unwrap();
        assert_eq!(response.data[0]["embedding"], "AACAPwAAAMA=");
        assert!(matches!(whole(b"{}", request), Err(Fault::Garbage(_))));
    }
}
