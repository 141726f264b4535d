//! Scrambling rate by method, megabytes of original text a second on one core.
//!
//! Target: 100 MB/s. Two sizes: questions (about 150 bytes) and passages of 16 kB, each text another, as a campaign has
//! them: the same one again would be learnt by the processor. All of them several times, of which the quickest counts:
//! the words of a campaign are met for the first time only once.

use std::hint::black_box;
use std::time::Instant;

use ergon_workloads::scramble::bank::Bank;
use ergon_workloads::scramble::transform::{Method, Recipe, scramble_unlogged};

/// Enough that one of them is disturbed by nothing else on the machine.
const REPETITIONS: usize = 40;

fn main() {
    let items = Bank::Mixed.items(1);
    let questions: Vec<&str> = items.iter().map(|item| item.question.as_str()).collect();
    let joined = questions.join(" ");
    let passages: Vec<&str> =
        (0..joined.len() / 16_000).filter_map(|i| joined.get(16_000 * i..16_000 * (i + 1))).collect();
    for (name, method) in Method::NAMES.iter().filter(|(_, method)| *method != Method::None) {
        for level in [17.0, 50.0, 100.0] {
            let recipe = Recipe::new(*method, level, 42);
            let rate = |texts: &[&str]| {
                let bytes: usize = texts.iter().map(|text| text.len()).sum();
                let mut best_s = f64::INFINITY;
                for _ in 0..REPETITIONS {
                    let start = Instant::now();
                    for text in texts {
                        black_box(scramble_unlogged(black_box(text), "bench", &recipe));
                    }
                    best_s = best_s.min(start.elapsed().as_secs_f64());
                }
                bytes as f64 / 1e6 / best_s
            };
            println!(
                "{name:<24} {level:>4} %  questions {:>6.1} MB/s  passages {:>6.1} MB/s",
                rate(&questions),
                rate(&passages)
            );
        }
    }
}
