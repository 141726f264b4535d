//! Replicates as blocks: differences averaged over cells within each replicate, tested over replicates.

use ergon_domain::Digest;
use ergon_stats::{StatError, TestOptions, descriptive, t_one_sample, t_paired};

use crate::ask::Ask;
use crate::cells::Matching;
use crate::companions;
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::inference::{Inference, Scale, is_rounding, magnitude, options};
use crate::response::Response;
use crate::result::{CellContrast, Dropped, Interval, Warning};
use crate::structure::complete_blocks;

/// The data of a contrast, ready for a procedure.
pub(crate) struct Prepared<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) response: Response<'a>,
    pub(crate) scale: Scale,
    pub(crate) ask: &'a Ask,
    pub(crate) seed: Digest,
}

impl Prepared<'_> {
    /// Values of rows on the scale of the test.
    pub(crate) fn on_scale(&self, rows: &[usize]) -> Vec<f64> {
        rows.iter().filter_map(|r| self.response.value(*r)).map(|x| self.scale.on(x)).collect()
    }
}

/// The paired t test over replicates of differences averaged over the cells.
pub(crate) fn paired(data: &Prepared<'_>, matching: &Matching, why: &str) -> Result<Inference, AnalysisError> {
    let blocks = complete_blocks(data.frame, matching, 2);
    let (cells, replicates) = (blocks.cells.len(), blocks.replicates.len());
    let mut found = Inference::default();
    if blocks.left_out > 0 {
        found.dropped.push(Dropped {
            reason: "its cell or replicate isn't complete for both levels".into(),
            count: blocks.left_out,
        });
    }
    if replicates < 2 {
        return Err(AnalysisError::TooFewReplicates { found: replicates, needed: 2, why: why.to_owned() });
    }
    let mut x = vec![0.0; replicates];
    let mut y = vec![0.0; replicates];
    for (cell, rows) in blocks.cells.iter().zip(&blocks.rows) {
        let of_level = |level: usize| rows.get(level).map_or(Vec::new(), |rows| data.on_scale(rows));
        let (treatment, control) = (of_level(0), of_level(1));
        for (sum, value) in x.iter_mut().zip(&treatment) {
            *sum += value;
        }
        for (sum, value) in y.iter_mut().zip(&control) {
            *sum += value;
        }
        let d: Vec<f64> = treatment.iter().zip(&control).map(|(a, b)| a - b).collect();
        found.heterogeneity.push(cell_contrast(data, matching, *cell, &d)?);
        found.used.extend(rows.iter().flatten());
    }
    let share = cells as f64;
    for sum in x.iter_mut().chain(y.iter_mut()) {
        *sum /= share;
    }
    let d: Vec<f64> = x.iter().zip(&y).map(|(a, b)| a - b).collect();
    let averaged = if cells > 1 {
        format!("averaged over {cells} cells of the other factors within each replicate, and ")
    } else {
        String::new()
    };
    found.trail.push(format!(
        "Replicates are blocks, because {why}: differences are {averaged}tested over the {replicates} replicates \
         (df = {}).",
        replicates - 1
    ));
    found.unit_of_analysis = format!("{replicates} replicates as blocks");
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    found.means = Some((mean(&x), mean(&y)));
    // Within one cell the pairs are the runs themselves; averages have lost that meaning already.
    let rounding = is_rounding(&d, magnitude(x.iter().chain(&y)));
    let test = if cells == 1 { t_paired(&x, &y, &options(data.ask)) } else { over_replicates(&d, &options(data.ask)) };
    match test {
        Ok(test) if !rounding => found.take_t_test(&test, data.ask),
        Ok(_) | Err(StatError::NoVariation { .. }) => {
            found.procedure = "Paired t test".into();
            let exact = d.first().copied().unwrap_or(0.0);
            found.no_variation(exact, "the difference is the same in every replicate");
        }
        Err(other) => return Err(other.into()),
    }
    if data.scale == Scale::LogRatio {
        found.procedure.push_str(" on log ratios");
    }
    if replicates < 5 {
        found.warnings.retain(|w| w.code != "few_observations");
        found.warnings.push(Warning::new(
            "few_replicates",
            format!("{replicates} replicates: the interval leans on the normality of the differences"),
        ));
    }
    found.companions = companions::of_differences(&d, data.ask, data.seed);
    if found.not_tested.is_none() {
        found.assumptions.extend(companions::assumptions(&d, &[]));
    }
    Ok(found)
}

/// The paired t test from the differences.
pub(crate) fn over_replicates(d: &[f64], options: &TestOptions) -> Result<ergon_stats::TTest, StatError> {
    let mut test = t_one_sample(d, 0.0, options)?;
    test.account.method = "Paired t test";
    Ok(test)
}

fn cell_contrast(
    data: &Prepared<'_>,
    matching: &Matching,
    cell: usize,
    d: &[f64],
) -> Result<CellContrast, AnalysisError> {
    let of = descriptive(d, data.ask.confidence, ergon_stats::MissingPolicy::Refuse)?;
    Ok(CellContrast {
        cell: matching.cells.get(cell).map(|c| c.label.clone()).unwrap_or_default(),
        n_treatment: d.len(),
        n_control: d.len(),
        estimate: data.scale.shown(of.mean),
        se: of.sem,
        ci: of.mean_ci.map(|ci| Interval {
            lo: data.scale.shown(ci.low),
            hi: data.scale.shown(ci.high),
            level: data.ask.confidence,
        }),
    })
}
