//! A user's desk: folders of their own, and the programs as `cargo xtask test` built them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::driver::Window;

/// Everything a window writes lies in one folder that is gone afterwards.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
    /// Drawn so that WebDriver can take pictures of it.
    pictured: bool,
}

fn told(variable: &str) -> PathBuf {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .unwrap_or_else(|| panic!("{variable} is not set: these tests are run by `cargo xtask test`"))
}

impl Desk {
    /// An empty desk.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["data", "config", "cache", "run", "sysfs"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder.path().join("run"), std::fs::Permissions::from_mode(0o700)).unwrap();
        Self { folder, variables: Vec::new(), pictured: true }
    }

    /// One on which the sample's results came with the program.
    pub(crate) fn with_sample() -> Self {
        Self::new().set("ERGON_SAMPLE", &told("ERGON_SAMPLE").to_string_lossy())
    }

    /// Drawn as for a user without a GPU; asking for a picture would hang.
    pub(crate) fn drawn_as_shipped(self) -> Self {
        Self { pictured: false, ..self }
    }

    /// Sets a variable of the program's environment.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// A file on the desk.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The store.
    pub(crate) fn store(&self) -> PathBuf {
        self.path("data/library.ergon")
    }

    /// The paths that the next native dialogs give back.
    pub(crate) fn answer_dialogs(&self, paths: &[&Path]) {
        let lines: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
        std::fs::write(self.path("answers"), lines.join("\n")).unwrap();
    }

    /// Opens the window.
    pub(crate) fn open(&self) -> Window {
        let folder = self.folder.path();
        let mut environment = Command::new("WebKitWebDriver");
        environment
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env_remove("WEBKIT_DISABLE_DMABUF_RENDERER")
            .env_remove("WEBKIT_DISABLE_COMPOSITING_MODE")
            .env_remove("ERGON_SAMPLE")
            .env("LANG", "en_US.UTF-8")
            .env("ERGON_DATA_DIR", folder.join("data"))
            .env("ERGON_CONFIG_DIR", folder.join("config"))
            .env("ERGON_SYSFS_ROOT", folder.join("sysfs"))
            .env("ERGON_WINDOW_ANSWERS", folder.join("answers"))
            .env("XDG_DATA_HOME", folder.join("data"))
            .env("XDG_CONFIG_HOME", folder.join("config"))
            .env("XDG_CACHE_HOME", folder.join("cache"))
            .env("XDG_RUNTIME_DIR", folder.join("run"))
            .env(
                // Without compositing, which the program chooses for a user without a GPU, pictures hang.
                if self.pictured { "WEBKIT_SKIA_ENABLE_CPU_RENDERING" } else { "WEBKIT_DISABLE_COMPOSITING_MODE" },
                "1",
            )
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        Window::open(&told("ERGON_WINDOW"), environment)
    }

    /// What the command line says of the same store.
    pub(crate) fn ergon(&self, arguments: &[&str]) -> Value {
        let output =
            Command::new(told("ERGON_CLI")).arg("--store").arg(self.store()).arg("--json").args(arguments).output();
        let output = output.unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "ergon {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        // A run tells what happens line by line; the reply comes last.
        let reply = text.lines().last().unwrap_or_default();
        serde_json::from_str(reply).unwrap_or_else(|e| panic!("ergon {arguments:?} printed {text:?}: {e}"))
    }
}
