//! Dunnett's comparisons of several groups with one control.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Estimate, Interval, IntervalKind};
use crate::dist::{normal, student_t, studentized_range};
use crate::groups::Groups;
use crate::options::{Alternative, TestOptions};
use crate::special::root::monotone_root;

const REFERENCES: &[&str] = &["Dunnett (1955), Journal of the American Statistical Association 50, 1096–1121"];

/// Step of the inner trapezoidal rule, in standard deviations of the control's mean.
const STEP: f64 = 0.2;

/// One group against the control.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DunnettComparison {
    /// The group, from 0, the control not counted.
    pub group: usize,
    /// Mean of the group minus mean of the control.
    pub estimate: Estimate,
    /// t statistic.
    pub t: f64,
    /// p-value, adjusted for all comparisons.
    pub p: f64,
    /// Simultaneous confidence interval.
    pub ci: Interval,
}

/// Result of Dunnett's test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dunnett {
    /// Method, counts, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The comparisons, in the order of the groups.
    pub comparisons: Vec<DunnettComparison>,
    /// Degrees of freedom of the pooled variance.
    pub df: f64,
    /// Critical t of the level.
    pub critical: f64,
    /// The alternative hypothesis.
    pub alternative: Alternative,
}

/// P(some group exceeds t): given the control's mean z and the scale s the groups are independent.
fn exceeds(t: f64, loads: &[f64], df: f64, alternative: Alternative) -> f64 {
    if t <= 0.0 && alternative == Alternative::TwoSided {
        return 1.0;
    }
    // The larger a group beside the control, the narrower the step of its factor in z.
    let narrowest = loads.iter().map(|l| (1.0 - l * l).sqrt() / l).fold(f64::INFINITY, f64::min);
    let step = STEP.min(0.4 * narrowest).max(0.002);
    let reach = libm::ceil(9.0 / step) as i32;
    let given = |s: f64| {
        let inner = |z: f64| {
            let none: f64 = loads
                .iter()
                .map(|l| {
                    let own = (1.0 - l * l).sqrt();
                    let above = normal::sf((t * s - l * z) / own);
                    let below =
                        if alternative == Alternative::TwoSided { normal::cdf((-t * s - l * z) / own) } else { 0.0 };
                    libm::log1p(-(above + below).min(1.0 - 1e-16))
                })
                .sum();
            normal::pdf(z) * -libm::expm1(none)
        };
        (-reach..=reach).map(|i| inner(f64::from(i) * step)).sum::<f64>() * step
    };
    studentized_range::over_scale(df, t.abs(), given)
}

/// Compares each of the `groups` with the `control`: all means share one pooled variance, and the
/// p-values and intervals hold for all comparisons together.
///
/// Use it where one condition is the baseline and only differences from it matter; it finds more
/// than Tukey's test of all pairs. Assumes normal values of equal variance. The estimate is group
/// minus control.
///
/// ```
/// use ergon_stats::{TestOptions, dunnett};
/// let control = [10.1, 9.8, 10.3, 9.9];
/// let d = dunnett(&control, &[vec![10.0, 10.2, 9.7, 10.1], vec![11.0, 11.4, 10.8, 11.1]], &TestOptions::default())?;
/// assert!(d.comparisons[0].p > 0.9 && d.comparisons[1].p < 0.01);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn dunnett<G: AsRef<[f64]>>(control: &[f64], groups: &[G], options: &TestOptions) -> Result<Dunnett, StatError> {
    options.check()?;
    if groups.is_empty() {
        return Err(StatError::TooFew { what: "groups", needed: 1, found: 0 });
    }
    let all: Vec<&[f64]> = std::iter::once(control).chain(groups.iter().map(AsRef::as_ref)).collect();
    let all = Groups::of(&all, 1, options.missing)?;
    let (n, k) = (all.n_used(), all.count());
    if n <= k {
        return Err(StatError::TooFew { what: "observations in all groups", needed: k + 1, found: n });
    }
    let df = (n - k) as f64;
    let variance = all.ss_within() / df;
    if variance == 0.0 {
        return Err(StatError::NoVariation { what: "the groups" });
    }
    let sizes: Vec<f64> = all.moments.iter().map(|m| m.n as f64).collect();
    let loads: Vec<f64> = sizes[1..].iter().map(|n| (n / (n + sizes[0])).sqrt()).collect();
    let adjusted = |t: f64| match options.alternative {
        Alternative::TwoSided => exceeds(t.abs(), &loads, df, Alternative::TwoSided),
        Alternative::Greater => exceeds(t, &loads, df, Alternative::Greater),
        Alternative::Less => exceeds(-t, &loads, df, Alternative::Less),
    };
    let tail = 1.0 - options.level;
    let one_sided = options.alternative != Alternative::TwoSided;
    let share = tail / (groups.len() as f64 * if one_sided { 1.0 } else { 2.0 });
    let bound = student_t::isf(share.min(0.4), df);
    let critical = monotone_root(|t| exceeds(t, &loads, df, options.alternative) - tail, bound, 0.1, -40.0, 1e6)
        .ok_or(StatError::NotConverged { what: "critical value" })?;
    let comparisons: Vec<DunnettComparison> = (1..sizes.len())
        .map(|i| {
            let gap = all.moments[i].center.minus(all.moments[0].center);
            let se = (variance * (1.0 / sizes[i] + 1.0 / sizes[0])).sqrt();
            let t = gap / se;
            let (value, reach) = (gap * all.unit, critical * se * all.unit);
            let (low, high) = match options.alternative {
                Alternative::TwoSided => (value - reach, value + reach),
                Alternative::Greater => (value - reach, f64::INFINITY),
                Alternative::Less => (f64::NEG_INFINITY, value + reach),
            };
            DunnettComparison {
                group: i - 1,
                estimate: Estimate { name: "difference from the control", value, se: se * all.unit },
                t,
                p: adjusted(t).min(1.0),
                ci: Interval { low, high, level: options.level, kind: IntervalKind::Dunnett },
            }
        })
        .collect();
    if !comparisons
        .iter()
        .all(|c| c.t.is_finite() && c.estimate.value.is_finite() && c.estimate.se.is_finite() && !c.p.is_nan())
    {
        return Err(StatError::OutOfRange { what: "differences" });
    }
    let mut account = Account::new("Dunnett's test", all.n_used(), all.n_dropped(), REFERENCES);
    all.warn(&mut account.warnings);
    all.warn_of_unequal_variances(&mut account.warnings);
    Ok(Dunnett { account, comparisons, df, critical, alternative: options.alternative })
}
