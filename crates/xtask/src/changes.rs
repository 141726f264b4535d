//! Which files changed, to decide whether a slow stage is worth its time.
//!
//! The answer may be too generous and must never be too small: a clone without history counts as "everything".

use std::path::Path;
use std::process::Command;

use crate::command;

/// On the main branch itself a push brings several commits at once, and a fresh clone can't tell how many: look back
/// this far.
const LOOK_BACK: usize = 20;

pub(crate) enum Changes {
    /// What git can't tell counts as changed.
    Everything { because: &'static str },
    /// Paths from the repository's root.
    Files(Vec<String>),
}

impl Changes {
    /// What changed on this branch, or lately on main, committed or not.
    pub(crate) fn find(root: &Path) -> Self {
        let git = |arguments: &[&str]| command::output(Command::new("git").args(arguments).current_dir(root)).ok();
        let Some(head) = git(&["rev-parse", "HEAD"]) else {
            return Self::Everything { because: "git knows no commit here" };
        };
        let fork = git(&["merge-base", "HEAD", "origin/main"]).filter(|base| *base != head);
        let base = fork.or_else(|| git(&["rev-parse", "--verify", "--quiet", &format!("HEAD~{LOOK_BACK}")]));
        let Some(base) = base else {
            return Self::Everything { because: "the history is too short to compare with" };
        };
        let committed = git(&["diff", "--name-only", "-z", base.trim(), "HEAD"]);
        let uncommitted = git(&["diff", "--name-only", "-z", "HEAD"]);
        let untracked = git(&["ls-files", "--others", "--exclude-standard", "-z", "--full-name"]);
        match (committed, uncommitted, untracked) {
            (Some(committed), Some(uncommitted), Some(untracked)) => {
                let files = [committed, uncommitted, untracked];
                let names = files.iter().flat_map(|list| list.split('\0')).filter(|name| !name.is_empty());
                Self::Files(names.map(str::to_owned).collect())
            }
            _ => Self::Everything { because: "git can't compare with the history" },
        }
    }

    /// Why something that depends on these path prefixes must run; `None` when nothing of it changed.
    pub(crate) fn touch(&self, prefixes: &[&str]) -> Option<String> {
        match self {
            Self::Everything { because } => Some((*because).to_owned()),
            Self::Files(files) => files
                .iter()
                .find(|file| prefixes.iter().any(|prefix| file.starts_with(prefix)))
                .map(|file| format!("{file} changed")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Repository(tempfile::TempDir);

    impl Repository {
        fn new() -> Self {
            let repository = Self(tempfile::tempdir().unwrap());
            repository.git(&["init", "-q", "-b", "main"]);
            repository
        }

        fn git(&self, arguments: &[&str]) {
            let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
            command::output(Command::new("git").args(identity).args(arguments).current_dir(self.0.path())).unwrap();
        }

        fn commit(&self, file: &str) {
            std::fs::write(self.0.path().join(file), file).unwrap();
            self.git(&["add", file]);
            self.git(&["commit", "-q", "-m", file]);
        }

        fn touch(&self, prefixes: &[&str]) -> Option<String> {
            Changes::find(self.0.path()).touch(prefixes)
        }
    }

    #[test]
    fn without_enough_history_everything_counts_as_changed() {
        let repository = Repository::new();
        assert!(repository.touch(&["b"]).is_some(), "no commit at all");
        repository.commit("a");
        assert!(repository.touch(&["b"]).is_some(), "one commit, as in a shallow clone");
    }

    #[test]
    fn main_looks_back_and_sees_what_is_not_committed() {
        let repository = Repository::new();
        repository.commit("old");
        for number in 0..LOOK_BACK {
            repository.commit(&format!("new-{number}"));
        }
        assert_eq!(repository.touch(&["old"]), None);
        assert_eq!(repository.touch(&["new-0"]).as_deref(), Some("new-0 changed"));
        std::fs::write(repository.0.path().join("fresh"), "").unwrap();
        assert_eq!(repository.touch(&["fresh"]).as_deref(), Some("fresh changed"));
        std::fs::write(repository.0.path().join("old"), "edited").unwrap();
        assert_eq!(repository.touch(&["old"]).as_deref(), Some("old changed"));
    }

    #[test]
    fn a_branch_is_compared_with_where_it_left_main() {
        let repository = Repository::new();
        repository.commit("a");
        repository.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
        repository.commit("b");
        assert_eq!(repository.touch(&["a"]), None);
        assert_eq!(repository.touch(&["b"]).as_deref(), Some("b changed"));
    }
}
