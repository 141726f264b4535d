//! Quantiles and thinning of sorted values.

/// Quantile of sorted values by linear interpolation (Hyndman & Fan 1996, type 7).
pub(super) fn quantile(sorted: &[f64], probability: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    #[allow(clippy::cast_precision_loss)]
    let position = probability.clamp(0.0, 1.0) * last as f64;
    let below = index(position);
    let low = *sorted.get(below)?;
    let high = *sorted.get(below + 1).unwrap_or(&low);
    let share = position.fract();
    Some(low * (1.0 - share) + high * share)
}

/// At most `limit` values, evenly spaced in rank, always with the smallest and the largest.
pub(super) fn thinned(sorted: &[f64], limit: usize) -> Vec<f64> {
    if sorted.len() <= limit || limit < 2 {
        return sorted.to_vec();
    }
    (0..limit).filter_map(|rank| sorted.get(rank * (sorted.len() - 1) / (limit - 1)).copied()).collect()
}

/// Number of different values, counted up to `enough`.
pub(super) fn distinct(sorted: &[f64], enough: usize) -> usize {
    let changes = sorted.windows(2).filter(|pair| pair[0] < pair[1]).take(enough.saturating_sub(1)).count();
    changes + usize::from(!sorted.is_empty())
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn index(position: f64) -> usize {
    position.floor() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_r_by_default() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        for (probability, value) in [(0.0, 1.0), (0.25, 1.75), (0.5, 3.0), (0.75, 5.0), (1.0, 8.0)] {
            assert_eq!(quantile(&sorted, probability), Some(value));
        }
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn thinning_keeps_the_ends() {
        let sorted: Vec<f64> = (0..1000).map(f64::from).collect();
        let few = thinned(&sorted, 4);
        assert_eq!(few, [0.0, 333.0, 666.0, 999.0]);
        assert_eq!(distinct(&[1.0, 1.0, 2.0], 5), 2);
    }
}
