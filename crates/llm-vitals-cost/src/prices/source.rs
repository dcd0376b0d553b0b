//! One source of prices, and how it is read again.

use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;

use crate::book::PriceBook;
use crate::error::Error;
use crate::file;
use crate::litellm::LiteLlmPrices;
use crate::overrides::Overrides;
use crate::rates::Rates;

pub(super) enum Source {
    Fixed(Arc<dyn PriceBook>),
    File {
        format: Format,
        path: PathBuf,
        current: ArcSwap<Loaded>,
    },
}

/// What a file has in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Format {
    Overrides,
    LiteLlm,
    #[cfg(feature = "bundled")]
    GenAi,
}

/// A file as it was read.
pub(super) struct Loaded {
    book: Box<dyn PriceBook>,
    warnings: Vec<String>,
    /// Of the text: a file that was written again with the same text has not changed, whatever its time says.
    hash: u64,
}

impl Source {
    pub(super) fn fixed(book: Arc<dyn PriceBook>) -> Self {
        Self::Fixed(book)
    }

    pub(super) fn file(format: Format, path: PathBuf) -> Result<Self, Error> {
        let current = ArcSwap::from_pointee(format.load(&path, &file::read(&path)?)?);
        Ok(Self::File {
            format,
            path,
            current,
        })
    }

    pub(super) fn reload(&self) -> Result<bool, Error> {
        let Self::File {
            format,
            path,
            current,
        } = self
        else {
            return Ok(false);
        };
        let text = file::read(path)?;
        if hash(&text) == current.load().hash {
            return Ok(false);
        }
        current.store(Arc::new(format.load(path, &text)?));
        Ok(true)
    }

    pub(super) fn rates(&self, provider: &str, model: &str, at: SystemTime) -> Option<Arc<Rates>> {
        match self {
            Self::Fixed(book) => book.rates(provider, model, at),
            Self::File { current, .. } => current.load().book.rates(provider, model, at),
        }
    }

    pub(super) fn knows(&self, provider: &str, model: &str) -> bool {
        match self {
            Self::Fixed(book) => book.knows(provider, model),
            Self::File { current, .. } => current.load().book.knows(provider, model),
        }
    }

    pub(super) fn warnings(&self) -> Vec<String> {
        match self {
            Self::Fixed(_) => Vec::new(),
            Self::File { path, current, .. } => {
                let path = path.display();
                let current = current.load();
                let warnings = current.warnings.iter();
                warnings
                    .map(|warning| format!("{path}: {warning}"))
                    .collect()
            }
        }
    }
}

impl Format {
    fn load(self, path: &Path, text: &str) -> Result<Loaded, Error> {
        let mut warnings = Vec::new();
        let book: Result<Box<dyn PriceBook>, Error> = match self {
            Self::Overrides => Overrides::from_json(text).map(|book| Box::new(book) as _),
            Self::LiteLlm => LiteLlmPrices::from_json(text).map(|book| {
                warnings.extend(book.skipped().map(str::to_owned));
                Box::new(book) as _
            }),
            #[cfg(feature = "bundled")]
            Self::GenAi => crate::genai::GenAiList::from_json(text).map(|book| Box::new(book) as _),
        };
        Ok(Loaded {
            book: book.map_err(|error| error.in_file(path))?,
            warnings,
            hash: hash(text),
        })
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(_) => f.debug_struct("Fixed").finish_non_exhaustive(),
            Self::File { format, path, .. } => f
                .debug_struct("File")
                .field("format", format)
                .field("path", path)
                .finish_non_exhaustive(),
        }
    }
}
