//! `import`: bring specs and results into the store, with a word about every key.
//!
//! Every file is read before anything is written. A file with problems is left out and named; the others are imported.
//! All results among the files become one campaign, which a later import continues; so do experiments of the bargaining
//! study that were kept in a file each. No other campaign of the store is replaced unless the user says why.

mod folder;
mod scenario;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ergon_design::PlanOptions;
use ergon_design::import::{self, ImportKind, ImportReport, ImportSource};
use ergon_domain::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::app::App;
use crate::error::AppError;
use crate::ops::plan_error;
use crate::spec_source::{LoadedSpec, SPEC_CAP, read_file};

/// Files to import.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
pub struct ImportRequest {
    /// The files; of a folder all specs in it.
    pub files: Vec<PathBuf>,
    /// What they are; recognised when left out.
    #[serde(default, rename = "as")]
    pub kind: Option<String>,
    /// Report only.
    #[serde(default)]
    pub dry_run: bool,
    /// Id of the campaign, where the files make one.
    #[serde(default)]
    #[ts(optional)]
    pub id: Option<String>,
    /// Why a campaign that is in the store under the same id gets another plan.
    #[serde(default)]
    #[ts(optional)]
    pub amend: Option<String>,
}

/// What holds for every file of a request.
struct Taking<'a> {
    app: &'a App,
    id: Option<&'a str>,
    amend: Option<&'a str>,
    dry_run: bool,
    /// Plans of the campaigns that this request made, by id.
    made: BTreeMap<String, Digest>,
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
    let mut sources: Vec<(usize, PathBuf, ImportSource)> = Vec::new();
    for file in folder::files(app, &request.files)? {
        let done = ImportedFile { file: file.clone(), ..ImportedFile::default() };
        let path = app.path(&file).unwrap_or(file);
        files.push(match read(&path, kind) {
            Err(e) => done.refused(e),
            Ok(source) => {
                let kind = Some(source.kind.name().to_owned());
                sources.push((files.len(), path, source));
                ImportedFile { kind, ..done }
            }
        });
    }
    let (results, mut sources): (Vec<_>, Vec<_>) =
        sources.into_iter().partition(|(_, _, source)| source.kind == ImportKind::ConsensusResult);
    let list = folder::list(&mut sources, &mut files);
    let campaigns = sources.len() + usize::from(list.is_some());
    if request.id.is_some() && (campaigns != 1 || !results.is_empty()) {
        let message = format!(
            "--id names one campaign; the files make {campaigns}{}. Import them one by one",
            if results.is_empty() { "" } else { " and results" }
        );
        return Err(AppError::input("bad_id", message).field("id"));
    }
    let mut taking = Taking {
        app,
        id: request.id.as_deref(),
        amend: request.amend.as_deref(),
        dry_run: request.dry_run,
        made: BTreeMap::new(),
    };
    for (at, path, source) in sources {
        let Some(file) = files.get_mut(at) else { continue };
        let done = std::mem::take(file);
        *file = match source.kind {
            ImportKind::Ergon => taking.own(&path, done).await,
            _ => taking.foreign(&path, &source, done).await,
        };
    }
    if let Some((places, path, source)) = list {
        let mut places = places.into_iter();
        let Some(first) = places.next().and_then(|at| files.get_mut(at)) else { return Ok(reply(files)) };
        let done = taking.foreign(&path, &source, std::mem::take(first)).await;
        let (campaign, problems) = (done.campaign.clone(), done.problems.clone());
        *first = done;
        for at in places {
            let Some(file) = files.get_mut(at) else { continue };
            (file.campaign, file.problems) = (campaign.clone(), problems.clone());
        }
    }
    if !results.is_empty() {
        let results = results.into_iter().map(|(at, _, source)| (at, source)).collect();
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

impl Taking<'_> {
    /// A spec of Ergon's own: its sections are taken as they are.
    async fn own(&mut self, path: &Path, mut done: ImportedFile) -> ImportedFile {
        let sets: Vec<String> = self.id.map(|id| format!("campaign.id={id}")).into_iter().collect();
        let loaded = match LoadedSpec::from_file(path, &sets) {
            Ok(loaded) => loaded,
            Err(e) => return done.refused(e),
        };
        let spec = serde_json::to_value(&loaded.campaign.spec).unwrap_or_default();
        done.mapped = spec.as_object().map(|sections| sections.keys().cloned().collect()).unwrap_or_default();
        self.register(loaded, done, true).await
    }

    /// A file of another system: the spec it means is checked like any other.
    async fn foreign(&mut self, path: &Path, source: &ImportSource, done: ImportedFile) -> ImportedFile {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let base = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
        let made = match import::spec_beside(source, &|file| base.join(file).is_file()) {
            Ok(made) => made,
            Err(problems) => return done.refused(problems),
        };
        let mut said = done.warnings.clone();
        let mut done = done.said(made.report);
        said.append(&mut done.warnings);
        done.warnings = said;
        let Some(mut spec) = made.spec else { return done };
        if source.kind == ImportKind::ScenarioBatch {
            scenario::complete(&mut spec, &base, &mut done);
        }
        if let Some(id) = self.id {
            spec["campaign"]["id"] = Json::from(id);
        }
        let text = pretty(&spec);
        done.spec = Some(text.clone());
        match LoadedSpec::from_bytes(text.as_bytes(), "imported.json", &base, &[], &[]) {
            Ok(loaded) => self.register(loaded, done, false).await,
            Err(e) => done.refused(e),
        }
    }

    /// Registers a campaign, or says in a dry run what would come of it. `is_own`: its spec is Ergon's, so that its id was
    /// chosen by whoever wrote it, and another plan is its next revision.
    async fn register(&mut self, loaded: LoadedSpec, mut done: ImportedFile, is_own: bool) -> ImportedFile {
        let id = loaded.campaign.id.clone();
        let registered = async {
            let loaded = if self.app.store_path().exists() { self.app.with_choices(loaded).await? } else { loaded };
            let plan = loaded.campaign.plan(&PlanOptions::default()).map_err(plan_error)?;
            let other = match self.made.insert(id.clone(), plan.plan_hash()) {
                Some(earlier) => earlier != plan.plan_hash(),
                None => self.app.has_other_plan(&loaded, &plan).await?,
            };
            if other && self.amend.is_none() && !is_own {
                let message = format!(
                    "a campaign '{id}' with another plan is there already. Give this one another name with --id NAME, or \
                     make it the next revision of that one with --amend REASON"
                );
                return Err(AppError::input("other_campaign", message).field("id"));
            }
            if !self.dry_run {
                self.app.register_planned(&loaded, &plan, self.amend).await?;
            }
            Ok(other)
        };
        match registered.await {
            Ok(other) => {
                if other {
                    let becomes = if self.dry_run { "would become" } else { "is" };
                    done.warnings.push(format!("it {becomes} the next revision of the campaign '{id}' in the store"));
                }
                done.campaign = (!self.dry_run).then_some(id);
                done
            }
            Err(e) => done.refused(e),
        }
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
