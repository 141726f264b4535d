//! One-way analysis of variance.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, SampleSummary, Warning, wire_number};
use crate::dist::fisher_f;
use crate::groups::Groups;
use crate::missing::MissingPolicy;
use crate::sum::sum;

const REFERENCES: &[&str] = &[
    "Fisher (1925), Statistical Methods for Research Workers",
    "Olejnik & Algina (2003), Psychological Methods 8, 434–447",
];

/// Result of a one-way analysis of variance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnovaOneWay {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The F statistic; infinite (with a warning) if groups differ but nothing varies within them.
    #[serde(serialize_with = "wire_number")]
    pub f: f64,
    /// Degrees of freedom between groups.
    pub df1: f64,
    /// Degrees of freedom within groups.
    pub df2: f64,
    /// p-value, from the survival function.
    pub p: f64,
    /// Sum of squares between groups, in the squared unit of the data.
    pub ss_between: f64,
    /// Sum of squares within groups, in the squared unit of the data.
    pub ss_within: f64,
    /// Mean square between groups.
    pub ms_between: f64,
    /// Mean square within groups; its root is the residual standard deviation.
    pub ms_within: f64,
    /// η²: share of the total sum of squares.
    pub eta2: f64,
    /// ω²: η² corrected for its bias (may be negative).
    pub omega2: f64,
    /// ε²: the other correction (may be negative).
    pub epsilon2: f64,
    /// The groups, in the order given.
    pub groups: Vec<SampleSummary>,
}

/// Fisher's one-way analysis of variance of equal group means, variances assumed equal.
///
/// Use it where variances are equal by design; [`welch_anova`](crate::welch_anova) does without.
/// Assumes independence and about normal residuals. F = (SS_between / (k − 1)) / (SS_within / (n −
/// k)).
///
/// ```
/// use ergon_stats::{MissingPolicy, anova_oneway};
/// let groups = [vec![4.2, 5.6, 5.2, 6.1, 4.5], vec![4.8, 4.1, 4.4, 3.6, 5.9], vec![6.3, 5.1, 5.5, 5.4, 5.3]];
/// let found = anova_oneway(&groups, MissingPolicy::Refuse)?;
/// assert!((found.f - 2.21883).abs() < 1e-4);
/// assert!((found.p - 0.15137).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn anova_oneway<G: AsRef<[f64]>>(groups: &[G], missing: MissingPolicy) -> Result<AnovaOneWay, StatError> {
    let g = Groups::of(groups, 1, missing)?;
    let (n, k) = (g.n_used(), g.count());
    if n <= k {
        return Err(StatError::TooFew { what: "observations in all groups", needed: k + 1, found: n });
    }
    if g.all_equal() {
        return Err(StatError::NoVariation { what: "all groups" });
    }
    let grand = g.grand_mean();
    let between = sum(g.moments.iter().map(|m| {
        let d = m.center.minus(grand);
        m.n as f64 * d * d
    }));
    let within = g.ss_within();
    let (df1, df2) = ((k - 1) as f64, (n - k) as f64);
    let (msb, msw) = (between / df1, within / df2);
    let f = msb / msw;
    let total = between + within;

    let mut account = Account::new("One-way analysis of variance", n, g.n_dropped(), REFERENCES);
    g.warn(&mut account.warnings);
    g.warn_of_unequal_variances(&mut account.warnings);
    if within == 0.0 {
        account.warnings.push(Warning::NoResidualVariation);
    }
    let unit2 = g.unit * g.unit;
    if !(total * unit2).is_finite() {
        return Err(StatError::OutOfRange { what: "sums of squares" });
    }
    Ok(AnovaOneWay {
        f,
        df1,
        df2,
        p: fisher_f::sf(f, df1, df2),
        ss_between: between * unit2,
        ss_within: within * unit2,
        ms_between: msb * unit2,
        ms_within: msw * unit2,
        eta2: between / total,
        omega2: (between - df1 * msw) / (total + msw),
        epsilon2: (between - df1 * msw) / total,
        groups: g.summaries(),
        account,
    })
}
