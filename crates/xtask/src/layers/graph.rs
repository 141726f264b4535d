//! Imports point down, never sideways, but for two drawn arrows.

use std::collections::BTreeMap;

use super::short_name;
use crate::metadata::{DependencyKind, Metadata};

/// DESIGN.md §2, lowest first. A new crate gets its line here, after somebody has thought about where it belongs.
const LAYERS: &[(&str, u8)] = &[
    ("domain", 0),
    ("stats", 0),
    ("workloads", 1),
    ("design", 1),
    ("models", 1),
    ("energy", 1),
    ("perf-probe", 2),
    ("store", 2),
    ("engine", 2),
    ("analysis", 3),
    ("publish", 3),
    ("app", 4),
    ("cli", 5),
    ("gguf-worker", 5),
    ("src-tauri", 5),
];

/// The imports within a layer that are allowed.
const ARROWS: &[(&str, &str)] = &[("engine", "store"), ("publish", "analysis")];

/// Outside the product: nothing may import them, and they import nothing of it (they must compile in seconds).
const OUTSIDE: &[&str] = &["xtask", "tests"];

/// One line for each import that breaks the rule, and for each crate without a layer. Tests' imports count as well: a
/// test that needs a higher layer belongs in that layer.
pub(super) fn wrong_edges(workspace: &Metadata) -> Vec<String> {
    let short: BTreeMap<&str, &str> =
        workspace.packages.iter().map(|package| (package.name.as_str(), short_name(package))).collect();
    let mut wrong = Vec::new();
    for package in &workspace.packages {
        let from = short_name(package);
        if layer(from).is_none() && !OUTSIDE.contains(&from) {
            wrong.push(format!("{from}: has no layer; add it to LAYERS in crates/xtask/src/layers/graph.rs"));
        }
        for dependency in &package.dependencies {
            let Some(to) = short.get(dependency.name.as_str()).copied() else { continue };
            if from != to
                && let Some(why) = why_wrong(from, to)
            {
                let kind = match dependency.kind {
                    DependencyKind::Normal => "",
                    DependencyKind::Build => " (to build)",
                    DependencyKind::Dev => " (in tests)",
                };
                wrong.push(format!("{from} imports {to}{kind}: {why}"));
            }
        }
    }
    wrong
}

fn layer(name: &str) -> Option<u8> {
    LAYERS.iter().find(|(known, _)| *known == name).map(|(_, layer)| *layer)
}

fn why_wrong(from: &str, to: &str) -> Option<String> {
    if OUTSIDE.contains(&from) || OUTSIDE.contains(&to) {
        return Some("xtask and the tests of the whole stand outside the product".to_owned());
    }
    // A crate without a layer has been reported by itself.
    let (below, above) = (layer(to)?, layer(from)?);
    if below < above || ARROWS.contains(&(from, to)) {
        return None;
    }
    Some(if below > above {
        format!("upwards, from layer {above} to layer {below}")
    } else {
        format!("sideways, both are in layer {above}; what siblings need of each other belongs in domain")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::{Dependency, Package};

    fn workspace(edges: &[(&str, &str)]) -> Metadata {
        let mut packages: BTreeMap<&str, Package> = BTreeMap::new();
        for name in edges.iter().flat_map(|(from, to)| [from, to]) {
            packages.entry(name).or_insert_with(|| Package {
                name: format!("ergon-{name}"),
                folder: format!("/ergon/crates/{name}").into(),
                dependencies: vec![],
                benches: vec![],
            });
        }
        for (from, to) in edges {
            let dependency = Dependency { name: format!("ergon-{to}"), kind: DependencyKind::Normal };
            packages.get_mut(from).unwrap().dependencies.push(dependency);
        }
        Metadata { packages: packages.into_values().collect() }
    }

    #[test]
    fn downwards_and_the_two_arrows_are_right() {
        let edges = [
            ("cli", "app"),
            ("src-tauri", "app"),
            ("app", "publish"),
            ("app", "store"),
            ("publish", "analysis"),
            ("analysis", "store"),
            ("analysis", "stats"),
            ("engine", "store"),
            ("engine", "workloads"),
            ("store", "domain"),
            ("energy", "domain"),
        ];
        assert_eq!(wrong_edges(&workspace(&edges)), Vec::<String>::new());
    }

    #[test]
    fn upwards_sideways_and_against_an_arrow_are_wrong() {
        for (edge, expected) in [
            (("domain", "store"), "upwards, from layer 0 to layer 2"),
            (("store", "app"), "upwards"),
            (("app", "cli"), "upwards"),
            (("domain", "stats"), "sideways, both are in layer 0"),
            (("stats", "domain"), "sideways"),
            (("workloads", "energy"), "sideways"),
            (("store", "engine"), "sideways"),
            (("analysis", "publish"), "sideways"),
            (("cli", "src-tauri"), "sideways"),
            (("app", "xtask"), "outside the product"),
            (("tests", "app"), "outside the product"),
            (("xtask", "domain"), "outside the product"),
        ] {
            let wrong = wrong_edges(&workspace(&[edge]));
            assert_eq!(wrong.len(), 1, "{edge:?}: {wrong:?}");
            assert!(wrong[0].contains(expected), "{edge:?}: {wrong:?}");
        }
    }

    #[test]
    fn a_crate_that_nobody_placed_is_reported() {
        let wrong = wrong_edges(&workspace(&[("helpers", "domain")]));
        assert_eq!(wrong, ["helpers: has no layer; add it to LAYERS in crates/xtask/src/layers/graph.rs"]);
    }

    #[test]
    fn what_cargo_prints_is_understood() {
        let json = r#"{"packages": [
            {"name": "ergon-domain", "manifest_path": "/e/crates/domain/Cargo.toml", "targets": [{"kind": ["lib"], "name":
             "ergon_domain"}], "dependencies": [{"name": "ergon-app", "kind": "dev"}, {"name": "serde", "kind": null}]},
            {"name": "ergon-app", "manifest_path": "/e/crates/app/Cargo.toml", "dependencies": [], "targets":
             [{"kind": ["bench"], "name": "speed"}]}]}"#;
        let workspace = Metadata::parse(json).unwrap();
        assert_eq!(wrong_edges(&workspace), ["domain imports app (in tests): upwards, from layer 0 to layer 4"]);
        assert_eq!(workspace.packages[1].benches, ["speed"]);
        assert!(Metadata::parse("{}").is_err());
    }
}
