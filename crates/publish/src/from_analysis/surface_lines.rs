//! Dependency, thresholds, contamination and A/B tests in lines of numbers.

use ergon_analysis::{AbTest, Analysis, ContaminationRow, Dependency, DependencyCurve};

use super::detail_lines::{crossing_ends, percent, test, text, with_interval};
use super::interval_name;
use crate::number::{Digits, exact, with_unit};

/// `gpt: language dependency 0.42 (95% CI 0.35 to 0.50, high); …`.
pub(super) fn dependency_line(found: &Dependency, curve: &DependencyCurve) -> String {
    let threshold = threshold(found, curve);
    if found.only_threshold {
        return format!("{}: {threshold}", curve.group);
    }
    let coefficient = curve.coefficient.map_or_else(
        || "undefined, as nothing was right at level 0".to_owned(),
        |value| with_interval(value, curve.coefficient_ci, ""),
    );
    let label = curve.label.as_ref().map(|label| format!(", {label}")).unwrap_or_default();
    format!("{}: language dependency {coefficient}{label}; {threshold}", curve.group)
}

/// Where the curve falls below the share of the baseline.
pub(super) fn threshold(found: &Dependency, curve: &DependencyCurve) -> String {
    let share = percent(found.share);
    let factor = &found.factor;
    let lowest = curve
        .lowest_below
        .map_or_else(|| "no level run is below".to_owned(), |x| format!("lowest level run below: {}", exact(x)));
    match (curve.threshold, &curve.threshold_ci) {
        (None, _) => format!("{share} of the baseline is not reached within the levels run ({lowest})"),
        (Some(x), None) => {
            format!("{share} of the baseline is reached at {factor} {} ({lowest})", with_unit(&tenths(x), &found.unit))
        }
        (Some(x), Some(ci)) => format!(
            "{share} of the baseline is reached at {factor} {} ({} {}; {lowest})",
            with_unit(&tenths(x), &found.unit),
            interval_name(ci.level),
            crossing_ends(ci)
        ),
    }
}

fn tenths(x: f64) -> String {
    text(x, Digits::Decimals(1))
}

pub(super) fn contamination_line(row: &ContaminationRow, unit: &str) -> String {
    let indicator = row.indicator.map_or_else(
        || "undefined, as nothing was right untouched".to_owned(),
        |value| with_interval(value, row.ci, ""),
    );
    let mean = |value: f64| with_interval(value, None, unit);
    format!(
        "{}, {}: contamination indicator {indicator} (untouched {}, paraphrased {}, scrambled {}; {} items)",
        row.group,
        row.method,
        mean(row.baseline),
        mean(row.paraphrased),
        mean(row.scrambled),
        row.items
    )
}

pub(super) fn ab_test_line(analysis: &Analysis, found: &AbTest, unit: &str) -> String {
    let mean = |value: f64| with_interval(value, None, unit);
    let minimum = found
        .minimum_items
        .map_or_else(|| "no sample can be planned for it".to_owned(), |n| format!("{n} items find it with power 0.8"));
    let power =
        found.power.map(|power| format!("power here {}, ", text(power, Digits::Decimals(2)))).unwrap_or_default();
    format!(
        "{} {} against {} {} on {} items: lift {}; {} items right for {} alone, {} for {} alone{}; smallest difference \
         of interest {}: {power}{minimum}; {}",
        found.treatment,
        mean(found.treatment_mean),
        found.control,
        mean(found.control_mean),
        found.items,
        with_interval(found.lift, analysis.ci, ""),
        found.treatment_alone,
        found.treatment,
        found.control_alone,
        found.control,
        test(analysis),
        percent(found.smallest),
        found.decision
    )
}
