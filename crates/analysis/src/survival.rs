//! Times to an event, some of them censored: Kaplan–Meier per level and the log-rank test, stratified by the cells of
//! the other factors, or by replicates where these are blocks.

use ergon_design::spec::{Estimand, Sided};
use ergon_domain::{Value, WireNumber};
use ergon_stats::dist::normal;
use ergon_stats::{KaplanMeier, LogRank, StatError, kaplan_meier, log_rank, stratified_log_rank, t_one_sample};

use crate::ask::Ask;
use crate::cells::matched_cells;
use crate::contrast::{refuse_confounded, say_matching};
use crate::describe::summary;
use crate::detail::{Detail, Survival, SurvivalCurve, SurvivalPoint};
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::hazard::take_hazard_ratio;
use crate::inference::{Inference, directed_p, options};
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Dropped, Estimate, Interval, Question, Statistic, Warning};
use crate::structure::{Blocking, CompleteBlocks, blocking, complete_blocks};
use crate::write_up::{Subject, blank, distinct, identity, joined, question};

/// Compares times to the event at two or more levels, within the cells of the other factors that hold them all.
pub(crate) fn of_levels(frame: &Frame, ask: &Ask, factor: &str, levels: &[Value]) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let subject = Subject { factor, levels };
    for level in levels {
        let account = response.account(subject.rows_at(frame, level));
        if account.values + account.censored == 0 {
            let reasons = format!("{factor} = {level}: {}", account.reasons());
            return Err(AnalysisError::NoValues { metric: response.metric.id.clone(), reasons });
        }
    }
    let matching = matched_cells(frame, factor, levels, |row| response.time(row).is_some());
    refuse_confounded(&subject, levels, &matching)?;
    let pair = levels.len() == 2;
    let names: Vec<String> = levels.iter().map(ToString::to_string).collect();
    let text = format!("Does {} differ between {factor} = {}?", response.metric.title, names.join(", "));
    let asked = Question {
        factor: Some(factor.to_owned()),
        treatment: names.first().filter(|_| pair).cloned(),
        control: names.get(1).filter(|_| pair).cloned(),
        ..question(&response, ask, text, "survival")
    };
    let blocks = match blocking(frame, &matching.phases()) {
        Blocking::Replicates(why) => Some((complete_blocks(frame, &matching, levels.len()), why)),
        Blocking::Independent(_) => None,
    };
    let strata: Vec<Vec<Vec<usize>>> = match &blocks {
        Some((blocks, _)) => blocks.strata(),
        None => matching.cells.iter().map(|c| c.rows.clone()).collect(),
    };
    let rows: Vec<Vec<usize>> =
        (0..levels.len()).map(|l| strata.iter().filter_map(|s| s.get(l)).flatten().copied().collect()).collect();
    let used: Vec<usize> = rows.iter().flatten().copied().collect();
    let account = response.account(used.iter().copied());
    let mut analysis = blank(frame, asked, AnalysisKind::Survival, "Log-rank test", ask, &account);
    let mut notes = Inference { procedure: "log-rank".into(), ..Inference::default() };
    say_matching(&matching, &mut notes);
    analysis.trail.push(format!(
        "{} is a time to an event, {} of {} times censored: survival curves (Kaplan–Meier) are compared by the log-rank \
         test.",
        response.metric.id,
        account.censored,
        used.len()
    ));
    analysis.trail.append(&mut notes.trail);
    let mut dropped: Vec<Dropped> = notes.dropped;
    dropped.extend(response.account(subject.all_rows(frame)).dropped());
    if let Some((blocks, _)) = blocks.as_ref().filter(|(b, _)| b.left_out > 0) {
        let reason = "its cell or replicate isn't complete for all levels".into();
        dropped.push(Dropped { reason, count: blocks.left_out });
    }
    analysis.dropped = joined(dropped);

    let mut curves = Vec::with_capacity(levels.len());
    for (level, rows) in names.iter().zip(&rows) {
        let (time, event): (Vec<f64>, Vec<bool>) = rows.iter().filter_map(|r| response.time(*r)).unzip();
        let curve = kaplan_meier(&time, &event, ask.confidence)?;
        let mut of_level = summary(&response, rows, vec![(factor.to_owned(), level.clone())], ask.confidence);
        of_level.median = curve.median;
        let unit = response.metric.unit.to_string();
        if let Some(value) = curve.median {
            let ci = Interval {
                lo: curve.median_low.unwrap_or(0.0),
                hi: curve.median_high.unwrap_or(f64::INFINITY),
                level: ask.confidence,
            };
            analysis.estimates.insert(format!("median_{level}"), Estimate { value, se: None, ci: Some(ci), unit });
        }
        analysis.levels.push(of_level);
        curves.push(drawn(level, &time, &event, &curve));
    }
    analysis.detail = Some(Detail::Survival(Survival { factor: factor.to_owned(), curves }));

    if ask.estimand == Some(Estimand::HazardRatio) && pair {
        let together = blocks.as_ref().filter(|(blocks, _)| blocks.cells.len() > 1);
        let parts = together.map(|(blocks, _)| blocks.by_replicate(&strata, |part| Times::of(&response, part)));
        take_hazard_ratio(&Times::of(&response, &strata), parts.as_deref(), ask, &mut analysis)?;
        analysis.id = identity(&analysis.question, &analysis.procedure, ask, &analysis.frame);
        return Ok(analysis);
    }
    if ask.null.is_some() {
        return Err(AnalysisError::NotAvailable {
            asked: "a margin or threshold for the log-rank test".into(),
            available: vec!["estimand: hazard_ratio with a margin"],
        });
    }
    match &blocks {
        Some((blocks, why)) if pair && blocks.cells.len() > 1 => {
            over_replicates(&response, ask, blocks, why, &mut analysis)?;
        }
        _ => over_strata(&response, ask, &strata, pair, &mut analysis)?,
    }
    match &blocks {
        Some((blocks, why)) if blocks.cells.len() > 1 && !pair => analysis.warnings.push(Warning::new(
            "pairing_not_used",
            format!("{why}; the runs of a replicate in different cells are taken as independent"),
        )),
        Some((_, why)) => analysis.trail.push(format!("Each replicate is a stratum, because {why}.")),
        None if strata.len() > 1 => {
            analysis.trail.push(format!("The {} cells of the other factors are strata.", strata.len()));
        }
        None => {}
    }
    analysis.id = identity(&analysis.question, &analysis.procedure, ask, &analysis.frame);
    analysis.warnings = distinct(std::mem::take(&mut analysis.warnings));
    Ok(analysis)
}

/// Times, whether the event happened, and group and stratum of each.
#[derive(Default)]
pub(crate) struct Times {
    pub(crate) time: Vec<f64>,
    pub(crate) event: Vec<bool>,
    pub(crate) group: Vec<usize>,
    pub(crate) stratum: Vec<usize>,
}

impl Times {
    fn of(response: &Response<'_>, strata: &[Vec<Vec<usize>>]) -> Self {
        let mut times = Self::default();
        for (stratum, levels) in strata.iter().enumerate() {
            for (group, rows) in levels.iter().enumerate() {
                for (time, event) in rows.iter().filter_map(|r| response.time(*r)) {
                    times.time.push(time);
                    times.event.push(event);
                    times.group.push(group);
                    times.stratum.push(stratum);
                }
            }
        }
        times
    }

    /// Several with strata of their own.
    pub(crate) fn joined<'t>(parts: impl Iterator<Item = &'t Self>) -> Self {
        let mut all = Self::default();
        for part in parts {
            let before = all.stratum.iter().max().map_or(0, |s| s + 1);
            all.time.extend(&part.time);
            all.event.extend(&part.event);
            all.group.extend(&part.group);
            all.stratum.extend(part.stratum.iter().map(|s| s + before));
        }
        all
    }

    fn test(&self) -> Result<LogRank, StatError> {
        if self.stratum.iter().all(|s| *s == 0) {
            return log_rank(&self.time, &self.event, &self.group);
        }
        stratified_log_rank(&self.time, &self.event, &self.group, &self.stratum)
    }
}

/// The log-rank test over strata: cells of the other factors, or pairs.
fn over_strata(
    response: &Response<'_>,
    ask: &Ask,
    strata: &[Vec<Vec<usize>>],
    pair: bool,
    analysis: &mut Analysis,
) -> Result<(), AnalysisError> {
    let test = Times::of(response, strata).test()?;
    analysis.procedure = test.account.method.to_owned();
    analysis.statistic = Some(Statistic { name: "χ²".into(), value: test.chi2 });
    analysis.df = vec![WireNumber(test.df)];
    analysis.references = test.account.references.iter().map(|r| (*r).to_owned()).collect();
    let sooner = match (test.observed.first(), test.expected.first()) {
        (Some(observed), Some(expected)) => *observed > *expected,
        _ => false,
    };
    // More events than expected: shorter times.
    let z = if sooner { test.chi2.sqrt() } else { -test.chi2.sqrt() };
    analysis.p = Some(match ask.direction {
        Sided::TwoSided => test.p,
        Sided::Less if pair => normal::sf(z),
        Sided::Greater if pair => normal::cdf(z),
        _ => test.p,
    });
    Ok(())
}

/// Two levels over several cells of blocks: observed minus expected events of the first level, summed over the cells of
/// a replicate, tested over replicates. Runs of a replicate move together, so the replicates are what is independent.
fn over_replicates(
    response: &Response<'_>,
    ask: &Ask,
    blocks: &CompleteBlocks,
    why: &str,
    analysis: &mut Analysis,
) -> Result<(), AnalysisError> {
    let replicates = blocks.replicates.len();
    if replicates < 2 {
        return Err(AnalysisError::TooFewReplicates { found: replicates, needed: 2, why: why.to_owned() });
    }
    let score = |part: &[Vec<Vec<usize>>]| {
        // A replicate in which nothing can be told from the order of events has no score either way.
        let Ok(test) = Times::of(response, part).test() else { return 0.0 };
        test.observed.first().zip(test.expected.first()).map_or(0.0, |(o, e)| o - e)
    };
    let scores = blocks.by_replicate(&blocks.strata(), score);
    analysis.procedure = "Stratified log-rank score, tested over replicates".into();
    analysis.unit_of_analysis = format!("{replicates} replicates as blocks");
    analysis.trail.push(format!(
        "The log-rank score (events observed − expected at the first level) is summed over {} cells in each of \
         {replicates} replicates and tested over these by t.",
        blocks.cells.len()
    ));
    analysis.references.push("Mantel (1966), Cancer Chemotherapy Reports 50, 163–170".into());
    match t_one_sample(&scores, 0.0, &ergon_stats::TestOptions { effect_ci: false, ..options(ask) }) {
        Ok(test) => {
            // More events than expected: shorter times.
            let t = test.estimate.value / test.estimate.se;
            analysis.statistic = Some(Statistic { name: "t".into(), value: t });
            analysis.df = vec![WireNumber(test.df)];
            analysis.p = Some(directed_p(-t, test.df, ask.direction));
        }
        Err(StatError::NoVariation { .. }) => {
            analysis.not_tested = Some("the log-rank score is the same in every replicate".into());
        }
        Err(other) => return Err(other.into()),
    }
    Ok(())
}

fn drawn(level: &str, time: &[f64], event: &[bool], curve: &KaplanMeier) -> SurvivalCurve {
    let mut censored_at: Vec<f64> = time.iter().zip(event).filter(|(_, e)| !**e).map(|(t, _)| *t).collect();
    censored_at.sort_by(f64::total_cmp);
    let step = |s: &ergon_stats::SurvivalStep| SurvivalPoint {
        time: s.time,
        at_risk: s.n_risk,
        events: s.n_event,
        survival: s.survival,
        ci: s.ci.map(|ci| Interval { lo: ci.low, hi: ci.high, level: ci.level }),
    };
    SurvivalCurve {
        level: level.to_owned(),
        n: time.len(),
        events: curve.events,
        steps: curve.steps.iter().map(step).collect(),
        censored_at,
        median: curve.median,
    }
}
