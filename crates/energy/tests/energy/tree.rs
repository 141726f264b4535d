//! A powercap tree in a folder, advanced by a thread with a known power.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How a counter's file is rewritten. The kernel's is always whole; a file can be read half old and half new, empty, or
/// through a descriptor of what another file has replaced.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rewriting {
    /// Overwritten at a fixed width. Sixteen digits, as those are copied at once: of five million reads of twenty digits
    /// some hundred were half old, half new (a wrap, to a meter), of sixteen none.
    InPlace,
    /// The same with twenty digits.
    InPieces,
    /// Truncated, then written.
    Truncating,
    /// Another file takes its name.
    Renaming,
}

pub(crate) struct Tree {
    folder: tempfile::TempDir,
    late_ns: Arc<AtomicU64>,
}

pub(crate) struct Zone {
    file: File,
    path: PathBuf,
    rewriting: Rewriting,
    modulus: u64,
    start: u64,
    microwatts: Arc<AtomicU64>,
    late_ns: Arc<AtomicU64>,
}

impl Tree {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("ergon-sysfs").tempdir().unwrap();
        fs::create_dir_all(folder.path().join("class/powercap")).unwrap();
        Self { folder, late_ns: Arc::default() }
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Longest time between two updates so far, seconds: what the tree says is as old as that.
    pub(crate) fn late_s(&self) -> f64 {
        self.late_ns.load(Ordering::SeqCst) as f64 * 1e-9
    }

    pub(crate) fn folder(&self, place: &str) -> PathBuf {
        self.root().join("class/powercap").join(place)
    }

    /// A zone that starts `start` microjoules into its round.
    pub(crate) fn zone(&self, place: &str, name: &str, largest: u64, start: u64) -> Zone {
        let folder = self.folder(place);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("name"), format!("{name}\n")).unwrap();
        fs::write(folder.join("max_energy_range_uj"), format!("{largest}\n")).unwrap();
        fs::write(folder.join("energy_uj"), format!("{start:016}\n")).unwrap();
        let path = folder.join("energy_uj");
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        Zone {
            file,
            path,
            rewriting: Rewriting::InPlace,
            modulus: largest + 1,
            start,
            microwatts: Arc::default(),
            late_ns: self.late_ns.clone(),
        }
    }
}

impl Zone {
    pub(crate) fn draws(self, watts: f64) -> Self {
        self.power().store((watts * 1e6) as u64, Ordering::SeqCst);
        self
    }

    pub(crate) fn rewritten(self, rewriting: Rewriting) -> Self {
        Self { rewriting, ..self }
    }

    fn show(&self, microjoules: u64) {
        let shown = microjoules % self.modulus;
        match self.rewriting {
            Rewriting::InPlace => self.file.write_all_at(format!("{shown:016}\n").as_bytes(), 0).unwrap(),
            Rewriting::InPieces => self.file.write_all_at(format!("{shown:020}\n").as_bytes(), 0).unwrap(),
            Rewriting::Truncating => fs::write(&self.path, format!("{shown}\n")).unwrap(),
            Rewriting::Renaming => {
                let new = self.path.with_extension("new");
                fs::write(&new, format!("{shown}\n")).unwrap();
                fs::rename(&new, &self.path).unwrap();
            }
        }
    }

    pub(crate) fn power(&self) -> Arc<AtomicU64> {
        self.microwatts.clone()
    }
}

/// Advances zones until dropped; power is constant between changes, so energy is known at every tick.
pub(crate) struct Advancing {
    stop: Arc<AtomicBool>,
    hidden: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

pub(crate) const TICK: Duration = Duration::from_millis(1);

impl Advancing {
    pub(crate) fn start(zones: Vec<Zone>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let hidden = Arc::new(AtomicBool::new(false));
        let (own, hide) = (stop.clone(), hidden.clone());
        let thread = std::thread::spawn(move || {
            let mut microjoules: Vec<f64> = zones.iter().map(|zone| zone.start as f64).collect();
            let mut last = Instant::now();
            while !own.load(Ordering::SeqCst) {
                let now = Instant::now();
                let elapsed_ns = (now - last).as_nanos() as u64;
                last = now;
                for (zone, sum) in zones.iter().zip(&mut microjoules) {
                    zone.late_ns.fetch_max(elapsed_ns, Ordering::SeqCst);
                    *sum += elapsed_ns as f64 * 1e-9 * zone.microwatts.load(Ordering::SeqCst) as f64;
                    if !hide.load(Ordering::SeqCst) {
                        zone.show(*sum as u64);
                    }
                }
                std::thread::sleep(TICK);
            }
        });
        Self { stop, hidden, thread: Some(thread) }
    }

    /// Energy goes on being drawn, and files say nothing of it.
    pub(crate) fn hide(&self, hidden: bool) {
        self.hidden.store(hidden, Ordering::SeqCst);
        std::thread::sleep(2 * TICK);
    }
}

impl Drop for Advancing {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
