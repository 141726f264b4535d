//! What a named analysis found, in lines of numbers: ranking, trend, scalability, grid, cross-validation, survival.

use ergon_analysis::{
    Analysis, CrossValidation, CrossingInterval, Detail, Grid, Interval, Ranking, Regression, Scalability,
    ScalabilityCurve, Survival,
};

use crate::Provenance;
use crate::number::{Digits, Grouping, Shown, exact, with_unit};
use crate::p_value::{PStyle, ShownP};

use super::bargaining::bargaining_line;
use super::batch;
use super::comparison::{main_error, statistic};
use super::surface_lines::{ab_test_line, contamination_line, dependency_line};
use super::{interval_name, provenance, unit};

/// One line a result, in the order of the detail; empty for an analysis whose numbers stand in a table alone.
pub(super) fn detail_lines(analysis: &Analysis) -> Vec<String> {
    let unit = unit(&analysis.question.unit);
    let lines = match &analysis.detail {
        None => Vec::new(),
        Some(Detail::Ranking(ranking)) => vec![ranking_line(ranking, unit)],
        Some(Detail::Regression(regression)) => vec![regression_line(analysis, regression)],
        Some(Detail::Scalability(found)) => found.curves.iter().map(|c| scalability_line(found, c, unit)).collect(),
        Some(Detail::Grid(grid)) => vec![grid_line(grid, unit)],
        Some(Detail::Survival(survival)) => vec![survival_line(analysis, survival, unit)],
        Some(Detail::CrossValidation(found)) => vec![cross_validation_line(found, unit)],
        Some(Detail::Tax(_) | Detail::PerCorrect(_) | Detail::PhaseShares(_)) => super::workflow::lines(analysis),
        Some(Detail::SuccessFactors(found)) => vec![batch::success_line(found)],
        Some(Detail::CostEfficiency(found)) => vec![batch::cost_line(found, unit)],
        Some(Detail::Bargaining(found)) => vec![bargaining_line(analysis, found, unit)],
        Some(Detail::Dependency(found)) => found.curves.iter().map(|c| dependency_line(found, c)).collect(),
        Some(Detail::Contamination(found)) => found.rows.iter().map(|row| contamination_line(row, unit)).collect(),
        Some(Detail::AbTest(found)) => vec![ab_test_line(analysis, found, unit)],
    };
    let source = match provenance(&analysis.provenance) {
        Provenance::Simulated => " Simulated, not measured.",
        Provenance::Estimated => " Estimated, not measured.",
        Provenance::Measured | Provenance::Derived => "",
    };
    let filters = &analysis.frame.filters;
    let place = if filters.is_empty() { String::new() } else { format!("{}: ", filters.join(", ")) };
    lines.into_iter().map(|line| format!("{place}{line}.{source}")).collect()
}

fn ranking_line(ranking: &Ranking, unit: &str) -> String {
    let mut levels: Vec<_> = ranking.levels.iter().collect();
    levels.sort_by_key(|level| level.place);
    let sided = ranking.better != "none";
    let of: Vec<String> = levels
        .iter()
        .map(|level| {
            let place = if sided { format!("{}. ", level.place) } else { String::new() };
            let letters = if level.letters.is_empty() { String::new() } else { format!(" {}", level.letters) };
            format!("{place}{} {}{letters}", level.level, with_interval(level.mean, level.ci, unit))
        })
        .collect();
    let better = if sided { format!("{} is better", ranking.better) } else { "neither side is better".to_owned() };
    let letters = if levels.iter().any(|level| !level.letters.is_empty()) {
        "; levels that share a letter aren't told apart"
    } else {
        "; no pair could be tested"
    };
    format!("Means of {} ({better}): {}{letters}", ranking.factor, of.join("; "))
}

fn regression_line(analysis: &Analysis, found: &Regression) -> String {
    let slope = analysis.main_estimate().map_or_else(
        || "not estimated".to_owned(),
        |main| {
            let digits = digits(main_error(analysis), main.ci);
            with_unit(&text(main.value, digits), &main.unit) + &parenthesis(main.ci, digits)
        },
    );
    let curvature = match found.curvature_p.and_then(p_text) {
        Some(p) => format!("; curvature {p}"),
        None => "; curvature not tested".to_owned(),
    };
    let share = found.linear.r2_of_means.map(|r2| format!("; R² of the level means {}", decimals(r2)));
    let slope = format!("Slope on {} {slope}{}", found.factor, test(analysis));
    format!("{slope}{curvature}{}", share.unwrap_or_default())
}

fn scalability_line(found: &Scalability, curve: &ScalabilityCurve, unit: &str) -> String {
    let factor = &found.factor;
    let allowed = percent(found.allowed_loss);
    let best = curve.points.iter().find(|point| point.x == curve.best);
    let best = best.map(|point| format!(" with {}", with_interval(point.mean, point.ci, unit))).unwrap_or_default();
    let largest = curve.points.last().map(|point| format!(" up to {}", exact(point.x))).unwrap_or_default();
    let limit = match curve.limit {
        Some(limit) => {
            let at = curve.points.iter().find(|point| point.x == limit);
            let loss = at.and_then(|point| {
                let (loss, lower) = (percent(point.loss?), percent(point.loss_lower?));
                Some(format!(" (loss there {loss}, lower bound {lower})"))
            });
            let loss = loss.unwrap_or_default();
            format!("{}{loss}", exact(limit))
        }
        None => format!("not reached within the sizes run{largest}"),
    };
    let crossing = match (curve.crossing, &curve.crossing_ci) {
        (None, _) => "the means don't cross it".to_owned(),
        (Some(x), None) => format!("the means cross it at {}", text(x, Digits::Uncertainty)),
        (Some(x), Some(ci)) => format!(
            "the means cross it at {} ({} {})",
            text(x, Digits::Uncertainty),
            interval_name(ci.level),
            crossing_ends(ci)
        ),
    };
    format!(
        "{}: best at {factor} {}{best}; limit (a loss over {allowed}): {limit}; {crossing}",
        curve.group,
        exact(curve.best)
    )
}

pub(super) fn crossing_ends(ci: &CrossingInterval) -> String {
    let end = |end: Option<f64>| end.map_or_else(|| "not reached".to_owned(), |x| text(x, Digits::Uncertainty));
    format!("{} to {}", end(ci.lo), end(ci.hi))
}

fn grid_line(grid: &Grid, unit: &str) -> String {
    let cell = |i: usize| {
        let columns = grid.columns.len().max(1);
        let (row, column) = (grid.rows.get(i / columns), grid.columns.get(i % columns));
        [row, column].into_iter().flatten().cloned().collect::<Vec<_>>().join(", ")
    };
    // Where some cell is censored its mean is absent, and medians are what all cells may have.
    let censored = grid.cells.iter().any(|cell| cell.censored > 0);
    let (what, of): (_, fn(&ergon_analysis::GridCell) -> Option<f64>) =
        if censored { ("medians", |cell| cell.median) } else { ("means", |cell| cell.mean) };
    let mut shown: Vec<(usize, f64)> =
        grid.cells.iter().enumerate().filter_map(|(i, cell)| Some((i, of(cell)?))).collect();
    shown.sort_by(|a, b| a.1.total_cmp(&b.1));
    let all = grid.cells.len();
    let head = format!("{} by {}: {} of {all} cells with a number", grid.row_factor, grid.column_factor, shown.len());
    match (shown.first(), shown.last()) {
        (Some((low_at, low)), Some((high_at, high))) => {
            let end = |at: usize, value: f64| {
                let digits = grid.cells.get(at).filter(|_| !censored).map(|cell| digits(None, cell.ci));
                let value = text(value, digits.unwrap_or(Digits::Uncertainty));
                format!("{} ({})", with_unit(&value, unit), cell(at))
            };
            format!("{head}; {what} from {} to {}", end(*low_at, *low), end(*high_at, *high))
        }
        _ => head,
    }
}

fn survival_line(analysis: &Analysis, survival: &Survival, unit: &str) -> String {
    let curves: Vec<String> = survival
        .curves
        .iter()
        .map(|curve| {
            let median = curve.median.map(|median| {
                let found = analysis.estimates.get(&format!("median_{}", curve.level));
                with_interval(median, found.and_then(|estimate| estimate.ci), unit)
            });
            let median = median.unwrap_or_else(|| "not reached".to_owned());
            format!("{} {median}, {} events of {}", curve.level, curve.events, curve.n)
        })
        .collect();
    let ratio =
        analysis.main_estimate().map(|main| format!("; hazard ratio {}", with_interval(main.value, main.ci, "")));
    let ratio = ratio.unwrap_or_default();
    format!("Median times: {}{ratio}; {}{}", curves.join("; "), analysis.procedure, test(analysis))
}

fn cross_validation_line(found: &CrossValidation, unit: &str) -> String {
    let folds: Vec<String> =
        found.r2_per_fold.iter().map(|r2| r2.map_or_else(|| "none".to_owned(), decimals)).collect();
    format!(
        "R² of prediction from {} {} ({} folds of {} conditions: {}); root mean squared error {}",
        found.predictors.join(", "),
        decimals(found.r2),
        found.folds,
        found.conditions,
        folds.join(", "),
        with_unit(&text(found.rmse, Digits::Uncertainty), unit)
    )
}

/// `, t(9) = 2.41, p corrected = 0.021`; why not, where nothing was tested.
pub(super) fn test(analysis: &Analysis) -> String {
    let statistic = statistic(analysis).map(|found| format!(", {}", found.unadorned())).unwrap_or_default();
    let p = match (analysis.p_adjusted, analysis.p) {
        (Some(p), _) => p_text(p).map(|p| format!(", corrected {p}")),
        (None, p) => p.and_then(p_text).map(|p| format!(", {p}")),
    };
    format!("{statistic}{}", p.unwrap_or_else(|| ", not tested".to_owned()))
}

fn p_text(p: f64) -> Option<String> {
    Some(format!("p {}", ShownP::new(p, PStyle::Plain)?.to_sentence_text()))
}

/// `34.2 s (95% CI 33.1 to 35.3)`.
pub(super) fn with_interval(value: f64, ci: Option<Interval>, unit: &str) -> String {
    let digits = digits(None, ci);
    with_unit(&text(value, digits), unit) + &parenthesis(ci, digits)
}

pub(super) fn parenthesis(ci: Option<Interval>, digits: Digits) -> String {
    let of =
        |ci: Interval| format!(" ({} {} to {})", interval_name(ci.level), text(ci.lo, digits), text(ci.hi, digits));
    ci.map(of).unwrap_or_default()
}

/// Digits of an estimate. Where only its interval is known, a quarter of the width stands for the standard error: it
/// decides digits and is never shown.
pub(super) fn digits(se: Option<f64>, ci: Option<Interval>) -> Digits {
    let of_interval = || ci.map(|ci| 0.25 * (ci.hi - ci.lo));
    let error = se.or_else(of_interval).filter(|error| error.is_finite() && *error > 0.0);
    error.map_or(Digits::Uncertainty, Digits::as_for)
}

/// A share as a percentage with up to one decimal.
pub(super) fn percent(share: f64) -> String {
    with_unit(&exact((share * 1000.0).round() / 10.0), "%")
}

fn decimals(value: f64) -> String {
    text(value, Digits::Decimals(2))
}

pub(super) fn text(value: f64, digits: Digits) -> String {
    Shown::new(value, None, digits).map_or_else(|| "none".to_owned(), |shown| shown.to_text(Grouping::None))
}
