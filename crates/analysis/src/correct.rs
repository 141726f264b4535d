//! Correction of p-values over a stated family of tests.

use ergon_design::spec::Correction;
use ergon_stats::{Adjustment, p_adjust};

use crate::error::AnalysisError;
use crate::result::{Analysis, AnalysisKind, FamilyOfTests};

/// The procedure of a spec's correction.
pub fn adjustment(correction: Correction) -> Adjustment {
    match correction {
        Correction::None => Adjustment::None,
        Correction::Bonferroni => Adjustment::Bonferroni,
        Correction::Holm => Adjustment::Holm,
        Correction::Hochberg => Adjustment::Hochberg,
        Correction::Sidak => Adjustment::Sidak,
        Correction::HolmSidak => Adjustment::HolmSidak,
        Correction::BenjaminiHochberg => Adjustment::BenjaminiHochberg,
        Correction::BenjaminiYekutieli => Adjustment::BenjaminiYekutieli,
    }
}

/// Whether a kind tests all levels at once.
fn is_whole(kind: AnalysisKind) -> bool {
    matches!(kind, AnalysisKind::Omnibus | AnalysisKind::Ranking)
}

/// Corrects the p-values of all tested analyses but omnibus tests, which are not in the family, over one family.
///
/// # Errors
/// A p-value that is none.
pub fn correct<'a>(
    analyses: impl IntoIterator<Item = &'a mut Analysis>,
    correction: Correction,
    family: &str,
) -> Result<(), AnalysisError> {
    let mut tested: Vec<&mut Analysis> = analyses.into_iter().filter(|a| !is_whole(a.kind) && a.p.is_some()).collect();
    if tested.is_empty() {
        return Ok(());
    }
    let raw: Vec<f64> = tested.iter().filter_map(|a| a.p).collect();
    let adjusted = p_adjust(&raw, adjustment(correction))?;
    for (analysis, p) in tested.iter_mut().zip(adjusted) {
        analysis.p_adjusted = Some(p);
        analysis.family = Some(FamilyOfTests {
            name: family.to_owned(),
            size: raw.len(),
            correction: adjustment(correction).name().to_owned(),
        });
    }
    Ok(())
}
