//! Answers of descriptions and of distribution functions.

use ergon_stats::{QuantileType, descriptive, dist, outliers, quantiles};
use serde_json::{Map, Value};

use super::case::{Answer, Case, CaseError};
use super::wire::{Wire, object};

pub(super) fn describe(case: &Case<'_>) -> Answer {
    let d = descriptive(&case.numbers("x")?, 0.95, case.missing()?)?;
    Ok(object!({
        "n": d.account.n_used, "n_missing": d.account.n_dropped, "mean": d.mean, "min": d.min,
        "max": d.max, "sum": d.sum, "quantiles_type7": d.quantiles, "median": d.median,
        "iqr": d.iqr, "mad_raw": d.mad, "var": d.var, "sd": d.sd, "sem": d.sem,
        "ci95_mean": d.mean_ci, "skew_biased": d.skewness,
        "kurt_excess_biased": d.kurtosis, "skew_unbiased": d.skewness_unbiased,
        "kurt_excess_unbiased": d.kurtosis_unbiased, "gmean": d.geometric_mean,
        "hmean": d.harmonic_mean,
    }))
}

pub(super) fn quantile_types(case: &Case<'_>) -> Answer {
    let (x, p) = (case.numbers("x")?, case.numbers("p")?);
    let missing = case.missing()?;
    let mut answer = Map::new();
    let types = case.option_counts("types")?.unwrap_or_else(|| (1..=9).collect());
    for number in types {
        let kind = u8::try_from(number).ok().and_then(QuantileType::from_number).ok_or_else(|| CaseError::Field {
            field: "options.types".into(),
            problem: format!("expected quantile types from 1 to 9, found {number}"),
        })?;
        answer.insert(format!("type{number}"), quantiles(&x, &p, kind, missing)?.wire());
    }
    Ok(Value::Object(answer))
}

pub(super) fn outlying(case: &Case<'_>) -> Answer {
    let o = outliers(&case.numbers("x")?, case.missing()?)?;
    Ok(object!({
        "grubbs_G": o.grubbs.map(|g| g.g), "grubbs_p": o.grubbs.map(|g| g.p),
        "modified_z": o.modified_z, "tukey_fence": o.fences,
    }))
}

pub(super) fn range(case: &Case<'_>) -> Answer {
    use dist::studentized_range::{cdf, quantile, sf};
    let (k, df) = (case.number("k")?, case.number("df")?);
    let (q, p) = (case.numbers("q")?, case.numbers("p")?);
    let each = |x: &[f64], f: fn(f64, f64, f64) -> f64| -> Vec<f64> { x.iter().map(|x| f(*x, k, df)).collect() };
    Ok(object!({ "cdf": each(&q, cdf), "sf": each(&q, sf), "ppf": each(&p, quantile), "ppf_r": each(&p, quantile) }))
}

/// A function of two arguments on a grid.
fn grid(case: &Case<'_>, rows: &str, columns: &str, f: fn(f64, f64) -> f64) -> Result<Vec<Vec<f64>>, CaseError> {
    let (rows, columns) = (case.numbers(rows)?, case.numbers(columns)?);
    Ok(rows.iter().map(|r| columns.iter().map(|c| f(*r, *c)).collect()).collect())
}

/// A function of each row of arguments.
fn each(case: &Case<'_>, key: &str, width: usize, f: impl Fn(&[f64]) -> f64) -> Result<Vec<f64>, CaseError> {
    Ok(case.rows(key, width)?.iter().map(|row| f(row)).collect())
}

#[derive(Clone, Copy)]
enum Function {
    TSurvival,
    TQuantile,
    FSurvival,
    ChiSquared,
    Normal,
    NoncentralT,
    NoncentralF,
    NoncentralChiSquared,
    Beta,
}

pub(super) fn distribution_functions(case: &Case<'_>) -> Answer {
    use dist::{beta, chi_squared, fisher_f, noncentral_chi_squared, noncentral_f, noncentral_t, normal, student_t};
    let function = case.required_choice(
        "function",
        &[
            ("student t survival", Function::TSurvival),
            ("student t quantile", Function::TQuantile),
            ("F survival", Function::FSurvival),
            ("chi2", Function::ChiSquared),
            ("normal", Function::Normal),
            ("noncentral t", Function::NoncentralT),
            ("noncentral F", Function::NoncentralF),
            ("noncentral chi2", Function::NoncentralChiSquared),
            ("regularized incomplete beta", Function::Beta),
        ],
    )?;
    Ok(match function {
        Function::TSurvival => object!({ "sf": grid(case, "t", "df", student_t::sf)? }),
        Function::TQuantile => object!({ "ppf": grid(case, "p", "df", student_t::quantile)? }),
        Function::FSurvival => {
            let df = case.rows("df", 2)?;
            let row = |f: &f64| -> Vec<f64> { df.iter().map(|d| fisher_f::sf(*f, d[0], d[1])).collect() };
            object!({ "sf": case.numbers("F")?.iter().map(row).collect::<Vec<_>>() })
        }
        Function::ChiSquared => object!({ "sf": grid(case, "x", "df", chi_squared::sf)? }),
        Function::Normal => {
            let p = match case.inputs.get("p") {
                Some(_) => case.numbers("p")?,
                None => vec![1e-12, 1e-6, 0.001, 0.025, 0.1, 0.3, 0.5, 0.9, 0.975, 0.9999],
            };
            object!({
                "sf": case.numbers("z")?.into_iter().map(normal::sf).collect::<Vec<_>>(),
                "isf_of_p": p.into_iter().map(normal::isf).collect::<Vec<_>>(),
            })
        }
        Function::NoncentralT => object!({
            "cdf": each(case, "t_df_nc", 3, |a| noncentral_t::cdf(a[0], a[1], a[2]))?,
            "sf": each(case, "t_df_nc", 3, |a| noncentral_t::sf(a[0], a[1], a[2]))?,
        }),
        Function::NoncentralF => object!({
            "cdf": each(case, "F_df1_df2_nc", 4, |a| noncentral_f::cdf(a[0], a[1], a[2], a[3]))?,
        }),
        Function::NoncentralChiSquared => object!({
            "cdf": each(case, "x_df_nc", 3, |a| noncentral_chi_squared::cdf(a[0], a[1], a[2]))?,
        }),
        Function::Beta => object!({ "cdf": each(case, "x_a_b", 3, |a| beta::cdf(a[0], a[1], a[2]))? }),
    })
}
