//! Answers of the correlations.

use ergon_stats::{Correlation, CorrelationMethod, kendall, partial_correlation, pearson, point_biserial, spearman};
use serde_json::Value;

use super::case::{Answer, Case, CaseError};
use super::wire::object;

fn method(case: &Case<'_>) -> Result<CorrelationMethod, CaseError> {
    use CorrelationMethod::{Approximate, Exact};
    case.choice("p_method", &[("t approximation", Approximate), ("asymptotic", Approximate), ("exact", Exact)])
}

fn table(c: &Correlation) -> Value {
    object!({
        "r": c.estimate, "rho": c.estimate, "tau": c.estimate, "p": c.p, "t": c.statistic,
        "S": c.statistic, "df": c.df, "ci": c.ci,
    })
}

pub(super) fn product_moment(case: &Case<'_>) -> Answer {
    Ok(table(&pearson(&case.numbers("x")?, &case.numbers("y")?, &case.test_options()?)?))
}

pub(super) fn rank(case: &Case<'_>) -> Answer {
    Ok(table(&spearman(&case.numbers("x")?, &case.numbers("y")?, method(case)?, &case.test_options()?)?))
}

pub(super) fn concordance(case: &Case<'_>) -> Answer {
    Ok(table(&kendall(&case.numbers("x")?, &case.numbers("y")?, method(case)?, &case.test_options()?)?))
}

pub(super) fn two_valued(case: &Case<'_>) -> Answer {
    Ok(table(&point_biserial(&case.numbers("x")?, &case.numbers("y")?, &case.test_options()?)?))
}

pub(super) fn partial(case: &Case<'_>) -> Answer {
    let given = case.lists("z_columns")?;
    let given: Vec<&[f64]> = given.iter().map(Vec::as_slice).collect();
    Ok(table(&partial_correlation(&case.numbers("x")?, &case.numbers("y")?, &given, &case.test_options()?)?))
}
