//! Price files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::Error;

/// Ten times the largest of today.
const LIMIT: u64 = 64 * 1024 * 1024;

/// Reads a whole file of text.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::Read {
        path: path.into(),
        source,
    };
    let mut text = String::new();
    let file = File::open(path).map_err(failed)?;
    let read = file.take(LIMIT + 1).read_to_string(&mut text);
    if read.map_err(failed)? as u64 > LIMIT {
        return Err(Error::TooLarge {
            path: path.into(),
            limit: LIMIT,
        });
    }
    // Editors of one system begin a text with this mark.
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}
