//! `doctor`: what works here, what doesn't, how to mend it.

use std::path::Path;
use std::process::Command;

use ergon_models::{Network, ProviderState};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// Nothing to ask.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ts_rs::TS)]
pub struct DoctorRequest {}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DoctorState {
    /// Works.
    Ok,
    /// Works in part; the detail says which part doesn't.
    Partly,
    /// Not there; something optional is missing.
    Missing,
    /// Broken.
    Failed,
    /// Not built in this version.
    NotBuilt,
}

/// One check.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct DoctorCheck {
    /// What was looked at.
    pub name: String,
    /// How it came out.
    pub state: DoctorState,
    /// What was seen.
    pub detail: String,
    /// What to do.
    pub fix: Option<String>,
}

/// All checks.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct DoctorReply {
    /// The checks.
    pub checks: Vec<DoctorCheck>,
}

/// Looks at the store, the disk, the machine and the programs that Ergon can use.
///
/// # Errors
/// None: what is wrong is in the reply.
pub async fn doctor(app: &App, _request: DoctorRequest) -> Result<DoctorReply, AppError> {
    let check = |name: &str, state, detail: String, fix: Option<&str>| DoctorCheck {
        name: name.into(),
        state,
        detail,
        fix: fix.map(str::to_owned),
    };
    let mut checks = vec![match app.store_health().await {
        Ok(detail) => check("store", DoctorState::Ok, detail, None),
        Err(e) => {
            check("store", DoctorState::Failed, e.message, Some("name another file with --store, or restore a backup"))
        }
    }];
    checks.push(match free_bytes(app.store_path()) {
        Some(bytes) if bytes < 1_000_000_000 => check(
            "disk",
            DoctorState::Failed,
            format!("{:.2} GB free where the store is", bytes as f64 / 1e9),
            Some("free some space: a campaign stops when the disk is full"),
        ),
        Some(bytes) => {
            check("disk", DoctorState::Ok, format!("{:.1} GB free where the store is", bytes as f64 / 1e9), None)
        }
        None => check("disk", DoctorState::Missing, "the free space can't be told".into(), None),
    });
    let memory = ergon_energy::host::memory_available_bytes()
        .map_or_else(|| "memory unknown".into(), |b| format!("{:.1} GB of memory available", b as f64 / 1e9));
    checks.push(check("machine", DoctorState::Ok, format!("{} cores, {memory}", app.cores()), None));
    for (program, arguments, needed_for, fix) in [
        ("python3", &["--version"][..], "the worked `command` example", "apt install python3"),
        ("git", &["--version"][..], "recording the state of your program", "apt install git"),
        (
            "pdflatex",
            &["--version"][..],
            "compiling exported tables (writing them needs nothing)",
            "apt install texlive-latex-recommended texlive-latex-extra texlive-science",
        ),
    ] {
        checks.push(match version(program, arguments) {
            Some(line) => check(program, DoctorState::Ok, line, None),
            None => check(program, DoctorState::Missing, format!("not found; used for {needed_for}"), Some(fix)),
        });
    }
    let sensing = app.clone();
    let sensors = tokio::task::spawn_blocking(move || sensing.sensors()).await;
    checks.extend(sensors.map(|sensors| super::energy_checks::checks(&sensors)).unwrap_or_default());
    checks.push(check("workloads", DoctorState::Ok, ergon_workloads::catalog::KINDS.join(", "), None));
    checks.extend(model_providers());
    checks.push(check(
        "clusters",
        DoctorState::NotBuilt,
        "not built in this version: runs execute on this machine".into(),
        None,
    ));
    Ok(DoctorReply { checks })
}

/// Keys of providers, by where they are found. What a spec's models need, `ergon models test SPEC` tells.
fn model_providers() -> Vec<DoctorCheck> {
    let network = match crate::models::network() {
        Ok(network) => network,
        Err(error) => {
            let fix = Some("mend the file, or unset the variable that names it".into());
            return vec![DoctorCheck { name: "models".into(), state: DoctorState::Failed, detail: error.message, fix }];
        }
    };
    let state = |provider: ProviderState| {
        let name = format!("models: {}", provider.name);
        let (state, detail, fix) = match &provider.key_env {
            None => match provider.address.as_deref() {
                Some(address) => (DoctorState::Ok, format!("needs no key; {address}"), None),
                None => worker(&network),
            },
            Some(key) => match network.keys().source(key) {
                Some(source) => (DoctorState::Ok, format!("has its key, {key}, from {}", source.name()), None),
                None => (
                    DoctorState::Missing,
                    format!("no key; specs with provider {} can't run", provider.name),
                    Some(format!("set {key} in the environment, or name a file with it by --env-file")),
                ),
            },
        };
        DoctorCheck { name, state, detail, fix }
    };
    let mut checks: Vec<DoctorCheck> = network.providers().into_iter().map(state).collect();
    let (state, detail) = match ergon_models::HAS_KEYCHAIN {
        true => (DoctorState::Ok, "keys can be kept there; whether it opens shows when one is"),
        false => (DoctorState::NotBuilt, "not built in: keys come from the environment, a file or this session"),
    };
    checks.push(DoctorCheck { name: "models: keychain".into(), state, detail: detail.into(), fix: None });
    checks
}

/// The program that runs model files.
pub(crate) fn worker(network: &Network) -> (DoctorState, String, Option<String>) {
    let program = network.gguf_program();
    if program.is_file() {
        return (DoctorState::Ok, format!("runs model files by {}", program.display()), None);
    }
    let fix = "cargo build --release -p ergon-gguf-worker --features llama, and put it beside ergon or name it in ERGON_GGUF_WORKER";
    (DoctorState::Missing, format!("no {}; specs with provider gguf can't run", program.display()), Some(fix.into()))
}

fn version(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().next().map(|l| l.trim().to_owned())
}

/// Bytes that this user may still write where the file is.
pub(crate) fn free_bytes(file: &Path) -> Option<u64> {
    let file = std::path::absolute(file).ok()?;
    let folder = file.ancestors().find(|p| p.is_dir())?;
    let stat = nix::sys::statvfs::statvfs(folder).ok()?;
    Some(stat.blocks_available() * stat.fragment_size())
}
