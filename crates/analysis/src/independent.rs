//! Independent runs: the difference of means within cells, averaged over cells with equal weights, with Welch's
//! degrees of freedom after Satterthwaite. With one cell this is Welch's t test.

use ergon_stats::{MissingPolicy, StatError, TestOptions, descriptive, t_welch};

use crate::cells::Matching;
use crate::companions;
use crate::error::AnalysisError;
use crate::inference::{Inference, Scale, options, standardised};
use crate::paired::Prepared;
use crate::result::{CellContrast, Dropped, Interval, Warning};

/// Size, mean and variance of the runs of one level in one cell.
pub(crate) struct Moments {
    pub(crate) n: f64,
    pub(crate) mean: f64,
    pub(crate) var: f64,
}

impl Moments {
    pub(crate) fn of(x: &[f64]) -> Result<Self, AnalysisError> {
        let d = descriptive(x, 0.95, MissingPolicy::Refuse)?;
        Ok(Self { n: x.len() as f64, mean: d.mean, var: d.var.unwrap_or(0.0) })
    }

    /// Variance of the mean.
    pub(crate) fn of_mean(&self) -> f64 {
        self.var / self.n
    }
}

/// Welch's t test, or its cell-standardised form.
pub(crate) fn independent(data: &Prepared<'_>, matching: &Matching, why: &str) -> Result<Inference, AnalysisError> {
    let mut found = Inference { unit_of_analysis: "runs".into(), ..Inference::default() };
    let mut cells = Vec::new();
    let mut thin = 0;
    for cell in &matching.cells {
        let of = |level: usize| cell.rows.get(level).map_or(Vec::new(), |rows| data.on_scale(rows));
        let (x, y) = (of(0), of(1));
        if x.len() < 2 || y.len() < 2 {
            thin += x.len() + y.len();
            continue;
        }
        found.used.extend(cell.rows.iter().flatten());
        cells.push((cell.label.clone(), x, y));
    }
    if thin > 0 {
        found.dropped.push(Dropped { reason: "its cell has fewer than two runs of a level".into(), count: thin });
    }
    match cells.as_slice() {
        [] => {
            let most = matching.cells.iter().flat_map(|c| &c.rows).map(Vec::len).max().unwrap_or(0);
            Err(AnalysisError::TooFewRuns { what: "runs of a level within a cell".into(), found: most, needed: 2 })
        }
        [(_, x, y)] => one_cell(data, found, x, y, why),
        _ => many_cells(data, found, &cells, why),
    }
}

fn one_cell(
    data: &Prepared<'_>,
    mut found: Inference,
    x: &[f64],
    y: &[f64],
    why: &str,
) -> Result<Inference, AnalysisError> {
    found.trail.push(format!("Runs are independent ({why}): Welch's t test, which doesn't assume equal variances."));
    let (mx, my) = (Moments::of(x)?, Moments::of(y)?);
    found.means = Some((mx.mean, my.mean));
    match t_welch(x, y, &options(data.ask)) {
        Ok(test) => found.take_t_test(&test, data.ask),
        Err(StatError::NoVariation { .. }) => {
            found.procedure = "Welch's t test".into();
            found.no_variation(mx.mean - my.mean, "neither level varies between its runs");
        }
        Err(other) => return Err(other.into()),
    }
    finish(data, &mut found);
    found.companions = companions::of_samples(x, y, data.ask, data.seed);
    let residuals: Vec<f64> = x.iter().map(|v| v - mx.mean).chain(y.iter().map(|v| v - my.mean)).collect();
    found.assumptions.extend(companions::assumptions(&residuals, &[x.to_vec(), y.to_vec()]));
    Ok(found)
}

fn many_cells(
    data: &Prepared<'_>,
    mut found: Inference,
    cells: &[(String, Vec<f64>, Vec<f64>)],
    why: &str,
) -> Result<Inference, AnalysisError> {
    let count = cells.len() as f64;
    let (mut mean_x, mut mean_y, mut variance, mut satterthwaite, mut root) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let (mut within, mut df_within) = (0.0, 0.0);
    let (mut smallest, mut largest) = (usize::MAX, 0);
    let mut residuals = Vec::new();
    let mut groups = Vec::with_capacity(2 * cells.len());
    for (label, x, y) in cells {
        let (mx, my) = (Moments::of(x)?, Moments::of(y)?);
        mean_x += mx.mean / count;
        mean_y += my.mean / count;
        let mut of_cell = 0.0;
        for (m, values) in [(&mx, x), (&my, y)] {
            let v = m.of_mean() / (count * count);
            variance += v;
            of_cell += m.of_mean();
            satterthwaite += v * v / (m.n - 1.0);
            root += 1.0 / (m.n * count * count);
            within += m.var * (m.n - 1.0);
            df_within += m.n - 1.0;
            smallest = smallest.min(values.len());
            largest = largest.max(values.len());
            residuals.extend(values.iter().map(|v| v - m.mean));
            groups.push(values.clone());
        }
        found.heterogeneity.push(CellContrast {
            cell: label.clone(),
            n_treatment: x.len(),
            n_control: y.len(),
            estimate: data.scale.shown(mx.mean - my.mean),
            se: Some(of_cell.sqrt()),
            ci: t_welch(x, y, &TestOptions { effect_ci: false, ..options(data.ask) }).ok().map(|test| Interval {
                lo: data.scale.shown(test.ci.low),
                hi: data.scale.shown(test.ci.high),
                level: data.ask.confidence,
            }),
        });
    }
    found.trail.push(format!(
        "Runs are independent ({why}): the difference of means within each of {} cells of the other factors, averaged \
         with equal weights, with each cell's own variances and Satterthwaite's degrees of freedom.",
        cells.len()
    ));
    found.procedure = "Welch's t test, standardised over cells".into();
    found.references = vec![
        "Welch (1947), Biometrika 34, 28–35".into(),
        "Satterthwaite (1946), Biometrics Bulletin 2, 110–114".into(),
        "Simpson (1951), Journal of the Royal Statistical Society B 13, 238–241".into(),
    ];
    found.means = Some((mean_x, mean_y));
    let estimate = mean_x - mean_y;
    if variance > 0.0 {
        found.take_t(estimate, variance.sqrt(), variance * variance / satterthwaite, data.ask);
        let (root, sd) = (1.0 / root.sqrt(), (within / df_within).sqrt());
        found.effect =
            standardised("Hedges' g (within cells)", estimate / sd * root, df_within, root, data.ask.confidence);
    } else {
        found.no_variation(estimate, "no cell varies between its runs");
    }
    if smallest < 5 {
        found.warnings.push(Warning::new("few_per_cell", format!("as few as {smallest} runs of a level in a cell")));
    }
    if largest as f64 > 1.5 * smallest as f64 {
        found.warnings.push(Warning::new("unbalanced", format!("{smallest} to {largest} runs of a level in a cell")));
    }
    finish(data, &mut found);
    found.assumptions.extend(companions::assumptions(&residuals, &groups));
    Ok(found)
}

fn finish(data: &Prepared<'_>, found: &mut Inference) {
    if data.scale == Scale::LogRatio {
        found.procedure.push_str(" on logarithms");
    }
}
