//! The folder that is being written.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::AppError;

/// A folder, and how many files were written into it.
pub(super) struct Folder {
    pub(super) root: PathBuf,
    pub(super) files: usize,
}

impl Folder {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, files: 0 }
    }

    /// Writes a file; folders on the way to it are made.
    pub(super) fn write(&mut self, name: &str, content: impl AsRef<[u8]>) -> Result<(), AppError> {
        let path = self.root.join(name);
        let refuse = |e: std::io::Error| AppError::operation("unwritable_folder", format!("{}: {e}", path.display()));
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(refuse)?;
        std::fs::write(&path, content).map_err(refuse)?;
        self.files += 1;
        Ok(())
    }

    pub(super) fn json(&mut self, name: &str, value: &impl Serialize) -> Result<(), AppError> {
        let text = serde_json::to_string_pretty(value).map_err(|e| AppError::operation("internal", e.to_string()))?;
        self.write(name, text + "\n")
    }
}
