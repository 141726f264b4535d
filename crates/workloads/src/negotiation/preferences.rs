//! Whole points over items, 100 for every agent, whose pairwise cosine is what was asked for.
//!
//! Cosine 0: nobody wants what another wants; 1: all want the same. Agents start from weights on items of their own and
//! move together towards a common vector until the cosine is reached; then the rounding to whole points is mended point
//! by point. For more than two agents the common vector is the sum of theirs, so that all pairs have one cosine:
//! x_i = a_i + s·Σ a_j with orthogonal a_j of one length gives (2s + ns²)/((1 + s)² + (n − 1)s²), solved for s.

use ergon_domain::draw;
use rand_core::Rng;

/// Every agent's points, together.
pub const POINTS: u32 = 100;
/// A cosine this close to the one asked for is reached.
pub const TOLERANCE: f64 = 0.01;
/// Draws before the nearest is settled for.
const DRAWS: usize = 24;
/// Moves of single points that mend one draw's rounding, at most.
const MOVES: usize = 64;

/// What agents value.
#[derive(Clone, Debug, PartialEq)]
pub struct Preferences {
    /// Points by agent and item.
    pub points: Vec<Vec<u32>>,
    /// Largest distance of a pair's cosine from the one asked for.
    pub gap: f64,
}

impl Preferences {
    /// Whether all pairs are within [`TOLERANCE`] of what was asked for.
    pub fn reached(&self) -> bool {
        self.gap <= TOLERANCE
    }
}

/// The cosine between two vectors that aren't all zero.
pub fn cosine(a: &[u32], b: &[u32]) -> f64 {
    let dot = |x: &[u32], y: &[u32]| x.iter().zip(y).map(|(x, y)| u64::from(x * y)).sum::<u64>() as f64;
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// The largest distance of a pair's cosine from `target`; 0 for a single agent.
fn gap(points: &[Vec<u32>], target: f64) -> f64 {
    pairs(points.len()).map(|(i, j)| (cosine(&points[i], &points[j]) - target).abs()).fold(0.0, f64::max)
}

/// The sum of squared distances of an agent's cosines from `target`: smoother than the largest.
fn strain(points: &[Vec<u32>], agent: usize, target: f64) -> f64 {
    let others = (0..points.len()).filter(|other| *other != agent);
    let off = |other: usize| cosine(&points[agent], &points[other]) - target;
    others.map(|other| off(other) * off(other)).sum()
}

fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(move |i| (i + 1..n).map(move |j| (i, j)))
}

/// Draws points for `agents` over `items` with pairwise cosine `target`, 0–1; where it can't be had, the nearest found,
/// with its gap.
pub fn generate<R: Rng>(agents: usize, items: usize, target: f64, rng: &mut R) -> Preferences {
    let mut best: Option<Preferences> = None;
    for attempt in 0..DRAWS {
        let weights = if agents == 2 { two(items, target, rng) } else { many(agents, items, target, rng) };
        let mut points: Vec<Vec<u32>> = weights.iter().map(|w| whole(w)).collect();
        if agents > 2 {
            jolt(&mut points, attempt, rng);
        }
        let gap = mend(&mut points, target);
        let found = Preferences { points, gap };
        if found.reached() {
            return found;
        }
        if best.as_ref().is_none_or(|best| found.gap < best.gap) {
            best = Some(found);
        }
    }
    best.unwrap_or(Preferences { points: Vec::new(), gap: 0.0 })
}

/// Weights that sum to 1 over the items of `mine`, uniform on the simplex; 0 elsewhere.
fn simplex<R: Rng>(items: usize, mine: &[usize], rng: &mut R) -> Vec<f64> {
    let mut weights = vec![0.0; items];
    for &item in mine {
        weights[item] = draw::exponential(rng, 1.0);
    }
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 {
        weights.iter_mut().for_each(|w| *w /= sum);
    }
    weights
}

/// Items in random order, dealt out to agents in turn: each has at least one as long as there are enough.
fn dealt<R: Rng>(agents: usize, items: usize, rng: &mut R) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..items).collect();
    draw::shuffle(rng, &mut order);
    let mut hands = vec![Vec::new(); agents];
    for (place, item) in order.into_iter().enumerate() {
        let to = if place < agents { place } else { draw::below(rng, agents as u64) as usize };
        hands[to].push(item);
    }
    for hand in hands.iter_mut().skip(items) {
        hand.push(draw::below(rng, items.max(1) as u64) as usize);
    }
    hands
}

/// Two agents: from disjoint weights towards a common vector of any shape, found by bisection.
fn two<R: Rng>(items: usize, target: f64, rng: &mut R) -> Vec<Vec<f64>> {
    let hands = dealt(2, items, rng);
    let own: Vec<Vec<f64>> = hands.iter().map(|mine| simplex(items, mine, rng)).collect();
    let all: Vec<usize> = (0..items).collect();
    let common = simplex(items, &all, rng);
    let moved = |share: f64| -> Vec<Vec<f64>> {
        own.iter().map(|a| a.iter().zip(&common).map(|(a, g)| (1.0 - share) * a + share * g).collect()).collect()
    };
    let (mut low, mut high) = (0.0, 1.0);
    if target <= 0.0 || target >= 1.0 {
        return moved(if target <= 0.0 { low } else { high });
    }
    for _ in 0..30 {
        let middle = 0.5 * (low + high);
        let at = moved(middle);
        if real_cosine(&at[0], &at[1]) < target { low = middle } else { high = middle }
    }
    moved(high)
}

/// Cosine of two vectors that aren't all zero.
pub(super) fn real_cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// Any number of agents: one cosine for all pairs, in closed form.
fn many<R: Rng>(agents: usize, items: usize, target: f64, rng: &mut R) -> Vec<Vec<f64>> {
    let hands = dealt(agents, items, rng);
    let mut own: Vec<Vec<f64>> = hands.iter().map(|mine| simplex(items, mine, rng)).collect();
    for a in &mut own {
        let length = a.iter().map(|x| x * x).sum::<f64>().sqrt();
        if length > 0.0 {
            a.iter_mut().for_each(|x| *x /= length);
        }
    }
    let common: Vec<f64> = (0..items).map(|item| own.iter().map(|a| a[item]).sum()).collect();
    if target >= 1.0 {
        return vec![common; agents];
    }
    // n(1 − c)s² + 2(1 − c)s − c = 0, and its root ≥ 0.
    let (n, left) = (agents as f64, 1.0 - target.max(0.0));
    let towards = (-left + (left * left + n * left * target.max(0.0)).sqrt()) / (n * left);
    own.iter().map(|a| a.iter().zip(&common).map(|(a, g)| a + towards * g).collect()).collect()
}

/// Whole points that sum to [`POINTS`], by largest remainders; ties to the first item.
fn whole(weights: &[f64]) -> Vec<u32> {
    let sum: f64 = weights.iter().sum();
    let exact = |w: f64| if sum > 0.0 { w / sum * f64::from(POINTS) } else { 0.0 };
    let mut points: Vec<u32> = weights.iter().map(|&w| exact(w).floor() as u32).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let remainder = |item: usize| exact(weights[item]) - exact(weights[item]).floor();
    order.sort_by(|&a, &b| remainder(b).total_cmp(&remainder(a)).then(a.cmp(&b)));
    let mut left = POINTS.saturating_sub(points.iter().sum());
    while left > 0 && !order.is_empty() {
        for &item in order.iter().take(left as usize) {
            points[item] += 1;
        }
        left = POINTS.saturating_sub(points.iter().sum());
    }
    points
}

/// Moves so many points of every agent at random: where agents take up all items, draws differ in nothing else, and
/// mending would end in the same place.
fn jolt<R: Rng>(points: &mut [Vec<u32>], moves: usize, rng: &mut R) {
    for of_agent in points {
        for _ in 0..moves {
            let items = of_agent.len() as u64;
            let (from, to) = (draw::below(rng, items) as usize, draw::below(rng, items) as usize);
            if of_agent[from] > 0 {
                of_agent[from] -= 1;
                of_agent[to] += 1;
            }
        }
    }
}

/// Moves single points of one agent from item to item as long as its cosines get nearer; answers the gap left. Which
/// agent moves alternates, so that no seat is shaped by the rounding more than another.
fn mend(points: &mut [Vec<u32>], target: f64) -> f64 {
    let agents = points.len();
    let mut left = gap(points, target);
    let mut resting = 0;
    for turn in 0..MOVES * agents {
        if left <= TOLERANCE || resting >= agents {
            break;
        }
        let agent = turn % agents;
        match best_move(points, agent, target) {
            Some((from, to)) => {
                points[agent][from] -= 1;
                points[agent][to] += 1;
                (left, resting) = (gap(points, target), 0);
            }
            None => resting += 1,
        }
    }
    left
}

fn best_move(points: &mut [Vec<u32>], agent: usize, target: f64) -> Option<(usize, usize)> {
    let items = points[agent].len();
    let mut best = (strain(points, agent, target) - 1e-12, None);
    for from in 0..items {
        if points[agent][from] == 0 {
            continue;
        }
        points[agent][from] -= 1;
        for to in (0..items).filter(|to| *to != from) {
            points[agent][to] += 1;
            let strain = strain(points, agent, target);
            points[agent][to] -= 1;
            if strain < best.0 {
                best = (strain, Some((from, to)));
            }
        }
        points[agent][from] += 1;
    }
    best.1
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    use super::*;

    fn drawn(agents: usize, items: usize, target: f64, seed: u64) -> Preferences {
        generate(agents, items, target, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    #[test]
    fn every_pair_of_two_has_the_cosine_asked_for_within_a_hundredth() {
        for items in [2, 3, 5, 10, 20] {
            for tenth in 0..=10 {
                for seed in 0..200 {
                    let target = f64::from(tenth) / 10.0;
                    let found = drawn(2, items, target, seed);
                    let cosine = cosine(&found.points[0], &found.points[1]);
                    assert!((cosine - target).abs() <= 0.01, "{items} items, {target}: {cosine} from seed {seed}");
                    assert!(found.points.iter().all(|p| p.iter().sum::<u32>() == 100));
                }
            }
        }
    }

    #[test]
    fn as_many_items_as_agents_are_enough_for_every_cosine_up_to_five_agents() {
        for (agents, items) in [(3, 3), (3, 5), (4, 5), (5, 5), (5, 10)] {
            for tenth in 0..=10 {
                for seed in 0..20 {
                    let target = f64::from(tenth) / 10.0;
                    let found = drawn(agents, items, target, seed);
                    assert!(found.reached(), "{agents} agents, {items} items, {target}: gap {}", found.gap);
                }
            }
        }
    }

    #[test]
    fn without_competition_nobody_wants_what_another_wants_and_at_1_all_want_the_same() {
        for seed in 0..50 {
            let apart = drawn(3, 6, 0.0, seed).points;
            assert!((0..6).all(|item| apart.iter().filter(|p| p[item] > 0).count() <= 1), "{apart:?}");
            let same = drawn(3, 6, 1.0, seed).points;
            assert!(same.iter().all(|p| *p == same[0]), "{same:?}");
        }
    }

    #[test]
    fn what_cannot_be_had_is_the_nearest_found_and_says_how_far_it_is() {
        // Three vectors in a plane can't be orthogonal in pairs: two of them share an item.
        let found = drawn(3, 2, 0.0, 1);
        assert!(!found.reached() && found.gap >= 0.5, "gap {}", found.gap);
        let true_gap = pairs(3).map(|(i, j)| cosine(&found.points[i], &found.points[j])).fold(0.0, f64::max);
        assert_eq!(found.gap, true_gap);
        assert_eq!(drawn(2, 1, 0.3, 1).gap, 0.7);
    }

    #[test]
    fn no_seat_is_favoured_by_the_draw() {
        // The first item is worth the same to both on average: 2,000 draws, standard error about 0.6 points.
        let mean = |agent: usize| {
            (0..2000).map(|seed| f64::from(drawn(2, 5, 0.5, seed).points[agent][0])).sum::<f64>() / 2000.0
        };
        assert!((mean(0) - mean(1)).abs() < 2.0, "{} and {}", mean(0), mean(1));
    }
}
