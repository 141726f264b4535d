//! How well an additive model of some factors predicts conditions that it hasn't seen.

use std::collections::BTreeMap;

use ergon_domain::{Digest, Value};
use ergon_stats::{MissingPolicy, StatError, kfold_r2};

use crate::ask::Ask;
use crate::contrast::known_levels;
use crate::detail::{CrossValidation, Detail};
use crate::error::AnalysisError;
use crate::frame::{Frame, same_level};
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Estimate};
use crate::write_up::{blank, question};

/// A numeric factor with more levels than this enters as a straight line.
const MOST_LEVELS: usize = 10;

/// Predicts the mean of every condition from an additive model of the others, `folds` folds at a time.
///
/// Whole conditions are held out, so replicates of a condition can't tell on each other. Conditions go into folds in
/// the order of their digests: a fixed order that has nothing to do with that of the plan.
///
/// # Errors
/// Unknown names, censored values, too few conditions, a fold without which a level or factor can't be told.
pub fn cross_validation(frame: &Frame, ask: &Ask, factors: &[String], folds: usize) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let account = response.account(0..frame.rows.len());
    let metric = response.metric.id.clone();
    if account.censored > 0 {
        return Err(AnalysisError::Censored { metric, censored: account.censored });
    }
    let mut conditions: BTreeMap<Digest, (usize, Vec<f64>)> = BTreeMap::new();
    for (i, row) in frame.rows.iter().enumerate() {
        if let Some(x) = response.value(i) {
            conditions.entry(row.condition.digest).or_insert_with(|| (i, Vec::new())).1.push(x);
        }
    }
    if conditions.is_empty() {
        return Err(AnalysisError::NoValues { metric, reasons: account.reasons() });
    }
    let y: Vec<f64> = conditions.values().map(|(_, v)| v.iter().sum::<f64>() / v.len() as f64).collect();
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for factor in factors {
        let levels = known_levels(frame, factor)?;
        let of: Vec<Option<&Value>> = conditions
            .values()
            .map(|(i, _)| frame.rows.get(*i).and_then(|r| r.condition.condition.get(factor)))
            .collect();
        let numbers: Option<Vec<f64>> = of.iter().map(|v| v.and_then(Value::as_f64)).collect();
        match numbers {
            Some(numbers) if levels.len() > MOST_LEVELS => columns.push(numbers),
            _ => columns.extend(levels.iter().skip(1).map(|level| {
                let at = |v: &Option<&Value>| f64::from(u8::from(v.is_some_and(|v| same_level(v, level))));
                of.iter().map(at).collect()
            })),
        }
    }
    let x: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let found = kfold_r2(&y, &x, folds, MissingPolicy::Refuse).map_err(|e| match e {
        StatError::TooFew { found, needed, .. } => {
            AnalysisError::TooFewRuns { what: "conditions outside a fold".into(), found, needed }
        }
        StatError::RankDeficient { .. } => {
            AnalysisError::Untold { factors: factors.iter().map(|f| f.as_str().into()).collect() }
        }
        StatError::InvalidOption { option: "k", .. } => AnalysisError::TooFewRuns {
            what: "conditions for these folds".into(),
            found: y.len(),
            needed: folds.max(2),
        },
        other => other.into(),
    })?;
    let title = &response.metric.title;
    let text = format!("How well do {} predict {title} in conditions not seen?", factors.join(", "));
    let mut asked = question(&response, ask, text, "r2");
    asked.by = factors.to_vec();
    let procedure = format!("{folds}-fold cross-validation of an additive linear model");
    let mut analysis = blank(frame, asked, AnalysisKind::CrossValidation, &procedure, ask, &account);
    analysis.unit_of_analysis = "conditions".into();
    analysis.references = found.account.references.iter().map(|r| (*r).to_owned()).collect();
    analysis.trail.push(format!(
        "The means of {} conditions are predicted, {folds} folds of whole conditions held out in turn, from an additive \
         model of {}. R² is against the mean of all conditions: 0 is no better than that mean.",
        y.len(),
        factors.join(", ")
    ));
    let estimate = |value: f64, unit: &str| Estimate { value, se: None, ci: None, unit: unit.to_owned() };
    analysis.estimates.insert("r2".into(), estimate(found.r2, "1"));
    analysis.estimates.insert("rmse".into(), estimate(found.rmse, &response.metric.unit));
    analysis.detail = Some(Detail::CrossValidation(CrossValidation {
        predictors: factors.to_vec(),
        folds,
        conditions: y.len(),
        r2: found.r2,
        r2_per_fold: found.r2_per_fold,
        rmse: found.rmse,
    }));
    Ok(analysis)
}
