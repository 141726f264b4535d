//! A response over a size, and the size at which too much of its best mean is lost.

use ergon_domain::{Direction, Value};
use ergon_stats::dist::student_t;
use ergon_stats::{BootstrapOptions, bootstrap};

use crate::ask::Ask;
use crate::contrast::refuse_unusable;
use crate::detail::{CrossingInterval, Detail, Scalability, ScalabilityCurve, ScalabilityPoint};
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::inference::{Inference, Scale};
use crate::level_means::{Errors, LevelMeans};
use crate::paired::Prepared;
use crate::ratio::edge;
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Estimate, Interval, Warning};
use crate::slope::numeric_levels;
use crate::write_levels::{about_levels, write_levels};
use crate::write_up::Subject;

/// Resamples of the crossing's interval.
const RESAMPLES: usize = 2000;

/// A metric over a size: one curve for each level of `group`, or one for all runs; `allowed_loss` is the share of the
/// best mean that may be lost.
///
/// The limit is the smallest size above the best one whose loss exceeds the allowed one by its lower confidence bound.
/// The bounds are corrected over all pairs of sizes (Bonferroni), because the best size is chosen on the same data.
///
/// # Errors
/// Unknown names, a size that is no number, a metric without a better side or that isn't bounded below by 0.
pub fn scalability(
    frame: &Frame,
    ask: &Ask,
    factor: &str,
    group: Option<&str>,
    allowed_loss: f64,
) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    if response.metric.direction == Direction::None {
        return Err(AnalysisError::NoBetterSide { metric: response.metric.id.clone() });
    }
    if !response.is_ratio_scale() {
        return Err(AnalysisError::NotRatioScale { metric: response.metric.id.clone() });
    }
    let parts: Vec<(String, Frame)> = match group {
        None => vec![("all runs".into(), frame.clone())],
        Some(name) => {
            let part = |level: &Value| (level.to_string(), frame.only(name, level));
            frame.levels(name).iter().map(part).collect()
        }
    };
    let (levels, _) = numeric_levels(frame, factor)?;
    let subject = Subject { factor, levels: &levels };
    let (mut curves, mut found) = (Vec::new(), Inference::default());
    for (name, part) in &parts {
        match curve(part, ask, factor, name, allowed_loss, &mut found) {
            Ok(curve) => curves.push(curve),
            Err(error) if parts.len() > 1 => {
                found.warnings.push(Warning::new("not_answered", format!("{name}: {error}")));
            }
            Err(error) => return Err(error),
        }
    }
    if curves.is_empty() {
        let first = found.warnings.first().map(ToString::to_string).unwrap_or_default();
        return Err(AnalysisError::NoGroup { factor: factor.into(), first });
    }
    let seed = frame.digest(Some(&response.metric.id));
    let data = Prepared { frame, response, scale: Scale::Difference, ask, seed };
    let title = &data.response.metric.title;
    let mut asked =
        about_levels(&data, factor, format!("Up to which {factor} does {title} hold?"), "scalability_limit");
    asked.by = group.iter().map(|g| (*g).to_owned()).collect();
    found.procedure = "Loss against the best size (Fieller's bounds, Bonferroni)".into();
    found.trail.push(format!(
        "The limit is the smallest {factor} above the best whose loss exceeds {} % of the best mean by its lower bound. \
         The bounds are corrected over all pairs of sizes, as the best is chosen on the same data; the crossing between \
         sizes is interpolated, with a percentile bootstrap interval over {RESAMPLES} resamples.",
        100.0 * allowed_loss
    ));
    found.references.push("Fieller (1954), Journal of the Royal Statistical Society B 16, 175–185".into());
    found.references.push("Efron & Tibshirani (1993), An Introduction to the Bootstrap".into());
    found.references.dedup();
    found.used.sort_unstable();
    found.used.dedup();
    let mut analysis = write_levels(&data, &subject, found, AnalysisKind::Scalability, asked);
    for curve in &curves {
        if let Some(value) = curve.limit {
            let estimate = Estimate { value, se: None, ci: None, unit: factor.to_owned() };
            let name = if group.is_some() { format!("limit_{}", curve.group) } else { "limit".into() };
            analysis.estimates.insert(name, estimate);
        }
    }
    let better = if data.response.metric.direction == Direction::Lower { "lower" } else { "higher" };
    let (factor, better) = (factor.to_owned(), better.to_owned());
    analysis.detail = Some(Detail::Scalability(Scalability { factor, better, allowed_loss, curves }));
    Ok(analysis)
}

fn curve(
    frame: &Frame,
    ask: &Ask,
    factor: &str,
    name: &str,
    allowed: f64,
    all: &mut Inference,
) -> Result<ScalabilityCurve, AnalysisError> {
    let (levels, x) = numeric_levels(frame, factor)?;
    let subject = Subject { factor, levels: &levels };
    let response = Response::of(frame, &ask.metric)?;
    refuse_unusable(frame, &response, &subject, Scale::Difference)?;
    let lower_is_better = response.metric.direction == Direction::Lower;
    let seed = frame.digest(Some(&response.metric.id));
    let data = Prepared { frame, response, scale: Scale::Difference, ask, seed };
    let means = LevelMeans::of(&data, &subject)?;
    let best = best_of(&means.means, lower_is_better);
    let best_mean = means.means.get(best).copied().unwrap_or(0.0);
    if best_mean <= 0.0 {
        let control = levels.get(best).map(ToString::to_string).unwrap_or_default();
        return Err(AnalysisError::UnboundedRatio { factor: factor.into(), control });
    }
    let pairs = (x.len() * (x.len() - 1) / 2) as f64;
    let tail = (1.0 - ask.confidence) / pairs;
    let point = |level: usize, x: &f64| {
        let mean = means.mean(level);
        let n = means.rows.get(level).map_or(0, Vec::len);
        ScalabilityPoint {
            x: *x,
            n,
            mean: mean.value,
            ci: mean.ci(ask.confidence),
            loss: Some(loss(mean.value, best_mean, lower_is_better)),
            loss_lower: (level > best).then(|| loss_lower(&means, level, best, tail, lower_is_better)).flatten(),
        }
    };
    let points: Vec<ScalabilityPoint> = x.iter().enumerate().map(|(level, x)| point(level, x)).collect();
    let over = |p: &&ScalabilityPoint| p.loss_lower.is_some_and(|l| l > allowed);
    let limit = points.iter().find(over).map(|p| p.x);
    let crossing = crossing(&x, &means.means, allowed, lower_is_better);
    let crossing_ci = crossing_ci(&means, &x, allowed, lower_is_better, ask.confidence, seed.to_u64());
    all.used.extend(means.used());
    let notes = means.notes;
    for (kept, new) in [(&mut all.trail, notes.trail), (&mut all.references, notes.references)] {
        for line in new {
            if !kept.contains(&line) {
                kept.push(line);
            }
        }
    }
    all.warnings.extend(notes.warnings);
    all.dropped.extend(notes.dropped);
    all.unit_of_analysis = notes.unit_of_analysis;
    Ok(ScalabilityCurve {
        group: name.to_owned(),
        best: x.get(best).copied().unwrap_or(0.0),
        points,
        limit,
        crossing,
        crossing_ci,
    })
}

fn best_of(means: &[f64], lower_is_better: bool) -> usize {
    let worth = |m: f64| if lower_is_better { -m } else { m };
    let better = |best: usize, (i, m): (usize, &f64)| match means.get(best) {
        Some(b) if worth(*m) > worth(*b) => i,
        _ => best,
    };
    means.iter().enumerate().fold(0, better)
}

/// Share of the best mean that is lost: what is missing, or for costs and times what is added.
fn loss(mean: f64, best: f64, lower_is_better: bool) -> f64 {
    if lower_is_better { mean / best - 1.0 } else { 1.0 - mean / best }
}

/// Lower bound of the loss at a level: one-sided bound of its ratio to the best (Fieller). `None` where there is none.
fn loss_lower(means: &LevelMeans, level: usize, best: usize, tail: f64, lower_is_better: bool) -> Option<f64> {
    let at = |r: f64| {
        let mut weights = vec![0.0; means.means.len()];
        *weights.get_mut(best)? = -r;
        *weights.get_mut(level)? += 1.0;
        Some(means.combine(&weights))
    };
    let (mean, reference) = (means.means.get(level)?, means.mean(best));
    let ratio = mean / reference.value;
    let here = at(ratio)?;
    if here.se == 0.0 {
        return Some(loss(*mean, reference.value, lower_is_better));
    }
    if reference.value <= student_t::isf(tail, reference.df) * reference.se {
        return None;
    }
    let outside = |r: f64| at(r).map_or(f64::NAN, |l| l.value.abs() - student_t::isf(tail, l.df) * l.se);
    let step = here.se / reference.value;
    let bound = edge(outside, ratio, if lower_is_better { -step } else { step })?;
    Some(loss(bound, 1.0, lower_is_better))
}

/// Where straight lines between the means, beyond the best size, cross the allowed loss.
fn crossing(x: &[f64], means: &[f64], allowed: f64, lower_is_better: bool) -> Option<f64> {
    let best = best_of(means, lower_is_better);
    let reference = *means.get(best)?;
    let over = |m: f64| loss(m, reference, lower_is_better) - allowed;
    let mut steps = x.iter().zip(means).skip(best);
    let (mut x0, mut m0) = steps.next()?;
    for (x1, m1) in steps {
        let (a, b) = (over(*m0), over(*m1));
        if b > 0.0 {
            return Some(if a >= 0.0 { *x0 } else { x0 + (x1 - x0) * a / (a - b) });
        }
        (x0, m0) = (x1, m1);
    }
    None
}

/// Percentile interval of the crossing. A resample that doesn't cross counts as beyond the largest size.
fn crossing_ci(
    means: &LevelMeans,
    x: &[f64],
    allowed: f64,
    lower_is_better: bool,
    level: f64,
    seed: u64,
) -> Option<CrossingInterval> {
    let k = x.len();
    let (samples, cells): (Vec<Vec<f64>>, usize) = match &means.errors {
        // Whole replicates are drawn: their places stand for them.
        Errors::Units(table) => (vec![(0..table.len()).map(|i| i as f64).collect()], 0),
        Errors::Runs(cells) => (cells.iter().flatten().cloned().collect(), cells.len()),
        Errors::Model { .. } => return None,
    };
    let resampled = |drawn: &[Vec<f64>]| -> Vec<f64> {
        match &means.errors {
            Errors::Units(table) => {
                let rows = || drawn.first().into_iter().flatten().filter_map(|i| table.get(*i as usize));
                let of = |l: usize| rows().filter_map(|row| row.get(l)).sum::<f64>() / table.len() as f64;
                (0..k).map(of).collect()
            }
            _ => {
                let mean = |v: &Vec<f64>| v.iter().sum::<f64>() / v.len() as f64;
                let of = |l: usize| drawn.iter().skip(l).step_by(k).map(mean).sum::<f64>() / cells as f64;
                (0..k).map(of).collect()
            }
        }
    };
    let largest = *x.last()?;
    let beyond = 2.0 * largest.abs() + 1.0;
    let at = |drawn: &[Vec<f64>]| crossing(x, &resampled(drawn), allowed, lower_is_better);
    let options = BootstrapOptions { resamples: RESAMPLES, seed, level, ..BootstrapOptions::default() };
    let samples: Vec<&[f64]> = samples.iter().map(Vec::as_slice).collect();
    let found = bootstrap(&samples, |drawn| at(drawn).unwrap_or(beyond), &options).ok()?;
    let crossed = match bootstrap(&samples, |drawn| f64::from(u8::from(at(drawn).is_some())), &options) {
        Ok(share) => share.estimate + share.bias,
        // The same in every resample.
        Err(_) => f64::from(u8::from(found.estimate < beyond)),
    };
    let reached = |end: f64| Some(end).filter(|end| *end <= largest);
    let Interval { lo, hi, .. } = Interval { lo: found.percentile.low, hi: found.percentile.high, level };
    Some(CrossingInterval { lo: reached(lo), hi: reached(hi), level, resamples: RESAMPLES, crossed })
}
