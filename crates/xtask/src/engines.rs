//! Slow stages that put Ergon beside programs of others: a real engine, an independent proxy, llama.cpp itself.
//!
//! What is not installed and can't be is said and is no pass: the remark in the table names it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::install;
use crate::metadata;
use crate::stages::Done;
use crate::test::{cargo, cargo_test};
use crate::test_counts::TestCounts;

pub(crate) struct EngineStage {
    pub(crate) name: &'static str,
    needs: &'static [install::Need],
    /// What the outcome depends on, as path prefixes.
    pub(crate) prefixes: &'static [&'static str],
    /// Crate, and what is asked of cargo besides.
    package: &'static [&'static str],
    /// Word in the names of its tests.
    word: &'static str,
    /// Word in the names of tests that need litellm too.
    with_litellm: Option<&'static str>,
}

pub(crate) const ENGINES: &[EngineStage] = &[
    EngineStage {
        name: "engines",
        needs: install::FOR_ENGINES,
        prefixes: &["crates/models/src/dialect", "crates/models/src/remote", "crates/models/tests/engines/"],
        package: &["-p", "ergon-models", "--test", "engines"],
        word: "engine_mistralrs",
        with_litellm: Some("engine_litellm"),
    },
    EngineStage {
        name: "gguf",
        needs: install::FOR_LLAMA,
        prefixes: &["crates/gguf-worker/", "crates/models/src/gguf.rs", "crates/models/src/pipe.rs"],
        package: &["-p", "ergon-gguf-worker", "--features", "llama", "--all-targets"],
        word: "llama",
        with_litellm: None,
    },
];

impl EngineStage {
    pub(crate) fn run(&self, root: &Path, total: &mut TestCounts) -> Result<Done> {
        install::ensure(self.needs)?;
        let engines = Engines::find(root)?;
        let Some(python) = &engines.python else {
            return Ok(Done::skipped("not installed: pip install mistralrs gguf numpy, in ERGON_ENGINES_PYTHON"));
        };
        let mut lint = cargo(root);
        lint.arg("clippy").args(self.package).args(["--quiet", "--", "-D", "warnings"]);
        command::run(&mut lint)?;
        let mut words = vec![self.word];
        words.extend(self.with_litellm.filter(|_| engines.litellm.is_some()));
        let mut tests = cargo(root);
        tests.arg("test").args(self.package).args(["--", "--ignored"]).args(words);
        tests.env("ERGON_ENGINES_PYTHON", python);
        if let Some(litellm) = &engines.litellm {
            tests.env("ERGON_LITELLM", litellm);
        }
        let counts = cargo_test(&mut tests, root, total)?;
        let left_out = self.with_litellm.is_some() && engines.litellm.is_none();
        let remark = if left_out { "; litellm skipped: not installed (pip install 'litellm[proxy]')" } else { "" };
        Ok(Done::with(format!("{counts}{remark}")))
    }
}

/// The programs of others.
struct Engines {
    python: Option<PathBuf>,
    litellm: Option<PathBuf>,
}

impl Engines {
    /// Those named in the environment, else those in an environment of Python of our own, which is made where that is
    /// allowed: mistral.rs is one wheel of 26 MB. litellm brings 740 MB and is used where somebody installed it.
    fn find(root: &Path) -> Result<Self> {
        let folder = metadata::target(root).join("engines");
        let named = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
        let python = named("ERGON_ENGINES_PYTHON").unwrap_or_else(|| folder.join("bin/python"));
        let has = |python: &Path| command::succeeds(Command::new(python).args(["-c", "import mistralrs, gguf, numpy"]));
        if !has(&python) && install::is_allowed() {
            let made = command::run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
            let packages = ["-m", "pip", "install", "-q", "mistralrs==0.9.5", "gguf", "numpy"];
            // Without the registry they can't be had, and that is no fault of the code under test.
            if let Err(error) = made.and_then(|()| command::run(Command::new(&python).args(packages))) {
                println!("{error:#}");
            }
        }
        let beside = python.with_file_name("litellm");
        let litellm = named("ERGON_LITELLM").or_else(|| beside.is_file().then_some(beside));
        Ok(Self { python: has(&python).then_some(python), litellm })
    }
}
