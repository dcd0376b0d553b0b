//! Vectors for texts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::embed::EmbedResponse;
use crate::simulated::draw::Draw;
use crate::simulated::plan::tokens_of;

/// The most inputs of one request, and the most dimensions of a vector.
const MOST_INPUTS: usize = 2048;
pub(crate) const MOST_DIMENSIONS: u32 = 8192;

/// The inputs of a request, each as text, and their tokens; `None` when there is none, or one that is neither text nor token
/// ids.
pub(crate) fn inputs(input: &Value) -> Option<(Vec<String>, u64)> {
    let list = match input {
        Value::Array(items) if !items.iter().all(Value::is_u64) => items.iter().collect(),
        single => vec![single],
    };
    if list.is_empty() || list.len() > MOST_INPUTS {
        return None;
    }
    let mut tokens = 0_u64;
    let mut texts = Vec::with_capacity(list.len());
    for item in list {
        match item {
            Value::String(text) if !text.is_empty() => {
                tokens += tokens_of(text.chars().count());
                texts.push(text.clone());
            }
            Value::Array(ids) if !ids.is_empty() && ids.iter().all(Value::is_u64) => {
                tokens += ids.len() as u64;
                texts.push(item.to_string());
            }
            _ => return None,
        }
    }
    Some((texts, tokens))
}

/// The answer with one vector for each text, written as numbers or in base64.
pub(crate) fn answer(
    model: &str,
    texts: &[String],
    dimensions: u32,
    in_base64: bool,
) -> EmbedResponse {
    let vectors = texts.iter().map(|text| vector(model, text, dimensions));
    if !in_base64 {
        return EmbedResponse::new(model, vectors);
    }
    let vectors: Vec<Vec<f32>> = vectors.collect();
    let mut response = EmbedResponse::new(model, texts.iter().map(|_| Vec::new()));
    for (entry, vector) in response.data.iter_mut().zip(&vectors) {
        if let Some(embedding) = entry.get_mut("embedding") {
            *embedding = Value::String(base64(vector));
        }
    }
    response
}

/// The vector of `text`: its direction depends on the text and the model alone, and its length is 1.
#[expect(
    clippy::cast_possible_truncation,
    reason = "f32 is what providers send"
)]
fn vector(model: &str, text: &str, dimensions: u32) -> Vec<f32> {
    let mut draw = Draw::of_request(hash(model), hash(text));
    let numbers: Vec<f64> = (0..dimensions).map(|_| draw.normal()).collect();
    let norm = numbers
        .iter()
        .map(|number| number * number)
        .sum::<f64>()
        .sqrt();
    numbers
        .iter()
        .map(|number| (number / norm) as f32)
        .collect()
}

/// The vector as base64 of little-endian floats.
fn base64(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    STANDARD.encode(bytes)
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}
