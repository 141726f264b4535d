//! `choose_files`, `read_file`, `save_file`: files in the window. The user chooses, the page gets a token.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;
use crate::host::FileQuestion;
use crate::ops::Acknowledged;
use crate::spec_source::{SPEC_CAP, read_file as read_capped};

/// What to let the user choose.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct ChooseFilesRequest {
    /// The dialog's title.
    pub title: String,
    /// A file to be written, rather than read.
    pub save: bool,
    /// Several files (reading only).
    pub many: bool,
    /// Name offered for a file to be written.
    pub name: Option<String>,
    /// Endings accepted, without the dot; all when empty.
    pub endings: Vec<String>,
}

/// A file the user chose.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ChosenFile {
    /// Stands for the file in requests, until Ergon is closed.
    pub token: String,
    /// Its name, to show.
    pub name: String,
}

/// What was chosen.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ChooseFilesReply {
    /// The files; empty when the user chose none.
    pub files: Vec<ChosenFile>,
}

/// A chosen file to read.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct ReadFileRequest {
    /// As `choose_files` gave it.
    pub token: String,
}

/// A text file.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct ReadFileReply {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A text to write.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
pub struct SaveFileRequest {
    /// As `choose_files` gave it.
    pub token: String,
    /// The text.
    pub text: String,
}

fn name_of(path: &std::path::Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

impl App {
    /// Files that the user brought without a dialog (dropped on the window).
    pub fn grant(&self, paths: impl IntoIterator<Item = std::path::PathBuf>) -> Vec<ChosenFile> {
        paths
            .into_iter()
            .map(|path| ChosenFile { name: name_of(&path), token: self.session.chosen.grant(path) })
            .collect()
    }
}

/// Lets the user choose files in a native dialog.
///
/// # Errors
/// There is no desktop.
pub async fn choose_files(app: &App, request: ChooseFilesRequest) -> Result<ChooseFilesReply, AppError> {
    let Some(host) = app.session.host.get().cloned() else {
        return Err(AppError::operation("no_desktop", "files are chosen in a window; there is none here"));
    };
    let question = FileQuestion {
        title: request.title,
        save: request.save,
        many: request.many,
        name: request.name,
        endings: request.endings,
    };
    let paths = tokio::task::spawn_blocking(move || host.choose_files(&question))
        .await
        .map_err(|e| AppError::operation("internal", e.to_string()))?;
    Ok(ChooseFilesReply { files: app.grant(paths) })
}

fn chosen(app: &App, token: &str) -> Result<std::path::PathBuf, AppError> {
    app.session.chosen.path(std::path::Path::new(token)).ok_or_else(|| {
        AppError::input("not_chosen", format!("'{token}' stands for no file chosen since Ergon was opened"))
            .field("token")
    })
}

/// Reads a text file that the user chose, up to 16 MiB.
///
/// # Errors
/// It was not chosen, can't be read, or is no text.
pub async fn read_file(app: &App, request: ReadFileRequest) -> Result<ReadFileReply, AppError> {
    let path = chosen(app, &request.token)?;
    let bytes = read_capped(&path, SPEC_CAP, "the file")?;
    let text = String::from_utf8(bytes)
        .map_err(|_| AppError::input("not_text", format!("{} is no UTF-8 text", name_of(&path))).field("token"))?;
    Ok(ReadFileReply { name: name_of(&path), text })
}

/// Writes a text into a file that the user chose; under another name until it is whole.
///
/// # Errors
/// It was not chosen, or can't be written.
pub async fn save_file(app: &App, request: SaveFileRequest) -> Result<Acknowledged, AppError> {
    let path = chosen(app, &request.token)?;
    let refuse = |e: std::io::Error| AppError::operation("unwritable_file", format!("{}: {e}", path.display()));
    let mut part = path.clone().into_os_string();
    part.push(".part");
    std::fs::write(&part, &request.text).map_err(refuse)?;
    std::fs::rename(&part, &path).map_err(refuse)?;
    Ok(Acknowledged::that(format!("{} is written", path.display())))
}
