//! Means of a factor's levels over the cells that they share, with the errors of any linear function of them. Slopes,
//! ratios, losses against the best level and single means are such functions, so they all rest on the same units:
//! replicates where these are blocks, runs where they are independent, conditions where an additive model adjusts.

use ergon_domain::Value;
use ergon_stats::dist::student_t;
use ergon_stats::{Alternative, LinearModel, MissingPolicy, StatError, descriptive};

use crate::additive::ModelRows;
use crate::cells::{Matching, matched_cells};
use crate::contrast::{plan_of, refuse_confounded, say_matching};
use crate::error::AnalysisError;
use crate::independent::Moments;
use crate::inference::{Inference, is_rounding, magnitude};
use crate::paired::Prepared;
use crate::result::{Dropped, Interval, Warning};
use crate::structure::{Adjusting, Blocking, complete_blocks};
use crate::write_up::Subject;

/// Means of levels, in the order asked for.
pub(crate) struct LevelMeans {
    pub(crate) means: Vec<f64>,
    pub(crate) errors: Errors,
    /// Rows used, by level.
    pub(crate) rows: Vec<Vec<usize>>,
    /// Trail, warnings, references, runs left out, and what the unit of analysis is.
    pub(crate) notes: Inference,
}

/// Where the errors come from.
pub(crate) enum Errors {
    /// One row a unit (replicate or condition), one column a level.
    Units(Vec<Vec<f64>>),
    /// Values of independent runs by cell and level.
    Runs(Vec<Vec<Vec<f64>>>),
    /// An additive model of condition means.
    Model {
        /// Covariance of the adjusted means.
        covariance: Vec<Vec<f64>>,
        /// The model.
        model: Box<LinearModel>,
    },
}

/// A linear function of the means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Linear {
    pub(crate) value: f64,
    /// 0 where nothing varies beyond rounding.
    pub(crate) se: f64,
    pub(crate) df: f64,
}

impl Linear {
    /// Two-sided interval of Student's t; none where nothing varies.
    pub(crate) fn ci(&self, level: f64) -> Option<Interval> {
        let reach = student_t::isf(0.5 * (1.0 - level), self.df) * self.se;
        (self.se > 0.0).then_some(Interval { lo: self.value - reach, hi: self.value + reach, level })
    }

    /// Two-sided p-value of a value of 0; none where nothing varies.
    pub(crate) fn p(&self) -> Option<f64> {
        (self.se > 0.0).then(|| student_t::two_sided(self.value / self.se, self.df))
    }
}

impl LevelMeans {
    /// Means of two or more levels, as the design has them compared.
    pub(crate) fn of(data: &Prepared<'_>, subject: &Subject<'_>) -> Result<Self, AnalysisError> {
        let (frame, levels) = (data.frame, subject.levels);
        let usable = |row: usize| data.response.value(row).is_some();
        let matching = matched_cells(frame, subject.factor, levels, usable);
        let (blocks, adjust, more) = plan_of(data, &matching)?;
        let rows = || ModelRows::of(frame, subject.factor, levels, usable);
        let mut means = match (&adjust, &blocks) {
            (Adjusting::AdditiveModel(why), Blocking::Independent(_)) => of_model(data, &rows(), levels, why)?,
            (Adjusting::AdditiveModel(why), Blocking::Replicates(blocks)) => {
                of_models(data, rows(), levels, blocks, why)?
            }
            (_, blocks) => {
                refuse_confounded(subject, levels, &matching)?;
                let mut means = match blocks {
                    Blocking::Replicates(why) => of_blocks(data, &matching, levels.len(), why)?,
                    Blocking::Independent(why) => of_runs(data, &matching, levels.len(), why)?,
                };
                say_matching(&matching, &mut means.notes);
                means
            }
        };
        means.notes.trail.extend(more);
        Ok(means)
    }

    /// The mean of one level over the conditions run at it.
    pub(crate) fn of_one(data: &Prepared<'_>, subject: &Subject<'_>) -> Result<Self, AnalysisError> {
        let usable = |row: usize| data.response.value(row).is_some();
        let matching = matched_cells(data.frame, subject.factor, subject.levels, usable);
        let (blocks, _, more) = plan_of(data, &matching)?;
        let once = matching.cells.iter().flat_map(|c| &c.rows).all(|rows| rows.len() < 2);
        let mut means = match blocks {
            Blocking::Replicates(why) => of_blocks(data, &matching, 1, &why)?,
            Blocking::Independent(_) if once => of_conditions(data, &matching)?,
            Blocking::Independent(why) => of_runs(data, &matching, 1, &why)?,
        };
        means.notes.trail.extend(more);
        Ok(means)
    }

    /// All rows used.
    pub(crate) fn used(&self) -> Vec<usize> {
        let mut used: Vec<usize> = self.rows.iter().flatten().copied().collect();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// The mean of one level.
    pub(crate) fn mean(&self, level: usize) -> Linear {
        let mut weights = vec![0.0; self.means.len()];
        if let Some(w) = weights.get_mut(level) {
            *w = 1.0;
        }
        self.combine(&weights)
    }

    /// Σ weight × mean.
    pub(crate) fn combine(&self, weights: &[f64]) -> Linear {
        let weighted = |row: &[f64]| -> f64 { weights.iter().zip(row).map(|(w, x)| w * x).sum() };
        let value = weighted(&self.means);
        match &self.errors {
            Errors::Units(table) => {
                let d: Vec<f64> = table.iter().map(|row| weighted(row)).collect();
                let size = magnitude(table.iter().flatten()) * magnitude(weights);
                let df = d.len() as f64 - 1.0;
                let of = descriptive(&d, 0.95, MissingPolicy::Refuse).ok().and_then(|d| d.sem);
                Linear { value, se: of.filter(|_| !is_rounding(&d, size)).unwrap_or(0.0), df }
            }
            Errors::Runs(cells) => {
                let count = cells.len() as f64;
                let (mut variance, mut fourth, mut size) = (0.0, 0.0, 0.0_f64);
                for (weight, values) in cells.iter().flat_map(|cell| weights.iter().zip(cell)) {
                    let Ok(m) = Moments::of(values) else { continue };
                    let share = weight / count;
                    let v = share * share * m.of_mean();
                    variance += v;
                    fourth += v * v / (m.n - 1.0);
                    size = size.max((weight * m.mean).abs());
                }
                let se = variance.sqrt();
                let rounding = se <= 64.0 * f64::EPSILON * size;
                let df = if rounding { 1.0 } else { variance * variance / fourth };
                Linear { value, se: if rounding { 0.0 } else { se }, df }
            }
            Errors::Model { covariance, model } => {
                let variance: f64 = covariance.iter().zip(weights).map(|(row, w)| w * weighted(row)).sum();
                let exact = model.sigma <= 64.0 * f64::EPSILON * magnitude(&self.means);
                let se = if exact { 0.0 } else { variance.max(0.0).sqrt() };
                Linear { value, se, df: model.df_residual }
            }
        }
    }
}

fn column_means(table: &[Vec<f64>], columns: usize) -> Vec<f64> {
    let of = |c: usize| table.iter().filter_map(|row| row.get(c)).sum::<f64>() / table.len() as f64;
    (0..columns).map(of).collect()
}

/// Replicates as blocks: each gives one mean a level, over the same cells.
fn of_blocks(data: &Prepared<'_>, matching: &Matching, k: usize, why: &str) -> Result<LevelMeans, AnalysisError> {
    let blocks = complete_blocks(data.frame, matching, k);
    let replicates = blocks.replicates.len();
    if replicates < 2 {
        return Err(AnalysisError::TooFewReplicates { found: replicates, needed: 2, why: why.to_owned() });
    }
    let mut notes =
        Inference { unit_of_analysis: format!("{replicates} replicates as blocks"), ..Inference::default() };
    if blocks.left_out > 0 {
        let reason = "its cell or replicate isn't complete for all levels".into();
        notes.dropped.push(Dropped { reason, count: blocks.left_out });
    }
    notes.trail.push(format!(
        "Replicates are blocks, because {why}: each of the {replicates} replicates gives one mean a level, over {} \
         cells of the other factors.",
        blocks.cells.len()
    ));
    warn_of_few(&mut notes, replicates);
    let share = blocks.cells.len() as f64;
    let mut table = vec![vec![0.0; k]; replicates];
    let mut rows = vec![Vec::new(); k];
    for of_cell in &blocks.rows {
        for (level, of_level) in of_cell.iter().enumerate() {
            for (block, value) in table.iter_mut().zip(data.on_scale(of_level)) {
                if let Some(slot) = block.get_mut(level) {
                    *slot += value / share;
                }
            }
            if let Some(all) = rows.get_mut(level) {
                all.extend(of_level);
            }
        }
    }
    Ok(LevelMeans { means: column_means(&table, k), errors: Errors::Units(table), rows, notes })
}

/// Independent runs: means within cells, averaged over cells with equal weights.
fn of_runs(data: &Prepared<'_>, matching: &Matching, k: usize, why: &str) -> Result<LevelMeans, AnalysisError> {
    let mut notes = Inference { unit_of_analysis: "runs".into(), ..Inference::default() };
    let kept: Vec<_> = matching.cells.iter().filter(|c| c.rows.iter().all(|rows| rows.len() > 1)).collect();
    let size = |cells: &mut dyn Iterator<Item = &Vec<usize>>| cells.map(Vec::len).sum::<usize>();
    let all = size(&mut matching.cells.iter().flat_map(|c| &c.rows));
    let thin = all - size(&mut kept.iter().flat_map(|c| &c.rows));
    if thin > 0 {
        notes.dropped.push(Dropped { reason: "its cell has fewer than two runs of a level".into(), count: thin });
    }
    if kept.is_empty() {
        let most = matching.cells.iter().flat_map(|c| &c.rows).map(Vec::len).max().unwrap_or(0);
        let what = "runs of a level within a cell".into();
        return Err(AnalysisError::TooFewRuns { what, found: most, needed: 2 });
    }
    notes.trail.push(format!(
        "Runs are independent ({why}): means within each of {} cells of the other factors, averaged with equal weights; \
         each cell keeps its own variance (Satterthwaite's degrees of freedom).",
        kept.len()
    ));
    notes.references.push("Satterthwaite (1946), Biometrics Bulletin 2, 110–114".into());
    let cells: Vec<Vec<Vec<f64>>> =
        kept.iter().map(|c| c.rows.iter().map(|rows| data.on_scale(rows)).collect()).collect();
    let of = |values: &Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let means = column_means(&cells.iter().map(|cell| cell.iter().map(of).collect()).collect::<Vec<_>>(), k);
    let rows = (0..k).map(|l| kept.iter().filter_map(|c| c.rows.get(l)).flatten().copied().collect()).collect();
    Ok(LevelMeans { means, errors: Errors::Runs(cells), rows, notes })
}

/// Conditions that were run once: they are the units, and their spread is the error.
fn of_conditions(data: &Prepared<'_>, matching: &Matching) -> Result<LevelMeans, AnalysisError> {
    let rows: Vec<usize> = matching.rows_of(0);
    let table: Vec<Vec<f64>> = data.on_scale(&rows).into_iter().map(|x| vec![x]).collect();
    if table.len() < 2 {
        let what = "conditions at this level, each run once".into();
        return Err(AnalysisError::TooFewRuns { what, found: table.len(), needed: 2 });
    }
    let mut notes = Inference { unit_of_analysis: "conditions".into(), ..Inference::default() };
    notes.trail.push(
        "Each condition was run once: conditions are the units, and the interval holds the differences between them."
            .into(),
    );
    Ok(LevelMeans { means: column_means(&table, 1), errors: Errors::Units(table), rows: vec![rows], notes })
}

/// Adjusted means of an additive model of condition means.
fn of_model(data: &Prepared<'_>, rows: &ModelRows, levels: &[Value], why: &str) -> Result<LevelMeans, AnalysisError> {
    let y: Vec<f64> = rows.conditions.iter().map(|(_, rows)| mean(&data.on_scale(rows))).collect();
    let mut notes = Inference { unit_of_analysis: "conditions".into(), ..Inference::default() };
    notes.trail.push(format!(
        "The other factors are adjusted for by an additive linear model of the means of {}: {why}.",
        rows.described()
    ));
    let model = match rows.fit(data.frame, &y, data.ask.confidence) {
        Err(AnalysisError::Statistics(StatError::NoVariation { .. })) => {
            let table = vec![vec![y.first().copied().unwrap_or(0.0); levels.len()]; 2];
            let rows = rows.of_levels(data.frame, levels);
            return Ok(LevelMeans {
                means: column_means(&table, levels.len()),
                errors: Errors::Units(table),
                rows,
                notes,
            });
        }
        other => other?,
    };
    notes.take_account(&model.account);
    let positions: Vec<usize> = levels.iter().map(|l| rows.position(l)).collect::<Result<_, _>>()?;
    let adjusted = model.adjusted_means(0)?;
    let of = |p: &usize| adjusted.get(*p).map(|m| (m.estimate.value, m.estimate.se * m.estimate.se));
    let (means, variances): (Vec<f64>, Vec<f64>) = positions.iter().filter_map(of).unzip();
    let mut covariance = vec![vec![0.0; levels.len()]; levels.len()];
    for (a, first) in positions.iter().enumerate() {
        for (b, second) in positions.iter().enumerate() {
            let of_difference = if a == b {
                0.0
            } else {
                let se = model.adjusted_difference(0, *first, *second, Alternative::TwoSided)?.estimate.se;
                se * se
            };
            if let (Some(slot), Some(va), Some(vb)) =
                (covariance.get_mut(a).and_then(|row| row.get_mut(b)), variances.get(a), variances.get(b))
            {
                *slot = 0.5 * (va + vb - of_difference);
            }
        }
    }
    let rows = rows.of_levels(data.frame, levels);
    Ok(LevelMeans { means, errors: Errors::Model { covariance, model: Box::new(model) }, rows, notes })
}

/// An additive model in every replicate, whose adjusted means are compared over replicates.
pub(crate) fn of_models(
    data: &Prepared<'_>,
    mut rows: ModelRows,
    levels: &[Value],
    why_blocks: &str,
    why_model: &str,
) -> Result<LevelMeans, AnalysisError> {
    let (replicates, left_out) = rows.complete(data.frame);
    if replicates.len() < 2 {
        return Err(AnalysisError::TooFewReplicates { found: replicates.len(), needed: 2, why: why_blocks.to_owned() });
    }
    let mut notes =
        Inference { unit_of_analysis: format!("{} replicates as blocks", replicates.len()), ..Inference::default() };
    if left_out > 0 {
        notes.dropped.push(Dropped { reason: "its condition or replicate isn't complete".into(), count: left_out });
    }
    let positions: Vec<usize> = levels.iter().map(|l| rows.position(l)).collect::<Result<_, _>>()?;
    let mut table = Vec::with_capacity(replicates.len());
    for r in 0..replicates.len() {
        let value = |(_, rows): &(_, Vec<usize>)| data.response.value(*rows.get(r)?).map(|x| data.scale.on(x));
        let y: Vec<f64> = rows.conditions.iter().filter_map(value).collect();
        table.push(match rows.fit(data.frame, &y, data.ask.confidence) {
            Err(AnalysisError::Statistics(StatError::NoVariation { .. })) => {
                vec![y.first().copied().unwrap_or(0.0); levels.len()]
            }
            model => {
                let adjusted = model?.adjusted_means(0)?;
                positions.iter().filter_map(|p| adjusted.get(*p)).map(|m| m.estimate.value).collect()
            }
        });
    }
    notes.trail.push(format!(
        "The other factors are adjusted for by an additive linear model of {}: {why_model}. Replicates are \
         blocks, because {why_blocks}: the model is fitted in each of the {} replicates, and its means are compared \
         over them. The interval is about these conditions.",
        rows.described(),
        replicates.len()
    ));
    warn_of_few(&mut notes, replicates.len());
    let of_levels = rows.of_levels(data.frame, levels);
    Ok(LevelMeans { means: column_means(&table, levels.len()), errors: Errors::Units(table), rows: of_levels, notes })
}

fn warn_of_few(notes: &mut Inference, replicates: usize) {
    if replicates < 5 {
        let message = format!("{replicates} replicates: intervals lean on normality between replicates");
        notes.warnings.push(Warning::new("few_replicates", message));
    }
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}
