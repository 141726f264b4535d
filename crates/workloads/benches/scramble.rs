//! Scrambling rate by method, megabytes of original text a second on one core.
//!
//! Target: 100 MB/s for letters that become symbols. Two sizes: a question (about 500 bytes) and a book (4 MB).

use std::hint::black_box;
use std::time::Instant;

use ergon_workloads::scramble::bank::Bank;
use ergon_workloads::scramble::transform::{Method, Recipe, scramble};

fn main() {
    let items = Bank::Mixed.items(1);
    let questions: Vec<&str> = items.iter().map(|item| item.question.as_str()).collect();
    let joined = questions.join(" ");
    let paragraph = joined.get(..500).unwrap_or(&joined);
    let book = joined.repeat(1 + 4_000_000 / joined.len());
    for (name, method) in Method::NAMES.iter().filter(|(_, method)| *method != Method::None) {
        for level in [17.0, 50.0, 100.0] {
            let recipe = Recipe::new(*method, level, 42);
            let rate = |text: &str, times: usize| {
                let mut best_s = f64::INFINITY;
                for _ in 0..7 {
                    let start = Instant::now();
                    for _ in 0..times {
                        black_box(scramble(black_box(text), "bench", &recipe));
                    }
                    best_s = best_s.min(start.elapsed().as_secs_f64());
                }
                (text.len() * times) as f64 / 1e6 / best_s
            };
            println!("{name:<24} {level:>4} %  {:>7.1} MB/s  book {:>7.1} MB/s", rate(paragraph, 1000), rate(&book, 1));
        }
    }
}
