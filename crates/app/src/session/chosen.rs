//! Files the user chose in a native dialog. A page knows them by a token and can name no other file: whatever runs in it
//! reaches what the user pointed at, and nothing else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What a token begins with.
pub(crate) const PREFIX: &str = "chosen:";

/// The files chosen since the application was opened.
#[derive(Default)]
pub(crate) struct ChosenFiles(Mutex<BTreeMap<String, PathBuf>>);

impl ChosenFiles {
    /// A token for a file.
    pub(crate) fn grant(&self, path: PathBuf) -> String {
        let token = format!("{PREFIX}{}", ulid::Ulid::generate());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(token.clone(), path);
        token
    }

    /// The file of a token, with what may follow it as a path below it (a folder was chosen).
    pub(crate) fn path(&self, token: &Path) -> Option<PathBuf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(token.to_str()?).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_its_file_and_nothing_else() {
        let chosen = ChosenFiles::default();
        let token = chosen.grant("/home/me/a.yaml".into());
        assert_eq!(chosen.path(Path::new(&token)), Some("/home/me/a.yaml".into()));
        assert_eq!(chosen.path(Path::new(&format!("{token}/../b"))), None);
        assert_eq!(chosen.path(Path::new("/home/me/a.yaml")), None);
    }
}
