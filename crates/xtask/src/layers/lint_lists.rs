//! The clippy lists that keep platform mathematics and hash order out of results.
//!
//! Clippy reads only the nearest clippy.toml, so three crates hold the same file with the root's settings repeated.
//! Nothing but this would notice if one of them were lost, or fell behind.

use std::path::Path;

use anyhow::{Context, Result};

const CRATES: &[&str] = &["design", "stats", "workloads"];
const MUST_FORBID: &[&str] = &["HashMap", "HashSet", "f64::exp", "f64::ln", "f64::sin", "f64::powf", "f64::powi"];

pub(super) fn broken(root: &Path) -> Result<Vec<String>> {
    let read = |path: &Path| std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()));
    let settings = read(&root.join("clippy.toml"))?;
    let mut lists = Vec::new();
    for name in CRATES {
        lists.push((*name, read(&root.join("crates").join(name).join("clippy.toml"))?));
    }
    Ok(complaints(&settings, &lists))
}

fn complaints(settings: &str, lists: &[(&str, String)]) -> Vec<String> {
    let mut broken = Vec::new();
    for (name, list) in lists {
        let file = format!("crates/{name}/clippy.toml");
        for setting in settings.lines().filter(|line| !list.lines().any(|other| other == *line)) {
            broken.push(format!("{file} lacks the root's `{setting}`"));
        }
        for item in MUST_FORBID.iter().filter(|item| !list.contains(&format!("{item}\""))) {
            broken.push(format!("{file} doesn't forbid {item}"));
        }
        if *list != lists[0].1 {
            broken.push(format!("{file} differs from crates/{}/clippy.toml", lists[0].0));
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_setting_a_lost_ban_and_a_difference_are_noticed() {
        let items: Vec<String> = MUST_FORBID.iter().map(|item| format!("path = \"{item}\"\n")).collect();
        let whole = format!("allow = true\n{}", items.concat());
        assert_eq!(complaints("allow = true\n", &[("design", whole.clone()), ("stats", whole.clone())]), [""; 0]);
        let wanting = whole.replace("HashSet\"", "\"").replace("allow = true", "");
        assert_eq!(
            complaints("allow = true\n", &[("design", whole), ("stats", wanting)]),
            [
                "crates/stats/clippy.toml lacks the root's `allow = true`",
                "crates/stats/clippy.toml doesn't forbid HashSet",
                "crates/stats/clippy.toml differs from crates/design/clippy.toml",
            ]
        );
    }
}
