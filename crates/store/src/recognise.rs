//! Telling an Ergon store from other files before anything touches it.

use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::error::StoreError;
use crate::migrate::{APPLICATION_ID, SCHEMA_VERSION};

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Not there, or empty.
    Nothing,
    /// An Ergon store, by its header.
    Store,
    /// A SQLite file whose header says nothing: a store that was killed while it was made, one whose first transaction
    /// is still in the write-ahead log, or something else.
    Unmarked,
}

/// Looks at the header alone, so that a foreign file stays as it is to the bit.
pub(crate) fn recognise(path: &Path) -> Result<Found, StoreError> {
    let refuse = |e: std::io::Error| StoreError::Unopenable { path: path.to_owned(), why: e.to_string() };
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(e) => return Err(refuse(e)),
    };
    let mut header = Vec::with_capacity(100);
    file.by_ref().take(100).read_to_end(&mut header).map_err(refuse)?;
    if header.is_empty() {
        return Ok(Found::Nothing);
    }
    let number =
        |at: usize| header.get(at..at + 4).and_then(|b| b.try_into().ok()).map(|b| i64::from(u32::from_be_bytes(b)));
    if !header.starts_with(b"SQLite format 3\0") {
        return Err(StoreError::NotAStore(path.to_owned()));
    }
    // https://www.sqlite.org/fileformat2.html#the_database_header: 60 user_version, 68 application_id.
    match (number(68), number(60)) {
        (Some(APPLICATION_ID), Some(found)) if found > SCHEMA_VERSION => {
            Err(StoreError::Newer { path: path.to_owned(), found, known: SCHEMA_VERSION })
        }
        (Some(APPLICATION_ID), Some(_)) => Ok(Found::Store),
        (Some(0), Some(0)) => Ok(Found::Unmarked),
        _ => Err(StoreError::NotAStore(path.to_owned())),
    }
}
