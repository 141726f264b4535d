//! Other factors adjusted for by an additive linear model: for designs that take a part of the combinations, where few
//! runs differ in one factor alone.

use std::collections::{BTreeMap, BTreeSet};

use ergon_domain::{Digest, ParameterName, Value};
use ergon_stats::{Alternative, LinearModel, LinearModelOptions, Predictor, StatError, SumsOfSquares, linear_model};

use crate::companions;
use crate::error::AnalysisError;
use crate::frame::{Frame, same_level};
use crate::inference::{Inference, Scale, is_rounding, magnitude, options, standardised};
use crate::paired::{Prepared, over_replicates};
use crate::result::{Dropped, Warning};

/// A numeric factor with more levels than this enters as a straight line.
const MOST_LEVELS: usize = 10;

/// Conditions (one row each of the model) with their runs.
pub(crate) struct ModelRows {
    /// Rows of each condition, in order of first appearance.
    pub(crate) conditions: Vec<(Digest, Vec<usize>)>,
    /// Levels of the factor, in the order of the spec.
    pub(crate) levels: Vec<Value>,
    factor: ParameterName,
    others: Vec<ParameterName>,
    /// Levels of other factors that say what others have said: no faults are the fault rate 0.
    implied: Vec<(ParameterName, Value)>,
}

impl ModelRows {
    /// Usable rows of the phases in which both levels of the contrast occur.
    pub(crate) fn of(frame: &Frame, factor: &str, pair: &[Value], usable: impl Fn(usize) -> bool) -> Self {
        let holds = |phase: u16, level: &Value| {
            (0..frame.rows.len()).any(|i| usable(i) && in_phase(frame, i, phase) && at(frame, i, factor, level))
        };
        let all: BTreeSet<u16> = (0..frame.rows.len()).flat_map(|i| phases(frame, i)).collect();
        let chosen: Vec<u16> = all.into_iter().filter(|p| pair.iter().all(|level| holds(*p, level))).collect();
        let mut conditions: Vec<(Digest, Vec<usize>)> = Vec::new();
        let mut position: BTreeMap<Digest, usize> = BTreeMap::new();
        for i in (0..frame.rows.len()).filter(|i| usable(*i) && chosen.iter().any(|p| in_phase(frame, *i, *p))) {
            let Some(row) = frame.rows.get(i) else { continue };
            let slot = *position.entry(row.condition.digest).or_insert_with(|| {
                conditions.push((row.condition.digest, Vec::new()));
                conditions.len() - 1
            });
            if let Some((_, rows)) = conditions.get_mut(slot) {
                rows.push(i);
            }
        }
        let mut rows =
            Self { conditions, levels: Vec::new(), factor: factor.into(), others: Vec::new(), implied: Vec::new() };
        rows.settle(frame);
        rows
    }

    /// Levels and varied parameters of the conditions that are left.
    fn settle(&mut self, frame: &Frame) {
        let present = |name: &str, level: &Value| {
            self.conditions.iter().any(|(_, rows)| rows.first().is_some_and(|i| at(frame, *i, name, level)))
        };
        self.levels =
            frame.levels(self.factor.as_str()).into_iter().filter(|l| present(self.factor.as_str(), l)).collect();
        self.others = frame
            .varied()
            .into_iter()
            .filter(|name| *name != self.factor)
            .filter(|name| frame.levels(name.as_str()).iter().filter(|l| present(name.as_str(), l)).count() > 1)
            .collect();
        self.implied = self.find_implied(frame);
    }

    /// Levels of the other factors that depend on those before them. The factor stands last, so that what it shares
    /// with the others is never taken from it.
    fn find_implied(&self, frame: &Frame) -> Vec<(ParameterName, Value)> {
        let mut columns: Vec<(&ParameterName, Value, Vec<f64>)> = Vec::new();
        for name in self.others.iter().filter(|name| self.line(frame, name).is_none()) {
            let of = |level: Value| (name, level.clone(), self.indicator(frame, name, &level));
            columns.extend(self.present(frame, name).into_iter().skip(1).map(of));
        }
        let codes = self.codes(frame, &self.factor, &self.levels);
        let mut predictors: Vec<Predictor<'_>> =
            columns.iter().map(|(name, _, values)| Predictor::Covariate { name: name.as_str(), values }).collect();
        predictors.push(Predictor::Factor { name: self.factor.as_str(), levels: &codes });
        let terms: Vec<Vec<usize>> = (0..predictors.len()).map(|i| vec![i]).collect();
        // Any response will do: only the columns are looked at.
        let y: Vec<f64> = (0..self.conditions.len()).map(|i| i as f64).collect();
        match linear_model(&y, &predictors, &terms, &LinearModelOptions::default()) {
            // The first column is the constant.
            Err(StatError::RankDeficient { aliased, .. }) => aliased
                .iter()
                .filter_map(|column| columns.get(column.checked_sub(1)?))
                .map(|(name, level, _)| ((*name).clone(), level.clone()))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn value(frame: &Frame, rows: &[usize], name: &str) -> Option<Value> {
        frame.rows.get(*rows.first()?)?.condition.condition.get(name).cloned()
    }

    /// Position of each condition's level.
    fn codes(&self, frame: &Frame, name: &ParameterName, levels: &[Value]) -> Vec<usize> {
        let code = |(_, rows): &(Digest, Vec<usize>)| {
            let value = Self::value(frame, rows, name.as_str());
            value.and_then(|v| levels.iter().position(|l| same_level(l, &v))).unwrap_or(0)
        };
        self.conditions.iter().map(code).collect()
    }

    fn indicator(&self, frame: &Frame, name: &ParameterName, level: &Value) -> Vec<f64> {
        let at = |rows: &[usize]| Self::value(frame, rows, name.as_str()).is_some_and(|v| same_level(&v, level));
        self.conditions.iter().map(|(_, rows)| if at(rows) { 1.0 } else { 0.0 }).collect()
    }

    /// Levels that conditions have, in the order of the spec.
    fn present(&self, frame: &Frame, name: &ParameterName) -> Vec<Value> {
        let all = frame.levels(name.as_str());
        let codes: BTreeSet<usize> = self.codes(frame, name, &all).into_iter().collect();
        codes.into_iter().filter_map(|c| all.get(c).cloned()).collect()
    }

    /// The numbers of a parameter that enters as a straight line.
    fn line(&self, frame: &Frame, name: &ParameterName) -> Option<Vec<f64>> {
        let number = |(_, rows): &(Digest, Vec<usize>)| Self::value(frame, rows, name.as_str())?.as_f64();
        let numbers: Vec<f64> = self.conditions.iter().map(number).collect::<Option<_>>()?;
        (self.present(frame, name).len() > MOST_LEVELS).then_some(numbers)
    }

    /// The conditions in words, with what the model takes as said twice.
    pub(crate) fn described(&self) -> String {
        let count = self.conditions.len();
        if self.implied.is_empty() {
            return format!("{count} conditions");
        }
        let said: Vec<String> = self.implied.iter().map(|(name, level)| format!("{name} = {level}")).collect();
        format!("{count} conditions (without a term for {}, which the other factors imply)", said.join(", "))
    }

    /// Keeps the conditions and replicates that are complete; gives the replicates and the number of rows left out.
    pub(crate) fn complete(&mut self, frame: &Frame) -> (Vec<u32>, usize) {
        let replicate = |i: &usize| frame.rows.get(*i).map_or(0, |r| r.replicate);
        let before: usize = self.conditions.iter().map(|(_, rows)| rows.len()).sum();
        let of: Vec<BTreeSet<u32>> =
            self.conditions.iter().map(|(_, rows)| rows.iter().map(replicate).collect()).collect();
        let mut replicates: BTreeSet<u32> = of.iter().flatten().copied().collect();
        let mut keep = vec![true; self.conditions.len()];
        loop {
            let kept = keep.iter().filter(|k| **k).count();
            let lacking = |r: &u32| of.iter().zip(&keep).filter(|(has, k)| **k && !has.contains(r)).count();
            let Some((gap, worst)) = replicates.iter().map(|r| (lacking(r), *r)).max() else { break };
            if gap == 0 {
                break;
            }
            // A replicate goes when it lacks more of its conditions than the worst condition lacks of its replicates.
            let of_condition = |has: &BTreeSet<u32>| replicates.iter().filter(|r| !has.contains(r)).count();
            let (widest, position) = of
                .iter()
                .enumerate()
                .filter(|(i, _)| keep.get(*i).copied().unwrap_or(false))
                .map(|(i, has)| (of_condition(has), i))
                .max()
                .unwrap_or((0, 0));
            if widest * kept > gap * replicates.len() {
                if let Some(slot) = keep.get_mut(position) {
                    *slot = false;
                }
            } else {
                replicates.remove(&worst);
            }
        }
        let mut kept = keep.iter();
        self.conditions.retain(|_| kept.next().copied().unwrap_or(false));
        for (_, rows) in &mut self.conditions {
            rows.retain(|i| replicates.contains(&replicate(i)));
            rows.sort_by_key(replicate);
        }
        self.settle(frame);
        let after: usize = self.conditions.iter().map(|(_, rows)| rows.len()).sum();
        (replicates.into_iter().collect(), before - after)
    }

    /// Fits one response per condition.
    pub(crate) fn fit(&self, frame: &Frame, y: &[f64], level: f64) -> Result<LinearModel, AnalysisError> {
        let mut factors: Vec<(&ParameterName, Vec<usize>)> =
            vec![(&self.factor, self.codes(frame, &self.factor, &self.levels))];
        let mut columns: Vec<(&ParameterName, Vec<f64>)> = Vec::new();
        for name in &self.others {
            let present = self.present(frame, name);
            let implied = |level: &Value| self.implied.iter().any(|(n, l)| n == name && same_level(l, level));
            if let Some(numbers) = self.line(frame, name) {
                columns.push((name, numbers));
            } else if present.iter().any(implied) {
                let kept = present.iter().skip(1).filter(|level| !implied(level));
                columns.extend(kept.map(|level| (name, self.indicator(frame, name, level))));
            } else {
                factors.push((name, self.codes(frame, name, &present)));
            }
        }
        let mut predictors: Vec<Predictor<'_>> =
            factors.iter().map(|(name, levels)| Predictor::Factor { name: name.as_str(), levels }).collect();
        predictors.extend(columns.iter().map(|(name, values)| Predictor::Covariate { name: name.as_str(), values }));
        let terms: Vec<Vec<usize>> = (0..predictors.len()).map(|i| vec![i]).collect();
        let options = LinearModelOptions { sums: SumsOfSquares::Partial, level, ..LinearModelOptions::default() };
        linear_model(y, &predictors, &terms, &options).map_err(|e| match e {
            StatError::RankDeficient { .. } => {
                AnalysisError::Aliased { factor: self.factor.clone(), others: self.others.clone() }
            }
            StatError::TooFew { found, needed, .. } => {
                AnalysisError::TooFewRuns { what: "conditions for the additive model".into(), found, needed }
            }
            other => other.into(),
        })
    }

    /// Rows of some levels.
    pub(crate) fn of_levels(&self, frame: &Frame, levels: &[Value]) -> Vec<Vec<usize>> {
        let rows = || self.conditions.iter().flat_map(|(_, rows)| rows).copied();
        levels.iter().map(|l| rows().filter(|i| at(frame, *i, self.factor.as_str(), l)).collect()).collect()
    }

    /// Position of a level in the model.
    pub(crate) fn position(&self, level: &Value) -> Result<usize, AnalysisError> {
        self.levels.iter().position(|l| same_level(l, level)).ok_or_else(|| AnalysisError::UnknownLevel {
            factor: self.factor.clone(),
            level: level.to_string(),
            available: self.levels.iter().map(ToString::to_string).collect(),
        })
    }
}

/// Independent runs: the model of condition means, whose residuals carry what an additive model can't explain.
pub(crate) fn of_means(
    data: &Prepared<'_>,
    rows: &ModelRows,
    pair: &[Value; 2],
    why: &str,
) -> Result<Inference, AnalysisError> {
    let y: Vec<f64> = rows.conditions.iter().map(|(_, rows)| mean(&data.on_scale(rows))).collect();
    let mut found = Inference { unit_of_analysis: "conditions".into(), ..Inference::default() };
    found.procedure = "Additive linear model".into();
    found.used = rows.conditions.iter().flat_map(|(_, rows)| rows).copied().collect();
    found.trail.push(format!(
        "The other factors are adjusted for by an additive linear model of the means of {}: {why}.",
        rows.described()
    ));
    let model = match rows.fit(data.frame, &y, data.ask.confidence) {
        Err(AnalysisError::Statistics(StatError::NoVariation { .. })) => {
            found.no_variation(0.0, "all conditions have the same value");
            return Ok(found);
        }
        other => other?,
    };
    found.take_account(&model.account);
    let (first, second) = (rows.position(&pair[0])?, rows.position(&pair[1])?);
    let difference = model.adjusted_difference(0, first, second, Alternative::TwoSided)?;
    let (estimate, se) = (difference.estimate.value, difference.estimate.se);
    let means = model.adjusted_means(0)?;
    let mean_at = |level: usize| means.get(level).map(|m| m.estimate.value);
    found.means = mean_at(first).zip(mean_at(second));
    if model.sigma > 64.0 * f64::EPSILON * magnitude(&y) {
        found.take_t(estimate, se, model.df_residual, data.ask);
        let (t, root) = (estimate / se, model.sigma / se);
        found.effect = standardised("Hedges' g (residual SD)", t, model.df_residual, root, data.ask.confidence);
    } else {
        found.no_variation(estimate, "the model leaves no residual");
    }
    let sizes = || rows.conditions.iter().map(|(_, rows)| rows.len());
    if let (Some(small), Some(large)) = (sizes().min(), sizes().max())
        && large > small
    {
        found.warnings.push(Warning::new("unbalanced", format!("{small} to {large} runs per condition")));
    }
    found.assumptions.extend(companions::assumptions(&model.residuals, &[]));
    if data.scale == Scale::LogRatio {
        found.procedure.push_str(" on logarithms");
    }
    Ok(found)
}

/// Replicates as blocks: the model is fitted in each replicate, and its estimates are tested over replicates.
pub(crate) fn over_blocks(
    data: &Prepared<'_>,
    mut rows: ModelRows,
    pair: &[Value; 2],
    why_blocks: &str,
    why_model: &str,
) -> Result<Inference, AnalysisError> {
    let (replicates, left_out) = rows.complete(data.frame);
    if replicates.len() < 2 {
        return Err(AnalysisError::TooFewReplicates { found: replicates.len(), needed: 2, why: why_blocks.to_owned() });
    }
    let mut found =
        Inference { unit_of_analysis: format!("{} replicates as blocks", replicates.len()), ..Inference::default() };
    if left_out > 0 {
        found.dropped.push(Dropped { reason: "its condition or replicate isn't complete".into(), count: left_out });
    }
    found.used = rows.conditions.iter().flat_map(|(_, rows)| rows).copied().collect();
    let (first, second) = (rows.position(&pair[0])?, rows.position(&pair[1])?);
    let mut estimates = Vec::with_capacity(replicates.len());
    let (mut mean_first, mut mean_second) = (0.0, 0.0);
    for r in 0..replicates.len() {
        let y: Vec<f64> = rows
            .conditions
            .iter()
            .filter_map(|(_, rows)| rows.get(r).and_then(|i| data.response.value(*i)).map(|x| data.scale.on(x)))
            .collect();
        match rows.fit(data.frame, &y, data.ask.confidence) {
            Err(AnalysisError::Statistics(StatError::NoVariation { .. })) => {
                let level = y.first().copied().unwrap_or(0.0);
                mean_first += level;
                mean_second += level;
                estimates.push(0.0);
            }
            model => {
                let model = model?;
                estimates.push(model.adjusted_difference(0, first, second, Alternative::TwoSided)?.estimate.value);
                let means = model.adjusted_means(0)?;
                let at = |level: usize| means.get(level).map_or(0.0, |m| m.estimate.value);
                mean_first += at(first);
                mean_second += at(second);
            }
        }
    }
    let count = replicates.len() as f64;
    found.means = Some((mean_first / count, mean_second / count));
    found.trail.push(format!(
        "The other factors are adjusted for by an additive linear model of {}: {why_model}. Replicates are \
         blocks, because {why_blocks}: the model is fitted in each of the {} replicates, and its estimates are tested \
         over them (df = {}). The interval is about these conditions: it holds what varies between replicates, not \
         what another sample of conditions would change.",
        rows.described(),
        replicates.len(),
        replicates.len() - 1
    ));
    // The model's own rounding is that of many sums.
    let size = 16.0 * magnitude(&data.on_scale(&found.used));
    match over_replicates(&estimates, &options(data.ask)) {
        Ok(test) if !is_rounding(&estimates, size) => found.take_t_test(&test, data.ask),
        Ok(_) | Err(StatError::NoVariation { .. }) => {
            let exact = estimates.first().copied().unwrap_or(0.0);
            found.no_variation(exact, "the adjusted difference is the same in every replicate");
        }
        Err(other) => return Err(other.into()),
    }
    found.procedure = "Paired t test of differences adjusted by an additive linear model".into();
    if data.scale == Scale::LogRatio {
        found.procedure.push_str(", on log ratios");
    }
    if replicates.len() < 5 {
        found.warnings.retain(|w| w.code != "few_observations");
        found.warnings.push(Warning::new("few_replicates", format!("{} replicates", replicates.len())));
    }
    found.companions = companions::of_differences(&estimates, data.ask, data.seed);
    found.assumptions.extend(companions::assumptions(&estimates, &[]));
    Ok(found)
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn phases(frame: &Frame, row: usize) -> Vec<u16> {
    frame.rows.get(row).map_or(Vec::new(), |r| if r.phases.is_empty() { vec![0] } else { r.phases.to_vec() })
}

fn in_phase(frame: &Frame, row: usize, phase: u16) -> bool {
    phases(frame, row).contains(&phase)
}

fn at(frame: &Frame, row: usize, factor: &str, level: &Value) -> bool {
    let value = frame.rows.get(row).and_then(|r| r.condition.condition.get(factor));
    value.is_some_and(|v| same_level(v, level))
}
