//! Declares the window's commands to Tauri, so that a page may call those its capability lists and no other.

use std::path::Path;

macro_rules! commands {
    ($($(#[doc = $doc:literal])+ $name:ident($request:ident) -> $reply:ident $(, stream $stream:ident)?;)+) => {
        const NAMES: &[&str] = &[$(stringify!($name)),+];
    };
}
include!("../crates/app/src/commands/table.rs");

const PLACEHOLDER: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Ergon</title>\
    <p>The page of this window was not built: npm ci &amp;&amp; npm run build, in ui/.";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo check` must work without node; whoever opens such a window reads what is missing.
    let page = Path::new("../ui/dist/index.html");
    if !page.exists() {
        std::fs::create_dir_all("../ui/dist")?;
        std::fs::write(page, PLACEHOLDER)?;
    }
    println!("cargo:rerun-if-changed=../ui/dist");
    let manifest = tauri_build::AppManifest::new().commands(NAMES);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}
