//! How far a response falls with the level of a transformation: retention, coefficient, trend.
//!
//! With A(L) the mean response at level L and L = 0 the untouched text:
//! retention RRS(L) = A(L)/A(0); corrected for chance (A(L) − c)/(A(0) − c); LDC(L) = 1 − RRS(L);
//! coefficient LDC = 1 − mean over L > 0 of A(L) / A(0); area: 1 − (∫ A dL / range)/A(0), by trapezoids.
//! All are undefined where A(0) = 0.

use ergon_domain::Digest;
use ergon_stats::dist::student_t;
use ergon_stats::{CorrelationMethod, MissingPolicy, TestOptions, kendall, logistic_random_intercept, spearman};

use crate::describe::wilson;
use crate::item_table::{ItemTable, mean_over};
use crate::result::Interval;
use crate::surface_detail::{DependencyCurve, DependencyPoint, TrendTest};
use crate::threshold::{crossing, crossing_interval};

/// Cut-offs of the coefficient: low below the first, extreme from the last. Ergon's, to have words for it.
pub const DEPENDENCY_LABELS: [(&str, f64); 4] =
    [("low", 0.1), ("medium", 0.3), ("high", 0.6), ("extreme", f64::INFINITY)];

/// The word for a coefficient.
pub(crate) fn label(coefficient: f64) -> &'static str {
    DEPENDENCY_LABELS.iter().find(|(_, below)| coefficient < *below).map_or("extreme", |(name, _)| name)
}

/// What a curve is computed of.
pub(crate) struct Levels<'a> {
    /// Levels, rising; the first is the untouched text.
    pub(crate) x: &'a [f64],
    /// Largest possible response (100 for percent).
    pub(crate) full: f64,
    /// Mean response of a guesser at each level, where it is known.
    pub(crate) chance: Option<f64>,
    /// Share of the baseline that the threshold asks about.
    pub(crate) share: f64,
    /// Level of intervals.
    pub(crate) confidence: f64,
    /// Seed of resamples.
    pub(crate) seed: Digest,
}

/// Coefficient of some items, given their [`halves`](ItemTable::halves); `None` without a baseline.
fn coefficient(items: &[&Vec<f64>]) -> Option<f64> {
    retention(items, 1).map(|kept| 1.0 - kept)
}

fn area(items: &[&Vec<f64>], x: &[f64]) -> Option<f64> {
    let means: Vec<f64> = (0..x.len()).map(|column| mean_over(items.iter().copied(), column)).collect();
    let baseline = *means.first().filter(|baseline| **baseline > 0.0)?;
    let range = x.last()? - x.first()?;
    let trapezoids: f64 = x.windows(2).zip(means.windows(2)).map(|(x, y)| 0.5 * (x[1] - x[0]) * (y[0] + y[1])).sum();
    Some(1.0 - trapezoids / range / baseline)
}

fn retention(items: &[&Vec<f64>], column: usize) -> Option<f64> {
    let baseline = mean_over(items.iter().copied(), 0);
    (baseline > 0.0).then(|| mean_over(items.iter().copied(), column) / baseline)
}

/// The curve of a table, and what could not be had, in words.
pub(crate) fn curve(table: &ItemTable, group: &str, levels: &Levels<'_>) -> (DependencyCurve, Vec<String>) {
    let mut notes = Vec::new();
    let all: Vec<&Vec<f64>> = table.rows.iter().collect();
    let columns = levels.x.len();
    type Statistic<'s> = &'s (dyn Fn(&[&Vec<f64>]) -> Option<f64> + Sync);
    let mut interval = |table: &ItemTable, what: &str, statistic: Statistic<'_>| -> Option<Interval> {
        statistic(&table.rows.iter().collect::<Vec<_>>())?;
        match table.interval(statistic, levels.confidence, levels.seed) {
            Ok(ci) => Some(ci),
            Err(error) => {
                notes.push(format!("{group}: no interval of the {what}: {error}"));
                None
            }
        }
    };
    let means: Vec<f64> = (0..columns).map(|column| table.mean(column)).collect();
    let baseline = means.first().copied().unwrap_or(0.0);
    let points = levels
        .x
        .iter()
        .enumerate()
        .map(|(column, x)| DependencyPoint {
            x: *x,
            n: table.rows.len(),
            mean: means.get(column).copied().unwrap_or(0.0),
            ci: mean_interval(&table.column(column), levels),
            retention: retention(&all, column),
            retention_ci: if column == 0 {
                None
            } else {
                interval(table, &format!("retention at {x}"), &|items| retention(items, column))
            },
            corrected: levels.chance.filter(|c| baseline > *c).map(|c| (means[column] - c) / (baseline - c)),
        })
        .collect();
    let halves = table.halves();
    let value = coefficient(&halves.rows.iter().collect::<Vec<_>>());
    let coefficient_ci = interval(&halves, "coefficient", &coefficient);
    let area_ci = interval(table, "area", &|items| area(items, levels.x));
    let threshold = crossing(levels.x, &means, levels.share);
    let below = means.iter().zip(levels.x).skip(1).find(|(mean, _)| **mean < levels.share * baseline);
    let (odds, odds_note) = odds(table, levels, group);
    notes.extend(odds_note);
    let curve = DependencyCurve {
        group: group.to_owned(),
        items: table.rows.len(),
        points,
        coefficient: value,
        coefficient_ci,
        label: value.map(|c| label(c).to_owned()),
        area: area(&all, levels.x),
        area_ci,
        spearman: trend(spearman(levels.x, &means, CorrelationMethod::Auto, &TestOptions::default())),
        kendall: trend(kendall(levels.x, &means, CorrelationMethod::Auto, &TestOptions::default())),
        odds,
        threshold,
        threshold_ci: crossing_interval(table, levels.x, levels.share, levels.confidence, levels.seed.to_u64()),
        lowest_below: below.filter(|_| baseline > 0.0).map(|(_, x)| *x),
    };
    (curve, notes)
}

fn trend(found: Result<ergon_stats::Correlation, ergon_stats::StatError>) -> Option<TrendTest> {
    let found = found.ok()?;
    Some(TrendTest { method: found.account.method.to_owned(), estimate: found.estimate, p: found.p })
}

fn is_binary(values: &[f64], full: f64) -> bool {
    values.iter().all(|v| *v == 0.0 || *v == full)
}

/// Interval of a mean: Wilson's where every item is right or wrong, else Student's t.
fn mean_interval(values: &[f64], levels: &Levels<'_>) -> Option<Interval> {
    let n = values.len() as f64;
    let level = levels.confidence;
    if is_binary(values, levels.full) {
        return wilson(values, levels.full, level);
    }
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
    let reach = student_t::isf(0.5 * (1.0 - level), n - 1.0) * (variance / n).sqrt();
    reach.is_finite().then_some(Interval { lo: mean - reach, hi: mean + reach, level })
}

/// Odds ratio of a right answer for the whole range of levels, of one and the same item: logistic regression with a
/// random intercept for each item.
fn odds(table: &ItemTable, levels: &Levels<'_>, group: &str) -> (Option<TrendTest>, Option<String>) {
    let values: Vec<f64> = table.rows.iter().flatten().copied().collect();
    if !is_binary(&values, levels.full) {
        let note = format!("{group}: no logistic trend: an item's response is not right or wrong (ask one item a run)");
        return (None, Some(note));
    }
    let range = levels.x.last().zip(levels.x.first()).map_or(1.0, |(last, first)| last - first);
    let y: Vec<f64> = values.iter().map(|v| v / levels.full).collect();
    let x: Vec<f64> = table.rows.iter().flat_map(|_| levels.x.iter().map(|x| x / range)).collect();
    let items: Vec<usize> = (0..table.rows.len()).flat_map(|item| levels.x.iter().map(move |_| item)).collect();
    match logistic_random_intercept(&y, &[&x], &items, levels.confidence, MissingPolicy::Refuse) {
        Ok(fit) => match fit.fixed.get(1) {
            Some(slope) => {
                let method = "Logistic regression on level, random intercept per item".to_owned();
                (Some(TrendTest { method, estimate: libm::exp(slope.estimate), p: slope.p }), None)
            }
            None => (None, None),
        },
        Err(error) => (None, Some(format!("{group}: no logistic trend: {error}"))),
    }
}

#[cfg(test)]
mod tests;
