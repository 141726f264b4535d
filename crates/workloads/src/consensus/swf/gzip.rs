//! Inflating a gzipped trace within a limit: a few kilobytes must not fill the memory.

use std::io::{ErrorKind, Read};

use flate2::read::MultiGzDecoder;

use super::SwfError;

/// Whether the bytes begin as a gzip stream does (RFC 1952), whatever the file is called.
pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// All members of the stream, inflated to at most `limit` bytes.
pub(super) fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, SwfError> {
    let mut text = Vec::new();
    let one_more = (limit as u64).saturating_add(1);
    match MultiGzDecoder::new(bytes).take(one_more).read_to_end(&mut text) {
        Ok(_) if text.len() > limit => Err(SwfError::TooLarge { limit }),
        Ok(_) => Ok(text),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(SwfError::TruncatedGzip),
        Err(error) => Err(SwfError::CorruptGzip { reason: error.to_string() }),
    }
}
