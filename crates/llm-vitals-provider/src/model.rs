//! The models that a provider offers.

use crate::json::json_object;

json_object! {
    /// A model that a provider offers.
    pub struct Model {
        required {
            /// The name by which a request asks for it.
            id: String,
        }
        optional {
            /// `model`.
            object: String,
            /// Who made it.
            owned_by: String,
        }
    }
}

impl Model {
    /// Creates a model from the name by which a request asks for it.
    pub fn new(id: impl Into<String>) -> Self {
        let mut model = Self::from_required(id.into());
        model.object = Some("model".to_owned());
        model
    }
}
