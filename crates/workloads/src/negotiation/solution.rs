//! Agreements that bargaining theory singles out, exactly, with disagreement at 0 for everybody.
//!
//! | solution | maximises | source |
//! |---|---|---|
//! | welfare | Σ Uᵢ | |
//! | Nash | Π Uᵢ; where not all can have something, first how many have | Nash, Econometrica 18, 1950; ties by Caragiannis et al., ACM TEAC 7(3), 2019 |
//! | Kalai–Smorodinsky | minᵢ Uᵢ/Iᵢ, then the next smallest …; Iᵢ: the most i can have | Kalai & Smorodinsky, Econometrica 43, 1975; discrete: Imai, Econometrica 51, 1983 |
//! | egalitarian | minᵢ Uᵢ, then the next smallest … | Kalai, Econometrica 45, 1977; leximin |
//!
//! All but welfare are among agreements that leave nobody below 0. Where several agreements tie, an agent's utility at
//! the solution is the mean over them, so that no seat is favoured by the order of search.

use super::search::{Best, GivenUp, Goal, Prospect, best};
use super::space::{EQUAL, Space};

/// What theory singles out.
#[derive(Clone, Debug, PartialEq)]
pub struct Solutions {
    /// The largest sum of utilities.
    pub welfare: f64,
    /// The most each agent can have where nobody is below 0.
    pub ideal: Vec<f64>,
    /// The Nash bargaining solution.
    pub nash: Solution,
    /// The Kalai–Smorodinsky solution.
    pub kalai_smorodinsky: Solution,
    /// The egalitarian solution.
    pub egalitarian: Solution,
}

/// One solution: the utility vectors that have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Utility vectors; several where they tie.
    pub points: Vec<Vec<f64>>,
}

impl Solution {
    /// An agent's utility, mean over ties.
    pub fn utility(&self, agent: usize) -> f64 {
        self.points.iter().map(|p| p[agent]).sum::<f64>() / self.points.len().max(1) as f64
    }

    /// Euclidean distance of a utility vector to the nearest of its points.
    pub fn distance(&self, utilities: &[f64]) -> f64 {
        let squared = |p: &Vec<f64>| p.iter().zip(utilities).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        self.points.iter().map(squared).fold(f64::INFINITY, f64::min).sqrt()
    }
}

impl Solutions {
    /// Solves a game.
    ///
    /// # Errors
    /// It is too large.
    pub fn of(space: &Space) -> Result<Self, GivenUp> {
        let nothing = || Best { key: vec![0.0], ties: vec![vec![0.0; space.agents]] };
        let solve = |goal: &dyn Goal| Ok(Solution { points: best(space, goal)?.unwrap_or_else(nothing).ties });
        let welfare = best(space, &Welfare)?.map_or(0.0, |best| best.key[0]);
        let ideal: Vec<f64> = (0..space.agents)
            .map(|agent| Ok(best(space, &Ideal(agent))?.map_or(0.0, |best| best.key[0])))
            .collect::<Result<_, GivenUp>>()?;
        Ok(Self {
            welfare,
            nash: solve(&Nash)?,
            kalai_smorodinsky: solve(&Leximin { scale: ideal.clone() })?,
            egalitarian: solve(&Leximin { scale: vec![1.0; space.agents] })?,
            ideal,
        })
    }
}

/// Whether no agreement gives somebody more and nobody less.
///
/// # Errors
/// The space is too large to know.
pub fn is_pareto_efficient(space: &Space, utilities: &[f64]) -> Result<bool, GivenUp> {
    Ok(best(space, &Above(utilities))?.is_none())
}

/// The Pareto front of two agents: utilities rising for the first; `None` for more agents or beyond `limit` outcomes.
pub fn front_of_two(space: &Space, limit: u64) -> Option<Vec<[f64; 2]>> {
    if space.agents != 2 || space.size() > limit {
        return None;
    }
    let mut points: Vec<[f64; 2]> = Vec::new();
    space.for_each(|_, u| points.push([u[0], u[1]]));
    points.sort_by(|a, b| b[0].total_cmp(&a[0]).then(b[1].total_cmp(&a[1])));
    let mut front: Vec<[f64; 2]> = Vec::new();
    for point in points {
        if front.last().is_none_or(|last| point[1] > last[1] + EQUAL) {
            front.push(point);
        }
    }
    front.reverse();
    Some(front)
}

fn is_rational(utilities: &[f64]) -> bool {
    utilities.iter().all(|u| *u >= -EQUAL)
}

fn can_be_rational(p: &Prospect<'_>) -> bool {
    p.reached.iter().zip(p.most).all(|(reached, most)| reached + most >= -EQUAL)
}

struct Welfare;

impl Goal for Welfare {
    fn key(&self, utilities: &[f64]) -> Option<Vec<f64>> {
        Some(vec![utilities.iter().sum()])
    }

    fn bound(&self, p: &Prospect<'_>) -> Option<f64> {
        Some(p.reached.iter().sum::<f64>() + p.together)
    }
}

/// The most that one agent can have.
struct Ideal(usize);

impl Goal for Ideal {
    fn key(&self, utilities: &[f64]) -> Option<Vec<f64>> {
        is_rational(utilities).then(|| vec![utilities[self.0]])
    }

    fn bound(&self, p: &Prospect<'_>) -> Option<f64> {
        can_be_rational(p).then(|| p.reached[self.0] + p.most[self.0])
    }
}

/// Everybody has at least this, and all together more.
struct Above<'u>(&'u [f64]);

impl Goal for Above<'_> {
    fn key(&self, utilities: &[f64]) -> Option<Vec<f64>> {
        let sum = |u: &[f64]| u.iter().sum::<f64>();
        let nobody_loses = utilities.iter().zip(self.0).all(|(u, least)| *u >= least - EQUAL);
        // What adds up to more by rounding alone is no more.
        let more = sum(utilities) - sum(self.0) > EQUAL * (1.0 + self.0.len() as f64);
        (nobody_loses && more).then(|| vec![0.0])
    }

    fn bound(&self, p: &Prospect<'_>) -> Option<f64> {
        let can_reach = p.reached.iter().zip(p.most).zip(self.0).all(|((r, m), least)| r + m >= least - EQUAL);
        let more = p.reached.iter().sum::<f64>() + p.together > self.0.iter().sum::<f64>();
        (can_reach && more).then_some(0.0)
    }
}

struct Leximin {
    scale: Vec<f64>,
}

impl Leximin {
    fn share(&self, agent: usize, utility: f64) -> Option<f64> {
        // Who can have nothing anyway is no measure of fairness.
        self.scale.get(agent).filter(|scale| **scale > EQUAL).map(|scale| utility / scale)
    }
}

impl Goal for Leximin {
    fn key(&self, utilities: &[f64]) -> Option<Vec<f64>> {
        if !is_rational(utilities) {
            return None;
        }
        let mut shares: Vec<f64> = utilities.iter().enumerate().filter_map(|(i, u)| self.share(i, *u)).collect();
        shares.sort_by(f64::total_cmp);
        if shares.is_empty() {
            shares.push(0.0);
        }
        Some(shares)
    }

    /// The highest level that all can be lifted to: Σ max(leastᵢ, L·scaleᵢ − reachedᵢ) is no more than there is together.
    fn bound(&self, p: &Prospect<'_>) -> Option<f64> {
        if !can_be_rational(p) {
            return None;
        }
        let each = |i: usize| self.share(i, p.reached[i] + p.most[i]);
        let alone = (0..p.reached.len()).filter_map(each).fold(f64::INFINITY, f64::min);
        let needed = |level: f64| -> f64 {
            (0..p.reached.len())
                .map(|i| (level * self.scale[i] - p.reached[i]).clamp(p.least[i], p.most[i].max(p.least[i])))
                .sum()
        };
        Some(level_within(alone.min(1e6), p.together, needed))
    }
}

/// Π Uᵢ as a number that also counts who has something: 10⁴ for each, and the sum of logarithms.
struct Nash;

impl Nash {
    const HAS_SOMETHING: f64 = 1e4;

    fn of(utilities: impl Iterator<Item = f64>) -> f64 {
        utilities.filter(|u| *u > EQUAL).map(|u| Self::HAS_SOMETHING + libm::log(u)).sum()
    }
}

impl Goal for Nash {
    fn key(&self, utilities: &[f64]) -> Option<Vec<f64>> {
        is_rational(utilities).then(|| vec![Self::of(utilities.iter().copied())])
    }

    /// What is left to gain together, poured where least has been reached: by concavity no division has a larger product.
    fn bound(&self, p: &Prospect<'_>) -> Option<f64> {
        if !can_be_rational(p) {
            return None;
        }
        let top = |i: usize| p.reached[i] + p.most[i];
        let n = p.reached.len();
        if !(0..n).all(|i| top(i) > EQUAL) {
            return Some(Self::of((0..n).map(top)));
        }
        let poured = |level: f64, i: usize| (level - p.reached[i]).clamp(p.least[i], p.most[i].max(p.least[i]));
        let highest = (0..n).map(top).fold(0.0, f64::max);
        let level = level_within(highest, p.together, |level| (0..n).map(|i| poured(level, i)).sum());
        Some(Self::of((0..n).map(|i| (p.reached[i] + poured(level, i)).max(2.0 * EQUAL))))
    }
}

/// The highest level up to `highest` that needs no more than there is, rounded up.
fn level_within(highest: f64, there_is: f64, needed: impl Fn(f64) -> f64) -> f64 {
    if needed(highest) <= there_is + EQUAL {
        return highest;
    }
    let (mut low, mut high) = (-1e3_f64, highest);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if needed(middle) <= there_is + EQUAL { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::super::space::{Alternative, Issue, agent_name};
    use super::*;

    fn items(values: &[&[f64]]) -> Space {
        let agents = values.len();
        let issue = |item: usize| Issue {
            name: format!("item_{item}"),
            alternatives: (0..agents)
                .map(|owner| Alternative {
                    label: agent_name(owner).into(),
                    gains: (0..agents).map(|i| if i == owner { values[i][item] } else { 0.0 }).collect(),
                    spends: Vec::new(),
                })
                .collect(),
        };
        Space { agents, issues: (0..values[0].len()).map(issue).collect(), budgets: None }
    }

    /// One issue with these utility vectors as its alternatives.
    fn points(vectors: &[[f64; 2]]) -> Space {
        let alternative = |v: &[f64; 2]| Alternative { label: 0.into(), gains: v.to_vec(), spends: Vec::new() };
        let issue = Issue { name: "all".into(), alternatives: vectors.iter().map(alternative).collect() };
        Space { agents: 2, issues: vec![issue], budgets: None }
    }

    #[test]
    fn textbook_cases_have_their_textbook_solutions() {
        // Luce & Raiffa (1957, 6.5): a rich and a poor man share $100, utilities x/100 and log-like for the poor; here on
        // the discrete frontier u₁ = 100 − x, u₂ = 10√x, whose Nash point is at x = 100/3.
        let frontier: Vec<[f64; 2]> =
            (0..=300).map(|x| f64::from(x) / 3.0).map(|x| [100.0 - x, 10.0 * x.sqrt()]).collect();
        let solved = Solutions::of(&points(&frontier)).unwrap();
        assert!((solved.nash.utility(0) - 200.0 / 3.0).abs() < 1e-9);
        assert!((solved.nash.utility(1) - 10.0 * (100.0_f64 / 3.0).sqrt()).abs() < 1e-9);
        // Kalai–Smorodinsky: equal shares of the ideal (100, 100): 100 − x = 10√x at x = 38.1966…
        assert!((solved.kalai_smorodinsky.utility(0) - 61.803).abs() < 0.2, "{}", solved.kalai_smorodinsky.utility(0));
        // Nash's own example (1950): Bill's and Jack's goods, from no trade at (12, 6), barter ends at gains (12, 5).
        // Goods as (Bill's, Jack's) gain when it changes hands; Bill gives book, whip, ball, bat; Jack gives pen, toy, knife.
        let trades: [[f64; 2]; 8] =
            [[-2.0, 4.0], [-2.0, 2.0], [-2.0, 1.0], [-2.0, 2.0], [-4.0, 1.0], [10.0, -1.0], [4.0, -1.0], [6.0, -2.0]];
        let issue = |gains: &[f64; 2]| Issue {
            name: "good".into(),
            alternatives: [[0.0, 0.0], *gains]
                .iter()
                .map(|g| Alternative { label: 0.into(), gains: g.to_vec(), spends: Vec::new() })
                .collect(),
        };
        let barter = Space { agents: 2, issues: trades.iter().map(issue).collect(), budgets: None };
        assert_eq!(Solutions::of(&barter).unwrap().nash.points, [[12.0, 5.0]]);
    }

    #[test]
    fn each_solution_divides_items_by_its_own_rule() {
        let solved = Solutions::of(&items(&[&[60.0, 30.0, 10.0], &[50.0, 10.0, 40.0]])).unwrap();
        assert_eq!(solved.welfare, 130.0);
        assert_eq!(solved.ideal, [100.0, 100.0]);
        // (90, 40): 3600 beats (40, 50), (60, 50), (30, 90): 2700, (70, 10).
        assert_eq!(solved.nash.points, [[90.0, 40.0]]);
        assert_eq!(solved.egalitarian.points, [[60.0, 50.0]]);
        assert_eq!(solved.kalai_smorodinsky.points, [[60.0, 50.0]]);
    }

    #[test]
    fn equal_claims_tie_and_no_seat_is_favoured() {
        let solved = Solutions::of(&items(&[&[60.0, 40.0], &[60.0, 40.0]])).unwrap();
        assert_eq!(solved.nash.points.len(), 2);
        assert_eq!([solved.nash.utility(0), solved.nash.utility(1)], [50.0, 50.0]);
        assert_eq!(solved.nash.distance(&[60.0, 40.0]), 0.0);
        assert_eq!(solved.nash.distance(&[40.0, 60.0]), 0.0);
    }

    #[test]
    fn where_not_everybody_can_have_something_as_many_as_possible_have() {
        let solved = Solutions::of(&items(&[&[100.0], &[100.0]])).unwrap();
        assert_eq!(solved.nash.points, [[100.0, 0.0], [0.0, 100.0]]);
    }

    #[test]
    fn an_agreement_is_efficient_as_long_as_nobody_can_gain_alone() {
        let space = items(&[&[60.0, 40.0], &[40.0, 60.0]]);
        for (utilities, efficient) in
            [([60.0, 60.0], true), ([100.0, 0.0], true), ([40.0, 40.0], false), ([0.0, 0.0], false)]
        {
            assert_eq!(is_pareto_efficient(&space, &utilities), Ok(efficient), "{utilities:?}");
        }
        assert_eq!(front_of_two(&space, 100).unwrap(), [[0.0, 100.0], [60.0, 60.0], [100.0, 0.0]]);
        assert_eq!(front_of_two(&space, 3), None);
    }
}
