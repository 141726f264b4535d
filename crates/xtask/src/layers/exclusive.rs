//! Libraries that only one crate may use, because what they reach belongs to that crate.

use super::short_name;
use crate::metadata::{DependencyKind, Metadata};

struct Exclusive {
    /// A library's name, or its beginning with a `*` behind.
    library: &'static str,
    owners: &'static [&'static str],
    rule: &'static str,
}

const SQL: &str = "only store contains SQL";
const NETWORK: &str = "only models opens network connections";
const HOST: &str = "only energy reads the host and its counters";
const INFERENCE: &str = "only gguf-worker runs llama.cpp: a crash there must not take anything else along";
const WINDOW: &str = "only src-tauri knows Tauri";

const EXCLUSIVE: &[Exclusive] = &[
    Exclusive { library: "sqlx*", owners: &["store"], rule: SQL },
    Exclusive { library: "libsqlite3-sys", owners: &["store"], rule: SQL },
    Exclusive { library: "rusqlite", owners: &["store"], rule: SQL },
    Exclusive { library: "reqwest*", owners: &["models"], rule: NETWORK },
    Exclusive { library: "ureq", owners: &["models"], rule: NETWORK },
    Exclusive { library: "sysinfo", owners: &["energy"], rule: HOST },
    Exclusive { library: "procfs*", owners: &["energy"], rule: HOST },
    Exclusive { library: "perf-event*", owners: &["energy", "perf-probe"], rule: HOST },
    Exclusive { library: "llama-cpp*", owners: &["gguf-worker"], rule: INFERENCE },
    Exclusive { library: "tauri*", owners: &["src-tauri"], rule: WINDOW },
];

/// One line for each dependency on somebody else's library. Tests may look from outside (read a store's file, say).
pub(super) fn wrong_dependencies(workspace: &Metadata) -> Vec<String> {
    let mut wrong = Vec::new();
    for package in &workspace.packages {
        let name = short_name(package);
        for dependency in package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Dev) {
            let rule = EXCLUSIVE.iter().find(|exclusive| matches(exclusive.library, &dependency.name));
            if let Some(Exclusive { owners, rule, .. }) = rule
                && !owners.contains(&name)
            {
                wrong.push(format!("{name} depends on {}: {rule}", dependency.name));
            }
        }
    }
    wrong
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::{Dependency, Package};

    fn wrong(package: &str, library: &str, kind: DependencyKind) -> Vec<String> {
        wrong_dependencies(&Metadata {
            packages: vec![Package {
                name: format!("ergon-{package}"),
                folder: format!("/ergon/crates/{package}").into(),
                dependencies: vec![Dependency { name: library.into(), kind }],
                benches: vec![],
            }],
        })
    }

    #[test]
    fn each_library_stays_with_its_owner() {
        assert_eq!(wrong("store", "sqlx", DependencyKind::Normal), Vec::<String>::new());
        assert_eq!(wrong("app", "sqlx", DependencyKind::Normal), ["app depends on sqlx: only store contains SQL"]);
        assert_eq!(wrong("engine", "sqlx-sqlite", DependencyKind::Normal).len(), 1);
        assert_eq!(wrong("app", "tauri-plugin-dialog", DependencyKind::Build).len(), 1);
        assert_eq!(wrong("design", "reqwest", DependencyKind::Normal).len(), 1);
        assert_eq!(wrong("workloads", "sysinfo", DependencyKind::Normal).len(), 1);
        assert_eq!(wrong("cli", "rusqlite", DependencyKind::Dev), Vec::<String>::new(), "a test may look at the file");
        assert_eq!(wrong("app", "ureq-like", DependencyKind::Normal), Vec::<String>::new());
    }
}
