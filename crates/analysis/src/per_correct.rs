//! What a right answer takes, and what a token takes: ratios of sums over the same runs.
//!
//! A way of working that is dear per token may be cheap per right answer, and the other way round.

use std::collections::BTreeMap;

use ergon_stats::{BootstrapOptions, bootstrap};

use crate::ask::Ask;
use crate::contrast::known_levels;
use crate::detail::Detail;
use crate::error::AnalysisError;
use crate::frame::{Frame, same_level};
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Interval, Warning};
use crate::work_detail::{Efficiency, EfficiencyLevel, SumRatio};
use crate::write_up::{blank, question};

/// Metrics that the response is divided by.
const CORRECT: &str = "correct";
const TOKENS: &str = "total_tokens";

/// The response per right answer and per token at every level of a factor.
///
/// Runs whose answer was not graded, or whose response or tokens are not known, are left out of both. Intervals are
/// bias-corrected and accelerated bootstrap ones over replicates, as runs of a replicate share their items.
///
/// # Errors
/// Unknown names; a metric that can be negative; no run with all that is needed.
pub fn per_correct(frame: &Frame, ask: &Ask, factor: &str) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let (correct, tokens) = (Response::of(frame, CORRECT)?, Response::of(frame, TOKENS)?);
    if !response.is_ratio_scale() {
        return Err(AnalysisError::NotRatioScale { metric: response.metric.id.clone() });
    }
    let levels = known_levels(frame, factor)?;
    let usable = |row: usize| Some([response.value(row)?, correct.value(row)?, tokens.value(row)?]);
    let account = response.account(0..frame.rows.len());
    let used: Vec<usize> = (0..frame.rows.len()).filter(|row| usable(*row).is_some()).collect();
    if used.is_empty() {
        let reasons = format!("{}; {}", account.reasons(), correct.account(0..frame.rows.len()).reasons());
        return Err(AnalysisError::NoValues { metric: response.metric.id.clone(), reasons });
    }
    let mut of_used = response.account(used.iter().copied());
    of_used.simulated_model |= correct.account(used.iter().copied()).simulated_model;
    let text = format!("{} per right answer, and per token, by {factor}", response.metric.title);
    let mut asked = question(&response, ask, text, "per_correct");
    (asked.factor, asked.by) = (Some(factor.to_owned()), vec![factor.to_owned()]);
    let mut analysis = blank(frame, asked, AnalysisKind::PerCorrect, "Ratio of sums", ask, &of_used);
    let seed = frame.digest(Some(&response.metric.id)).to_u64();
    let mut found = Vec::with_capacity(levels.len());
    for level in &levels {
        let at = |row: &&usize| {
            let value = frame.rows.get(**row).and_then(|r| r.condition.condition.get(factor));
            value.is_some_and(|v| same_level(v, level))
        };
        // Sums of response, right answers and tokens in each replicate.
        let mut blocks: BTreeMap<u32, [f64; 3]> = BTreeMap::new();
        let mut runs = 0;
        for row in used.iter().filter(at) {
            let (Some(r), Some(values)) = (frame.rows.get(*row), usable(*row)) else { continue };
            let sums = blocks.entry(r.replicate).or_default();
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            runs += 1;
        }
        let blocks: Vec<[f64; 3]> = blocks.into_values().collect();
        let right: f64 = blocks.iter().map(|b| b[1]).sum();
        found.push(EfficiencyLevel {
            level: level.to_string(),
            runs,
            right: right as usize,
            per_correct: sum_ratio(&blocks, 1, ask.confidence, seed),
            per_token: sum_ratio(&blocks, 2, ask.confidence, seed),
        });
    }
    if let Some(none) = found.iter().find(|l| l.runs > 0 && l.right == 0) {
        let message = format!("{factor} = {} has no right answer: what one takes is not known", none.level);
        analysis.warnings.push(Warning::new("none_right", message));
    }
    let left_out = frame.rows.len() - used.len();
    if left_out > 0 {
        let message = format!("{left_out} runs are left out: their answer, response or tokens are not known");
        analysis.warnings.push(Warning::new("left_out", message));
    }
    analysis.n = used.len();
    analysis.trail.push(
        "The response of all graded runs over the number of right answers among them: wrong answers cost too. Intervals \
         are BCa bootstrap ones over replicates."
            .into(),
    );
    analysis.detail = Some(Detail::PerCorrect(Efficiency { factor: factor.to_owned(), levels: found }));
    Ok(analysis)
}

/// Σ response ÷ Σ of the `by`-th sum over replicates; `None` where the latter is 0.
fn sum_ratio(blocks: &[[f64; 3]], by: usize, level: f64, seed: u64) -> SumRatio {
    let ratio = |indices: &[f64]| {
        let sum = |of: usize| -> f64 {
            indices.iter().filter_map(|i| blocks.get(*i as usize)).filter_map(|b| b.get(of)).sum()
        };
        sum(0) / sum(by)
    };
    let all: Vec<f64> = (0..blocks.len()).map(|i| i as f64).collect();
    let value = Some(ratio(&all)).filter(|x| x.is_finite());
    let options = BootstrapOptions { seed, level, ..BootstrapOptions::default() };
    // A resample without a right answer has no ratio: then there is no interval either.
    let drawn =
        value.and_then(|_| bootstrap(&[&all], |s| ratio(s.first().map_or(&[][..], Vec::as_slice)), &options).ok());
    SumRatio { value, ci: drawn.map(|b| Interval { lo: b.bca.low, hi: b.bca.high, level }) }
}
