//! A powercap tree in a folder, advanced by a thread with a known power. Counters are rewritten in place at a fixed
//! width: truncating them would show a reader an empty file. Sixteen digits, as those are copied at once: of five million
//! reads of twenty digits some hundred were half old, half new (a wrap, to a meter), of sixteen none.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub(crate) struct Tree {
    folder: tempfile::TempDir,
}

pub(crate) struct Zone {
    file: File,
    modulus: u64,
    start: u64,
    microwatts: Arc<AtomicU64>,
}

impl Tree {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("ergon-sysfs").tempdir().unwrap();
        fs::create_dir_all(folder.path().join("class/powercap")).unwrap();
        Self { folder }
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
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
        let file = OpenOptions::new().write(true).open(folder.join("energy_uj")).unwrap();
        Zone { file, modulus: largest + 1, start, microwatts: Arc::default() }
    }
}

impl Zone {
    pub(crate) fn draws(self, watts: f64) -> Self {
        self.power().store((watts * 1e6) as u64, Ordering::SeqCst);
        self
    }

    pub(crate) fn power(&self) -> Arc<AtomicU64> {
        self.microwatts.clone()
    }
}

/// Advances zones until dropped; power is constant between changes, so energy is known at every tick.
pub(crate) struct Advancing {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

pub(crate) const TICK: Duration = Duration::from_millis(1);

impl Advancing {
    pub(crate) fn start(zones: Vec<Zone>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let own = stop.clone();
        let thread = std::thread::spawn(move || {
            let mut microjoules: Vec<f64> = zones.iter().map(|zone| zone.start as f64).collect();
            let mut last = Instant::now();
            while !own.load(Ordering::SeqCst) {
                let now = Instant::now();
                let elapsed_s = (now - last).as_secs_f64();
                last = now;
                for (zone, sum) in zones.iter().zip(&mut microjoules) {
                    *sum += elapsed_s * zone.microwatts.load(Ordering::SeqCst) as f64;
                    let shown = *sum as u64 % zone.modulus;
                    zone.file.write_all_at(format!("{shown:016}\n").as_bytes(), 0).unwrap();
                }
                std::thread::sleep(TICK);
            }
        });
        Self { stop, thread: Some(thread) }
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
