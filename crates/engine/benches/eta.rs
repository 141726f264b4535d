//! How honest the ETA is: replays of campaigns whose true end is known, asked at 10 %, 30 % and 60 %. The interval shall
//! hold the truth in 80 % of them.

use ergon_domain::{Digest, RunStreams};
use ergon_engine::ProgressMeter;
use rand_core::Rng;

const CAMPAIGNS: usize = 2000;
const CONDITIONS: usize = 40;
const REPLICATES: usize = 5;

/// A campaign's durations in seconds, in randomised order.
type Durations = fn(&mut dyn FnMut() -> f64) -> Vec<f64>;

fn shuffled(mut x: Vec<f64>, unit: &mut dyn FnMut() -> f64) -> Vec<f64> {
    for i in (1..x.len()).rev() {
        let j = (unit() * (i + 1) as f64) as usize;
        x.swap(i, j.min(i));
    }
    x
}

fn main() {
    let kinds: [(&str, Durations); 3] = [
        ("equal conditions, exponential tail", |unit| {
            (0..CONDITIONS * REPLICATES).map(|_| 1.0 - (1.0 - unit()).ln()).collect()
        }),
        ("conditions that differ tenfold, little noise", |unit| {
            let runs = (0..CONDITIONS).flat_map(|c| {
                let mean = 1.0 + 9.0 * c as f64 / CONDITIONS as f64;
                (0..REPLICATES).map(move |_| mean).collect::<Vec<_>>()
            });
            let noisy: Vec<f64> = runs.map(|m| m * (0.95 + 0.1 * unit())).collect();
            shuffled(noisy, unit)
        }),
        ("one condition in ten takes a hundred times as long", |unit| {
            let runs = (0..CONDITIONS).flat_map(|c| vec![if c % 10 == 0 { 100.0 } else { 1.0 }; REPLICATES]);
            shuffled(runs.collect(), unit)
        }),
    ];
    let streams = RunStreams { key: Digest([7; 32]), campaign_seed: 0, replicate: 0, common: Vec::new() };
    for (what, durations) in kinds {
        let mut rng = streams.rng(what);
        let mut unit = || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        let mut inside = [0usize; 3];
        for _ in 0..CAMPAIGNS {
            let all = durations(&mut unit);
            let mut meter = ProgressMeter::new(vec![all.len() as u64], 1, 0.0);
            let mut seen = 0;
            for (at, share) in [0.1, 0.3, 0.6].into_iter().enumerate() {
                let until = (all.len() as f64 * share) as usize;
                all[seen..until].iter().for_each(|d| meter.ended(0, *d, 0.0));
                seen = until;
                let left: f64 = all[until..].iter().sum();
                inside[at] += usize::from(meter.eta_s().is_some_and(|(_, lo, hi)| lo <= left && left <= hi));
            }
        }
        let percent = inside.map(|n| format!("{:.1} %", n as f64 / CAMPAIGNS as f64 * 100.0)).join(", ");
        println!(
            "{what}: 80 % interval holds the truth at 10/30/60 % of the runs in {percent} of {CAMPAIGNS} campaigns"
        );
    }
}
