//! More than two levels at once, by the same rules as pairs.

use ergon_design::spec::Procedure;
use ergon_domain::Value;
use ergon_stats::dist::fisher_f;
use ergon_stats::{StatError, anova_rm};

use crate::additive::ModelRows;
use crate::ask::Ask;
use crate::cells::{Matching, matched_cells};
use crate::contrast::{plan_of, refuse_confounded, refuse_unusable, say_matching};
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::independent::Moments;
use crate::inference::{Inference, Scale, is_rounding, magnitude};
use crate::level_means::{Errors, LevelMeans, of_models};
use crate::method;
use crate::omnibus_ranks::{over_one_cell, ranks_within_blocks};
use crate::paired::Prepared;
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Assumption, Dropped, EffectSize, Statistic, Warning};
use crate::structure::{Adjusting, Blocking, CompleteBlocks, complete_blocks};
use crate::write_levels::{about_levels, write_levels};
use crate::write_up::Subject;

/// Tests that no level of a factor differs from another.
pub(crate) fn omnibus(frame: &Frame, ask: &Ask, factor: &str, levels: &[Value]) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let subject = Subject { factor, levels };
    let (scale, why) = method::scale(ask, &response)?;
    refuse_unusable(frame, &response, &subject, scale)?;
    let matching = matched_cells(frame, factor, levels, |row| response.value(row).is_some());
    let seed = frame.digest(Some(&response.metric.id));
    let data = Prepared { frame, response, scale, ask, seed };
    let (blocks, adjust, more) = plan_of(&data, &matching)?;
    let usable = |row: usize| data.response.value(row).is_some();
    let mut found = match (&adjust, &blocks) {
        (Adjusting::AdditiveModel(why), Blocking::Independent(_)) => {
            of_means(&data, ModelRows::of(frame, factor, levels, usable), why)?
        }
        (Adjusting::AdditiveModel(why), Blocking::Replicates(blocks)) => {
            let means = of_models(&data, ModelRows::of(frame, factor, levels, usable), levels, blocks, why)?;
            over_models(&data, means)?
        }
        (_, Blocking::Replicates(why)) => {
            refuse_confounded(&subject, levels, &matching)?;
            if ask.insists_on(Procedure::WithinRanks) {
                ranks_within_blocks(&data, &matching, levels.len(), why)?
            } else {
                over_blocks(&data, &matching, levels.len(), why)?
            }
        }
        (_, Blocking::Independent(why)) => {
            refuse_confounded(&subject, levels, &matching)?;
            match method::forced(ask)? {
                Some(asked @ (Procedure::RankSum | Procedure::Student)) => over_one_cell(&data, &matching, asked)?,
                _ => over_runs(&data, &matching, levels.len(), why)?,
            }
        }
    };
    if !matches!(adjust, Adjusting::AdditiveModel(_)) {
        say_matching(&matching, &mut found);
    }
    found.trail.insert(0, why);
    found.trail.extend(more);
    match (ask.forced_test(), method::forced(ask)?) {
        (Some(name), Some(Procedure::SignedRank | Procedure::Permutation)) => found.trail.push(format!(
            "{name} compares two levels: the pairs are tested by it, all levels together as the design calls for."
        )),
        (Some(name), _) => found.trail.push(format!("The procedure was asked for by name ({name}).")),
        (None, _) => {}
    }
    let names: Vec<String> = levels.iter().map(ToString::to_string).collect();
    let text = format!("Does {} differ between {factor} = {}?", data.response.metric.title, names.join(", "));
    let asked = about_levels(&data, factor, text, data.scale.estimand());
    Ok(write_levels(&data, &subject, found, AnalysisKind::Omnibus, asked))
}

/// Welch's analysis of variance of cell-standardised means; with one cell it is Welch's own.
fn over_runs(data: &Prepared<'_>, matching: &Matching, k: usize, why: &str) -> Result<Inference, AnalysisError> {
    let mut found = Inference { unit_of_analysis: "runs".into(), ..Inference::default() };
    let cells: Vec<_> = matching.cells.iter().filter(|c| c.rows.iter().all(|rows| rows.len() > 1)).collect();
    let thin: usize = matching.cells.iter().flat_map(|c| &c.rows).map(Vec::len).sum::<usize>()
        - cells.iter().flat_map(|c| &c.rows).map(Vec::len).sum::<usize>();
    if thin > 0 {
        found.dropped.push(Dropped { reason: "its cell has fewer than two runs of a level".into(), count: thin });
    }
    if cells.is_empty() {
        let most = matching.cells.iter().flat_map(|c| &c.rows).map(Vec::len).max().unwrap_or(0);
        let what = "runs of a level within a cell".into();
        return Err(AnalysisError::TooFewRuns { what, found: most, needed: 2 });
    }
    let count = cells.len() as f64;
    let mut of_levels: Vec<(f64, f64, f64)> = Vec::with_capacity(k);
    for level in 0..k {
        let (mut mean, mut variance, mut fourth) = (0.0, 0.0, 0.0);
        for cell in &cells {
            let rows = cell.rows.get(level).map_or(&[][..], Vec::as_slice);
            found.used.extend(rows);
            let m = Moments::of(&data.on_scale(rows))?;
            let v = m.of_mean() / (count * count);
            mean += m.mean / count;
            variance += v;
            fourth += v * v / (m.n - 1.0);
        }
        of_levels.push((mean, variance, variance * variance / fourth));
    }
    found.procedure = "Welch's analysis of variance".into();
    if cells.len() > 1 {
        found.procedure.push_str(", standardised over cells");
    }
    if data.scale == Scale::LogRatio {
        found.procedure.push_str(" on logarithms");
    }
    found.trail.push(format!(
        "Runs are independent ({why}): Welch's analysis of variance, which doesn't assume equal variances."
    ));
    found.references.push("Welch (1951), Biometrika 38, 330–336".into());
    if of_levels.iter().any(|(_, variance, _)| *variance <= 0.0) {
        found.no_variation(0.0, "a level doesn't vary between its runs");
        return Ok(found);
    }
    let (f, df2) = welch(&of_levels);
    let df1 = (k - 1) as f64;
    found.statistic = Some(Statistic { name: "F".into(), value: f });
    found.df = vec![df1, df2];
    found.p = Some(fisher_f::sf(f, df1, df2));
    Ok(found)
}

/// Welch's F and its second degrees of freedom from (mean, variance of the mean, degrees of freedom) of each level.
fn welch(levels: &[(f64, f64, f64)]) -> (f64, f64) {
    let k = levels.len() as f64;
    let total: f64 = levels.iter().map(|(_, v, _)| 1.0 / v).sum();
    let origin = levels.first().map_or(0.0, |(m, _, _)| *m);
    let centre: f64 = levels.iter().map(|(m, v, _)| (m - origin) / v / total).sum();
    let between: f64 = levels
        .iter()
        .map(|(m, v, _)| {
            let d = m - origin - centre;
            d * d / v
        })
        .sum();
    let lack: f64 = levels
        .iter()
        .map(|(_, v, df)| {
            let rest = 1.0 - 1.0 / v / total;
            rest * rest / df
        })
        .sum();
    let f = between / (k - 1.0) / (1.0 + 2.0 * (k - 2.0) / (k * k - 1.0) * lack);
    (f, (k * k - 1.0) / (3.0 * lack))
}

/// The means of each replicate (outer) at each level, over cells.
pub(crate) fn means_of_blocks(data: &Prepared<'_>, blocks: &CompleteBlocks, k: usize) -> (Inference, Vec<Vec<f64>>) {
    let mut found = Inference {
        unit_of_analysis: format!("{} replicates as blocks", blocks.replicates.len()),
        ..Inference::default()
    };
    if blocks.left_out > 0 {
        let reason = "its cell or replicate isn't complete for all levels".into();
        found.dropped.push(Dropped { reason, count: blocks.left_out });
    }
    let share = blocks.cells.len() as f64;
    let mut table = vec![vec![0.0; k]; blocks.replicates.len()];
    for rows in &blocks.rows {
        found.used.extend(rows.iter().flatten());
        for (level, rows) in rows.iter().enumerate() {
            for (block, value) in table.iter_mut().zip(data.on_scale(rows)) {
                if let Some(slot) = block.get_mut(level) {
                    *slot += value / share;
                }
            }
        }
    }
    (found, table)
}

/// Repeated-measures analysis of variance of replicate × level means.
fn over_blocks(data: &Prepared<'_>, matching: &Matching, k: usize, why: &str) -> Result<Inference, AnalysisError> {
    let blocks = complete_blocks(data.frame, matching, k);
    let replicates = blocks.replicates.len();
    if replicates < 2 {
        return Err(AnalysisError::TooFewReplicates { found: replicates, needed: 2, why: why.to_owned() });
    }
    let (mut found, table) = means_of_blocks(data, &blocks, k);
    found.trail.push(format!(
        "Replicates are blocks, because {why}: analysis of variance of the means of {replicates} replicates × {k} \
         levels, with degrees of freedom corrected after Greenhouse and Geisser."
    ));
    repeated_measures(data, &mut found, &table, 1.0)?;
    Ok(found)
}

/// The same of the adjusted means that an additive model has in each replicate.
fn over_models(data: &Prepared<'_>, means: LevelMeans) -> Result<Inference, AnalysisError> {
    let used = means.used();
    let Errors::Units(table) = means.errors else {
        return Err(AnalysisError::NotAvailable {
            asked: "repeated measures without replicates".into(),
            available: vec!["test: linear_model"],
        });
    };
    let mut found = Inference { used, ..means.notes };
    found.warnings.retain(|w| w.code != "few_replicates");
    found.trail.push(
        "Analysis of variance of these means, with degrees of freedom corrected after Greenhouse and Geisser.".into(),
    );
    // The model's own rounding is that of many sums.
    repeated_measures(data, &mut found, &table, 16.0)?;
    found.procedure.push_str(" of means adjusted by an additive linear model");
    Ok(found)
}

/// Tests a table of replicates (outer) × levels; `rounding` is how many sums' rounding its entries carry.
fn repeated_measures(
    data: &Prepared<'_>,
    found: &mut Inference,
    table: &[Vec<f64>],
    rounding: f64,
) -> Result<(), AnalysisError> {
    let (replicates, k) = (table.len(), table.first().map_or(0, Vec::len));
    found.procedure = "Repeated-measures analysis of variance (Greenhouse–Geisser)".into();
    let size = rounding * magnitude(table.iter().flatten());
    let exact = (1..k).all(|level| {
        let d = table.iter().filter_map(|row| Some(row.get(level)? - row.first()?));
        is_rounding(&d.collect::<Vec<f64>>(), size)
    });
    match anova_rm(table) {
        Ok(_) if exact => found.no_variation(0.0, "the differences of levels are the same in every replicate"),
        Ok(test) => {
            found.take_account(&test.account);
            found.statistic = Some(Statistic { name: "F".into(), value: test.f });
            found.df = vec![test.df1 * test.epsilon_gg, test.df2 * test.epsilon_gg];
            found.p = Some(test.p_gg);
            found.effect = Some(EffectSize {
                name: "generalised η²".into(),
                value: test.generalized_eta2,
                lo: None,
                hi: None,
                level: data.ask.confidence,
            });
            if let Some(sphericity) = test.mauchly {
                found.assumptions.push(Assumption {
                    assumption: "sphericity".into(),
                    method: "Mauchly's test".into(),
                    statistic: sphericity.w,
                    p: sphericity.p,
                });
            }
        }
        Err(StatError::NoVariation { .. }) => found.no_variation(0.0, "nothing varies within replicates"),
        Err(other) => return Err(other.into()),
    }
    if data.scale == Scale::LogRatio {
        found.procedure.push_str(" on logarithms");
    }
    if replicates < 5 {
        found.warnings.push(Warning::new("few_replicates", format!("{replicates} replicates")));
    }
    Ok(())
}

/// The factor's term in the additive model of condition means.
fn of_means(data: &Prepared<'_>, rows: ModelRows, why: &str) -> Result<Inference, AnalysisError> {
    let y: Vec<f64> = rows
        .conditions
        .iter()
        .map(|(_, rows)| {
            let values = data.on_scale(rows);
            values.iter().sum::<f64>() / values.len() as f64
        })
        .collect();
    let mut found = Inference { unit_of_analysis: "conditions".into(), ..Inference::default() };
    found.procedure = "Additive linear model".into();
    found.used = rows.conditions.iter().flat_map(|(_, rows)| rows).copied().collect();
    found
        .trail
        .push(format!("The factor's term in an additive linear model of the means of {}: {why}.", rows.described()));
    let model = match rows.fit(data.frame, &y, data.ask.confidence) {
        Err(AnalysisError::Statistics(StatError::NoVariation { .. })) => {
            found.no_variation(0.0, "all conditions have the same value");
            return Ok(found);
        }
        other => other?,
    };
    found.take_account(&model.account);
    if let Some(term) = model.terms.first() {
        found.statistic = Some(Statistic { name: "F".into(), value: term.f });
        found.df = vec![term.df, model.df_residual];
        found.p = Some(term.p);
        found.effect = Some(EffectSize {
            name: "partial η²".into(),
            value: term.partial_eta2,
            lo: None,
            hi: None,
            level: data.ask.confidence,
        });
    }
    Ok(found)
}
