//! Repeated-measures analysis of variance with one factor within subjects (or blocks).

use serde::Serialize;

use crate::StatError;
use crate::account::{Account, Warning, wire_number};
use crate::dist::{chi_squared, fisher_f};
use crate::moments::{Moments, deviation, unit_of};
use crate::sum::{Sum, sum};

const REFERENCES: &[&str] = &[
    "Greenhouse & Geisser (1959), Psychometrika 24, 95–112",
    "Huynh & Feldt (1976), Journal of Educational Statistics 1, 69–82",
    "Mauchly (1940), Annals of Mathematical Statistics 11, 204–209",
    "Olejnik & Algina (2003), Psychological Methods 8, 434–447",
];

/// Mauchly's test of sphericity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mauchly {
    /// W: determinant of the contrasts' covariance over that of a spherical one; 1 is spherical.
    pub w: f64,
    /// The χ² statistic with Bartlett's factor.
    pub chi2: f64,
    /// Its degrees of freedom.
    pub df: f64,
    /// p-value from χ² with Box's second-order term.
    pub p: f64,
}

/// Result of a repeated-measures analysis of variance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnovaRm {
    /// Method, counts, findings, warnings, references.
    #[serde(flatten)]
    pub account: Account,
    /// The F statistic; infinite if nothing is left of the variation within subjects.
    #[serde(serialize_with = "wire_number")]
    pub f: f64,
    /// Numerator degrees of freedom, uncorrected.
    pub df1: f64,
    /// Denominator degrees of freedom, uncorrected.
    pub df2: f64,
    /// p-value if sphericity holds.
    pub p: f64,
    /// Greenhouse and Geisser's ε.
    pub epsilon_gg: f64,
    /// p-value with both degrees of freedom times Greenhouse and Geisser's ε.
    pub p_gg: f64,
    /// Huynh and Feldt's ε, at most 1.
    pub epsilon_hf: f64,
    /// p-value with both degrees of freedom times Huynh and Feldt's ε.
    pub p_hf: f64,
    /// Sum of squares of the conditions, in the squared unit of the data.
    pub ss_effect: f64,
    /// Sum of squares of the interaction with subjects, the error.
    pub ss_error: f64,
    /// Sum of squares of the subjects.
    pub ss_subjects: f64,
    /// Generalised η².
    pub generalized_eta2: f64,
    /// The test of sphericity; `None` for two conditions, or more conditions than subjects can tell.
    pub mauchly: Option<Mauchly>,
}

/// Tests equal means of the conditions, given one row per subject and one column per condition.
///
/// Use it where every subject (item, replicate) has all conditions. Assumes about normal residuals;
/// sphericity is not assumed by `p_gg` and `p_hf`, whose degrees of freedom are corrected. F =
/// MS_conditions / MS_conditions×subjects.
///
/// ```
/// use ergon_stats::anova_rm;
/// let rows = [[8.0, 6.0, 5.0], [7.0, 7.0, 4.0], [9.0, 6.0, 6.0], [8.0, 5.0, 3.0]];
/// let found = anova_rm(&rows)?;
/// assert!((found.f - 15.85714).abs() < 1e-4);
/// assert!((found.p - 0.00403).abs() < 1e-4);
/// # Ok::<(), ergon_stats::StatError>(())
/// ```
pub fn anova_rm<R: AsRef<[f64]>>(rows: &[R]) -> Result<AnovaRm, StatError> {
    let n = rows.len();
    let k = rows.first().map_or(0, |row| row.as_ref().len());
    if n < 2 {
        return Err(StatError::TooFew { what: "subjects", needed: 2, found: n });
    }
    if k < 2 {
        return Err(StatError::TooFew { what: "conditions", needed: 2, found: k });
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
    let unit = unit_of(rows.iter().map(AsRef::as_ref));
    let of_condition: Vec<Moments> =
        (0..k).map(|j| Moments::in_unit(&rows.iter().map(|row| row.as_ref()[j]).collect::<Vec<f64>>(), unit)).collect();
    let of_subject: Vec<Moments> = rows.iter().map(|row| Moments::in_unit(row.as_ref(), unit)).collect();
    let mut total = Sum::default();
    for m in &of_condition {
        total.join(m.total);
    }
    let (fn_, fk) = (n as f64, k as f64);
    let grand = total.divided_by(fn_ * fk);
    // Deviations of means from the grand mean, and of values from both.
    let condition: Vec<f64> = of_condition.iter().map(|m| m.center.minus(grand)).collect();
    let subject: Vec<f64> = of_subject.iter().map(|m| m.center.minus(grand)).collect();
    let scale = 1.0 / unit;
    let residuals: Vec<Vec<f64>> = rows
        .iter()
        .zip(&subject)
        .map(|(row, s)| row.as_ref().iter().zip(&condition).map(|(v, c)| deviation(v * scale, grand) - c - s).collect())
        .collect();
    let effect = fn_ * sum(condition.iter().map(|c| c * c));
    let subjects = fk * sum(subject.iter().map(|s| s * s));
    let error = sum(residuals.iter().flatten().map(|r| r * r));
    if effect + error == 0.0 {
        return Err(StatError::NoVariation { what: "conditions within subjects" });
    }
    let (df1, df2) = (fk - 1.0, (fk - 1.0) * (fn_ - 1.0));
    let f = (effect / df1) / (error / df2);

    // Residuals are centred both ways: their products are the doubly centred covariance.
    let covariance: Vec<Vec<f64>> =
        (0..k).map(|i| (0..k).map(|j| sum(residuals.iter().map(|r| r[i] * r[j])) / (fn_ - 1.0)).collect()).collect();
    let trace = sum((0..k).map(|i| covariance[i][i]));
    let squares = sum(covariance.iter().flatten().map(|c| c * c));
    let epsilon_gg = if squares > 0.0 { (trace * trace / (df1 * squares)).clamp(1.0 / df1, 1.0) } else { 1.0 };
    let below = df1 * (fn_ - 1.0 - df1 * epsilon_gg);
    let epsilon_hf = if below > 0.0 { ((fn_ * df1 * epsilon_gg - 2.0) / below).clamp(epsilon_gg, 1.0) } else { 1.0 };
    let corrected = |epsilon: f64| fisher_f::sf(f, df1 * epsilon, df2 * epsilon);

    let mut account = Account::new("Repeated-measures analysis of variance", n, 0, REFERENCES);
    if error == 0.0 {
        account.warnings.push(Warning::NoResidualVariation);
    }
    if n < 5 {
        account.warnings.push(Warning::FewObservations { n });
    }
    let unit2 = unit * unit;
    if !((effect + error + subjects) * unit2).is_finite() {
        return Err(StatError::OutOfRange { what: "sums of squares" });
    }
    Ok(AnovaRm {
        f,
        df1,
        df2,
        p: fisher_f::sf(f, df1, df2),
        epsilon_gg,
        p_gg: corrected(epsilon_gg),
        epsilon_hf,
        p_hf: corrected(epsilon_hf),
        ss_effect: effect * unit2,
        ss_error: error * unit2,
        ss_subjects: subjects * unit2,
        generalized_eta2: effect / (effect + subjects + error),
        mauchly: mauchly(&covariance, trace, n),
        account,
    })
}

/// Mauchly's W from the doubly centred covariance: the product of its k − 1 eigenvalues that aren't 0 by construction,
/// which is the determinant after adding the mean of all ones (eigenvalue 1 in the direction left out).
fn mauchly(covariance: &[Vec<f64>], trace: f64, n: usize) -> Option<Mauchly> {
    let k = covariance.len();
    let p = k as f64 - 1.0;
    if k < 3 || n <= k || trace <= 0.0 {
        return None;
    }
    let mean = trace / p;
    let one = 1.0 / k as f64;
    let filled: Vec<Vec<f64>> = covariance.iter().map(|row| row.iter().map(|c| c / mean + one).collect()).collect();
    let w = determinant(filled).filter(|w| *w > 0.0)?.min(1.0);
    let df_error = n as f64 - 1.0;
    let rho = 1.0 - (2.0 * p * p + p + 2.0) / (6.0 * p * df_error);
    let chi2 = -df_error * rho * libm::log(w);
    let df = p * (p + 1.0) / 2.0 - 1.0;
    let first = chi_squared::sf(chi2, df);
    let second = chi_squared::sf(chi2, df + 4.0);
    let by = p * df_error * rho;
    // The last factor is the one the reference vectors carry (R and pingouin agree on them); Anderson (1958, 10.7)
    // prints + 2 in place of + 5, which moves p by about a hundredth of the second-order term.
    let weight =
        (p + 2.0) * (p - 1.0) * (p - 2.0) * (2.0 * p * p * p + 6.0 * p * p + 3.0 * p + 5.0) / (288.0 * by * by);
    Some(Mauchly { w, chi2, df, p: (first + weight * (second - first)).clamp(0.0, 1.0) })
}

/// Determinant of a symmetric positive definite matrix by Cholesky's factor; `None` if it isn't one.
fn determinant(mut a: Vec<Vec<f64>>) -> Option<f64> {
    let k = a.len();
    let mut product = 1.0;
    for j in 0..k {
        let pivot = a[j][j];
        if pivot <= 0.0 {
            return None;
        }
        product *= pivot;
        let lead = a[j].clone();
        for row in a.iter_mut().skip(j + 1) {
            let factor = row[j] / pivot;
            for (slot, l) in row.iter_mut().zip(&lead).skip(j) {
                *slot -= factor * l;
            }
        }
    }
    Some(product)
}
