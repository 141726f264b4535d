//! Several levels at once by the procedures that must be asked for: ranks, and equal variances.

use ergon_design::spec::Procedure;
use ergon_stats::{MissingPolicy, StatError, anova_oneway, friedman, kruskal_wallis};

use crate::cells::Matching;
use crate::error::AnalysisError;
use crate::inference::Inference;
use crate::omnibus::means_of_blocks;
use crate::paired::Prepared;
use crate::result::{EffectSize, Statistic};
use crate::structure::complete_blocks;

/// Kruskal–Wallis, or the one-way analysis of variance, of independent runs. Neither has a form that is standardised
/// over cells of other factors.
pub(crate) fn over_one_cell(
    data: &Prepared<'_>,
    matching: &Matching,
    asked: Procedure,
) -> Result<Inference, AnalysisError> {
    let [cell] = matching.cells.as_slice() else {
        return Err(AnalysisError::NotAvailable {
            asked: format!(
                "{} over {} cells of the other factors",
                data.ask.forced_test().unwrap_or_default(),
                matching.cells.len()
            ),
            available: vec!["test: auto", "test: linear_model", "a frame of one cell"],
        });
    };
    let groups: Vec<Vec<f64>> = cell.rows.iter().map(|rows| data.on_scale(rows)).collect();
    let mut found = Inference { unit_of_analysis: "runs".into(), ..Inference::default() };
    found.used = cell.rows.iter().flatten().copied().collect();
    if asked == Procedure::Student {
        match anova_oneway(&groups, MissingPolicy::Refuse) {
            Ok(test) => {
                found.take_account(&test.account);
                found.procedure = test.account.method.to_owned();
                take(&mut found, "F", test.f, vec![test.df1, test.df2], test.p);
                found.effect = Some(effect(data, "η²", test.eta2));
            }
            Err(error) => nothing_varies(&mut found, "One-way analysis of variance", error)?,
        }
    } else {
        match kruskal_wallis(&groups, MissingPolicy::Refuse) {
            Ok(test) => {
                found.take_account(&test.account);
                found.procedure = test.account.method.to_owned();
                take(&mut found, "H", test.h, vec![test.df], test.p);
                found.effect = Some(effect(data, "ε²", test.epsilon2));
            }
            Err(error) => nothing_varies(&mut found, "Kruskal–Wallis test", error)?,
        }
    }
    Ok(found)
}

/// Friedman's test of the means of replicates.
pub(crate) fn ranks_within_blocks(
    data: &Prepared<'_>,
    matching: &Matching,
    k: usize,
    why: &str,
) -> Result<Inference, AnalysisError> {
    let blocks = complete_blocks(data.frame, matching, k);
    if blocks.replicates.len() < 2 {
        let found = blocks.replicates.len();
        return Err(AnalysisError::TooFewReplicates { found, needed: 2, why: why.to_owned() });
    }
    let (mut found, table) = means_of_blocks(data, &blocks, k);
    match friedman(&table, MissingPolicy::Refuse) {
        Ok(test) => {
            found.take_account(&test.account);
            found.procedure = test.account.method.to_owned();
            take(&mut found, "χ²", test.chi2, vec![test.df], test.p);
            found.effect = Some(effect(data, "Kendall's W", test.kendall_w));
        }
        Err(error) => nothing_varies(&mut found, "Friedman test", error)?,
    }
    Ok(found)
}

fn take(found: &mut Inference, name: &str, value: f64, df: Vec<f64>, p: f64) {
    found.statistic = Some(Statistic { name: name.into(), value });
    found.df = df;
    found.p = Some(p);
}

fn effect(data: &Prepared<'_>, name: &str, value: f64) -> EffectSize {
    EffectSize { name: name.into(), value, lo: None, hi: None, level: data.ask.confidence }
}

fn nothing_varies(found: &mut Inference, procedure: &str, error: StatError) -> Result<(), AnalysisError> {
    if !matches!(error, StatError::NoVariation { .. }) {
        return Err(error.into());
    }
    found.procedure = procedure.into();
    found.no_variation(0.0, "all runs have the same value");
    Ok(())
}
