//! Input files by content, each read once.

use std::collections::BTreeMap;

use ergon_domain::Digest;

use crate::campaign::InputFile;

type DigestOf<'a> = &'a dyn Fn(&str) -> Result<InputFile, String>;

/// The input files a spec names.
pub(crate) struct InputFiles<'a> {
    digest_of: DigestOf<'a>,
    by_path: BTreeMap<String, Result<InputFile, String>>,
}

impl<'a> InputFiles<'a> {
    pub(crate) fn new(digest_of: DigestOf<'a>) -> Self {
        Self { digest_of, by_path: BTreeMap::new() }
    }

    /// Digest of the file at a path.
    pub(crate) fn digest(&mut self, path: &str) -> Result<Digest, String> {
        let digest_of = self.digest_of;
        let file = self.by_path.entry(path.to_owned()).or_insert_with(|| digest_of(path));
        file.as_ref().map(|f| f.digest).map_err(String::clone)
    }

    /// All that could be read. Of paths with the same content the first by name is kept.
    pub(crate) fn into_files(self) -> BTreeMap<Digest, InputFile> {
        let mut files = BTreeMap::new();
        for file in self.by_path.into_values().flatten() {
            files.entry(file.digest).or_insert(file);
        }
        files
    }
}
