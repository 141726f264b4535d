//! The one window: opened, shown again, and what happens when it is closed.

use std::sync::Arc;

use ergon_app::App;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder};

const LABEL: &str = "main";

/// Opens the window.
pub(crate) fn open(handle: &AppHandle, app: &Arc<App>) -> tauri::Result<()> {
    let leaving = app.clone();
    WebviewWindowBuilder::new(handle, LABEL, WebviewUrl::default())
        .title("Ergon")
        .inner_size(1280.0, 800.0)
        .min_inner_size(800.0, 560.0)
        // The page handles drops itself only through us: paths never reach it.
        .on_page_load(move |_, load| {
            if load.event() == tauri::webview::PageLoadEvent::Started {
                leaving.end_subscriptions();
            }
        })
        .build()?;
    Ok(())
}

/// Brings the window to the front: somebody started Ergon a second time.
pub(crate) fn show(handle: &AppHandle) {
    if let Some(window) = handle.get_webview_window(LABEL) {
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}
