//! What is found while a spec is checked, each with its place in the file.

use crate::problem::{Problem, Severity};
use crate::tree::{Node, Step, path_text};

/// Problems found so far.
pub(crate) struct Findings<'a> {
    tree: &'a Node,
    /// In the order found.
    pub(crate) problems: Vec<Problem>,
}

/// A path of keys.
pub(crate) fn place(keys: &[&str]) -> Vec<Step> {
    keys.iter().map(|key| Step::Key((*key).to_owned())).collect()
}

/// An item of the list under a path of keys.
pub(crate) fn item(keys: &[&str], index: usize) -> Vec<Step> {
    let mut path = place(keys);
    path.push(Step::Index(index));
    path
}

/// A path with more keys.
pub(crate) fn under(path: &[Step], keys: &[&str]) -> Vec<Step> {
    path.iter().cloned().chain(place(keys)).collect()
}

/// A path with a position in a list.
pub(crate) fn nth(path: &[Step], index: usize) -> Vec<Step> {
    path.iter().cloned().chain([Step::Index(index)]).collect()
}

impl<'a> Findings<'a> {
    pub(crate) fn new(tree: &'a Node) -> Self {
        Self { tree, problems: Vec::new() }
    }

    /// An error at the value of a path, to be completed and pushed.
    pub(crate) fn problem(&self, path: &[Step], message: impl Into<String>) -> Problem {
        let at = match self.tree.locate(path) {
            // A value that `--set` put there has no place in the file.
            Some((node, _)) => node.position,
            None => self.tree.position_of(path),
        };
        Problem::error(path_text(path), message).at(at)
    }

    /// An error at the key of a path, to be completed and pushed.
    pub(crate) fn problem_at_key(&self, path: &[Step], message: impl Into<String>) -> Problem {
        Problem::error(path_text(path), message).at(self.tree.position_of(path))
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Notes an error.
    pub(crate) fn error(&mut self, path: &[Step], message: impl Into<String>) {
        self.push(self.problem(path, message));
    }

    /// Notes an error with what would be accepted.
    pub(crate) fn refuse(&mut self, path: &[Step], message: impl Into<String>, expected: impl Into<String>) {
        self.push(self.problem(path, message).expected(expected));
    }

    /// Notes a warning.
    pub(crate) fn warning(&mut self, path: &[Step], message: impl Into<String>) {
        let problem = self.problem_at_key(path, message);
        self.push(Problem { severity: Severity::Warning, ..problem });
    }

    /// Checks that a name is one of the known ones.
    pub(crate) fn known<'n>(
        &mut self,
        path: &[Step],
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> bool {
        let known: Vec<&str> = known.into_iter().collect();
        if known.contains(&name) {
            return true;
        }
        let problem = self.problem(path, format!("unknown {what} '{name}'"));
        let expected = if known.is_empty() { "none".into() } else { format!("one of {}", known.join(", ")) };
        self.push(problem.suggest(crate::suggest::nearest(name, known.iter().copied())).expected(expected));
        false
    }
}
