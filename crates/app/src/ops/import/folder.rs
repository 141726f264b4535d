//! Which files are meant, and which of them are one list: the bargaining study keeps every experiment in a file.

use std::path::{Path, PathBuf};

use ergon_design::import::{self, ImportKind, ImportSource};

use super::ImportedFile;
use crate::app::App;
use crate::error::AppError;

/// Most files taken of one folder.
const FILES: usize = 10_000;
/// What files of other systems end in.
const ENDINGS: [&str; 3] = ["json", "yaml", "yml"];

/// The files meant: those given, and of a folder the specs in it, numbers in their names in their order.
pub(super) fn files(app: &App, given: &[PathBuf]) -> Result<Vec<PathBuf>, AppError> {
    let mut found = Vec::new();
    for file in given {
        let path = app.path(file)?;
        if !path.is_dir() {
            found.push(file.clone());
            continue;
        }
        let refuse = |why: String| AppError::input("unreadable_file", format!("the folder {}: {why}", path.display()));
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(&path).map_err(|e| refuse(e.to_string()))? {
            let inner = entry.map_err(|e| refuse(e.to_string()))?.path();
            let ending = inner.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
            if ENDINGS.contains(&ending.as_str()) && inner.is_file() {
                inside.push(inner);
            }
        }
        if inside.is_empty() {
            return Err(refuse(format!("holds no file that ends in {}", ENDINGS.join(", "))).field("files"));
        }
        if inside.len() > FILES {
            return Err(refuse(format!("holds {} files; at most {FILES} are taken", inside.len())).field("files"));
        }
        inside.sort_by_cached_key(|path| natural(path));
        found.append(&mut inside);
    }
    Ok(found)
}

/// A name in parts, so that `config_2` comes before `config_10`.
fn natural(path: &Path) -> Vec<(String, u64)> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut parts = vec![(String::new(), 0_u64)];
    let mut in_number = false;
    for c in name.chars() {
        if in_number && !c.is_ascii_digit() {
            parts.push((String::new(), 0));
        }
        in_number = c.is_ascii_digit();
        let Some((text, number)) = parts.last_mut() else { continue };
        match c.to_digit(10) {
            Some(digit) => *number = number.saturating_mul(10).saturating_add(u64::from(digit)),
            None => text.push(c),
        }
    }
    parts
}

/// Places of a list's files, the first file's path, and the list.
pub(super) type List = (Vec<usize>, PathBuf, ImportSource);

/// Takes the experiments of the bargaining study out of the sources where they are one list. Where they differ in more than
/// a list may, they stay, and say so.
pub(super) fn list(sources: &mut Vec<(usize, PathBuf, ImportSource)>, files: &mut [ImportedFile]) -> Option<List> {
    let is_bargain = |source: &ImportSource| source.kind == ImportKind::Bargain;
    let of_study: Vec<&(usize, PathBuf, ImportSource)> = sources.iter().filter(|(_, _, s)| is_bargain(s)).collect();
    let (first, path, _) = of_study.first()?;
    if of_study.len() < 2 {
        return None;
    }
    let folder = path.canonicalize().ok().and_then(|path| path.parent().map(Path::to_path_buf)).unwrap_or_default();
    let parts: Vec<ImportSource> = of_study.iter().map(|(_, _, source)| source.clone()).collect();
    let Some(list) = import::together(&parts, &folder.display().to_string()) else {
        if let Some(file) = files.get_mut(*first) {
            file.warnings.push(format!(
                "the {} files of the bargaining study differ in more than models, competition level and seed: each is a \
                 campaign of its own",
                of_study.len()
            ));
        }
        return None;
    };
    let (places, path) = (of_study.iter().map(|(at, _, _)| *at).collect(), path.clone());
    sources.retain(|(_, _, source)| !is_bargain(source));
    Some((places, path, list))
}
