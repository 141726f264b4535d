//! Sentences that describe a figure with its numbers.

use super::{Estimate, IntervalGroup, Setting};
use crate::number::{Digits, Grouping, Shown};

/// A value by the digits that an estimate with this interval allows.
pub(super) fn as_for(value: f64, estimate: Option<Estimate>) -> String {
    // A confidence interval of the usual levels is about four standard errors wide.
    let digits = estimate.map_or(Digits::Significant(3), |e| Digits::as_for((e.ci_high - e.ci_low) / 4.0));
    Shown::new(value, None, digits).map_or("—".to_owned(), |shown| shown.to_text(Grouping::None))
}

/// `n = 40`, `n = 38 (2 missing)`
pub(super) fn count(n: usize, missing: usize) -> String {
    match missing {
        0 => format!("n = {n}"),
        missing => format!("n = {n} ({missing} missing)"),
    }
}

/// `mean 81.2, 95% CI [80.4, 82.0]`
pub(super) fn estimate(estimate: Estimate, setting: &Setting<'_>) -> String {
    let show = |value| as_for(value, Some(estimate));
    format!(
        "mean {}, {} [{}, {}]",
        show(estimate.mean),
        setting.interval_name(),
        show(estimate.ci_low),
        show(estimate.ci_high)
    )
}

/// The first sentence: what kind of figure of what, and whether it was measured.
pub(super) fn opening(kind: &str, setting: &Setting<'_>, groups: usize) -> String {
    let quantity = crate::number::heading_with_unit(setting.quantity.title, setting.quantity.unit);
    let plural = if groups == 1 { "" } else { "s" };
    let source = setting.provenance.note().map_or(String::new(), |note| format!(" {note}"));
    format!("{kind} of {quantity} for {groups} group{plural}.{source}")
}

/// A figure of means by groups, in words.
pub(super) fn groups(kind: &str, setting: &Setting<'_>, groups: &[IntervalGroup<'_>]) -> String {
    let mut alt = opening(kind, setting, groups.len());
    for group in groups {
        let what = group.estimate.map_or("no data".to_owned(), |found| estimate(found, setting));
        alt.push_str(&format!(" {}: {}, {what}.", group.label, count(group.n, group.missing)));
    }
    alt
}
