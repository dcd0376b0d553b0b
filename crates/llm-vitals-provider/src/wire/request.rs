//! What is asked, read from the body of a request as it passes by.

use crate::wire::json::{Field, FieldScan};

/// Reads the model from the body of a request as it passes by.
#[derive(Clone, Debug)]
pub struct RequestTap(FieldScan<2>);

impl RequestTap {
    /// Takes the next bytes of the body.
    pub fn push(&mut self, chunk: &[u8]) {
        self.0.push(chunk);
    }

    /// The requested model, once it has passed.
    #[must_use]
    pub fn model(&self) -> Option<String> {
        serde_json::from_slice(self.0.value(0)?).ok()
    }

    /// Whether a streamed answer is asked for.
    #[must_use]
    pub fn is_streamed(&self) -> bool {
        self.0.value(1) == Some(b"true")
    }
}

impl Default for RequestTap {
    fn default() -> Self {
        Self(FieldScan::new(&[Field::Top("model"), Field::Top("stream")]))
    }
}
