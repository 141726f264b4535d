//! Logistic regression with a random intercept by group, by adaptive Gauss–Hermite quadrature.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::cholesky::Cholesky;
use crate::glm::GlmOptions;
use crate::glm_coefficient::{GlmCoefficient, coefficient};
use crate::logistic::{log_probability, logistic, probability};
use crate::missing::MissingPolicy;
use crate::ols::complete_rows;
use crate::options::check_level;
use crate::special::quadrature::gauss_hermite;

const REFERENCES: &[&str] = &[
    "Pinheiro & Chao (2006), Journal of Computational and Graphical Statistics 15, 58–81",
    "Louis (1982), Journal of the Royal Statistical Society B 44, 226–233",
];

/// Nodes of the quadrature: with the nodes at each group's own mode, 25 leave no error that shows.
const NODES: usize = 25;

const MOST_STEPS: usize = 100;

/// Below this standard deviation of the intercepts (on the scale of log odds) they are none.
const NONE: f64 = 1e-3;

/// A fitted logistic regression with a random intercept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogisticRandomIntercept {
    /// Method, counts, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// Number of groups.
    pub groups: usize,
    /// Log odds ratios given the group: the constant, then the regressors.
    pub fixed: Vec<GlmCoefficient>,
    /// Standard deviation of the intercepts between groups, on the scale of log odds.
    pub sd_group: f64,
    /// Its standard error; `None` where the fit is singular.
    pub sd_group_se: Option<f64>,
    /// Log-likelihood at its maximum.
    pub log_likelihood: f64,
    /// Whether the variance between groups is estimated as 0.
    pub singular: bool,
}

/// Rows by group: regressors (constant first) and responses.
struct Grouped {
    p: usize,
    groups: Vec<Vec<(Vec<f64>, f64)>>,
    rule: Vec<(f64, f64)>,
}

/// The log-likelihood with its gradient and information in (β, σ).
struct Point {
    log_likelihood: f64,
    gradient: Vec<f64>,
    information: Vec<Vec<f64>>,
}

impl Grouped {
    /// The mode and spread of a group's intercept u ~ N(0, 1), y given u having log odds η + σ u.
    fn mode(eta: &[f64], y: impl Fn(usize) -> f64, sigma: f64) -> (f64, f64) {
        let mut u = 0.0_f64;
        let mut curvature = 1.0;
        for _ in 0..60 {
            let mut slope = -u;
            curvature = 1.0;
            for (i, e) in eta.iter().enumerate() {
                let p = probability(e + sigma * u);
                slope += sigma * (y(i) - p);
                curvature += sigma * sigma * p * (1.0 - p);
            }
            let step = (slope / curvature).clamp(-2.0, 2.0);
            u += step;
            if step.abs() < 1e-10 {
                break;
            }
        }
        (u, 1.0 / curvature.sqrt())
    }

    fn at(&self, beta: &[f64], sigma: f64) -> Point {
        let q = self.p + 1;
        let mut point = Point { log_likelihood: 0.0, gradient: vec![0.0; q], information: vec![vec![0.0; q]; q] };
        for group in &self.groups {
            let eta: Vec<f64> = group.iter().map(|(x, _)| x.iter().zip(beta).map(|(x, b)| x * b).sum()).collect();
            let (mode, spread) = Self::mode(&eta, |i| group[i].1, sigma);
            // ln of weight × integrand ÷ the normal density around the mode, at each node.
            let nodes: Vec<(f64, f64)> = self
                .rule
                .iter()
                .map(|(z, w)| {
                    let u = mode + spread * z;
                    let fit: f64 = eta
                        .iter()
                        .zip(group)
                        .map(|(e, (_, y))| {
                            let log_odds = e + sigma * u;
                            log_probability(if *y > 0.0 { log_odds } else { -log_odds })
                        })
                        .sum();
                    (u, libm::log(w * spread) + 0.5 * (z * z - u * u) + fit)
                })
                .collect();
            let top = nodes.iter().map(|n| n.1).fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = nodes.iter().map(|n| libm::exp(n.1 - top)).sum();
            point.log_likelihood += top + libm::log(total);
            // Louis: the score is the mean score given the data, the information the mean one less
            // the variance of the score.
            let mut mean = vec![0.0; q];
            for (u, value) in &nodes {
                let share = libm::exp(value - top) / total;
                let mut score = vec![0.0; q];
                for (e, (x, y)) in eta.iter().zip(group) {
                    let p = probability(e + sigma * u);
                    let weight = share * p * (1.0 - p);
                    let z: Vec<f64> = x.iter().copied().chain([*u]).collect();
                    for ((slot, row), a) in score.iter_mut().zip(&mut point.information).zip(&z) {
                        *slot += (y - p) * a;
                        row.iter_mut().zip(&z).for_each(|(slot, b)| *slot += weight * a * b);
                    }
                }
                for ((slot, row), a) in mean.iter_mut().zip(&mut point.information).zip(&score) {
                    *slot += share * a;
                    row.iter_mut().zip(&score).for_each(|(slot, b)| *slot -= share * a * b);
                }
            }
            for ((slot, row), a) in point.gradient.iter_mut().zip(&mut point.information).zip(&mean) {
                *slot += a;
                row.iter_mut().zip(&mean).for_each(|(slot, b)| *slot += a * b);
            }
        }
        point
    }

    /// Newton's method with a ridge where the likelihood is not concave.
    fn maximise(&self, mut beta: Vec<f64>) -> Option<(Vec<f64>, f64, Point)> {
        let mut sigma = 1.0;
        let mut here = self.at(&beta, sigma);
        let mut ridge = 0.0;
        for _ in 0..MOST_STEPS {
            let mut matrix = here.information.clone();
            for (j, row) in matrix.iter_mut().enumerate() {
                row[j] += ridge;
            }
            let step = match Cholesky::of(&matrix) {
                Ok(factored) => factored.solve(&here.gradient),
                Err(_) => {
                    ridge = (10.0 * ridge).max(1e-3);
                    continue;
                }
            };
            let largest = step.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
            let share = (2.0 / largest).min(1.0);
            let next: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + share * s).collect();
            let next_sigma = (sigma + share * step[self.p]).abs();
            let there = self.at(&next, next_sigma);
            if there.log_likelihood.is_nan() || there.log_likelihood < here.log_likelihood - 1e-9 {
                ridge = (10.0 * ridge).max(1e-2);
                continue;
            }
            (beta, sigma, here) = (next, next_sigma, there);
            if largest < 1e-8 || sigma < NONE {
                return Some((beta, sigma, here));
            }
            ridge *= 0.1;
            if ridge < 1e-9 {
                ridge = 0.0;
            }
        }
        None
    }
}

/// Regresses a response of 0 and 1 on the columns `x` with a constant and a normal random intercept
/// for each group: ln(P / (1 − P)) = β₀ + β x + b_group.
///
/// Use it where successes repeat within items: the odds ratios are those for one and the same item,
/// larger than the population's. The likelihood is integrated by adaptive Gauss–Hermite quadrature
/// (25 nodes at each group's mode). A spread between groups estimated as 0 is reported as a
/// singular fit, and the rest is plain logistic regression.
///
/// ```
/// use ergon_stats::{MissingPolicy, logistic_random_intercept};
/// let y: Vec<f64> = (0..60).map(|i| f64::from(u8::from((i * 7) % 10 < if (i / 6) % 2 == 0 { 8 } else { 2 }))).collect();
/// let x: Vec<f64> = (0..60).map(|i| f64::from(i % 2)).collect();
/// let item: Vec<usize> = (0..60).map(|i| i / 6).collect();
/// let fit = logistic_random_intercept(&y, &[&x], &item, 0.95, MissingPolicy::Refuse)?;
/// assert_eq!((fit.groups, fit.fixed.len()), (10, 2));
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn logistic_random_intercept(
    y: &[f64],
    x: &[&[f64]],
    group: &[usize],
    level: f64,
    missing: MissingPolicy,
) -> Result<LogisticRandomIntercept, StatError> {
    check_level(level)?;
    if group.len() != y.len() {
        return Err(StatError::LengthMismatch { what: "y and group", left: y.len(), right: group.len() });
    }
    // Conditions of the plain model (separation, rank, too few rows) are conditions here.
    let plain = logistic(y, x, &GlmOptions { level, missing, ..GlmOptions::default() })?;
    let labels: Vec<f64> = group.iter().map(|g| *g as f64).collect();
    let mut all = vec![y, labels.as_slice()];
    all.extend_from_slice(x);
    let (columns, dropped) = complete_rows(&all, missing)?;
    let n = columns[0].len();
    // Columns in units of their own size: Newton's ridge treats them alike.
    let units: Vec<f64> = std::iter::once(1.0)
        .chain(columns[2..].iter().map(|c| c.iter().fold(0.0_f64, |m, v| m.max(v.abs()))))
        .collect();
    let mut by_group = std::collections::BTreeMap::<u64, Vec<(Vec<f64>, f64)>>::new();
    for i in 0..n {
        let row = std::iter::once(1.0).chain(columns[2..].iter().map(|c| c[i]));
        let row = row.zip(&units).map(|(v, u)| v / u).collect();
        by_group.entry(columns[1][i] as u64).or_default().push((row, columns[0][i]));
    }
    let p = units.len();
    let count = by_group.len();
    if count < 2 {
        return Err(StatError::TooFew { what: "groups", needed: 2, found: count });
    }
    if n <= count {
        return Err(StatError::TooFew { what: "rows", needed: count + 1, found: n });
    }
    let grouped = Grouped { p, groups: by_group.into_values().collect(), rule: gauss_hermite(NODES) };
    let start = plain.coefficients.iter().zip(&units).map(|(c, u)| c.estimate * u).collect();
    let failed = StatError::NotConverged { what: "coefficients" };
    let (beta, sigma, at) = grouped.maximise(start).ok_or(failed.clone())?;
    let mut account = Account::new("Logistic regression with a random intercept", n, dropped, REFERENCES);
    if count < 10 {
        account.warnings.push(Warning::FewObservations { n: count });
    }
    if sigma < NONE || at.log_likelihood <= plain.log_likelihood + 1e-9 {
        account.warnings.push(Warning::SingularFit);
        return Ok(LogisticRandomIntercept {
            account,
            groups: count,
            fixed: plain.coefficients,
            sd_group: 0.0,
            sd_group_se: None,
            log_likelihood: plain.log_likelihood,
            singular: true,
        });
    }
    let covariance = Cholesky::of(&at.information).map_err(|_| failed)?.inverse();
    let fixed: Vec<GlmCoefficient> =
        (0..p).map(|j| coefficient(beta[j] / units[j], covariance[j][j] / (units[j] * units[j]), level)).collect();
    if !fixed.iter().all(GlmCoefficient::is_finite) {
        return Err(StatError::OutOfRange { what: "coefficients" });
    }
    Ok(LogisticRandomIntercept {
        account,
        groups: count,
        fixed,
        sd_group: sigma,
        sd_group_se: Some(covariance[p][p].sqrt()),
        log_likelihood: at.log_likelihood,
        singular: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ∫ Π P(y | η + σ u) φ(u) du by the trapezoidal rule, with no use of the quadrature above.
    fn brute_force(rows: &Grouped, beta: &[f64], sigma: f64) -> f64 {
        let one = |group: &Vec<(Vec<f64>, f64)>| -> f64 {
            let h = 0.01;
            let integral: f64 = (-900..=900)
                .map(|i| {
                    let u = f64::from(i) * h;
                    let fit: f64 = group
                        .iter()
                        .map(|(x, y)| {
                            let eta = x.iter().zip(beta).map(|(x, b)| x * b).sum::<f64>() + sigma * u;
                            let p = 1.0 / (1.0 + libm::exp(-eta));
                            libm::log(if *y > 0.0 { p } else { 1.0 - p })
                        })
                        .sum();
                    libm::exp(fit - 0.5 * u * u)
                })
                .sum();
            libm::log(integral * h / std::f64::consts::TAU.sqrt())
        };
        rows.groups.iter().map(one).sum()
    }

    fn rows() -> Grouped {
        let mut state = 5_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) as f64) / f64::from(1_u32 << 31)
        };
        let groups = (0..12)
            .map(|g| {
                let own = 3.0 * (next() - 0.5) * 1.5;
                (0..5 + g % 4)
                    .map(|_| {
                        let x = next();
                        let y = f64::from(u8::from(next() < probability(0.3 + 1.2 * x + own)));
                        (vec![1.0, x], y)
                    })
                    .collect()
            })
            .collect();
        Grouped { p: 2, groups, rule: gauss_hermite(NODES) }
    }

    #[test]
    fn the_likelihood_is_that_of_brute_force_integration() {
        let rows = rows();
        for (beta, sigma) in [([0.3, 1.0], 0.5), ([-1.0, 2.0], 1.7), ([0.0, 0.0], 0.05)] {
            let (got, want) = (rows.at(&beta, sigma).log_likelihood, brute_force(&rows, &beta, sigma));
            assert!((got - want).abs() < 1e-8 * want.abs(), "{beta:?} {sigma}: {got} {want}");
        }
    }

    #[test]
    fn gradient_and_information_are_those_of_brute_force_differences() {
        let rows = rows();
        let at = [0.2, 0.9, 1.1];
        let value = |x: [f64; 3]| brute_force(&rows, &x[..2], x[2]);
        let point = rows.at(&at[..2], at[2]);
        let moved = |mut x: [f64; 3], j: usize, h: f64| {
            x[j] += h;
            x
        };
        let h = 1e-3;
        for j in 0..3 {
            let slope = (value(moved(at, j, h)) - value(moved(at, j, -h))) / (2.0 * h);
            assert!((point.gradient[j] - slope).abs() < 1e-4, "{j}: {} {slope}", point.gradient[j]);
            for k in 0..=j {
                let corner = |a: f64, b: f64| value(moved(moved(at, j, a), k, b));
                let bend = (corner(h, h) - corner(h, -h) - corner(-h, h) + corner(-h, -h)) / (4.0 * h * h);
                let got = point.information[j][k];
                assert!((got + bend).abs() < 1e-3, "{j} {k}: {got} {bend}");
            }
        }
    }
}
