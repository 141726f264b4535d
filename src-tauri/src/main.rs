//! The window: shows the page, and lets it call the operations of `ergon-app`.
//!
//! Belongs here: what only a desktop can do — a window, native dialogs, notifications, a menu. Doesn't belong here: any
//! decision about campaigns (that is `app`), and how it looks (that is `ui/`).

#![cfg_attr(windows, windows_subsystem = "windows")]

mod desktop;
mod handlers;
mod window;

use std::process::ExitCode;
use std::sync::Arc;

use ergon_app::{App, AppOptions};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let store = std::env::var_os("ERGON_STORE").filter(|path| !path.is_empty()).map(Into::into);
    let app = Arc::new(App::new(AppOptions { store })?);
    let mut builder = tauri::Builder::default();
    // A test drives its own window, whatever else is open on the desktop.
    if !under_test() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|handle, _, _| window::show(handle)));
    }
    let operations = app.clone();
    builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .invoke_handler(move |invoke| handlers::handle(&operations, invoke))
        .setup(move |tauri| {
            app.attach(Arc::new(desktop::Desktop::new(tauri.handle().clone())));
            window::open(tauri.handle(), &app)?;
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}

/// Whether a WebDriver drives this window.
fn under_test() -> bool {
    std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some()
}
