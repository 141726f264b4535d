//! A disk that fails: every k-th write, fsync and rename below the store, a full disk, a read-only folder. Whatever
//! happens, what was committed stays, nothing is doubled, and a later run on a healed disk completes the campaign.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Ergon, repository, seed_echo};

fn shim(folder: &Path) -> PathBuf {
    let library = folder.join("libfaultfs.so");
    let source = repository().join("tests/shim/faultfs.c");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O2", "-o"])
        .arg(&library)
        .arg(&source)
        .args(["-ldl", "-pthread"])
        .status()
        .expect("a C compiler (cc) is needed for the fault test");
    assert!(built.success());
    library
}

fn invariants(ergon: &Ergon, what: &str) {
    assert!(ergon.is_sound(), "{what}");
    let doubled = "SELECT count(*) FROM (SELECT run_id FROM attempt WHERE state = 'succeeded' \
                   GROUP BY run_id HAVING count(*) > 1)";
    assert_eq!(ergon.number(doubled), 0, "{what}: a run counted twice");
    let hollow = "SELECT count(*) FROM run r WHERE r.state = 'succeeded' \
                  AND NOT EXISTS (SELECT 1 FROM metric_value v WHERE v.run_id = r.id)";
    assert_eq!(ergon.number(hollow), 0, "{what}: a finished run without its measurement");
}

#[test]
fn failing_writes_syncs_and_renames_lose_and_double_nothing() {
    let spec = seed_echo("faulty", 20, 10);
    let calm = Ergon::new();
    calm.write("spec.yaml", &spec);
    calm.run(&["run", "spec.yaml"]).done();
    let expected = calm.run(&["results", "faulty"]).done().out;

    let (mut failures, mut refused) = (0, 0);
    for (every, errno, torn) in
        [(3, "EIO", ""), (7, "ENOSPC", ""), (13, "EIO", "1"), (29, "ENOSPC", "1"), (61, "EIO", ""), (2, "ENOSPC", "")]
    {
        let ergon = Ergon::new();
        let library = shim(&ergon.path("."));
        ergon.write("spec.yaml", &spec);
        for after in [0, 40] {
            let log = ergon.path("faults.log");
            let ran: common::Ran = ergon
                .command(&["run", "spec.yaml"])
                .env("LD_PRELOAD", &library)
                .env("ERGON_FAULT_EVERY", every.to_string())
                .env("ERGON_FAULT_SEED", (every + after).to_string())
                .env("ERGON_FAULT_AFTER", after.to_string())
                .env("ERGON_FAULT_ERRNO", errno)
                .env("ERGON_FAULT_TORN", torn)
                .env("ERGON_FAULT_PATH", "s.ergon")
                .env("ERGON_FAULT_LOG", &log)
                .output()
                .unwrap()
                .into();
            let said = format!("every {every} after {after} {errno}: {}", ran.err);
            assert!(!ran.err.contains("panicked"), "{said}");
            assert!([0, 1].contains(&ran.code), "{said} exit {}", ran.code);
            refused += usize::from(ran.code == 1);
            failures += std::fs::read_to_string(&log).unwrap_or_default().lines().count();
            if ergon.store().exists() && ergon.run(&["list"]).code == 0 {
                invariants(&ergon, &said);
            }
        }
        let healed = ergon.run(&["run", "spec.yaml"]);
        assert_eq!(healed.code, 0, "every {every}: on a healed disk: {}", healed.err);
        assert_eq!(ergon.run(&["results", "faulty"]).done().out, expected, "every {every}");
        invariants(&ergon, "healed");
    }
    assert!(failures > 100 && refused > 0, "{failures} failures, {refused} runs refused: the shim was at work");
}

#[test]
fn a_full_disk_ends_the_run_with_a_clear_error_and_resumes_when_there_is_room() {
    let mut filled_midway = 0;
    // The disk fills up after so many writes: before the store is made, before the campaign is registered, in the middle.
    for after in [0, 20, 60, 150, 250, 400, 600] {
        let ergon = Ergon::new();
        let library = shim(&ergon.path("."));
        ergon.write("spec.yaml", seed_echo("full", 20, 10));
        let ran: common::Ran = ergon
            .command(&["--json", "run", "spec.yaml"])
            .env("LD_PRELOAD", &library)
            .env("ERGON_FAULT_EVERY", "1")
            .env("ERGON_FAULT_AFTER", after.to_string())
            .env("ERGON_FAULT_ERRNO", "ENOSPC")
            .env("ERGON_FAULT_PATH", "s.ergon")
            .output()
            .unwrap()
            .into();
        if ran.code == 0 {
            continue;
        }
        assert_eq!(ran.code, 1, "after {after}: {}", ran.err);
        assert!(ran.err.contains("full") || ran.err.contains("space"), "after {after}: {}", ran.err);
        if ergon.run(&["list"]).code == 0 {
            invariants(&ergon, "full disk");
            filled_midway += usize::from(ergon.number("SELECT count(*) FROM run WHERE state = 'succeeded'") > 0);
        }
        assert_eq!(ergon.run(&["--json", "run", "spec.yaml"]).done().json()["succeeded"].as_u64(), Some(200));
    }
    assert!(filled_midway > 0, "no disk was full in the middle of a campaign");
}

#[test]
fn a_folder_that_can_not_be_written_is_named() {
    // Root writes anywhere, so the folder is one nobody can write: a file where a folder should be.
    let ergon = Ergon::new();
    ergon.write("spec.yaml", seed_echo("c", 1, 1));
    ergon.write("file", "");
    let ran: common::Ran = Command::new(env!("CARGO_BIN_EXE_ergon"))
        .current_dir(ergon.path("."))
        .args(["--store", "file/s.ergon", "run", "spec.yaml"])
        .output()
        .unwrap()
        .into();
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("file"), "{}", ran.err);
}
