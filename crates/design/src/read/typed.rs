//! The tree to a [`Spec`], finding every independent problem: what doesn't fit is noted, taken out, and the rest read on.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::decode::{FromNode, Misfit, What};
use crate::problem::Problem;
use crate::spec::Spec;
use crate::suggest;
use crate::tree::{Node, Step, path_text};

/// Problems after which reading stops.
const MOST_PROBLEMS: usize = 100;

/// What was taken out, so that paths still name the places of the file.
#[derive(Default)]
struct TakenOut {
    keys: BTreeSet<String>,
    items: BTreeMap<String, BTreeSet<usize>>,
}

impl TakenOut {
    /// The path in the file of a path in what is left of it.
    fn original(&self, path: &[Step]) -> Vec<Step> {
        let mut original: Vec<Step> = Vec::with_capacity(path.len());
        for step in path {
            let step = match step {
                Step::Key(_) => step.clone(),
                Step::Index(i) => {
                    let gone = self.items.get(&path_text(&original));
                    let left = (0..).filter(|j| gone.is_none_or(|gone| !gone.contains(j)));
                    Step::Index(left.take(i + 1).last().unwrap_or(*i))
                }
            };
            original.push(step);
        }
        original
    }

    fn note(&mut self, original: &[Step]) {
        match original.split_last() {
            Some((Step::Index(i), list)) => {
                self.items.entry(path_text(list)).or_default().insert(*i);
            }
            _ => {
                self.keys.insert(path_text(original));
            }
        }
    }
}

/// Reads the types.
///
/// # Errors
/// Everything that doesn't fit.
pub(crate) fn decode(tree: &Node) -> Result<Spec, Vec<Problem>> {
    let mut left = match Spec::deserialize(FromNode(tree)) {
        Ok(spec) => return Ok(spec),
        Err(_) => tree.clone(),
    };
    let mut taken = TakenOut::default();
    let mut problems = Vec::new();
    while problems.len() < MOST_PROBLEMS {
        let misfit = match Spec::deserialize(FromNode(&left)) {
            Ok(_) => break,
            Err(misfit) => misfit,
        };
        let path = misfit.path();
        let original = taken.original(&path);
        problems.extend(describe(&misfit, &original, tree, &taken));
        taken.note(&original);
        if !left.remove(&path) {
            break;
        }
    }
    Err(problems)
}

fn describe(misfit: &Misfit, path: &[Step], tree: &Node, taken: &TakenOut) -> Option<Problem> {
    let text = path_text(path);
    // A value that `--set` put there has no place in the file.
    let value_at = tree.locate(path).and_then(|(node, _)| node.position);
    Some(match &misfit.what {
        What::UnknownKey(known) => {
            let written = match path.last() {
                Some(Step::Key(key)) => key.as_str(),
                _ => "",
            };
            Problem::error(text, "unknown key")
                .at(tree.position_of(path))
                .suggest(suggest::nearest(written, known.iter().copied()))
                .expected(match known {
                    [] => "no key here".to_owned(),
                    known => format!("one of {}", known.join(", ")),
                })
        }
        What::Missing(key) => {
            let mut missing = path.to_vec();
            missing.push(Step::Key(key.clone()));
            if taken.keys.contains(&path_text(&missing)) {
                return None;
            }
            Problem::error(path_text(&missing), "this key is missing").at(value_at)
        }
        What::Value { message, expected, suggestion } => {
            let problem = Problem::error(text, message.clone()).at(value_at).suggest(suggestion.clone());
            Problem { expected: expected.clone(), ..problem }
        }
    })
}
