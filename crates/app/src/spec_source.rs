//! From a spec's file to a checked campaign with its workload and input files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ergon_design::import::{self, ImportKind};
use ergon_design::{Campaign, InputFile, read};
use ergon_domain::{Digest, Inputs, Manifest, Workload};
use ergon_models::Roster;
use ergon_store::InputRecord;
use ergon_workloads::catalog;

use crate::error::AppError;
use crate::source_folders::FoldersBeside;

/// Largest spec read, in bytes.
pub(crate) const SPEC_CAP: u64 = 16 * 1024 * 1024;
/// Largest input file read, in bytes.
pub(crate) const INPUT_CAP: u64 = 2 * 1024 * 1024 * 1024;

/// A campaign ready to plan.
pub struct LoadedSpec {
    /// The checked campaign.
    pub campaign: Campaign,
    /// Its workload.
    pub workload: Arc<dyn Workload>,
    /// Its language models.
    pub models: Arc<Roster>,
    /// The spec as written.
    pub text: String,
    /// Folder that relative paths are taken from.
    pub base: PathBuf,
    /// Where each input was found.
    pub files: BTreeMap<Digest, PathBuf>,
}

/// Reads a file with a cap; the error says what to do.
pub(crate) fn read_file(path: &Path, cap: u64, what: &str) -> Result<Vec<u8>, AppError> {
    let refuse = |why: String| AppError::input("unreadable_file", format!("{what} {}: {why}", path.display()));
    let meta = std::fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => refuse("there is no such file".into()),
        _ => refuse(e.to_string()),
    })?;
    if meta.is_dir() {
        return Err(refuse("is a folder; expected a file".into()));
    }
    if meta.len() > cap {
        return Err(refuse(format!("has {} bytes; at most {cap} are read", meta.len())));
    }
    std::fs::read(path).map_err(|e| refuse(e.to_string()))
}

impl LoadedSpec {
    /// Reads a spec file and applies `--set` overrides.
    ///
    /// # Errors
    /// Everything that is wrong with the spec, its settings or its inputs.
    pub fn from_file(path: &Path, sets: &[String]) -> Result<Self, AppError> {
        let bytes = read_file(path, SPEC_CAP, "the spec")?;
        let base = match path.parent() {
            Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
            _ => PathBuf::from("."),
        };
        let base = std::fs::canonicalize(&base).unwrap_or(base);
        let name = path.display().to_string();
        Self::from_bytes(&bytes, &name, &base, sets, &[]).map_err(|e| match import::read(&bytes, &name, None) {
            Ok(other) if other.kind != ImportKind::Ergon => {
                let message = format!(
                    "{name} is no spec of Ergon's but a file of kind {}: ergon import {name} makes a campaign of it",
                    other.kind.name()
                );
                AppError::input("invalid_spec", message)
            }
            _ => e,
        })
    }

    /// Reads a spec's text. `recorded`: inputs as they were when the campaign was registered, for those who read results:
    /// what has become of a file since then changes nothing about what was run.
    ///
    /// # Errors
    /// As [`LoadedSpec::from_file`].
    pub(crate) fn from_bytes(
        bytes: &[u8],
        name: &str,
        base: &Path,
        sets: &[String],
        recorded: &[InputRecord],
    ) -> Result<Self, AppError> {
        Self::from_stored(bytes, name, base, sets, recorded, None)
    }

    /// Reads a stored spec's text. `planned`: what the workload declared when the campaign was registered, which counts
    /// where it is made of files and those have changed or are gone.
    ///
    /// # Errors
    /// As [`LoadedSpec::from_file`].
    pub(crate) fn from_stored(
        bytes: &[u8],
        name: &str,
        base: &Path,
        sets: &[String],
        recorded: &[InputRecord],
        planned: Option<Manifest>,
    ) -> Result<Self, AppError> {
        let source = read::read_spec_with(bytes, name, sets)?;
        if source.spec.campaign.id == "latest" {
            let message = "campaign.id: 'latest' always means the campaign opened last; choose another id";
            return Err(AppError::input("invalid_spec", message).field("campaign.id"));
        }
        let entries: serde_json::Map<String, serde_json::Value> =
            source.spec.workload.entries.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        let opened = catalog::open(&source.spec.workload.kind, &entries, base, &FoldersBeside(base));
        let workload = match planned.filter(|planned| !planned.files.is_empty()) {
            Some(planned) if opened.as_ref().is_ok_and(|w| *w.manifest() == planned) => opened?,
            Some(planned) => catalog::as_planned(planned),
            None => opened?,
        };
        let files = std::cell::RefCell::new(BTreeMap::new());
        let digest_of = |written: &str| -> Result<InputFile, String> {
            let path = find_input(written, base)?;
            if let Some(record) = recorded.iter().find(|r| Path::new(&r.path) == path) {
                files.borrow_mut().insert(record.digest, path);
                return Ok(InputFile { digest: record.digest, size: record.size_bytes, path: written.to_owned() });
            }
            let bytes = read_file(&path, INPUT_CAP, "the input").map_err(|e| e.message)?;
            let digest = Digest::of_bytes(&bytes);
            files.borrow_mut().insert(digest, path);
            Ok(InputFile { digest, size: bytes.len() as u64, path: written.to_owned() })
        };
        let campaign = ergon_design::resolve(&source, workload.manifest(), &digest_of)?;
        let models = crate::models::open(&source, base)?;
        Ok(Self {
            campaign,
            workload,
            models,
            text: source.text.clone(),
            base: base.to_path_buf(),
            files: files.into_inner(),
        })
    }

    /// Number of phases for which results are still to decide what they run.
    pub(crate) fn open_phases(&self) -> usize {
        self.campaign.chosen_phases().filter(|(_, phase)| phase.is_open()).count()
    }

    /// Reads the inputs and lets the workload parse them.
    ///
    /// # Errors
    /// An input that changed since it was planned, or that the workload can't use.
    pub async fn prepare(&self) -> Result<Arc<dyn ergon_domain::Prepared>, AppError> {
        let mut inputs = Inputs::default();
        for (digest, path) in &self.files {
            let bytes = read_file(path, INPUT_CAP, "the input")?;
            if Digest::of_bytes(&bytes) != *digest {
                return Err(AppError::operation(
                    "input_changed",
                    format!("the input {} changed while it was being read; run again", path.display()),
                ));
            }
            inputs.0.insert(*digest, bytes.into());
        }
        self.workload.prepare(&inputs).await.map_err(|e| {
            let file = e.input.and_then(|d| self.files.get(&d)).map(|p| format!("{}: ", p.display()));
            AppError::input("invalid_input", format!("{}{}", file.unwrap_or_default(), e.message))
        })
    }
}

/// A relative path is taken from the spec's folder; from a command line (`--set`) it may also be meant from here.
pub(crate) fn find_input(written: &str, base: &Path) -> Result<PathBuf, String> {
    let path = Path::new(written);
    let from_base = base.join(path);
    if path.is_absolute() || from_base.exists() || !path.exists() {
        Ok(from_base)
    } else {
        std::fs::canonicalize(path).map_err(|e| e.to_string())
    }
}
