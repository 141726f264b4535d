//! Levels of a factor ranked by their means over the cells that they share, with what the corrected tests of pairs tell
//! apart.

use std::collections::BTreeSet;

use ergon_domain::{Direction, Value};

use crate::ask::Ask;
use crate::compare;
use crate::contrast::{known_levels, refuse_unusable};
use crate::correct::correct;
use crate::detail::{Detail, RankedLevel, Ranking};
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::inference::{Inference, Scale};
use crate::level_means::LevelMeans;
use crate::method;
use crate::paired::Prepared;
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Interval};
use crate::write_levels::{about_levels, write_levels};
use crate::write_up::{Subject, identity};

/// Ranks the levels of a factor: the ranking with its test of all levels at once, then every pair. p-values are
/// corrected over the pairs.
///
/// # Errors
/// As [`crate::compare`]; censored values.
pub fn ranking(frame: &Frame, ask: &Ask, factor: &str) -> Result<Vec<Analysis>, AnalysisError> {
    let mut analyses = uncorrected(frame, ask, factor)?;
    correct(&mut analyses, ask.correction, &format!("pairs of levels of {factor} for {}", ask.metric))?;
    set_letters(&mut analyses);
    Ok(analyses)
}

/// The same before correction, without letters.
pub(crate) fn uncorrected(frame: &Frame, ask: &Ask, factor: &str) -> Result<Vec<Analysis>, AnalysisError> {
    let levels = known_levels(frame, factor)?;
    let subject = Subject { factor, levels: &levels };
    let response = Response::of(frame, &ask.metric)?;
    let (scale, why) = method::scale(ask, &response)?;
    refuse_unusable(frame, &response, &subject, scale)?;
    let mut analyses = compare::uncorrected(frame, ask, factor)?;
    let seed = frame.digest(Some(&response.metric.id));
    let data = Prepared { frame, response, scale, ask, seed };
    let means = LevelMeans::of(&data, &subject)?;
    let detail = ranked(&data, &levels, factor, &means);
    let text = format!("How do the levels of {factor} rank in {}?", data.response.metric.title);
    let asked = about_levels(&data, factor, text, "ranking");
    let mut head = if analyses.first().is_some_and(|a| a.kind == AnalysisKind::Omnibus) {
        let whole = analyses.remove(0);
        Analysis { id: identity(&asked, &whole.procedure, ask, &whole.frame), question: asked, ..whole }
    } else {
        let mut found = Inference { used: means.used(), ..means.notes };
        found.procedure = "Means over shared cells".into();
        found.trail.insert(0, why);
        write_levels(&data, &subject, found, AnalysisKind::Ranking, asked)
    };
    head.kind = AnalysisKind::Ranking;
    head.trail.push(
        if scale == Scale::LogRatio {
            "Levels are ranked by geometric means over the cells that all of them share, each cell with the same weight."
        } else {
            "Levels are ranked by means over the cells that all of them share, each cell with the same weight."
        }
        .into(),
    );
    head.detail = Some(Detail::Ranking(detail));
    analyses.insert(0, head);
    Ok(analyses)
}

fn ranked(data: &Prepared<'_>, levels: &[Value], factor: &str, means: &LevelMeans) -> Ranking {
    let direction = data.response.metric.direction;
    let worth = |mean: f64| if direction == Direction::Lower { -mean } else { mean };
    let shown = |x: f64| data.scale.shown(x);
    let of: Vec<f64> = means.means.iter().map(|m| shown(*m)).collect();
    let (low, high) = of.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), m| (l.min(*m), h.max(*m)));
    let sided = direction != Direction::None;
    let ranked = |(i, (level, mean)): (usize, (&Value, &f64))| RankedLevel {
        level: level.to_string(),
        place: if sided { 1 + of.iter().filter(|other| worth(**other) > worth(*mean)).count() } else { 1 },
        mean: *mean,
        ci: means.mean(i).ci(data.ask.confidence).map(|ci| Interval { lo: shown(ci.lo), hi: shown(ci.hi), ..ci }),
        scaled: (sided && high > low).then(|| {
            let share = (mean - low) / (high - low);
            if direction == Direction::Lower { 1.0 - share } else { share }
        }),
        letters: String::new(),
    };
    Ranking {
        factor: factor.to_owned(),
        better: match direction {
            Direction::Higher => "higher",
            Direction::Lower => "lower",
            Direction::None => "none",
        }
        .into(),
        levels: levels.iter().zip(&of).enumerate().map(ranked).collect(),
    }
}

/// Gives the levels of each ranking the letters of the groups that its corrected pairs leave together.
pub(crate) fn set_letters(analyses: &mut [Analysis]) {
    for i in 0..analyses.len() {
        let Some(of) = analyses.get(i).filter(|a| a.kind == AnalysisKind::Ranking) else { continue };
        let Some(Detail::Ranking(ranking)) = &of.detail else { continue };
        let position = |name: &Option<String>| ranking.levels.iter().position(|l| Some(&l.level) == name.as_ref());
        let mut apart = BTreeSet::new();
        let mut tested = false;
        for pair in analyses.iter().filter(|a| {
            let (q, of) = (&a.question, &of.question);
            q.treatment.is_some() && (&q.metric, &q.factor) == (&of.metric, &of.factor)
        }) {
            let (Some(a), Some(b)) = (position(&pair.question.treatment), position(&pair.question.control)) else {
                continue;
            };
            let alpha = 1.0 - pair.ci.map_or(0.95, |ci| ci.level);
            tested |= pair.p.is_some();
            if pair.p_adjusted.or(pair.p).is_some_and(|p| p < alpha) {
                apart.insert((a.min(b), a.max(b)));
            }
        }
        let mut order: Vec<usize> = (0..ranking.levels.len()).collect();
        order.sort_by_key(|l| ranking.levels.get(*l).map_or(0, |l| l.place));
        let letters = if tested { letters(&apart, &order) } else { vec![String::new(); order.len()] };
        if let Some(Detail::Ranking(ranking)) = analyses.get_mut(i).and_then(|a| a.detail.as_mut()) {
            for (level, letters) in ranking.levels.iter_mut().zip(letters) {
                level.letters = letters;
            }
        }
    }
}

/// Groups of levels none of which are told apart, as letters by level (insert and absorb; Piepho 2004, Journal of
/// Computational and Graphical Statistics 13, 456–466). `order` lists the levels, best first.
fn letters(apart: &BTreeSet<(usize, usize)>, order: &[usize]) -> Vec<String> {
    let mut groups: Vec<BTreeSet<usize>> = vec![order.iter().copied().collect()];
    for (a, b) in apart {
        let mut next: Vec<BTreeSet<usize>> = Vec::new();
        for group in groups {
            if group.contains(a) && group.contains(b) {
                for out in [a, b] {
                    next.push(group.iter().copied().filter(|l| l != out).collect());
                }
            } else {
                next.push(group);
            }
        }
        groups = Vec::new();
        for (i, group) in next.iter().enumerate() {
            let absorbed = |(j, other): (usize, &BTreeSet<usize>)| {
                j != i && group.is_subset(other) && (group.len() < other.len() || j < i)
            };
            if !next.iter().enumerate().any(absorbed) {
                groups.push(group.clone());
            }
        }
    }
    let best = |group: &BTreeSet<usize>| order.iter().position(|l| group.contains(l));
    groups.sort_by_key(best);
    let mut names = vec![String::new(); order.len()];
    for (group, letter) in groups.iter().zip(('a'..='z').chain('A'..='Z').cycle()) {
        for level in group {
            if let Some(name) = names.get_mut(*level) {
                name.push(letter);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(apart: &[(usize, usize)], order: &[usize]) -> Vec<String> {
        letters(&apart.iter().copied().collect(), order)
    }

    #[test]
    fn levels_share_a_letter_exactly_where_they_are_not_told_apart() {
        assert_eq!(shown(&[], &[0, 1, 2]), ["a", "a", "a"]);
        assert_eq!(shown(&[(0, 1), (0, 2), (1, 2)], &[2, 0, 1]), ["b", "c", "a"]);
        // The middle one goes with both ends, which differ.
        assert_eq!(shown(&[(0, 2)], &[0, 1, 2]), ["a", "ab", "b"]);
        let apart = [(0, 3), (1, 3), (0, 2)];
        let names = shown(&apart, &[0, 1, 2, 3]);
        for a in 0..4 {
            for b in a + 1..4 {
                let share = names[a].chars().any(|c| names[b].contains(c));
                assert_eq!(share, !apart.contains(&(a, b)), "{a} {b}: {names:?}");
            }
        }
    }
}
