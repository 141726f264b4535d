//! Native dialogs and notifications.

use std::path::PathBuf;
use std::sync::Mutex;

use ergon_app::{FileQuestion, Host};
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_notification::NotificationExt;

use crate::window::LABEL;

/// A native dialog is out of a WebDriver's reach: a test names a file that holds the next answers, one path a line.
const ANSWERS: &str = "ERGON_WINDOW_ANSWERS";

pub(crate) struct Desktop {
    handle: AppHandle,
    answers: Option<PathBuf>,
    turn: Mutex<()>,
}

impl Desktop {
    pub(crate) fn new(handle: AppHandle) -> Self {
        let answers = if crate::under_test() { std::env::var_os(ANSWERS).map(PathBuf::from) } else { None };
        Self { handle, answers, turn: Mutex::new(()) }
    }

    /// Takes the first answer out of the test's file.
    fn answer(&self, file: &std::path::Path) -> Vec<PathBuf> {
        let _turn = self.turn.lock();
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let mut lines = text.lines();
        let first = lines.next().filter(|line| !line.is_empty()).map(PathBuf::from);
        let rest: Vec<&str> = lines.collect();
        let _ = std::fs::write(file, rest.join("\n"));
        first.into_iter().collect()
    }
}

impl Host for Desktop {
    fn choose_files(&self, question: &FileQuestion) -> Vec<PathBuf> {
        if let Some(file) = &self.answers {
            return self.answer(file);
        }
        let mut dialog = self.handle.dialog().file().set_title(&question.title);
        if let Some(name) = &question.name {
            dialog = dialog.set_file_name(name);
        }
        if !question.endings.is_empty() {
            let endings: Vec<&str> = question.endings.iter().map(String::as_str).collect();
            dialog = dialog.add_filter(endings.join(", "), &endings);
        }
        let chosen = match (question.save, question.many) {
            (true, _) => dialog.blocking_save_file().into_iter().collect(),
            (false, false) => dialog.blocking_pick_file().into_iter().collect(),
            (false, true) => dialog.blocking_pick_files().unwrap_or_default(),
        };
        chosen.into_iter().filter_map(|path| path.into_path().ok()).collect()
    }

    fn notify(&self, title: &str, text: &str) {
        // A desktop without a notification service is no reason to stop.
        let _ = self.handle.notification().builder().title(title).body(text).show();
    }

    fn zoom(&self, percent: u32) {
        if let Some(window) = self.handle.get_webview_window(LABEL) {
            let _ = window.set_zoom(f64::from(percent) / 100.0);
        }
    }
}
