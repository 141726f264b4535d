//! How long `ergon --help` and a look at an empty store take. Target for `--help`: ≤ 10 ms.

use std::process::{Command, Stdio};
use std::time::Instant;

fn main() {
    let store = std::env::temp_dir().join(format!("ergon-bench-{}.ergon", std::process::id()));
    let Some(store_text) = store.to_str() else { return };
    let timed = |args: &[&str]| {
        let mut times: Vec<f64> = (0..41)
            .map(|_| {
                let began = Instant::now();
                let done = Command::new(env!("CARGO_BIN_EXE_ergon"))
                    .args(args)
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .status()
                    .is_ok_and(|s| s.success());
                assert!(done, "{args:?} failed");
                began.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        (times[0], times[times.len() / 2])
    };
    for (what, args) in [
        ("ergon --help (target 10 ms)", vec!["--help"]),
        ("ergon list, the first one makes the store", vec!["--store", store_text, "list"]),
    ] {
        let (least, median) = timed(&args);
        println!("{what}: {least:.1} ms at best, {median:.1} ms median");
    }
    for end in ["", "-wal", "-shm", ".lock"] {
        let _ = std::fs::remove_file(format!("{store_text}{end}"));
    }
}
