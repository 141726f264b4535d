//! The ratio of two means, by Fieller's theorem: the interval holds every ratio R for which the mean of
//! treatment − R · control can't be told from 0, so p and interval are the same test.
//!
//! Fieller's rather than the delta method on logarithms: it needs no positive values, keeps its coverage for few
//! replicates and ratios far from 1, and says when the control is too uncertain for any bounded interval.

use ergon_domain::Value;
use ergon_stats::dist::student_t;

use crate::error::AnalysisError;
use crate::inference::{Inference, directed_p};
use crate::level_means::{LevelMeans, Linear};
use crate::paired::Prepared;
use crate::result::{Interval, Statistic};
use crate::write_up::Subject;

const REFERENCE: &str = "Fieller (1954), Journal of the Royal Statistical Society B 16, 175–185";

/// The mean at the first of two levels as a multiple of that at the second.
pub(crate) fn ratio(data: &Prepared<'_>, subject: &Subject<'_>, pair: &[Value; 2]) -> Result<Inference, AnalysisError> {
    if !data.response.is_ratio_scale() {
        return Err(AnalysisError::NotRatioScale { metric: data.response.metric.id.clone() });
    }
    let means = LevelMeans::of(data, &Subject { levels: pair, ..*subject })?;
    let mut found = fieller(&means, data, subject)?;
    found.used = means.used();
    found.means = means.means.first().copied().zip(means.means.get(1).copied());
    let notes = means.notes;
    found.trail = notes.trail;
    found.trail.push(
        "The ratio of means is tested and bounded by Fieller's theorem: by the mean of treatment − R · control at the \
         same units."
            .into(),
    );
    found.dropped = notes.dropped;
    found.warnings.extend(notes.warnings);
    found.references = notes.references;
    found.references.push(REFERENCE.into());
    found.unit_of_analysis = notes.unit_of_analysis;
    Ok(found)
}

/// Ratio of the first mean to the second.
pub(crate) fn fieller(
    means: &LevelMeans,
    data: &Prepared<'_>,
    subject: &Subject<'_>,
) -> Result<Inference, AnalysisError> {
    let ask = data.ask;
    let (numerator, denominator) = (means.mean(0), means.mean(1));
    let at = |r: f64| means.combine(&[1.0, -r]);
    let critical = |df: f64| student_t::isf(0.5 * (1.0 - ask.confidence), df);
    let control = subject.levels.get(1).map(ToString::to_string).unwrap_or_default();
    let unbounded = || AnalysisError::UnboundedRatio { factor: subject.factor.into(), control: control.clone() };
    if denominator.value <= 0.0 {
        return Err(unbounded());
    }
    let estimate = numerator.value / denominator.value;
    let mut found =
        Inference { procedure: "Fieller's test of a ratio of means".into(), estimate, ..Inference::default() };
    let here = at(estimate);
    if here.se == 0.0 {
        found.no_variation(estimate, "the ratio is the same in every unit");
        return Ok(found);
    }
    if denominator.value <= critical(denominator.df) * denominator.se {
        return Err(unbounded());
    }
    found.se = Some(here.se / denominator.value);
    let outside = |l: Linear| l.value.abs() - critical(l.df) * l.se;
    let step = here.se / denominator.value;
    let lo = edge(|r| outside(at(r)), estimate, -step).ok_or_else(unbounded)?;
    let hi = edge(|r| outside(at(r)), estimate, step).ok_or_else(unbounded)?;
    found.ci = Some(Interval { lo, hi, level: ask.confidence });
    let null = at(ask.null_value());
    if null.se > 0.0 {
        let t = null.value / null.se;
        found.statistic = Some(Statistic { name: "t".into(), value: t });
        found.df = vec![null.df];
        found.p = Some(directed_p(t, null.df, ask.direction));
    } else {
        found.no_variation(estimate, "treatment − R · control is the same in every unit");
    }
    Ok(found)
}

/// Where a function that is negative at `from` becomes 0 on the side of `step`; `None` if it never does.
pub(crate) fn edge(f: impl Fn(f64) -> f64, from: f64, step: f64) -> Option<f64> {
    let (mut inside, mut outside) = (from, from + step);
    for _ in 0..200 {
        if f(outside) > 0.0 {
            break;
        }
        inside = outside;
        outside = from + 2.0 * (outside - from);
    }
    if !outside.is_finite() || f(outside) <= 0.0 {
        return None;
    }
    for _ in 0..200 {
        let middle = 0.5 * (inside + outside);
        if middle == inside || middle == outside {
            break;
        }
        if f(middle) > 0.0 { outside = middle } else { inside = middle }
    }
    Some(0.5 * (inside + outside))
}
