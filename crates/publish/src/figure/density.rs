//! Kernel density estimate for drawing a cloud.

use super::order_statistics::{distinct, quantile};

/// Fewer values than this, or fewer different ones, have no shape worth drawing.
pub(super) const FEWEST: usize = 10;
/// Fewer different values than this are categories, not a continuum.
const FEWEST_DISTINCT: usize = 6;
/// Points along the curve.
const STEPS: u32 = 160;

/// A density curve over the range of the data.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Density {
    /// Value and density, the highest of which is 1.
    pub(super) curve: Vec<(f64, f64)>,
    /// Standard deviation of the kernel.
    pub(super) bandwidth: f64,
}

/// Gaussian kernel, bandwidth by Silverman's rule of thumb, 0.9 · min(s, IQR/1.34) · n^(−1/5)
/// (Silverman 1986, *Density Estimation*, eq. 3.31), evaluated from the smallest to the largest value
/// and not beyond: the curve claims no value that wasn't seen. `None` for data without a shape.
pub(super) fn density(sorted: &[f64]) -> Option<Density> {
    let (low, high) = (*sorted.first()?, *sorted.last()?);
    if sorted.len() < FEWEST || distinct(sorted, FEWEST_DISTINCT) < FEWEST_DISTINCT {
        return None;
    }
    let bandwidth = silverman(sorted)?;
    let step = (high - low) / f64::from(STEPS);
    let at = |index: u32| if index == STEPS { high } else { low + step * f64::from(index) };
    let mut curve: Vec<(f64, f64)> = (0..=STEPS)
        .map(|index| {
            let x = at(index);
            let kernel = |value: &f64| {
                let z = (x - value) / bandwidth;
                libm::exp(-0.5 * z * z)
            };
            (x, sorted.iter().map(kernel).sum())
        })
        .collect();
    let peak = curve.iter().fold(0.0_f64, |peak, (_, height)| peak.max(*height));
    if peak <= 0.0 || !peak.is_finite() {
        return None;
    }
    for (_, height) in &mut curve {
        *height /= peak;
    }
    Some(Density { curve, bandwidth })
}

fn silverman(sorted: &[f64]) -> Option<f64> {
    #[allow(clippy::cast_precision_loss)]
    let n = sorted.len() as f64;
    let mean = sorted.iter().map(|value| value / n).sum::<f64>();
    let variance = sorted.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0);
    let deviation = variance.sqrt();
    let quartiles = (quantile(sorted, 0.75)? - quantile(sorted, 0.25)?) / 1.34;
    let spread = if quartiles > 0.0 { deviation.min(quartiles) } else { deviation };
    let bandwidth = 0.9 * spread * libm::pow(n, -0.2);
    (bandwidth.is_finite() && bandwidth > 0.0).then_some(bandwidth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silverman_agrees_with_r_bw_nrd0() {
        // R: bw.nrd0(1:10) = 1.7193 (s = 3.02765, IQR/1.34 = 3.35821)
        let sorted: Vec<f64> = (1..=10).map(f64::from).collect();
        let bandwidth = density(&sorted).map_or(f64::NAN, |density| density.bandwidth);
        assert!((bandwidth - 1.719_286).abs() < 1e-5, "{bandwidth}");
    }

    #[test]
    fn the_curve_stays_within_the_data_and_peaks_at_one() {
        let sorted: Vec<f64> = (0..50).map(|value| f64::from(value) * 0.1).collect();
        let density = density(&sorted).unwrap();
        assert_eq!(density.curve.first().map(|point| point.0), Some(0.0));
        assert_eq!(density.curve.last().map(|point| point.0), sorted.last().copied());
        let peak = density.curve.iter().map(|point| point.1).fold(0.0, f64::max);
        assert_eq!(peak, 1.0);
    }

    #[test]
    fn data_without_a_shape_have_no_curve() {
        let few: Vec<f64> = (0..9).map(f64::from).collect();
        let constant = vec![3.0; 100];
        let yes_no: Vec<f64> = (0..100).map(|value| f64::from(value % 2)).collect();
        for data in [vec![], few, constant, yes_no] {
            let mut sorted = data;
            sorted.sort_by(f64::total_cmp);
            assert_eq!(density(&sorted), None);
        }
    }
}
