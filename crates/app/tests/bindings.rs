//! The files made from the table of operations are those in the repository. `cargo xtask bindings` writes them anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

use std::path::Path;

fn is_current(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
    if std::env::var_os("ERGON_WRITE_BINDINGS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some((line, (kept, made))) = kept.lines().zip(text.lines()).enumerate().find(|(_, (a, b))| a != b) {
        panic!("{file}:{}: is `{kept}`, should be `{made}`; run: cargo xtask bindings", line + 1);
    }
    assert_eq!(kept.len(), text.len(), "{file} is not current; run: cargo xtask bindings");
}

#[test]
fn typescript_types_and_functions_are_those_of_the_operations() {
    is_current("ui/src/lib/ipc/bindings.ts", &ergon_app::bindings::typescript());
}

#[test]
fn no_two_types_share_a_name() {
    assert_eq!(ergon_app::bindings::ambiguous(), std::collections::BTreeSet::new());
}

#[test]
fn the_page_may_call_the_operations_and_nothing_else() {
    is_current("src-tauri/capabilities/main.json", &ergon_app::bindings::capability());
}
