//! Folders beside a spec, for workloads that are made of one (`scenario`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ergon_domain::Digest;
use ergon_workloads::catalog::{SourceContent, SourceFile, SourceFolders};

use crate::spec_source::{find_input, read_file};

/// Largest file of a folder that is read, in bytes.
const FILE_CAP: u64 = 4 * 1024 * 1024;
/// Most files of a folder.
const MOST_FILES: usize = 1000;
/// Endings of files that are read; others are no part of what a workload is made of.
const ENDINGS: [&str; 5] = ["yaml", "yml", "json", "md", "txt"];

/// Folders by their path from the spec's folder.
pub(crate) struct FoldersBeside<'a>(pub(crate) &'a Path);

impl SourceFolders for FoldersBeside<'_> {
    fn folder(&self, path: &str) -> Result<BTreeMap<String, SourceFile>, String> {
        let root = find_input(path, self.0)?;
        if !root.is_dir() {
            return Err(format!("{} is no folder; expected the folder that holds scenario.yaml", root.display()));
        }
        let mut files = BTreeMap::new();
        for (name, file) in listed(&root)? {
            let shown = format!("{path}/{name}");
            let bytes = read_file(&file, FILE_CAP, "the file").map_err(|e| e.message)?;
            let digest = Digest::of_bytes(&bytes);
            let text = || String::from_utf8(bytes.clone()).map_err(|_| format!("{shown}: is no UTF-8 text"));
            let content = match file.extension().and_then(|e| e.to_str()) {
                Some("yaml" | "yml" | "json") => {
                    let read = ergon_design::read::read_document(&bytes, &shown);
                    SourceContent::Document(read.map_err(|problems| problems.to_string())?)
                }
                _ => SourceContent::Text(text()?.into()),
            };
            files.insert(name, SourceFile { digest, content });
        }
        Ok(files)
    }
}

/// The files of a folder and of the folders directly in it, by name; hidden ones and links are none.
fn listed(root: &Path) -> Result<BTreeMap<String, PathBuf>, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![(String::new(), root.to_path_buf())];
    while let Some((prefix, folder)) = folders.pop() {
        let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let path = entry.path();
            let is_read = path.extension().and_then(|e| e.to_str()).is_some_and(|e| ENDINGS.contains(&e));
            if kind.is_dir() && prefix.is_empty() {
                folders.push((format!("{name}/"), path));
            } else if kind.is_file() && is_read {
                found.insert(format!("{prefix}{name}"), path);
                if found.len() > MOST_FILES {
                    return Err(format!("{} holds more than {MOST_FILES} files", root.display()));
                }
            }
        }
    }
    Ok(found)
}
