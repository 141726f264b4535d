//! Answers of the generalised linear models.

use ergon_stats::{Glm, GlmCoefficient, GlmOptions, StatError, logistic, poisson_glm};

use super::case::{Answer, Case, CaseError};
use super::wire::object;

type Fit = fn(&[f64], &[&[f64]], &GlmOptions<'_>) -> Result<Glm, StatError>;

fn fitted(case: &Case<'_>, fit: Fit) -> Result<Glm, CaseError> {
    let columns = case.lists("x_columns")?;
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let options = GlmOptions {
        intercept: case.flag("intercept", true)?,
        level: case.level()?,
        missing: case.missing()?,
        ..GlmOptions::default()
    };
    Ok(fit(&case.numbers("y")?, &columns, &options)?)
}

fn each(glm: &Glm, f: fn(&GlmCoefficient) -> f64) -> Vec<f64> {
    glm.coefficients.iter().map(f).collect()
}

pub(super) fn successes(case: &Case<'_>) -> Answer {
    let glm = fitted(case, logistic)?;
    Ok(object!({
        "coef": each(&glm, |c| c.estimate), "se": each(&glm, |c| c.se), "z": each(&glm, |c| c.z),
        "p": each(&glm, |c| c.p), "loglik": glm.log_likelihood, "loglik_null": glm.log_likelihood_null,
        "mcfadden_r2": glm.mcfadden_r2, "aic": glm.aic, "bic": glm.bic, "odds_ratio": each(&glm, |c| c.ratio),
    }))
}

pub(super) fn counts(case: &Case<'_>) -> Answer {
    let glm = fitted(case, poisson_glm)?;
    Ok(object!({
        "coef": each(&glm, |c| c.estimate), "se": each(&glm, |c| c.se), "p": each(&glm, |c| c.p),
        "deviance": glm.deviance, "loglik": glm.log_likelihood, "aic": glm.aic,
    }))
}
