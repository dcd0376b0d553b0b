//! What every client is built from.

use crate::http::HttpOptions;
use crate::secret::Secret;

/// What every client is built from.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) name: String,
    pub(crate) base_url: Option<String>,
    pub(crate) key: Option<Secret>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) http: HttpOptions,
}

impl Settings {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            base_url: None,
            key: None,
            headers: Vec::new(),
            http: HttpOptions::new(),
        }
    }
}

/// The methods that the builders have in common, and a `Debug` that shows no key and no header.
macro_rules! settings_methods {
    ($builder:ident) => {
        impl $builder {
            /// Names the provider: a short constant word, which becomes the label `provider`.
            #[must_use]
            pub fn with_name(mut self, name: impl Into<String>) -> Self {
                self.settings.name = name.into();
                self
            }

            /// Sets where the API begins, without the path of an operation: `https://host/v1`.
            #[must_use]
            pub fn with_base_url(mut self, url: impl Into<String>) -> Self {
                self.settings.base_url = Some(url.into());
                self
            }

            /// Sets the key. Without one, none is sent.
            #[must_use]
            pub fn with_key(mut self, key: $crate::Secret) -> Self {
                self.settings.key = Some(key);
                self
            }

            /// Adds a header to every request.
            #[must_use]
            pub fn with_header(
                mut self,
                name: impl Into<String>,
                value: impl Into<String>,
            ) -> Self {
                self.settings.headers.push((name.into(), value.into()));
                self
            }

            /// Sets timeouts, limits and connections.
            #[must_use]
            pub fn with_http(mut self, http: $crate::HttpOptions) -> Self {
                self.settings.http = http;
                self
            }
        }

        impl std::fmt::Debug for $builder {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($builder))
                    .field("name", &self.settings.name)
                    .field("http", &self.settings.http)
                    .finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use settings_methods;
