//! A log per campaign, beside the store: one JSON line an event, rotated.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use ergon_engine::Event;

/// A file is rotated at this size, in bytes; one older file is kept.
const ROTATE_AT: u64 = 16 * 1024 * 1024;

/// Appends events to a campaign's log. A log that can't be written never stops a campaign.
pub(crate) struct CampaignLog {
    path: PathBuf,
    file: Mutex<Option<(File, u64)>>,
}

impl CampaignLog {
    /// Opens `<store>.logs/<campaign>.log`.
    pub(crate) fn open(store: &Path, campaign: &str) -> Self {
        let mut folder = store.as_os_str().to_owned();
        folder.push(".logs");
        let folder = PathBuf::from(folder);
        let path = folder.join(format!("{campaign}.log"));
        let file = std::fs::create_dir_all(&folder).ok().and_then(|()| append(&path));
        Self { path, file: Mutex::new(file) }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends an event. Progress is left out: it repeats what the ends of runs and the calls say.
    pub(crate) fn event(&self, event: &Event) {
        if matches!(event, Event::Progress(_) | Event::Models(_)) {
            return;
        }
        if let Ok(value) = serde_json::to_value(event) {
            self.line(value);
        }
    }

    fn line(&self, mut value: serde_json::Value) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64());
        if let Some(map) = value.as_object_mut() {
            map.insert("unix_s".into(), serde_json::json!(now));
        }
        let text = format!("{value}\n");
        let Ok(mut slot) = self.file.lock() else { return };
        if slot.as_ref().is_some_and(|(_, size)| *size > ROTATE_AT) {
            let _ = std::fs::rename(&self.path, self.path.with_extension("log.1"));
            *slot = append(&self.path);
        }
        if let Some((file, size)) = slot.as_mut()
            && file.write_all(text.as_bytes()).is_ok()
        {
            *size += text.len() as u64;
        }
    }
}

fn append(path: &Path) -> Option<(File, u64)> {
    let file = OpenOptions::new().create(true).append(true).open(path).ok()?;
    let size = file.metadata().ok()?.len();
    Some((file, size))
}
