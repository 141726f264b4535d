//! The best agreements by a goal, exactly: depth first over the issues, and in large spaces only where the bound of what
//! is still possible reaches the best found.

use std::cmp::Ordering;

use serde_json::Value as Json;

use super::space::{Alternative, EQUAL, Issue, Space};

/// Spaces up to this size are walked whole: bounding costs more than it saves.
const WALKED: u64 = 1 << 12;
/// Nodes of a search after which it is given up: a second or two.
const MOST_NODES: u64 = 2_000_000;
/// Issues with more alternatives than this are searched as they are.
const MOST_COMPARED: usize = 64;
/// Utility vectors kept where several are best.
const MOST_TIES: usize = 64;

/// What is still possible below a node.
pub struct Prospect<'a> {
    /// Utilities of the issues settled so far.
    pub reached: &'a [f64],
    /// The most that each agent can still gain.
    pub most: &'a [f64],
    /// The least that each agent can still gain.
    pub least: &'a [f64],
    /// The most that all agents together can still gain.
    pub together: f64,
}

/// What makes an agreement good.
pub trait Goal {
    /// How good the utilities are: keys compare number by number. `None`: they don't qualify.
    fn key(&self, utilities: &[f64]) -> Option<Vec<f64>>;

    /// The first number that a key below this node can have at most; `None`: nothing below qualifies.
    fn bound(&self, prospect: &Prospect<'_>) -> Option<f64>;
}

/// The best utility vectors by a goal: several where they tie.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// Their key.
    pub key: Vec<f64>,
    /// The distinct utility vectors that have it, as they were found.
    pub ties: Vec<Vec<f64>>,
}

/// A search that was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the search for it was given up after {MOST_NODES} nodes")]
pub struct GivenUp;

/// The best affordable outcomes of a space; `None` where none qualifies.
///
/// # Errors
/// The space is too large to search.
pub fn best(space: &Space, goal: &dyn Goal) -> Result<Option<Best>, GivenUp> {
    let space = &without_dominated(space);
    let mut search =
        Search { space, goal, rest: Rest::of(space), bounded: space.size() > WALKED, nodes: 0, best: None };
    let mut reached = vec![vec![0.0; space.agents]; space.issues.len() + 1];
    let mut spent = vec![vec![0.0; space.agents]; space.issues.len() + 1];
    search.descend(0, &mut reached, &mut spent)?;
    Ok(search.best)
}

/// The space without alternatives to which another of the same issue is no worse for anybody. Goals are monotone, so none
/// of them loses its best utilities; of equal alternatives the first stays.
fn without_dominated(space: &Space) -> Space {
    let covers = |a: &Alternative, b: &Alternative| {
        a.gains.iter().zip(&b.gains).all(|(a, b)| a >= b) && a.spends.iter().zip(&b.spends).all(|(a, b)| a <= b)
    };
    let issue = |issue: &Issue| {
        let all = &issue.alternatives;
        let stays = |at: usize| {
            let by = |other: usize| {
                other != at && covers(&all[other], &all[at]) && (other < at || !covers(&all[at], &all[other]))
            };
            !(0..all.len()).any(by)
        };
        // Divisions of one thing among many never dominate each other: looking costs more than it saves.
        let kept = (0..all.len()).filter(|at| all.len() > MOST_COMPARED || stays(*at));
        // A search needs no words.
        let bare =
            |a: &Alternative| Alternative { label: Json::Null, gains: a.gains.clone(), spends: a.spends.clone() };
        Issue { name: String::new(), alternatives: kept.map(|at| bare(&all[at])).collect() }
    };
    Space { agents: space.agents, issues: space.issues.iter().map(issue).collect(), budgets: space.budgets.clone() }
}

/// What the issues from each depth on can still give.
struct Rest {
    most: Vec<Vec<f64>>,
    least: Vec<Vec<f64>>,
    together: Vec<f64>,
}

impl Rest {
    fn of(space: &Space) -> Self {
        let (depth, agents) = (space.issues.len(), space.agents);
        let mut rest = Self {
            most: vec![vec![0.0; agents]; depth + 1],
            least: vec![vec![0.0; agents]; depth + 1],
            together: vec![0.0; depth + 1],
        };
        for (at, issue) in space.issues.iter().enumerate().rev() {
            let gains = |agent: usize| issue.alternatives.iter().map(move |a| a.gains[agent]);
            for agent in 0..agents {
                rest.most[at][agent] = rest.most[at + 1][agent] + gains(agent).fold(f64::NEG_INFINITY, f64::max);
                rest.least[at][agent] = rest.least[at + 1][agent] + gains(agent).fold(f64::INFINITY, f64::min);
            }
            let welfare = issue.alternatives.iter().map(|a| a.gains.iter().sum::<f64>());
            rest.together[at] = rest.together[at + 1] + welfare.fold(f64::NEG_INFINITY, f64::max);
        }
        rest
    }
}

struct Search<'a> {
    space: &'a Space,
    goal: &'a dyn Goal,
    rest: Rest,
    bounded: bool,
    nodes: u64,
    best: Option<Best>,
}

impl Search<'_> {
    fn descend(&mut self, depth: usize, reached: &mut [Vec<f64>], spent: &mut [Vec<f64>]) -> Result<(), GivenUp> {
        let space = self.space;
        let Some(issue) = space.issues.get(depth) else {
            self.consider(&reached[depth]);
            return Ok(());
        };
        if self.bounded {
            self.nodes += 1;
            if self.nodes > MOST_NODES {
                return Err(GivenUp);
            }
            let prospect = Prospect {
                reached: &reached[depth],
                most: &self.rest.most[depth],
                least: &self.rest.least[depth],
                together: self.rest.together[depth],
            };
            let Some(bound) = self.goal.bound(&prospect) else { return Ok(()) };
            if self.best.as_ref().is_some_and(|best| bound < best.key[0] - EQUAL) {
                return Ok(());
            }
        }
        for alternative in &issue.alternatives {
            if let Some(budgets) = &space.budgets {
                for (agent, spends) in alternative.spends.iter().enumerate() {
                    spent[depth + 1][agent] = spent[depth][agent] + spends;
                }
                if spent[depth + 1].iter().zip(budgets).any(|(spent, budget)| *spent > budget + EQUAL) {
                    continue;
                }
            }
            for (agent, gain) in alternative.gains.iter().enumerate() {
                reached[depth + 1][agent] = reached[depth][agent] + gain;
            }
            self.descend(depth + 1, reached, spent)?;
        }
        Ok(())
    }

    fn consider(&mut self, utilities: &[f64]) {
        let Some(key) = self.goal.key(utilities) else { return };
        match self.best.as_ref().map_or(Ordering::Greater, |best| compare(&key, &best.key)) {
            Ordering::Less => {}
            Ordering::Greater => self.best = Some(Best { key, ties: vec![utilities.to_vec()] }),
            Ordering::Equal => {
                let Some(best) = &mut self.best else { return };
                let known = best.ties.iter().any(|tie| compare(tie, utilities) == Ordering::Equal);
                if !known && best.ties.len() < MOST_TIES {
                    best.ties.push(utilities.to_vec());
                }
            }
        }
    }
}

/// Number by number, equal within rounding.
pub(super) fn compare(a: &[f64], b: &[f64]) -> Ordering {
    let differ = a.iter().zip(b).find(|(a, b)| (*a - *b).abs() > EQUAL);
    differ.map_or(Ordering::Equal, |(a, b)| a.total_cmp(b))
}
