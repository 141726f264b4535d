//! The demo's folder: fresh each time, and nobody else's file ever lost.
//!
//! A marker file in it lists the entries that the demo made. The next demo removes those and only those; a folder
//! with content and without the marker isn't ours and isn't touched.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

const MARKER: &str = ".made-by-ergon-demo";

pub(crate) struct DemoFolder {
    path: PathBuf,
    /// What was there before and isn't ours.
    foreign: BTreeSet<String>,
}

impl DemoFolder {
    /// Fails on a folder with content that no demo made.
    pub(crate) fn refuse_foreign(path: &Path) -> Result<()> {
        if path.exists() && !path.join(MARKER).is_file() && !entries(path)?.is_empty() {
            bail!(
                "{} holds something that no demo made; move it away, or choose a folder with `cargo xtask demo --dir DIR`",
                path.display()
            );
        }
        Ok(())
    }

    /// Makes the folder, or empties it of what an earlier demo made.
    pub(crate) fn fresh(path: &Path) -> Result<Self> {
        Self::refuse_foreign(path)?;
        fs::create_dir_all(path).with_context(|| format!("can't make {}", path.display()))?;
        let list = fs::read_to_string(path.join(MARKER)).unwrap_or_default();
        for name in list.lines().filter(|name| is_plain(name)) {
            remove(&path.join(name))?;
        }
        let folder = Self { foreign: entries(path)?, path: path.to_path_buf() };
        folder.remember()?;
        Ok(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes down what is ours by now.
    pub(crate) fn remember(&self) -> Result<()> {
        let ours: Vec<String> =
            entries(&self.path)?.difference(&self.foreign).map(|name| format!("{name}\n")).collect();
        let marker = self.path.join(MARKER);
        fs::write(&marker, ours.concat()).with_context(|| format!("can't write {}", marker.display()))
    }
}

/// All names in the folder but the marker. A name that is no UTF-8 can't be ours, but counts as content.
fn entries(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).with_context(|| format!("can't list {}", folder.display()))? {
        names.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    names.remove(MARKER);
    Ok(names)
}

/// A name in this folder, not a path out of it: the marker may have been edited.
fn is_plain(name: &str) -> bool {
    Path::new(name).file_name() == Some(OsStr::new(name))
}

fn remove(path: &Path) -> Result<()> {
    // Of a link the link, never what it points at.
    let removed = match fs::symlink_metadata(path) {
        Err(_) => return Ok(()),
        Ok(entry) if entry.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
    };
    removed.with_context(|| format!("can't remove {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_demo_removes_what_this_one_made_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("demo");
        let folder = DemoFolder::fresh(&path).unwrap();
        fs::write(path.join("demo.ergon"), "x").unwrap();
        fs::create_dir(path.join("report")).unwrap();
        fs::write(path.join("report/summary.md"), "x").unwrap();
        folder.remember().unwrap();
        fs::write(path.join("notes.txt"), "the user's").unwrap();

        let folder = DemoFolder::fresh(&path).unwrap();
        assert_eq!(entries(&path).unwrap().into_iter().collect::<Vec<_>>(), ["notes.txt"]);
        fs::write(path.join("demo.ergon"), "y").unwrap();
        folder.remember().unwrap();
        DemoFolder::fresh(&path).unwrap();
        assert_eq!(entries(&path).unwrap().into_iter().collect::<Vec<_>>(), ["notes.txt"]);
    }

    #[test]
    fn somebody_else_s_folder_is_refused() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("thesis.tex"), "years of work").unwrap();
        let error = DemoFolder::fresh(place.path()).err().unwrap().to_string();
        assert!(error.contains("--dir"), "{error}");
        assert!(place.path().join("thesis.tex").exists());
    }

    #[test]
    fn a_tampered_marker_reaches_nothing_outside() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("outside"), "x").unwrap();
        let path = place.path().join("demo");
        fs::create_dir(&path).unwrap();
        fs::write(path.join(MARKER), "../outside\n..\n.\n\n/\n").unwrap();
        DemoFolder::fresh(&path).unwrap();
        assert!(place.path().join("outside").exists() && path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_removed_and_its_target_stays() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("target");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("kept"), "x").unwrap();
        let path = place.path().join("demo");
        let folder = DemoFolder::fresh(&path).unwrap();
        std::os::unix::fs::symlink(&target, path.join("report")).unwrap();
        folder.remember().unwrap();
        DemoFolder::fresh(&path).unwrap();
        assert!(target.join("kept").exists() && !path.join("report").exists());
    }
}
