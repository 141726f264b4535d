//! The window: shows the page, and lets it call the operations of `ergon-app`.
//!
//! Belongs here: what only a desktop can do — a window, native dialogs, notifications, a menu. Doesn't belong here: any
//! decision about campaigns (that is `app`), and how it looks (that is `ui/`).

#![cfg_attr(windows, windows_subsystem = "windows")]

mod desktop;
mod handlers;
mod menu;
mod window;

use std::path::PathBuf;
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
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !has("WAYLAND_DISPLAY") && !has("DISPLAY") {
        anyhow::bail!(
            "there is no display to open a window on: neither WAYLAND_DISPLAY nor DISPLAY is set. `ergon` works without one."
        );
    }
    draw_without_compositing_where_no_gpu_would_do_it();
    let app = Arc::new(App::new(AppOptions { store: path("ERGON_STORE"), sample: sample(), ..AppOptions::default() })?);
    let mut builder = tauri::Builder::default();
    // A test drives its own window, whatever else is open on the desktop.
    if !under_test() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|handle, _, _| window::show(handle)));
    }
    let (operations, leaving) = (app.clone(), app.clone());
    builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .invoke_handler(move |invoke| handlers::handle(&operations, invoke))
        .setup(move |tauri| {
            // Opened while the page's processes start.
            let opening = app.clone();
            tauri::async_runtime::spawn(async move { opening.open().await });
            app.attach(Arc::new(desktop::Desktop::new(tauri.handle().clone())));
            window::open(tauri.handle(), &app)?;
            tauri.set_menu(menu::make(tauri.handle())?)?;
            Ok(())
        })
        .on_menu_event(|handle, event| menu::chosen(handle, &event.id().0))
        .build(tauri::generate_context!())?
        .run(move |_, event| {
            if let tauri::RunEvent::Exit = event {
                // One file is left, without the write-ahead log beside it.
                tauri::async_runtime::block_on(leaving.close());
            }
        });
    Ok(())
}

/// Without a GPU, WebKit composites by a software OpenGL whose shaders are compiled as they are first met: measured here
/// (two cores, llvmpipe) a second of frozen page on opening a campaign, and both cores busy while anything moves. Painting
/// straight into the window does without. `WEBKIT_DISABLE_COMPOSITING_MODE=0` or `=1` decides otherwise; under a WebDriver
/// nothing is chosen, because its pictures hang without compositing.
fn draw_without_compositing_where_no_gpu_would_do_it() {
    const VARIABLE: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";
    let nodes = std::fs::read_dir("/dev/dri").into_iter().flatten().flatten();
    let has_gpu = nodes.into_iter().any(|node| node.file_name().to_string_lossy().starts_with("renderD"));
    if cfg!(target_os = "linux") && !has_gpu && !under_test() && std::env::var_os(VARIABLE).is_none() {
        #[allow(unsafe_code, reason = "WebKit reads this from its environment alone")]
        // SAFETY: called first thing in `main`, before there is another thread that could read the environment.
        unsafe {
            std::env::set_var(VARIABLE, "1");
        }
    }
}

fn path(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// The sample store that was installed beside this program.
fn sample() -> Option<PathBuf> {
    let installed = || Some(std::env::current_exe().ok()?.parent()?.parent()?.join("share/ergon/sample.ergon"));
    path("ERGON_SAMPLE").or_else(installed).filter(|file| file.is_file())
}

/// Whether a WebDriver drives this window.
fn under_test() -> bool {
    std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some()
}
