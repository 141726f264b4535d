//! The games: who wants what, by how much competition, as a [`Space`] to agree in.
//!
//! | game | issues | an agent's utility, points |
//! |---|---|---|
//! | item_allocation | items, each to one agent | its points of the items it gets; 100 points in all |
//! | treaty | positions in tenths between 0 and 1 | 100·Σ w(1 − \|p − a\|), p its ideal position, Σ w = 1 |
//! | co_funding | projects, funded in quarters of the cost or not at all | its points of the projects funded − what it pays |
//! | deal_or_no_deal | three kinds of things, counted | 10 points for each of its 10 (Lewis et al., EMNLP 2017) |
//! | pie | the shares of one pie | its share of 100 points |

mod co_funding;
mod deal_or_no_deal;
mod items;
mod pie;
mod split;
mod treaty;

use rand_core::Rng;

use super::space::Space;

/// Which game, with what only it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Game {
    /// Items of which each agent values some more than others.
    ItemAllocation {
        /// How many.
        items: usize,
        /// Cosine of every pair's values, 0–1.
        competition: f64,
    },
    /// Positions on issues.
    Treaty {
        /// How many issues.
        issues: usize,
        /// Spearman's rank correlation of two agents' ideal positions, −1 to 1.
        rho: f64,
        /// Cosine of two agents' weights of the issues, 0–1.
        theta: f64,
    },
    /// Projects that are funded when their cost is met.
    CoFunding {
        /// How many projects.
        projects: usize,
        /// Cosine of two agents' values of the projects, 0–1.
        alpha: f64,
        /// All budgets together ÷ the cost of all projects.
        sigma: f64,
    },
    /// Books, hats and balls, to be shared out between two.
    DealOrNoDeal,
    /// One pie.
    Pie {
        /// Slices it can be cut in.
        slices: u16,
    },
}

/// Names of the games, as in specs.
pub const NAMES: [&str; 5] = ["item_allocation", "treaty", "co_funding", "deal_or_no_deal", "pie"];

/// A game with its numbers drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Dealt {
    /// What can be agreed on.
    pub space: Space,
    /// The rules in words, for a model.
    pub rules: String,
    /// What each agent is told of its own values, by seat.
    pub values: Vec<String>,
    /// Largest distance of a pair's similarity from the one asked for; `None` where none was.
    pub gap: Option<f64>,
}

/// A game that can't be dealt.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{parameter}: {message}")]
pub struct GameProblem {
    /// The parameter to blame.
    pub parameter: &'static str,
    /// What is wrong and what is accepted.
    pub message: String,
}

/// Alternatives of an issue at most.
const MOST_ALTERNATIVES: usize = 20_000;

impl Game {
    /// Whether so many agents can play it.
    ///
    /// # Errors
    /// The parameter to blame and what is accepted.
    pub fn check(&self, agents: usize) -> Result<(), GameProblem> {
        let refuse = |parameter, message: String| Err(GameProblem { parameter, message });
        match *self {
            Self::DealOrNoDeal if agents != 2 => {
                refuse("num_agents", format!("deal_or_no_deal is played by 2 agents, not {agents}"))
            }
            Self::CoFunding { .. } | Self::Pie { .. } => {
                let count = match *self {
                    Self::Pie { slices } => split::count(usize::from(slices), agents),
                    _ => split::count(co_funding::SHARES, agents).map(|splits| splits + 1),
                };
                match count {
                    Some(count) if count <= MOST_ALTERNATIVES => Ok(()),
                    _ => refuse(
                        "num_agents",
                        format!(
                            "{agents} agents can divide one thing in more than {MOST_ALTERNATIVES} ways; take fewer agents or slices"
                        ),
                    ),
                }
            }
            _ => Ok(()),
        }
    }

    /// Draws the agents' values.
    pub fn deal<R: Rng>(&self, agents: usize, rng: &mut R) -> Dealt {
        match *self {
            Self::ItemAllocation { items, competition } => items::deal(agents, items, competition, rng),
            Self::Treaty { issues, rho, theta } => treaty::deal(agents, issues, rho, theta, rng),
            Self::CoFunding { projects, alpha, sigma } => co_funding::deal(agents, projects, alpha, sigma, rng),
            Self::DealOrNoDeal => deal_or_no_deal::deal(rng),
            Self::Pie { slices } => pie::deal(agents, slices),
        }
    }
}

/// Names for things, so that a talk about them reads like one; beyond the list they are numbered.
fn named(names: &[&str], at: usize) -> String {
    names.get(at).map_or_else(|| format!("{}_{}", names[at % names.len()], at / names.len() + 1), ToString::to_string)
}
