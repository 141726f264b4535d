//! Response models: how a simulated model comes to an answer.

use ergon_domain::{DecisionProblem, Item, draw};
use rand_chacha::ChaCha8Rng;

/// λ that a skill stands for, on utilities from 0 to 1: 10·s/(1 − s), bounded where it would be infinite.
pub(super) fn rationality_of(skill: f64) -> f64 {
    if skill >= 1.0 { f64::INFINITY } else { 10.0 * skill / (1.0 - skill) }
}

/// θ that a skill stands for: the log-odds of a right answer to an item of difficulty 0 and discrimination 1.
pub(super) fn ability_of(skill: f64) -> f64 {
    if skill <= 0.0 {
        f64::NEG_INFINITY
    } else if skill >= 1.0 {
        f64::INFINITY
    } else {
        libm::log(skill / (1.0 - skill))
    }
}

/// Logit quantal response: P(i) = exp(λ·uᵢ) / Σ exp(λ·uⱼ). λ = 0 chooses at random, λ → ∞ the best (ties share).
/// A utility that is no number is never chosen.
///
/// Source: McKelvey & Palfrey, "Quantal response equilibria for normal form games", Games and Economic Behavior 10,
/// 1995, equation 5.
pub fn quantal_response(utilities: &[f64], rationality: f64) -> Vec<f64> {
    let best = utilities.iter().copied().filter(|u| u.is_finite()).fold(f64::NEG_INFINITY, f64::max);
    let weight = |u: f64| match u {
        u if !u.is_finite() => 0.0,
        u if u == best => 1.0,
        u => libm::exp(rationality * (u - best)),
    };
    let weights: Vec<f64> = utilities.iter().copied().map(weight).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|w| if total > 0.0 { w / total } else { 0.0 }).collect()
}

/// Who answers questions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Examinee {
    /// Ability θ, logits.
    pub ability: f64,
    /// Logits lost when all of a question's surface is transformed.
    pub language_dependency: f64,
}

/// Three-parameter logistic model with a linear loss by disturbance: P(right) = c + (1 − c)/(1 + exp(−a(θ − δ·d − b))),
/// with the item's disturbance d and the examinee's language dependency δ. The loss is Ergon's; δ = 0 is the model.
///
/// Source: Birnbaum, in Lord & Novick, "Statistical theories of mental test scores", 1968, chapter 17.
pub fn right_probability(item: &Item, examinee: &Examinee) -> f64 {
    // An examinee who never errs has no language to lose by: ∞ − δ·d stays ∞.
    let ability = examinee.ability - examinee.language_dependency * item.disturbance;
    item.guessing + (1.0 - item.guessing) / (1.0 + libm::exp(-item.discrimination * (ability - item.difficulty)))
}

/// An answer, and the gap between its two likeliest alternatives.
pub(super) struct Chosen {
    pub(super) text: String,
    pub(super) confidence: Option<f64>,
}

pub(super) fn choose(problem: &DecisionProblem, rationality: f64, examinee: &Examinee, rng: &mut ChaCha8Rng) -> Chosen {
    match problem {
        DecisionProblem::Choice(options) => {
            let utilities: Vec<f64> = options.iter().map(|option| option.utility).collect();
            let mut p = quantal_response(&utilities, rationality);
            let text = draw::weighted(rng, &p).and_then(|i| options.get(i)).map(|option| option.reply.clone());
            p.sort_by(|a, b| b.total_cmp(a));
            let gap = p.first().map(|first| first - p.get(1).copied().unwrap_or(0.0));
            Chosen { text: text.unwrap_or_default(), confidence: gap }
        }
        DecisionProblem::Question { right, wrong, item } => {
            let p = right_probability(item, examinee);
            let knows = draw::bernoulli(rng, p);
            let other = draw::below(rng, wrong.len().max(1) as u64) as usize;
            let text = if knows { right.as_str() } else { wrong.get(other).map_or("I do not know.", String::as_str) };
            Chosen { text: text.to_owned(), confidence: Some((2.0 * p - 1.0).abs()) }
        }
        DecisionProblem::Script(text) => Chosen { text: text.clone(), confidence: None },
    }
}
