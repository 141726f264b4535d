//! Where a response falls below a share of its baseline.

use ergon_stats::{BootstrapOptions, bootstrap};

use crate::detail::CrossingInterval;
use crate::item_table::{ItemTable, RESAMPLES, mean_over};

/// Share of the baseline where a question doesn't say.
pub(crate) const DEFAULT_SHARE: f64 = 0.5;

/// The falling curve nearest to the means by least squares, each level with the same weight: pooling of adjacent
/// violators (Ayer and others 1955).
pub(crate) fn falling(means: &[f64]) -> Vec<f64> {
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for mean in means {
        blocks.push((*mean, 1));
        while let [.., (before, n), (last, m)] = blocks.as_slice()
            && before < last
        {
            let pooled = ((before * *n as f64 + last * *m as f64) / (n + m) as f64, n + m);
            blocks.truncate(blocks.len() - 2);
            blocks.push(pooled);
        }
    }
    blocks.into_iter().flat_map(|(mean, n)| std::iter::repeat_n(mean, n)).collect()
}

/// Where straight lines between the points of the falling curve reach a share of the baseline, the mean at the first
/// level; `None` where they stay above it or there is no baseline.
pub(crate) fn crossing(levels: &[f64], means: &[f64], share: f64) -> Option<f64> {
    let wanted = share * means.first().filter(|baseline| **baseline > 0.0)?;
    let curve = falling(means);
    let mut points = levels.iter().zip(&curve);
    let (mut x0, mut y0) = points.next()?;
    for (x, y) in points {
        if *y <= wanted {
            let reached = if y0 > y { (y0 - wanted) / (y0 - y) } else { 1.0 };
            return Some(x0 + (x - x0) * reached.clamp(0.0, 1.0));
        }
        (x0, y0) = (x, y);
    }
    None
}

/// Percentile bootstrap interval of the crossing, items drawn whole. A resample that doesn't cross counts as beyond the
/// highest level.
pub(crate) fn crossing_interval(
    table: &ItemTable,
    levels: &[f64],
    share: f64,
    level: f64,
    seed: u64,
) -> Option<CrossingInterval> {
    let highest = *levels.last()?;
    let beyond = 2.0 * highest.abs() + 1.0;
    let places: Vec<f64> = (0..table.rows.len()).map(|i| i as f64).collect();
    let at = |drawn: &[Vec<f64>]| {
        let items: Vec<&Vec<f64>> =
            drawn.first().into_iter().flatten().filter_map(|i| table.rows.get(*i as usize)).collect();
        let means: Vec<f64> = (0..levels.len()).map(|column| mean_over(items.iter().copied(), column)).collect();
        crossing(levels, &means, share)
    };
    let options = BootstrapOptions { resamples: RESAMPLES, seed, level, ..BootstrapOptions::default() };
    let found = bootstrap(&[&places], |drawn| at(drawn).unwrap_or(beyond), &options).ok()?;
    let crossed = match bootstrap(&[&places], |drawn| f64::from(u8::from(at(drawn).is_some())), &options) {
        Ok(share) => share.estimate + share.bias,
        // The same in every resample.
        Err(_) => f64::from(u8::from(found.estimate < beyond)),
    };
    let reached = |end: f64| Some(end).filter(|end| *end <= highest);
    Some(CrossingInterval {
        lo: reached(found.percentile.low),
        hi: reached(found.percentile.high),
        level,
        resamples: RESAMPLES,
        crossed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crossing_is_interpolated_on_the_falling_curve() {
        let levels = [0.0, 25.0, 50.0, 75.0, 100.0];
        // From 60 at 25 to 40 at 50 the half of 100 is in the middle.
        assert_eq!(crossing(&levels, &[100.0, 60.0, 40.0, 20.0, 10.0], 0.5), Some(37.5));
        // 30 and 50 are pooled to 40: a rise by chance is no second crossing.
        assert_eq!(falling(&[100.0, 30.0, 50.0, 10.0]), [100.0, 40.0, 40.0, 10.0]);
        assert_eq!(crossing(&levels, &[100.0, 90.0, 80.0, 70.0, 60.0], 0.5), None);
        assert_eq!(
            crossing(&levels, &[0.0, 0.0, 0.0, 0.0, 0.0], 0.5),
            None,
            "without baseline there is no share of it"
        );
    }
}
