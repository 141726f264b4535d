//! `import`: bring specs and results into the store, with a word about every key.
//!
//! Every file is read before anything is written. A file with problems is left out and named; the others are imported.
//! All results among the files become one campaign, which a later import continues.

mod scenario;

use std::path::{Path, PathBuf};

use ergon_design::import::{self, ImportKind, ImportReport, ImportSource};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::app::App;
use crate::error::AppError;
use crate::spec_source::{LoadedSpec, SPEC_CAP, read_file};

/// Files to import.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct ImportRequest {
    /// The files.
    pub files: Vec<PathBuf>,
    /// What they are; recognised when left out.
    #[serde(default, rename = "as")]
    pub kind: Option<String>,
    /// Report only.
    #[serde(default)]
    pub dry_run: bool,
}

/// What became of a file.
#[derive(Clone, Debug, Default, Serialize, ts_rs::TS)]
pub struct ImportedFile {
    /// The file.
    pub file: PathBuf,
    /// What it was taken for.
    pub kind: Option<String>,
    /// The campaign it became.
    pub campaign: Option<String>,
    /// The spec that was made of it, as JSON text; results are in one spec together.
    pub spec: Option<String>,
    /// Keys taken over.
    pub mapped: Vec<String>,
    /// Keys set to a default.
    pub defaulted: Vec<String>,
    /// Keys left out, with the reason.
    pub ignored: Vec<String>,
    /// Where the original contradicts itself, or leaves a choice.
    pub warnings: Vec<String>,
    /// What kept it from being imported.
    pub problems: Vec<String>,
}

/// What became of the files.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ImportReply {
    /// One per file.
    pub files: Vec<ImportedFile>,
    /// Keys taken over, of all files, each once.
    pub mapped: Vec<String>,
    /// Keys set to a default, of all files.
    pub defaulted: Vec<String>,
    /// Keys left out, of all files.
    pub ignored: Vec<String>,
    /// Contradictions and choices, of all files.
    pub warnings: Vec<String>,
    /// Problems of all files.
    pub problems: Vec<String>,
}

impl ImportedFile {
    fn refused(mut self, error: impl ToString) -> Self {
        self.problems.push(error.to_string());
        self
    }

    fn said(mut self, report: ImportReport) -> Self {
        let ImportReport { mapped, defaulted, ignored, warnings } = report;
        (self.mapped, self.defaulted, self.ignored, self.warnings) = (mapped, defaulted, ignored, warnings);
        self
    }
}

/// Brings specs and results into the store.
///
/// # Errors
/// A kind this version has no importer for; the store can't be written. Problems of single files are in the reply.
pub async fn import(app: &App, request: ImportRequest) -> Result<ImportReply, AppError> {
    let kind = request.kind.as_deref().map(kind_named).transpose()?;
    let mut files: Vec<ImportedFile> = Vec::new();
    let mut results: Vec<(usize, ImportSource)> = Vec::new();
    for (at, file) in request.files.iter().enumerate() {
        let done = ImportedFile { file: file.clone(), ..ImportedFile::default() };
        let path = app.path(file)?;
        files.push(match read(&path, kind) {
            Err(e) => done.refused(e),
            Ok(source) => {
                let done = ImportedFile { kind: Some(source.kind.name().to_owned()), ..done };
                match source.kind {
                    ImportKind::ConsensusResult => {
                        results.push((at, source));
                        done
                    }
                    ImportKind::Ergon => own(app, &path, done, request.dry_run).await,
                    _ => foreign(app, &path, &source, done, request.dry_run).await,
                }
            }
        });
    }
    if !results.is_empty() {
        take_results(app, results, &mut files, request.dry_run).await?;
    }
    Ok(reply(files))
}

fn kind_named(name: &str) -> Result<ImportKind, AppError> {
    ImportKind::named(name).ok_or_else(|| {
        let known: Vec<&str> = ImportKind::ALL.map(ImportKind::name).to_vec();
        let message =
            format!("there is no importer for '{name}' in this version; expected one of {}", known.join(", "));
        AppError::input("unknown_format", message).field("as")
    })
}

fn read(path: &Path, kind: Option<ImportKind>) -> Result<ImportSource, AppError> {
    let bytes = read_file(path, SPEC_CAP, "the file")?;
    Ok(import::read(&bytes, &path.display().to_string(), kind)?)
}

/// A spec of Ergon's own: its sections are taken as they are.
async fn own(app: &App, path: &Path, mut done: ImportedFile, dry_run: bool) -> ImportedFile {
    let loaded = match LoadedSpec::from_file(path, &[]) {
        Ok(loaded) => loaded,
        Err(e) => return done.refused(e),
    };
    let spec = serde_json::to_value(&loaded.campaign.spec).unwrap_or_default();
    done.mapped = spec.as_object().map(|sections| sections.keys().cloned().collect()).unwrap_or_default();
    register(app, loaded, done, dry_run).await
}

/// A file of another system: the spec it means is checked like any other.
async fn foreign(app: &App, path: &Path, source: &ImportSource, done: ImportedFile, dry_run: bool) -> ImportedFile {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let base = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let made = match import::spec_beside(source, &|file| base.join(file).is_file()) {
        Ok(made) => made,
        Err(problems) => return done.refused(problems),
    };
    let mut done = done.said(made.report);
    let Some(mut spec) = made.spec else { return done };
    if source.kind == ImportKind::ScenarioBatch {
        scenario::complete(&mut spec, &base, &mut done);
    }
    let text = pretty(&spec);
    done.spec = Some(text.clone());
    match LoadedSpec::from_bytes(text.as_bytes(), "imported.json", &base, &[], &[]) {
        Ok(loaded) => register(app, loaded, done, dry_run).await,
        Err(e) => done.refused(e),
    }
}

/// A spec as a person reads it, without what is not set.
fn pretty(spec: &Json) -> String {
    fn prune(json: &mut Json) {
        match json {
            Json::Object(entries) => {
                entries.values_mut().for_each(prune);
                entries.retain(|_, value| !value.is_null());
            }
            Json::Array(items) => items.iter_mut().for_each(prune),
            _ => {}
        }
    }
    let mut spec = spec.clone();
    prune(&mut spec);
    serde_json::to_string_pretty(&spec).unwrap_or_default()
}

async fn register(app: &App, loaded: LoadedSpec, mut done: ImportedFile, dry_run: bool) -> ImportedFile {
    if dry_run {
        return match loaded.campaign.plan(&ergon_design::PlanOptions::default()) {
            Ok(_) => done,
            Err(e) => done.refused(e),
        };
    }
    let loaded = match app.with_choices(loaded).await {
        Ok(loaded) => loaded,
        Err(e) => return done.refused(e),
    };
    match app.register(&loaded, None).await {
        Ok(_) => {
            done.campaign = Some(loaded.campaign.id.clone());
            done
        }
        Err(e) => done.refused(e),
    }
}

async fn take_results(
    app: &App,
    results: Vec<(usize, ImportSource)>,
    files: &mut [ImportedFile],
    dry_run: bool,
) -> Result<(), AppError> {
    let (places, sources): (Vec<usize>, Vec<ImportSource>) = results.into_iter().unzip();
    let stored = app.stored_records().await?;
    let (made, reports) = import::results(&sources, stored.as_ref());
    let spec = made.as_ref().map(|m| pretty(&m.spec));
    let campaign = match made.filter(|_| !dry_run) {
        Some(made) => Some(app.record_results(made).await?),
        None => None,
    };
    for (at, report) in places.into_iter().zip(reports) {
        let Some(file) = files.get_mut(at) else { continue };
        let done = std::mem::take(file);
        *file = match report {
            Ok(report) => ImportedFile { campaign: campaign.clone(), ..done.said(report) },
            Err(problems) => done.refused(problems),
        };
    }
    if let Some(first) =
        files.iter_mut().find(|f| f.kind.as_deref() == Some("consensus-result") && f.problems.is_empty())
    {
        first.spec = spec;
    }
    Ok(())
}

fn reply(files: Vec<ImportedFile>) -> ImportReply {
    let all = |part: fn(&ImportedFile) -> &Vec<String>| {
        let mut once: Vec<String> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        once.extend(files.iter().flat_map(part).filter(|line| seen.insert(*line)).cloned());
        once
    };
    ImportReply {
        mapped: all(|f| &f.mapped),
        defaulted: all(|f| &f.defaulted),
        ignored: all(|f| &f.ignored),
        warnings: all(|f| &f.warnings),
        problems: all(|f| &f.problems),
        files,
    }
}
