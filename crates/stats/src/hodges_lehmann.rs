//! Hodges–Lehmann estimators: the shift and the centre that go with the rank tests.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Interval, IntervalKind, Warning};
use crate::dist::normal;
use crate::mann_whitney::{at_most, lower_half};
use crate::missing::observed;
use crate::moments::unit_of;
use crate::options::TestOptions;
use crate::order_selection::{difference_at, walsh_average_at};
use crate::quantile::sorted;
use crate::wilcoxon::signed_rank_mass;

const REFERENCES: &[&str] = &[
    "Hodges & Lehmann (1963), Annals of Mathematical Statistics 34, 598–611",
    "Bauer (1972), Journal of the American Statistical Association 67, 687–690",
];

/// A Hodges–Lehmann estimate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HodgesLehmann {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The estimate, in the unit of the data.
    pub estimate: f64,
    /// Interval by inversion of the rank test: exact up to 50 observations a sample, else with a
    /// normal approximation of the rank.
    pub ci: Interval,
}

/// The shift between two samples: the median of all x − y. The interval is two-sided whatever
/// the alternative of the options.
///
/// Use it beside Mann–Whitney: it estimates the shift that this test tests, and its interval
/// inverts the test. Assumes two distributions of one shape.
///
/// ```
/// use ergon_stats::{TestOptions, hodges_lehmann};
/// let x = [1.1, 2.3, 2.9, 4.0];
/// let y = [2.5, 3.8, 5.1, 6.0];
/// let found = hodges_lehmann(&x, &y, &TestOptions::default())?;
/// assert!((found.estimate + 1.75).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn hodges_lehmann(x: &[f64], y: &[f64], options: &TestOptions) -> Result<HodgesLehmann, StatError> {
    options.check()?;
    let (x, x_dropped) = observed(x, "x", options.missing)?;
    let (y, y_dropped) = observed(y, "y", options.missing)?;
    for (what, sample) in [("x", &x), ("y", &y)] {
        if sample.is_empty() {
            return Err(StatError::Empty { what });
        }
    }
    in_range([x.as_ref(), y.as_ref()])?;
    let (x, y) = (sorted(&x), sorted(&y));
    let (nx, ny) = (x.len(), y.len());
    let pairs = nx * ny;
    let half = 0.5 * (1.0 - options.level);
    let (reach, outside) = if nx.max(ny) <= 50 {
        let lower = lower_half(nx, ny);
        smallest_with(half, |k| at_most(&lower, pairs, k))
    } else {
        let n = pairs as f64;
        let sd = (n * (nx + ny + 1) as f64 / 12.0).sqrt();
        near_normal(0.5 * n, sd, half)
    };
    let account = Account::new("Hodges–Lehmann estimate of the shift", nx + ny, x_dropped + y_dropped, REFERENCES);
    Ok(assemble(account, pairs, reach, outside, options.level, |rank| difference_at(&x, &y, rank)))
}

/// The centre of one sample (or of differences): the median of its Walsh averages, also called
/// the pseudomedian. The interval is two-sided whatever the alternative of the options.
///
/// Use it beside Wilcoxon’s signed ranks, whose interval this is. Assumes a symmetric distribution.
///
/// ```
/// use ergon_stats::{TestOptions, pseudomedian};
/// let d = [1.2, -0.4, 2.5, 3.1, 0.8, 1.9];
/// let found = pseudomedian(&d, &TestOptions::default())?;
/// assert!((found.estimate - 1.55).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn pseudomedian(x: &[f64], options: &TestOptions) -> Result<HodgesLehmann, StatError> {
    options.check()?;
    let (x, dropped) = observed(x, "x", options.missing)?;
    if x.is_empty() {
        return Err(StatError::Empty { what: "x" });
    }
    in_range([x.as_ref()])?;
    let x = sorted(&x);
    let n = x.len();
    let pairs = n * (n + 1) / 2;
    let half = 0.5 * (1.0 - options.level);
    let (reach, outside) = if n <= 50 {
        let mass = signed_rank_mass(&(1..=n).collect::<Vec<_>>());
        smallest_with(half, |k| mass.iter().take(k + 1).sum())
    } else {
        let f = n as f64;
        let sd = (f * (f + 1.0) * (2.0 * f + 1.0) / 24.0).sqrt();
        near_normal(0.5 * pairs as f64, sd, half)
    };
    let account = Account::new("Hodges–Lehmann estimate of the centre (pseudomedian)", n, dropped, REFERENCES);
    Ok(assemble(account, pairs, reach, outside, options.level, |rank| walsh_average_at(&x, rank)))
}

fn in_range<'a>(samples: impl IntoIterator<Item = &'a [f64]>) -> Result<(), StatError> {
    // Differences and averages of such values stay finite.
    if unit_of(samples) < 1e307 { Ok(()) } else { Err(StatError::OutOfRange { what: "differences" }) }
}

/// The least k ≥ 1 with P(W ≤ k) ≥ `half`, and P(W ≤ k − 1), the share left out at each end.
fn smallest_with(half: f64, at_most: impl Fn(usize) -> f64) -> (usize, f64) {
    let mut k = 0;
    while at_most(k) < half {
        k += 1;
    }
    let k = k.max(1);
    (k, at_most(k - 1))
}

fn near_normal(center: f64, sd: f64, half: f64) -> (usize, f64) {
    let k = libm::floor(center - normal::isf(half) * sd).max(1.0);
    (k as usize, half)
}

fn assemble(
    mut account: Account,
    pairs: usize,
    reach: usize,
    outside: f64,
    level: f64,
    at: impl Fn(usize) -> f64,
) -> HodgesLehmann {
    let reached = 1.0 - 2.0 * outside;
    if reached < level - 1e-12 {
        account.warnings.push(Warning::LevelNotReached { asked: level, reached });
    }
    let reach = reach.min(pairs.div_ceil(2));
    let estimate = if pairs % 2 == 1 { at(pairs / 2 + 1) } else { 0.5 * at(pairs / 2) + 0.5 * at(pairs / 2 + 1) };
    HodgesLehmann {
        account,
        estimate,
        ci: Interval { low: at(reach), high: at(pairs + 1 - reach), level, kind: IntervalKind::RankInversion },
    }
}
