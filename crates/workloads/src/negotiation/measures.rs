//! What a game measured: formulas from its history and from what theory says of it.

use super::search::GivenUp;
use super::solution::{Solution, Solutions, is_pareto_efficient};
use super::space::{EQUAL, Space};
use super::table::{History, Rules};

/// Strong or weak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The side that is expected to lose.
    Weak,
    /// The side that is expected to win.
    Strong,
}

impl Side {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Strong => "strong",
        }
    }
}

/// A finished game, to be measured.
#[derive(Clone, Copy)]
pub struct Finished<'g> {
    /// What was played about.
    pub space: &'g Space,
    /// The rules.
    pub rules: &'g Rules,
    /// Who sat where.
    pub sides: &'g [Side],
    /// What happened.
    pub history: &'g History,
}

/// Mean over the seats of a side; `None` where it has none.
pub fn side_mean(sides: &[Side], side: Side, of: impl Fn(usize) -> Option<f64>) -> Option<f64> {
    let seats: Vec<usize> = (0..sides.len()).filter(|seat| sides[*seat] == side).collect();
    let values: Option<Vec<f64>> = seats.iter().map(|seat| of(*seat)).collect();
    values.filter(|v| !v.is_empty()).map(|v| v.iter().sum::<f64>() / v.len() as f64)
}

impl Finished<'_> {
    /// What each agent got, discounted.
    pub fn utilities(&self) -> Vec<f64> {
        self.history.utilities(self.rules)
    }

    /// (U − U^NBS) / U^NBS of a side, mean over its seats; `None` where U^NBS is 0 for one of them.
    pub fn exploitation(&self, side: Side, nash: &Solution) -> Option<f64> {
        let got = self.utilities();
        side_mean(self.sides, side, |seat| {
            let fair = nash.utility(seat);
            (fair > EQUAL).then(|| (got[seat] - fair) / fair)
        })
    }

    /// Whether nobody could have more without somebody having less. No deal is efficient only where no deal is better.
    ///
    /// # Errors
    /// The space is too large to know.
    pub fn is_pareto_efficient(&self) -> Result<bool, GivenUp> {
        let nothing = vec![0.0; self.rules.agents];
        is_pareto_efficient(self.space, self.history.agreed().map_or(&nothing, |agreed| &agreed.utilities))
    }

    /// Whether nobody would rather have another's part; `None` without a deal, or where parts aren't agents' own.
    pub fn is_envy_free(&self) -> Option<bool> {
        let agreed = self.history.agreed()?;
        for a in 0..self.rules.agents {
            for b in (0..self.rules.agents).filter(|b| *b != a) {
                let swapped = self.space.swapped(&agreed.outcome, a, b)?;
                if self.space.utility(a, &swapped) > agreed.utilities[a] + EQUAL {
                    return Some(false);
                }
            }
        }
        Some(true)
    }

    /// Proposals that came to nothing.
    pub fn rejected(&self) -> usize {
        let made: usize = self.history.rounds.iter().map(|round| round.proposals.len()).sum();
        made - usize::from(self.history.agreement.is_some())
    }

    /// (what an agent first − what it last asked for itself) ÷ rounds between, mean over agents that proposed twice.
    pub fn concession_rate(&self) -> Option<f64> {
        let of_agent = |seat: usize| {
            let mut own = self.history.proposals_of(seat).map(|(round, p)| (round, p.utilities[seat]));
            let (first, last) = (own.next()?, own.last()?);
            Some((first.1 - last.1) / (last.0 - first.0) as f64)
        };
        mean((0..self.rules.agents).filter_map(of_agent))
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0usize, 0.0), |(count, sum), x| (count + 1, sum + x));
    (count > 0).then(|| sum / count as f64)
}

/// Smallest ÷ largest utility; `None` where nobody has anything.
pub fn min_max_fairness(utilities: &[f64]) -> Option<f64> {
    let largest = utilities.iter().copied().fold(0.0, f64::max);
    let smallest = utilities.iter().copied().fold(f64::INFINITY, f64::min);
    (largest > EQUAL).then(|| (smallest / largest).max(0.0))
}

/// Gini's coefficient, ΣᵢΣⱼ|xᵢ − xⱼ| / (2n·Σx); `None` where somebody is below 0 or nobody has anything.
pub fn gini(utilities: &[f64]) -> Option<f64> {
    let sum: f64 = utilities.iter().sum();
    if sum <= EQUAL || utilities.iter().any(|u| *u < -EQUAL) {
        return None;
    }
    let differences: f64 = utilities.iter().flat_map(|a| utilities.iter().map(move |b| (a - b).abs())).sum();
    Some(differences / (2.0 * utilities.len() as f64 * sum))
}

/// Welfare ÷ the largest there is, %; `None` where there is none to have.
pub fn efficiency(utilities: &[f64], solutions: &Solutions) -> Option<f64> {
    (solutions.welfare > EQUAL).then(|| 100.0 * utilities.iter().sum::<f64>() / solutions.welfare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unequal_shares_have_their_textbook_coefficients() {
        assert_eq!(gini(&[50.0, 50.0]), Some(0.0));
        assert_eq!(gini(&[100.0, 0.0]), Some(0.5));
        // 1, 2, 3, 4: differences sum to 20, 2·4·10 = 80.
        assert_eq!(gini(&[1.0, 2.0, 3.0, 4.0]), Some(0.25));
        assert_eq!(min_max_fairness(&[40.0, 80.0]), Some(0.5));
    }

    #[test]
    fn without_a_deal_there_is_no_share_to_compare() {
        assert_eq!(gini(&[0.0, 0.0]), None);
        assert_eq!(min_max_fairness(&[0.0, 0.0]), None);
    }
}
