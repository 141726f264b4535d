//! Group-sequential boundaries: looking at data several times without spending more than alpha.

use serde::Serialize;

use crate::StatError;
use crate::account::Account;
use crate::dist::normal;
use crate::power::within;
use crate::special::quadrature::gauss_legendre;
use crate::special::root::monotone_root;

const REFERENCES: &[&str] = &[
    "Armitage, McPherson & Rowe (1969), Journal of the Royal Statistical Society A 132, 235–244",
    "Pocock (1977), Biometrika 64, 191–199",
    "O'Brien & Fleming (1979), Biometrics 35, 549–556",
    "Lan & DeMets (1983), Biometrika 70, 659–663",
];

/// More looks than this are no design.
const MOST_LOOKS: usize = 50;

/// Beyond this many standard errors nothing is integrated: 1e-19 of the distribution.
const FAR: f64 = 9.0;

/// How alpha is spent over the looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Boundary {
    /// Pocock (1977): the same critical z at every look.
    Pocock,
    /// O'Brien & Fleming (1979): critical z falls as 1 / √information.
    ObrienFleming,
    /// Lan & DeMets's spending of alpha like Pocock's: α ln(1 + (e − 1) t).
    PocockSpending,
    /// Lan & DeMets's spending of alpha like O'Brien and Fleming's: 2 (1 − Φ(z_{α/2} / √t)).
    ObrienFlemingSpending,
}

/// The critical values of a group-sequential design.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupSequential {
    /// Method, references.
    #[serde(flatten)]
    pub account: Account,
    /// The kind of boundary.
    pub boundary: Boundary,
    /// Information at each look, as a share of the most there will be.
    pub information: Vec<f64>,
    /// Critical z at each look: reject where z (or |z|) exceeds it.
    pub z: Vec<f64>,
    /// The same as p-values of a single test.
    pub nominal_p: Vec<f64>,
    /// Alpha spent up to each look.
    pub cumulative_alpha: Vec<f64>,
    /// Whether both tails count.
    pub two_sided: bool,
}

/// The distribution of the score S = z √information at a look, where no boundary was crossed yet:
/// nodes, and density times weight at each.
struct Going {
    information: f64,
    nodes: Vec<(f64, f64)>,
}

/// The looks so far.
struct Path {
    going: Option<Going>,
    rule: Vec<(f64, f64)>,
    two_sided: bool,
}

impl Path {
    /// The probability of a first crossing of ±`z` (or `z`) at a look with this `information`.
    fn crossing(&self, z: f64, information: f64) -> f64 {
        let Some(before) = &self.going else {
            return if self.two_sided { 2.0 * normal::sf(z) } else { normal::sf(z) };
        };
        let step = (information - before.information).sqrt();
        let edge = z * information.sqrt();
        let each = |(s, w): &(f64, f64)| {
            let above = normal::sf((edge - s) / step);
            let below = if self.two_sided { normal::cdf((-edge - s) / step) } else { 0.0 };
            w * (above + below)
        };
        before.nodes.iter().map(each).sum()
    }

    /// Goes on past a look with critical value `z`.
    fn advance(&mut self, z: f64, information: f64) {
        let scale = information.sqrt();
        let high = z.min(FAR) * scale;
        let low = if self.two_sided { -high } else { -FAR * scale };
        let narrowest = match &self.going {
            None => scale,
            Some(before) => (information - before.information).sqrt(),
        };
        // Panels as wide as the narrowest kernel resolve the density to rounding.
        let panels = libm::ceil((high - low) / narrowest).clamp(1.0, 400.0);
        let width = (high - low) / panels;
        let mut nodes = Vec::new();
        for panel in 0..panels as usize {
            let middle = low + (panel as f64 + 0.5) * width;
            for (x, w) in &self.rule {
                let s = middle + 0.5 * width * x;
                let density = match &self.going {
                    None => normal::pdf(s / scale) / scale,
                    Some(before) => {
                        let sum: f64 = before.nodes.iter().map(|(u, w)| w * normal::pdf((s - u) / narrowest)).sum();
                        sum / narrowest
                    }
                };
                nodes.push((s, 0.5 * width * w * density));
            }
        }
        self.going = Some(Going { information, nodes });
    }

    /// The probability of crossing anywhere on the way.
    fn through(information: &[f64], z: impl Fn(f64) -> f64, two_sided: bool) -> Vec<f64> {
        let mut path = Self { going: None, rule: gauss_legendre(12), two_sided };
        let mut spent = 0.0;
        information
            .iter()
            .map(|i| {
                spent += path.crossing(z(*i), *i);
                path.advance(z(*i), *i);
                spent
            })
            .collect()
    }
}

fn spending(boundary: Boundary, alpha: f64, t: f64) -> f64 {
    match boundary {
        Boundary::PocockSpending => alpha * libm::log1p((std::f64::consts::E - 1.0) * t),
        _ => 2.0 * normal::sf(normal::isf(0.5 * alpha) / t.sqrt()),
    }
}

/// Critical values for looks at the given shares of the information (rising, above 0, at most 1;
/// equally spaced looks are k / K) that keep the whole design at size `alpha`.
///
/// Use it when results are looked at before all runs are done and may stop a campaign. Two-sided
/// boundaries are symmetric. Assumes that test statistics at the looks are those of a sum that
/// grows by independent normal increments, which most estimates are in large samples.
///
/// ```
/// use ergon_stats::{Boundary, group_sequential};
/// // Pocock's constant for two looks at 5 %, two-sided, is 2.178.
/// let design = group_sequential(&[0.5, 1.0], 0.05, true, Boundary::Pocock)?;
/// assert!((design.z[0] - 2.178).abs() < 1e-3 && design.z[0] == design.z[1]);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn group_sequential(
    information: &[f64],
    alpha: f64,
    two_sided: bool,
    boundary: Boundary,
) -> Result<GroupSequential, StatError> {
    within("alpha", alpha, (0.0, 0.5), "(0, 0.5)")?;
    if information.is_empty() || information.len() > MOST_LOOKS {
        let found = information.len().to_string();
        return Err(StatError::InvalidOption { option: "information", found, range: "1 to 50 looks" });
    }
    let mut before = 0.0;
    for i in information {
        if !(*i >= before + 1e-4 && *i <= 1.0) {
            let range = "shares that rise by at least 0.0001, up to 1";
            return Err(StatError::InvalidOption { option: "information", found: i.to_string(), range });
        }
        before = *i;
    }
    let failed = StatError::NotConverged { what: "boundary" };
    let last = before;
    let (z, cumulative_alpha) = match boundary {
        Boundary::Pocock | Boundary::ObrienFleming => {
            let shape = |i: f64| if boundary == Boundary::Pocock { 1.0 } else { (last / i).sqrt() };
            let total = |c: f64| Path::through(information, |i| c * shape(i), two_sided).last().copied().unwrap_or(0.0);
            let single = normal::isf(if two_sided { 0.5 * alpha } else { alpha });
            let c = monotone_root(|c| total(c) - alpha, 1.1 * single, 0.1, 0.0, 30.0).ok_or(failed)?;
            let z: Vec<f64> = information.iter().map(|i| c * shape(*i)).collect();
            (z, Path::through(information, |i| c * shape(i), two_sided))
        }
        Boundary::PocockSpending | Boundary::ObrienFlemingSpending => {
            let mut path = Path { going: None, rule: gauss_legendre(12), two_sided };
            let mut z = Vec::with_capacity(information.len());
            let mut spent = 0.0;
            let mut cumulative = Vec::with_capacity(information.len());
            for i in information {
                // In terms of one tail: the two tails of a symmetric boundary hardly overlap.
                let target =
                    if two_sided { 2.0 * spending(boundary, 0.5 * alpha, *i) } else { spending(boundary, alpha, *i) };
                let share = target - spent;
                let c = monotone_root(|c| path.crossing(c, *i) - share, 2.0, 0.5, -8.0, 38.0).ok_or(failed.clone())?;
                path.advance(c, *i);
                spent = target;
                z.push(c);
                cumulative.push(target);
            }
            (z, cumulative)
        }
    };
    let tail = |z: &f64| if two_sided { 2.0 * normal::sf(*z) } else { normal::sf(*z) };
    Ok(GroupSequential {
        account: Account::new("Group-sequential boundary", information.len(), 0, REFERENCES),
        boundary,
        information: information.to_vec(),
        nominal_p: z.iter().map(tail).collect(),
        z,
        cumulative_alpha,
        two_sided,
    })
}
