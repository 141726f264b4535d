//! The one window: opened, shown again, and what happens when it is closed.

use std::sync::Arc;

use ergon_app::{App, SettingsRequest};
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder, WindowEvent};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogResult};

pub(crate) const LABEL: &str = "main";
const KEEP: &str = "Keep running";
const END: &str = "Stop and close";

/// Opens the window.
pub(crate) fn open(handle: &AppHandle, app: &Arc<App>) -> tauri::Result<()> {
    let leaving = app.clone();
    let window = WebviewWindowBuilder::new(handle, LABEL, WebviewUrl::default())
        .title("Ergon")
        .inner_size(1280.0, 800.0)
        .min_inner_size(800.0, 560.0)
        // Dropped files reach the page as their content, not as paths.
        .disable_drag_drop_handler()
        .on_page_load(move |_, load| {
            if load.event() == tauri::webview::PageLoadEvent::Started {
                leaving.end_subscriptions();
            }
        })
        .build()?;
    // Settings that can't be read are told where they are shown.
    if let Ok(settings) = tauri::async_runtime::block_on(ergon_app::settings(app, SettingsRequest {})) {
        let _ = window.set_zoom(f64::from(settings.zoom_percent) / 100.0);
    }
    let (asked, app) = (handle.clone(), app.clone());
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event
            && !may_close(&asked, &app)
        {
            api.prevent_close();
        }
    });
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

/// Asks before a window is closed over running campaigns; `true`: it may close.
fn may_close(handle: &AppHandle, app: &App) -> bool {
    let running = app.running_campaigns();
    let Some(window) = handle.get_webview_window(LABEL).filter(|_| !running.is_empty()) else { return true };
    let names: Vec<&str> = running.iter().map(|c| c.campaign.as_str()).collect();
    let (asked, app) = (handle.clone(), app.clone());
    handle
        .dialog()
        .message(format!("{} is running. Starting Ergon again brings the window back.", names.join(", ")))
        .title("Close the window?")
        .parent(&window)
        .buttons(MessageDialogButtons::YesNoCancelCustom(KEEP.into(), END.into(), "Cancel".into()))
        .show_with_result(move |answer| match answer {
            MessageDialogResult::Custom(choice) if choice == KEEP => {
                let _ = window.hide();
            }
            MessageDialogResult::Custom(choice) if choice == END => {
                app.halt_all();
                asked.exit(0);
            }
            _ => {}
        });
    false
}
