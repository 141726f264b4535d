//! Golden vectors: every case of every procedure built so far, judged by the case's own
//! tolerances. The full set lies in `ERGON_STATS_DATA` or in `stats/` under `ERGON_TEST_DATA`;
//! without either, a few cases of each procedure from `tests/data` are checked.

#![allow(clippy::expect_used, clippy::panic)]

#[path = "golden/answers.rs"]
mod answers;
#[path = "golden/association.rs"]
mod association;
#[path = "golden/checks.rs"]
mod checks;
#[path = "golden/counts.rs"]
mod counts;
#[path = "golden/design.rs"]
mod design;
#[path = "golden/judge.rs"]
mod judge;
#[path = "golden/models.rs"]
mod models;
#[path = "golden/nist.rs"]
mod nist;
#[path = "golden/rank.rs"]
mod rank;
#[path = "golden/ranked.rs"]
mod ranked;
#[path = "golden/series.rs"]
mod series;
#[path = "golden/several.rs"]
mod several;
#[path = "golden/shapes.rs"]
mod shapes;

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
    for procedure in answers::PROCEDURES {
        let file = read(folder, procedure.name);
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
        println!("{:28} {good}/{}", procedure.name, cases.len());
        assert!(!cases.is_empty(), "{} has no cases", procedure.name);
    }
    println!("{} procedures, {passed} cases passed", answers::PROCEDURES.len());
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
