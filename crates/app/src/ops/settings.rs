//! `settings`, `set_settings`: how the window looks and what it remembers; one JSON file in the user's configuration.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::App;
use crate::error::AppError;
use crate::ops::table::unknown;
use crate::spec_source::read_file;

/// Largest settings file read, in bytes.
const CAP: u64 = 1024 * 1024;
const FILE: &str = "settings.json";
const THEMES: [&str; 4] = ["system", "light", "dark", "contrast"];
const DENSITIES: [&str; 2] = ["dense", "comfortable"];
/// Percent.
const ZOOM: RangeInclusive<u64> = 50..=300;

/// Nothing to ask.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
pub struct SettingsRequest {}

/// The settings.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct Settings {
    /// `system`, `light`, `dark` or `contrast`.
    pub theme: String,
    /// `dense` or `comfortable`.
    pub density: String,
    /// Size of everything in the window, percent of the usual: 50 to 300.
    pub zoom_percent: u32,
    /// The folder of the store, as it is now; it can't be set here.
    pub data_folder: Option<String>,
    /// What else the window remembers.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: THEMES[0].into(),
            density: DENSITIES[0].into(),
            zoom_percent: 100,
            data_folder: None,
            other: BTreeMap::new(),
        }
    }
}

/// Settings to change; those not named stay.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
#[ts(type = "Partial<Settings>")]
pub struct SetSettingsRequest(BTreeMap<String, Value>);

/// The folder of the user's configuration.
///
/// # Errors
/// No home folder is known.
pub(crate) fn folder() -> Result<PathBuf, AppError> {
    if let Some(folder) = std::env::var_os("ERGON_CONFIG_DIR").filter(|f| !f.is_empty()) {
        return Ok(folder.into());
    }
    directories::ProjectDirs::from("", "", "ergon")
        .map(|dirs| dirs.config_dir().to_path_buf())
        .ok_or_else(|| AppError::operation("no_config_folder", "no home folder is known; set ERGON_CONFIG_DIR"))
}

fn file() -> Result<PathBuf, AppError> {
    folder().map(|folder| folder.join(FILE))
}

/// Writes a file of the configuration, whole or not at all.
///
/// # Errors
/// It can't be written.
pub(crate) fn write(name: &str, content: &impl Serialize) -> Result<(), AppError> {
    let file = folder()?.join(name);
    let refuse = |e: std::io::Error| AppError::operation("unwritable_file", format!("{}: {e}", file.display()));
    let bytes = serde_json::to_vec_pretty(content).map_err(|e| AppError::operation("internal", e.to_string()))?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(refuse)?;
    }
    let part = file.with_extension("part");
    std::fs::write(&part, bytes).map_err(refuse)?;
    std::fs::rename(&part, &file).map_err(refuse)
}

fn stored() -> Result<Settings, AppError> {
    let file = file()?;
    if !file.exists() {
        return Ok(Settings::default());
    }
    let bytes = read_file(&file, CAP, "the settings")?;
    serde_json::from_slice(&bytes).map_err(|e| {
        AppError::operation("invalid_settings", format!("{}: {e}; mend the file or delete it", file.display()))
    })
}

impl App {
    fn with_folder(&self, settings: Settings) -> Settings {
        let folder = self.store_path().parent().map(|folder| folder.display().to_string());
        Settings { data_folder: folder, ..settings }
    }
}

/// The settings.
///
/// # Errors
/// The file can't be read.
pub async fn settings(app: &App, _: SettingsRequest) -> Result<Settings, AppError> {
    Ok(app.with_folder(stored()?))
}

/// Changes settings and returns all of them.
///
/// # Errors
/// A value that isn't accepted; the file can't be written.
pub async fn set_settings(app: &App, request: SetSettingsRequest) -> Result<Settings, AppError> {
    for (field, accepted) in [("theme", &THEMES[..]), ("density", &DENSITIES[..])] {
        match request.0.get(field) {
            Some(Value::String(given)) if !accepted.contains(&given.as_str()) => {
                return Err(unknown(field, given, accepted));
            }
            Some(Value::String(_)) | None => {}
            Some(other) => return Err(unknown(field, &other.to_string(), accepted)),
        }
    }
    let zoom = request.0.get("zoom_percent");
    if let Some(refused) = zoom.filter(|zoom| !zoom.as_u64().is_some_and(|percent| ZOOM.contains(&percent))) {
        let message =
            format!("zoom_percent: {refused} is not a whole percentage from {} to {}", ZOOM.start(), ZOOM.end());
        return Err(AppError::input("invalid_setting", message));
    }
    let zoomed = zoom.is_some();
    let internal = |e: serde_json::Error| AppError::operation("internal", e.to_string());
    let mut all = serde_json::to_value(stored()?).map_err(internal)?;
    if let Some(map) = all.as_object_mut() {
        map.extend(request.0);
        map.remove("data_folder");
    }
    let settings: Settings = serde_json::from_value(all).map_err(internal)?;
    write(FILE, &settings)?;
    if zoomed && let Some(host) = app.session.host.get() {
        host.zoom(settings.zoom_percent);
    }
    Ok(app.with_folder(settings))
}
