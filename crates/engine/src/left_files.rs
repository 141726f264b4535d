//! Files that a program left in its scratch folder: those read back, those kept.

use std::io::Read;
use std::path::Path;

use ergon_domain::{Artefact, ContentDigest, Digest, FailureClass, RunError};
use globset::{Glob, GlobSetBuilder};

/// Largest file kept as an artefact, in bytes; of a larger one only name, size and digest are.
pub(crate) const ARTEFACT_CAP: u64 = 16 * 1024 * 1024;
/// Most bytes of all artefacts of an attempt that are kept.
const KEPT_CAP: u64 = 64 * 1024 * 1024;

/// A file's content, where it is there.
pub(crate) fn read_capped(path: &Path, cap: u64) -> Result<Option<Vec<u8>>, RunError> {
    let shown = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    match std::fs::symlink_metadata(path) {
        Err(_) => Ok(None),
        Ok(meta) if !meta.is_file() => {
            Err(RunError::new(FailureClass::MalformedReply, format!("{shown} is not a plain file")))
        }
        Ok(meta) if meta.len() > cap => Err(RunError::new(
            FailureClass::MalformedReply,
            format!("{shown} has {} bytes; at most {cap} are read", meta.len()),
        )),
        Ok(_) => std::fs::read(path)
            .map(Some)
            .map_err(|e| RunError::new(FailureClass::Internal, format!("{shown} can't be read: {e}"))),
    }
}

/// Files below `folder` that match, in order of name. Links are not followed.
pub(crate) fn keep(folder: &Path, globs: &[String]) -> Result<Vec<Artefact>, RunError> {
    if globs.is_empty() {
        return Ok(Vec::new());
    }
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        set.add(Glob::new(glob).map_err(|e| {
            RunError::new(FailureClass::InvalidInput, format!("workload.artefacts: '{glob}' is no glob: {e}"))
        })?);
    }
    let set = set.build().map_err(|e| RunError::new(FailureClass::InvalidInput, e.to_string()))?;
    let (mut folders, mut found) = (vec![folder.to_path_buf()], Vec::new());
    while let Some(at) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&at) else { continue };
        for entry in entries.flatten() {
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file()
                && let Ok(name) = path.strip_prefix(folder)
                && set.is_match(name)
            {
                found.push((name.to_string_lossy().into_owned(), path.clone()));
            }
        }
    }
    found.sort();
    // Names that are no UTF-8 may look alike once they are text; what is stored needs a name of its own.
    for i in 1..found.len() {
        if found[i].0 == found[i - 1].0 || found[..i].iter().any(|(name, _)| *name == found[i].0) {
            found[i].0 = format!("{} ({i})", found[i].0);
        }
    }
    let mut room = KEPT_CAP;
    let failed = |e: std::io::Error| RunError::new(FailureClass::Internal, format!("an artefact can't be read: {e}"));
    found
        .into_iter()
        .map(|(name, path)| {
            let size_bytes = std::fs::metadata(&path).map_err(failed)?.len();
            if size_bytes > ARTEFACT_CAP || size_bytes > room {
                return Ok(Artefact {
                    name,
                    size_bytes,
                    digest: digest_of_file(&path).map_err(failed)?,
                    content: None,
                });
            }
            room -= size_bytes;
            let content = std::fs::read(&path).map_err(failed)?;
            Ok(Artefact { name, size_bytes, digest: Digest::of_bytes(&content), content: Some(content) })
        })
        .collect()
}

fn digest_of_file(path: &Path) -> std::io::Result<Digest> {
    let (mut file, mut digest, mut buffer) = (std::fs::File::open(path)?, ContentDigest::default(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digest.finish()),
            n => digest.update(&buffer[..n]),
        }
    }
}
