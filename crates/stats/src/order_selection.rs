//! Order statistics of all pairwise differences or averages, without forming them: a bisection
//! over the 64-bit patterns of floats, counting the pairs below in linear time.

/// A number whose unsigned order is the float's order.
fn key(x: f64) -> u64 {
    let bits = x.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn from_key(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

/// The `rank`-th smallest (from 1) of a multiset given by how many members are ≤ v.
fn select(rank: usize, low: f64, high: f64, count: impl Fn(f64) -> usize) -> f64 {
    let (mut below, mut at) = (key(low), key(high));
    while below < at {
        let middle = below + (at - below) / 2;
        if count(from_key(middle)) >= rank {
            at = middle;
        } else {
            below = middle + 1;
        }
    }
    from_key(at)
}

/// The `rank`-th smallest (from 1) of all x − y, from sorted non-empty samples.
pub(crate) fn difference_at(x: &[f64], y: &[f64], rank: usize) -> f64 {
    let last = |s: &[f64]| s[s.len() - 1];
    select(rank, x[0] - last(y), last(x) - y[0], |v| {
        // As x grows, fewer y lie low enough to be left out.
        let mut first = 0;
        let mut count = 0;
        for a in x {
            while first < y.len() && a - y[first] > v {
                first += 1;
            }
            count += y.len() - first;
        }
        count
    })
}

/// The `rank`-th smallest (from 1) of the Walsh averages (xᵢ + xⱼ)/2, i ≤ j, of a sorted
/// non-empty sample.
pub(crate) fn walsh_average_at(x: &[f64], rank: usize) -> f64 {
    let average = |a: f64, b: f64| 0.5 * a + 0.5 * b;
    select(rank, x[0], x[x.len() - 1], |v| {
        let mut beyond = x.len();
        let mut count = 0;
        for (i, a) in x.iter().enumerate() {
            while beyond > i && average(*a, x[beyond - 1]) > v {
                beyond -= 1;
            }
            if beyond <= i {
                break;
            }
            count += beyond - i;
        }
        count
    })
}
