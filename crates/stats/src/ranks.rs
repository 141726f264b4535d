//! Ranks with ties averaged, and counts of ordered pairs.

/// Midranks of a sample.
pub(crate) struct Ranks {
    /// Rank of each value, from 1, in the order given.
    pub(crate) ranks: Vec<f64>,
    /// Σ (t³ − t) over groups of t tied values.
    pub(crate) tie_cubes: f64,
    /// Number of values that share theirs with another.
    pub(crate) tied: usize,
}

/// Midranks of finite values.
pub(crate) fn midranks(x: &[f64]) -> Ranks {
    let mut order: Vec<(f64, usize)> = x.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![0.0; x.len()];
    let mut tie_cubes = 0.0;
    let mut tied = 0;
    let mut before = 0;
    // −0.0 and 0.0 compare equal here, as values; total order keeps them adjacent.
    for run in order.chunk_by(|a, b| a.0 == b.0) {
        let t = run.len() as f64;
        let rank = before as f64 + 0.5 * (t + 1.0);
        for (_, position) in run {
            if let Some(slot) = ranks.get_mut(*position) {
                *slot = rank;
            }
        }
        if run.len() > 1 {
            tied += run.len();
            tie_cubes += t * t * t - t;
        }
        before += run.len();
    }
    Ranks { ranks, tie_cubes, tied }
}

/// Σ over pairs of \[x > y\] + ½ \[x = y\]: the Mann–Whitney count of `x` over `y`, from sorted
/// samples.
pub(crate) fn pairs_above(x_sorted: &[f64], y_sorted: &[f64]) -> f64 {
    let mut below = 0;
    let mut up_to = 0;
    let mut twice = 0.0;
    for v in x_sorted {
        while y_sorted.get(below).is_some_and(|w| w < v) {
            below += 1;
        }
        up_to = up_to.max(below);
        while y_sorted.get(up_to).is_some_and(|w| w <= v) {
            up_to += 1;
        }
        twice += (below + up_to) as f64;
    }
    0.5 * twice
}
