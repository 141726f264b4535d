//! A model file on one's own disk, run by llama.cpp in a process of ours (`crates/gguf-worker`, an optional program).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use reqwest::Url;

use crate::network::Network;
use crate::pipe::Worker;
use crate::setting::{SettingProblem, Settings};

/// The program.
pub(crate) const PROGRAM: &str = "ergon-gguf-worker";
/// First bytes of every GGUF file. <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>
const MAGIC: &[u8; 4] = b"GGUF";

/// A file, and the process that runs it.
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) worker: Arc<Worker>,
}

impl File {
    /// Reads the settings that only a file has. Nothing is started, and the file need not be there yet.
    ///
    /// # Errors
    /// A setting it doesn't take, or a path that is none.
    pub(crate) fn open(
        settings: &mut Settings<'_>,
        model: &str,
        network: &Network,
    ) -> Result<(Url, Self), SettingProblem> {
        let wrong = |why: String| settings.problem("model", format!("'{model}' is no path of a file: {why}"));
        let path = std::path::absolute(model).map_err(|e| wrong(e.to_string()))?;
        let url = Url::from_file_path(&path).map_err(|()| wrong("expected a path on this machine".into()))?;
        let mut arguments: Vec<OsString> = vec![path.clone().into()];
        for (key, least, most) in [("context", 16, 1 << 24), ("threads", 1, 1024)] {
            if let Some(n) = settings.count(key, least, most)? {
                arguments.extend([format!("--{key}").into(), n.to_string().into()]);
            }
        }
        let worker = network.worker(&arguments);
        Ok((url, Self { path, worker }))
    }

    /// Whether it can be asked.
    ///
    /// # Errors
    /// What is missing, and what to do.
    pub(crate) fn ready(&self) -> Result<(), String> {
        use std::io::Read;
        let program = self.worker.program();
        if !program.is_file() {
            return Err(format!(
                "there is no {}; build it with `cargo build --release -p {PROGRAM} --features llama` and put it beside \
                 ergon, or name it in ERGON_GGUF_WORKER",
                program.display()
            ));
        }
        let mut magic = [0; 4];
        let read = std::fs::File::open(&self.path).and_then(|mut file| file.read_exact(&mut magic));
        match read {
            Ok(()) if &magic == MAGIC => Ok(()),
            Ok(()) => Err(format!("{} is no GGUF file", self.path.display())),
            Err(e) => Err(format!("{} can't be read: {e}", self.path.display())),
        }
    }

    /// Its name, for people.
    pub(crate) fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// Where the program is unless somebody says otherwise: beside the one that runs.
pub(crate) fn beside_us() -> PathBuf {
    let program = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let us = std::env::current_exe().ok();
    us.as_deref().and_then(Path::parent).map_or_else(|| program.clone().into(), |folder| folder.join(&program))
}
