//! `import`: bring specs into the store. Importers for the formats of the systems Ergon replaces come with the issues
//! of their workloads; until then such a file is recognised and refused by name, not half-read.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::spec_source::LoadedSpec;

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
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ImportedFile {
    /// The file.
    pub file: PathBuf,
    /// The campaign it became.
    pub campaign: Option<String>,
    /// Keys taken over.
    pub mapped: Vec<String>,
    /// Keys set to a default.
    pub defaulted: Vec<String>,
    /// Keys left out, with the reason.
    pub ignored: Vec<String>,
    /// What kept it from being imported.
    pub problems: Vec<String>,
}

/// What became of the files.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ImportReply {
    /// One per file.
    pub files: Vec<ImportedFile>,
    /// Keys taken over, of all files.
    pub mapped: Vec<String>,
    /// Keys set to a default, of all files.
    pub defaulted: Vec<String>,
    /// Keys left out, of all files.
    pub ignored: Vec<String>,
    /// Problems of all files.
    pub problems: Vec<String>,
}

const SECTIONS: [&str; 15] = [
    "ergon",
    "campaign",
    "hypotheses",
    "workload",
    "factors",
    "constraints",
    "models",
    "phases",
    "execution",
    "budget",
    "quality",
    "alerts",
    "analysis",
    "export",
    "notes",
];

/// Brings Ergon specs into the store.
///
/// # Errors
/// A kind this version has no importer for. Problems of single files are in the reply.
pub async fn import(app: &App, request: ImportRequest) -> Result<ImportReply, AppError> {
    if let Some(kind) = request.kind.as_deref().filter(|k| *k != "ergon") {
        return Err(AppError::input(
            "unknown_format",
            format!("there is no importer for '{kind}' in this version; available: ergon"),
        )
        .field("as"));
    }
    let mut files = Vec::new();
    for file in request.files {
        let mut done = ImportedFile {
            file: file.clone(),
            campaign: None,
            mapped: Vec::new(),
            defaulted: Vec::new(),
            ignored: Vec::new(),
            problems: Vec::new(),
        };
        match LoadedSpec::from_file(&file, &[]) {
            Ok(loaded) => {
                let given = serde_json::to_value(&loaded.campaign.spec).unwrap_or_default();
                for section in SECTIONS.iter().filter(|s| given.get(s).is_some()) {
                    done.mapped.push((*section).to_owned());
                }
                if !request.dry_run {
                    match app.register(&loaded, None).await {
                        Ok(_) => done.campaign = Some(loaded.campaign.id.clone()),
                        Err(e) => done.problems.push(e.message),
                    }
                }
            }
            Err(e) => done.problems.push(e.message),
        }
        files.push(done);
    }
    let all = |part: fn(&ImportedFile) -> &Vec<String>| files.iter().flat_map(|f| part(f).clone()).collect();
    Ok(ImportReply {
        mapped: all(|f| &f.mapped),
        defaulted: all(|f| &f.defaulted),
        ignored: all(|f| &f.ignored),
        problems: all(|f| &f.problems),
        files,
    })
}
