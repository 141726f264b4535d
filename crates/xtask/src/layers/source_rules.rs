//! Rules that a manifest can't show: what the crates' own sources may name.
//!
//! Clippy enforces some of them a second time (`clippy.toml` in `design`, `stats` and `workloads`): these lists could
//! be lost with an `allow` there, or a whole crate's clippy.toml with a rename.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::lexer::{Kind, Token, product_tokens};
use super::short_name;
use crate::metadata::Metadata;

/// Names that some crates may not use outside their tests.
struct Rule {
    crates: &'static [&'static str],
    names: Names,
    why: &'static str,
}

enum Names {
    /// Modules of `std`, however they are imported.
    Std(&'static [&'static str]),
    /// Words, wherever they stand.
    Words(&'static [&'static str]),
}

const RULES: &[Rule] = &[
    Rule {
        crates: &["domain", "stats", "design", "analysis", "publish"],
        names: Names::Std(&["fs", "net", "env", "process"]),
        why: "does no I/O",
    },
    Rule {
        crates: &["workloads"],
        names: Names::Std(&["fs", "net", "env", "process", "thread"]),
        why: "sees the world only through its RunContext",
    },
    Rule {
        crates: &["domain", "stats", "design", "workloads", "analysis", "publish"],
        names: Names::Words(&["SystemTime", "Instant", "now_utc", "now_local"]),
        why: "reads no clock; time is passed in",
    },
    Rule {
        crates: &["design", "workloads", "stats"],
        names: Names::Words(&["HashMap", "HashSet"]),
        why: "iterates in a defined order: BTreeMap, BTreeSet or Vec",
    },
];

/// The crates that may name `/sys` and `/proc`.
const HOST: &[&str] = &["energy", "perf-probe", "xtask"];

/// One line for each place that breaks a rule. Tests may do all of it.
pub(super) fn broken(workspace: &Metadata) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for package in &workspace.packages {
        let name = short_name(package);
        let folder = package.folder.join("src");
        // The tests of the whole product have no sources besides.
        let files = if folder.is_dir() { sources(&folder)? } else { Vec::new() };
        for file in files {
            let text = std::fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
            for (line, why) in complaints(name, &text) {
                broken.push(format!("{}:{line}: {why}", file.display()));
            }
        }
    }
    Ok(broken)
}

/// The crate's Rust files, but for those that hold only tests.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("can't list {}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() && name != "tests" {
                folders.push(path);
            } else if name.ends_with(".rs") && name != "tests.rs" && !name.ends_with("_tests.rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Line and reason for everything in the source that this crate may not name.
fn complaints(crate_name: &str, source: &str) -> Vec<(usize, String)> {
    let tokens = product_tokens(source);
    let mut found = Vec::new();
    if !HOST.contains(&crate_name) {
        found.extend(host_paths(&tokens));
    }
    for Rule { names, why, .. } in RULES.iter().filter(|rule| rule.crates.contains(&crate_name)) {
        let places = match names {
            Names::Std(modules) => std_modules(&tokens, modules),
            Names::Words(words) => named(&tokens, words),
        };
        found.extend(places.into_iter().map(|(line, name)| (line, format!("{name}: {crate_name} {why}"))));
    }
    found.sort();
    found
}

fn host_paths(tokens: &[Token]) -> impl Iterator<Item = (usize, String)> {
    tokens.iter().filter_map(|token| match &token.kind {
        Kind::Text(text) => ["/proc", "/sys"]
            .into_iter()
            .find(|root| text.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
            .map(|root| (token.line, format!("only energy reads {root}"))),
        _ => None,
    })
}

fn named(tokens: &[Token], names: &[&str]) -> Vec<(usize, String)> {
    let name_of = |token: &Token| names.iter().find(|name| token.is(name)).map(|name| (*name).to_owned());
    tokens.iter().filter_map(|token| Some((token.line, name_of(token)?))).collect()
}

/// Finds `std::fs` and also `use std::{collections::BTreeMap, fs}`.
fn std_modules(tokens: &[Token], modules: &[&str]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, window) in tokens.windows(4).enumerate() {
        if !(window[0].is("std") && window[1].is(":") && window[2].is(":")) {
            continue;
        }
        for candidate in heads(&tokens[index + 3..]) {
            if let Some(module) = modules.iter().find(|module| candidate.is(module)) {
                found.push((candidate.line, format!("std::{module}")));
            }
        }
    }
    found
}

/// What may come first after `std::`: the next word, or the first word of each entry of a braced list.
fn heads(tokens: &[Token]) -> Vec<&Token> {
    if !tokens.first().is_some_and(|token| token.is("{")) {
        return tokens.first().into_iter().collect();
    }
    let mut depth = 0_usize;
    let mut heads = Vec::new();
    for pair in tokens.windows(2) {
        match pair[0].kind {
            Kind::Mark('{') => depth += 1,
            Kind::Mark('}') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && (pair[0].is("{") || pair[0].is(",")) {
            heads.push(&pair[1]);
        }
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(crate_name: &str, source: &str) -> Vec<usize> {
        complaints(crate_name, source).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn only_energy_names_the_host_s_folders() {
        let source = "// \"/proc/1/stat\"\nlet a = \"/proc/self/stat\";\nlet b = format!(\"/sys/class/{x}\");\n\
            let c = \"/processes\";\nlet d = \"see /proc\";";
        assert_eq!(lines("workloads", source), [2, 3]);
        assert_eq!(lines("energy", source), Vec::<usize>::new());
    }

    #[test]
    fn domain_and_stats_touch_nothing_outside() {
        let source = "use std::fs;\nuse std::{collections::BTreeMap,\n net::{TcpStream, fs}};\nuse std::fmt;\n\
            let t = std::time::Instant::now();\nfn fs() {}";
        assert_eq!(lines("stats", source), [1, 3, 5]);
        assert_eq!(lines("domain", source), [1, 3, 5]);
        assert_eq!(lines("store", source), Vec::<usize>::new());
        assert_eq!(complaints("stats", "use std::fs;"), [(1, "std::fs: stats does no I/O".to_owned())]);
    }

    #[test]
    fn a_workload_starts_no_thread_and_reads_no_clock() {
        let source = "std::thread::spawn(f);\nlet x = OffsetDateTime::now_utc();\nlet y: OffsetDateTime = given;";
        assert_eq!(lines("workloads", source), [1, 2]);
        assert_eq!(lines("engine", source), Vec::<usize>::new());
    }

    #[test]
    fn order_is_defined_where_results_are_made() {
        let source = "use std::collections::HashMap;\nlet x: BTreeMap<u8, u8>;\n#[cfg(test)]\nmod tests { use \
            std::collections::HashSet; }";
        for name in ["design", "workloads", "stats"] {
            assert_eq!(lines(name, source), [1]);
        }
        assert_eq!(lines("app", source), Vec::<usize>::new());
    }
}
