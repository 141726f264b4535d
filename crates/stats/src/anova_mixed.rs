//! Split-plot (mixed) analysis of variance: one factor between subjects, one within.

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning};
use crate::dist::fisher_f;
use crate::moments::unit_of;
use crate::sum::sum;

const REFERENCES: &[&str] = &[
    "Winer, Brown & Michels (1991), Statistical Principles in Experimental Design",
    "Greenhouse & Geisser (1959), Psychometrika 24, 95–112",
];

/// One effect of a mixed analysis of variance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MixedEffect {
    /// Sum of squares, in squared units of the data.
    pub ss: f64,
    /// F statistic.
    #[serde(serialize_with = "crate::account::wire_number")]
    pub f: f64,
    /// Numerator degrees of freedom.
    pub df1: f64,
    /// Denominator degrees of freedom.
    pub df2: f64,
    /// p-value, sphericity assumed.
    pub p: f64,
    /// p-value with Greenhouse and Geisser's degrees of freedom; `None` for the effect between.
    pub p_gg: Option<f64>,
    /// Partial η².
    pub partial_eta2: f64,
}

/// Result of a mixed analysis of variance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnovaMixed {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The factor between subjects.
    pub between: MixedEffect,
    /// The factor within subjects.
    pub within: MixedEffect,
    /// Their interaction.
    pub interaction: MixedEffect,
    /// Sum of squares of subjects within groups.
    pub ss_error_between: f64,
    /// Sum of squares of residuals within subjects.
    pub ss_error_within: f64,
    /// Greenhouse and Geisser's ε of the pooled covariance within groups.
    pub epsilon_gg: f64,
}

fn effect(ss: f64, df1: f64, error: f64, df2: f64, unit2: f64, epsilon: Option<f64>) -> MixedEffect {
    let f = if error > 0.0 {
        (ss / df1) / (error / df2)
    } else if ss > 0.0 {
        f64::INFINITY
    } else {
        0.0
    };
    MixedEffect {
        ss: ss * unit2,
        f,
        df1,
        df2,
        p: fisher_f::sf(f, df1, df2),
        p_gg: epsilon.map(|e| fisher_f::sf(f, df1 * e, df2 * e)),
        partial_eta2: if ss + error > 0.0 { ss / (ss + error) } else { 0.0 },
    }
}

/// Tests a factor between subjects, a factor within subjects and their interaction, given one row
/// per subject with one column per level within, and the group of each subject from 0.
///
/// Use it where every subject (a seed, an item, a whole plot) is measured at every level of one
/// factor but belongs to one level of the other: a factor that was hard to change. The factor
/// between is tested against the variation of subjects, the rest against that within them. Groups
/// may differ in size (sums of squares are then those of type II). Assumes sphericity for `p`;
/// `p_gg` corrects for its absence.
///
/// ```
/// use ergon_stats::anova_mixed;
/// let rows = [[1.0, 2.0], [2.0, 3.5], [1.5, 2.0], [3.0, 6.0], [4.0, 6.5], [3.5, 6.5]];
/// let test = anova_mixed(&rows, &[0, 0, 0, 1, 1, 1])?;
/// assert_eq!((test.between.df1, test.between.df2, test.within.df2), (1.0, 4.0, 4.0));
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn anova_mixed<R: AsRef<[f64]>>(rows: &[R], group: &[usize]) -> Result<AnovaMixed, StatError> {
    let n = rows.len();
    let k = rows.first().map_or(0, |row| row.as_ref().len());
    if group.len() != n {
        return Err(StatError::LengthMismatch { what: "rows and group", left: n, right: group.len() });
    }
    if k < 2 {
        return Err(StatError::TooFew { what: "levels within", needed: 2, found: k });
    }
    for row in rows.iter().map(AsRef::as_ref) {
        if row.len() != k {
            return Err(StatError::LengthMismatch { what: "rows", left: k, right: row.len() });
        }
        if let Some(index) = row.iter().position(|v| v.is_infinite()) {
            return Err(StatError::NonFinite { what: "a row", index });
        }
        let count = row.iter().filter(|v| v.is_nan()).count();
        if count > 0 {
            return Err(StatError::Missing { what: "a row", count });
        }
    }
    let mut labels = group.to_vec();
    labels.sort_unstable();
    labels.dedup();
    let g = labels.len();
    if g < 2 {
        return Err(StatError::TooFew { what: "groups", needed: 2, found: g });
    }
    if n <= g {
        return Err(StatError::TooFew { what: "subjects", needed: g + 1, found: n });
    }
    let unit = unit_of(rows.iter().map(AsRef::as_ref));
    let (subjects, levels, groups) = (n as f64, k as f64, g as f64);
    // Deviations from the first value first: a common offset must not cost digits.
    let origin = rows[0].as_ref()[0] / unit;
    let y: Vec<Vec<f64>> = rows.iter().map(|r| r.as_ref().iter().map(|v| v / unit - origin).collect()).collect();
    let mean_of = |values: &mut dyn Iterator<Item = f64>, n: f64| sum(values) / n;
    let grand = mean_of(&mut y.iter().flatten().copied(), subjects * levels);
    let subject: Vec<f64> = y.iter().map(|r| mean_of(&mut r.iter().copied(), levels)).collect();
    let level: Vec<f64> = (0..k).map(|j| mean_of(&mut y.iter().map(|r| r[j]), subjects)).collect();
    let members: Vec<Vec<usize>> =
        labels.iter().map(|label| (0..n).filter(|i| group[*i] == *label).collect()).collect();
    let (mut between, mut rest_between, mut interaction) = (Vec::new(), Vec::new(), Vec::new());
    let mut residuals: Vec<Vec<f64>> = Vec::with_capacity(n);
    for of_group in &members {
        let size = of_group.len() as f64;
        let mean = mean_of(&mut of_group.iter().map(|i| subject[*i]), size);
        between.push(size * levels * (mean - grand) * (mean - grand));
        rest_between.extend(of_group.iter().map(|i| levels * (subject[*i] - mean) * (subject[*i] - mean)));
        let cell: Vec<f64> = (0..k).map(|j| mean_of(&mut of_group.iter().map(|i| y[*i][j]), size)).collect();
        for (c, l) in cell.iter().zip(&level) {
            let gap = c - mean - l + grand;
            interaction.push(size * gap * gap);
        }
        for i in of_group {
            residuals.push(y[*i].iter().zip(&cell).map(|(v, c)| v - c - subject[*i] + mean).collect());
        }
    }
    let (between, rest_between, interaction) = (sum(between), sum(rest_between), sum(interaction));
    let within = subjects * sum(level.iter().map(|l| (l - grand) * (l - grand)));
    let rest_within = sum(residuals.iter().flatten().map(|r| r * r));
    let total = between + rest_between + within + interaction + rest_within;
    if total == 0.0 {
        return Err(StatError::NoVariation { what: "all rows" });
    }
    let covariance: Vec<Vec<f64>> =
        (0..k).map(|i| (0..k).map(|j| sum(residuals.iter().map(|r| r[i] * r[j]))).collect()).collect();
    let trace = sum((0..k).map(|i| covariance[i][i]));
    let squares = sum(covariance.iter().flatten().map(|c| c * c));
    let df_within = levels - 1.0;
    let epsilon = if squares > 0.0 { (trace * trace / (df_within * squares)).clamp(1.0 / df_within, 1.0) } else { 1.0 };
    let df_error = df_within * (subjects - groups);
    let unit2 = unit * unit;
    if !(total * unit2).is_finite() {
        return Err(StatError::OutOfRange { what: "sums of squares" });
    }
    let mut account = Account::new("Mixed (split-plot) analysis of variance", n, 0, REFERENCES);
    let sizes = || members.iter().map(Vec::len);
    let (smallest, largest) = (sizes().min().unwrap_or(0), sizes().max().unwrap_or(0));
    if largest as f64 > 1.5 * smallest as f64 {
        account.warnings.push(Warning::Unbalanced { smallest, largest });
    }
    if smallest < 5 {
        account.warnings.push(Warning::FewObservations { n: smallest });
    }
    if rest_within == 0.0 || rest_between == 0.0 {
        account.warnings.push(Warning::NoResidualVariation);
    }
    Ok(AnovaMixed {
        account,
        between: effect(between, groups - 1.0, rest_between, subjects - groups, unit2, None),
        within: effect(within, df_within, rest_within, df_error, unit2, Some(epsilon)),
        interaction: effect(interaction, df_within * (groups - 1.0), rest_within, df_error, unit2, Some(epsilon)),
        ss_error_between: rest_between * unit2,
        ss_error_within: rest_within * unit2,
        epsilon_gg: epsilon,
    })
}
