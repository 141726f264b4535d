//! Texts, compressed, by the digest of what they hold.

use ergon_domain::Digest;

use crate::error::StoreError;
use crate::raw::{Bind, Raw};

/// Fast, and within a few percent of the best for texts of a few kilobytes.
const LEVEL: i32 = 1;
/// Longest text that is unpacked: more was never packed.
const MOST_BYTES: usize = 1 << 30;

/// A text ready to be written.
pub(super) struct Packed {
    pub(super) digest: Digest,
    bytes: Vec<u8>,
}

impl Packed {
    /// Compresses.
    pub(super) fn of(text: &[u8], packer: &mut zstd::bulk::Compressor<'_>) -> Result<Self, StoreError> {
        let bytes =
            packer.compress(text).map_err(|e| StoreError::Internal(format!("a text can't be compressed: {e}")))?;
        Ok(Self { digest: Digest::of_bytes(text), bytes })
    }

    /// Writes it, where it is not there already.
    pub(super) fn write(&self, raw: &Raw) -> Result<(), StoreError> {
        raw.execute(
            "INSERT OR IGNORE INTO transcript (digest, bytes) VALUES (?1, ?2)",
            &[Bind::Blob(&self.digest.0), Bind::Blob(&self.bytes)],
        )
    }
}

pub(super) fn packer() -> Result<zstd::bulk::Compressor<'static>, StoreError> {
    zstd::bulk::Compressor::new(LEVEL).map_err(|e| StoreError::Internal(format!("no compressor: {e}")))
}

pub(super) fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    let damaged = |e: std::io::Error| StoreError::Damaged(format!("a call's text can't be unpacked: {e}"));
    let capacity = zstd::bulk::Decompressor::upper_bound(bytes).unwrap_or(MOST_BYTES).min(MOST_BYTES);
    zstd::bulk::decompress(bytes, capacity).map_err(damaged)
}
