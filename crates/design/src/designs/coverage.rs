//! What a design covers: balance of levels, pairs of levels, and efficiency for main effects.

use super::pair_counts::{self, PairCounts};
use super::{DesignError, Evaluated, Rows, Space};

/// Conditions up to this many are measured; a larger full factorial is known to be even.
const MEASURED: u64 = 200_000;

/// How often each level of a factor was chosen.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, ts_rs::TS)]
pub struct FactorCounts {
    /// The factor.
    pub factor: String,
    /// Its levels as printed, and how many conditions were given each.
    pub levels: Vec<(String, u64)>,
}

/// What a phase's design covers. Levels count as they were chosen, also where they can't matter.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, ts_rs::TS)]
pub struct DesignReport {
    /// Kind of design.
    pub kind: String,
    /// Combinations of levels in the phase's space.
    pub combinations: u64,
    /// Conditions chosen.
    pub conditions: u64,
    /// Combinations that constraints exclude.
    pub excluded: u64,
    /// Combinations that are one condition with another because a level can't matter.
    pub collapsed: u64,
    /// How often each level was chosen; empty for designs too large to count.
    pub counts: Vec<FactorCounts>,
    /// Largest difference between how often two levels of one factor were chosen.
    pub max_imbalance: Option<u64>,
    /// Chosen levels that can't matter in their condition.
    pub inactive_levels: Option<u64>,
    /// Share of the pairs of levels of two factors that occur, 0 to 1.
    pub pair_coverage: Option<f64>,
    /// D-efficiency of the model with main effects: 1 for a balanced orthogonal design.
    pub d_efficiency: Option<f64>,
}

/// Measures a design.
pub(crate) fn report(kind: &str, space: &Space, rows: &Rows) -> Result<DesignReport, DesignError> {
    let blank = DesignReport {
        kind: kind.to_owned(),
        combinations: space.size(),
        conditions: rows.len(),
        ..DesignReport::default()
    };
    if rows.len() > MEASURED || pair_counts::cells(&space.radices()) > pair_counts::MOST_CELLS {
        return Ok(blank);
    }
    let radices = space.radices();
    let mut counts: Vec<Vec<u64>> = radices.iter().map(|r| vec![0; *r]).collect();
    let mut pairs = PairCounts::new(&radices);
    let mut inactive = 0;
    let mut at = Evaluated::default();
    let collapses = space.can_collapse();
    for position in 0..rows.len() {
        let raw = rows.raw(position);
        let digits = space.digits(raw);
        digits.iter().enumerate().for_each(|(f, level)| counts[f][*level] += 1);
        pairs.count(&digits, 1);
        if collapses {
            space.evaluate(raw, &mut at);
            inactive += space.inactive_factors(&at).count() as u64;
        }
    }
    let spread = |c: &Vec<u64>| c.iter().max().unwrap_or(&0) - c.iter().min().unwrap_or(&0);
    let (covered, possible) = pairs.covered();
    Ok(DesignReport {
        max_imbalance: Some(counts.iter().map(spread).max().unwrap_or(0)),
        inactive_levels: Some(inactive),
        pair_coverage: Some(if possible == 0 { 1.0 } else { covered as f64 / possible as f64 }),
        d_efficiency: d_efficiency(&counts, &pairs, rows.len()),
        counts: counts
            .iter()
            .enumerate()
            .map(|(f, c)| FactorCounts {
                factor: space.factor_name(f).to_owned(),
                levels: space.levels(f).iter().map(ToString::to_string).zip(c.iter().copied()).collect(),
            })
            .collect(),
        ..blank
    })
}

/// `|X'X|^(1/p) / N` with intercept and orthonormal (Helmert) contrasts scaled so that a balanced orthogonal design has
/// 1 (Atkinson, Donev & Tobias 2007, ch. 11). X'X needs only the counts of levels and of pairs. `None`: too many
/// parameters to be worth it, or nothing varies.
fn d_efficiency(counts: &[Vec<u64>], pairs: &PairCounts, conditions: u64) -> Option<f64> {
    let columns: Vec<(usize, usize)> =
        counts.iter().enumerate().flat_map(|(f, c)| (1..c.len()).map(move |k| (f, k))).collect();
    let p = columns.len() + 1;
    if !(2..=400).contains(&p) {
        return None;
    }
    let n = conditions as f64;
    let contrast = |f: usize, k: usize, level: usize| helmert(counts[f].len(), k, level);
    let mut information = vec![vec![0.0; p]; p];
    information[0][0] = 1.0;
    for (i, &(f, k)) in columns.iter().enumerate() {
        let weigh = |w: &dyn Fn(usize) -> f64| -> f64 {
            counts[f].iter().enumerate().map(|(level, c)| w(level) * *c as f64).sum::<f64>() / n
        };
        information[i + 1][0] = weigh(&|level| contrast(f, k, level));
        for (j, &(g, l)) in columns.iter().enumerate().take(i + 1) {
            information[i + 1][j + 1] = if g == f {
                weigh(&|level| contrast(f, k, level) * contrast(f, l, level))
            } else {
                let cells = pairs.between(g.min(f), g.max(f));
                cells.map(|(a, b, c)| c as f64 * contrast(g, l, a) * contrast(f, k, b)).sum::<f64>() / n
            };
        }
    }
    Some(libm::exp(log_determinant(information)? / p as f64))
}

/// Contrast `k` (from 1) of a factor with `levels` levels: orthogonal, of mean square 1 over the levels.
fn helmert(levels: usize, k: usize, level: usize) -> f64 {
    let scale = libm::sqrt(levels as f64 / (k as f64 * (k as f64 + 1.0)));
    match level {
        l if l < k => scale,
        l if l == k => -(k as f64) * scale,
        _ => 0.0,
    }
}

/// By Cholesky, of a matrix given by its lower half; a singular one has efficiency 0 (log −∞).
fn log_determinant(mut a: Vec<Vec<f64>>) -> Option<f64> {
    let mut log = 0.0;
    for i in 0..a.len() {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            let rest = a[i][j] - dot;
            if i == j {
                if rest <= 1e-12 {
                    return Some(f64::NEG_INFINITY);
                }
                a[i][i] = libm::sqrt(rest);
                log += 2.0 * libm::log(a[i][i]);
            } else {
                a[i][j] = rest / a[j][j];
            }
        }
    }
    Some(log)
}
