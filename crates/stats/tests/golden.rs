//! Golden vectors: every case of every procedure, judged by the case's own tolerances. The full set lies in
//! `ERGON_STATS_DATA` or in `stats/` under `ERGON_TEST_DATA`; a few cases of each procedure lie in `tests/data` and are
//! always checked. The cases are read by the same code as `ergon stat --cases` uses.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "golden/judge.rs"]
mod judge;
#[path = "golden/nist.rs"]
mod nist;
// The interface of the case files belongs to the application, above this crate; including its source tests the one
// mapping there is without a dependency that points up.
#[path = "../../app/src/stat_cases/mod.rs"]
mod stat_cases;

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder with the full set, if the environment names one.
fn full_set() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("ERGON_STATS_DATA") {
        return Some(PathBuf::from(folder));
    }
    std::env::var_os("ERGON_TEST_DATA").map(|folder| Path::new(&folder).join("stats"))
}

fn vendored() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn read(folder: &Path, procedure: &str) -> Value {
    let path = folder.join(format!("{procedure}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{} cannot be read: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn run(folder: &Path) {
    let mut failures = Vec::new();
    let mut passed = 0;
    for (procedure, _) in stat_cases::PROCEDURES {
        let file = read(folder, procedure);
        let cases = file["cases"].as_array().expect("cases");
        let mut good = 0;
        for case in cases {
            let wrong = judge::case(procedure, case);
            if wrong.is_empty() {
                good += 1;
            }
            failures.extend(wrong);
        }
        passed += good;
        println!("{procedure:28} {good}/{}", cases.len());
        assert!(!cases.is_empty(), "{procedure} has no cases");
    }
    println!("{} procedures, {passed} cases passed", stat_cases::PROCEDURES.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn vendored_cases_hold() {
    run(&vendored());
}

#[test]
fn every_golden_case_holds() {
    if let Some(folder) = full_set() {
        run(&folder);
    }
}

#[test]
fn nist_reference_sets_keep_ten_digits() {
    nist::run(&read(&vendored(), "nist_strd"));
    if let Some(folder) = full_set() {
        nist::run(&read(&folder, "nist_strd"));
    }
}
