//! Which kind of failure an error is.

use std::any::Any;
use std::io;

use llm_vitals_provider::{BoxError, ErrorKind, ProviderError, RateLimits};

/// Tells the kind of an error. Closures `Fn(&E) -> ErrorKind` are classifiers.
pub trait ClassifyError<E> {
    /// The kind of `error`, which becomes the label `error_type`.
    fn classify(&self, error: &E) -> ErrorKind;

    /// What `error` says of the provider's rate limits: a refusal often does.
    fn rate_limits<'e>(&self, _error: &'e E) -> Option<&'e RateLimits> {
        None
    }
}

impl<E, F: Fn(&E) -> ErrorKind> ClassifyError<E> for F {
    fn classify(&self, error: &E) -> ErrorKind {
        self(error)
    }
}

/// Knows [`ProviderError`], what is in a [`BoxError`] (tower's timeout and load shed among it), and I/O errors; every
/// other type is [`ErrorKind::Other`].
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct DefaultClassifier;

impl<E: 'static> ClassifyError<E> for DefaultClassifier {
    fn classify(&self, error: &E) -> ErrorKind {
        let error: &dyn Any = error;
        if let Some(error) = error.downcast_ref::<ProviderError>() {
            return error.kind();
        }
        if let Some(error) = error.downcast_ref::<BoxError>() {
            return ErrorKind::of(error.as_ref());
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return ErrorKind::of(error);
        }
        #[cfg(feature = "reqwest")]
        if let Some(error) = error.downcast_ref::<reqwest::Error>() {
            return ErrorKind::of(error);
        }
        ErrorKind::Other
    }

    fn rate_limits<'e>(&self, error: &'e E) -> Option<&'e RateLimits> {
        let error: &dyn Any = error;
        let boxed = |error: &'e BoxError| error.downcast_ref::<ProviderError>();
        error
            .downcast_ref::<ProviderError>()
            .or_else(|| error.downcast_ref::<BoxError>().and_then(boxed))?
            .rate_limits()
    }
}
