//! From what a procedure found to an analysis: names, units, provenance, warnings, identity.

use std::collections::BTreeMap;

use ergon_design::spec::Sided;
use ergon_domain::{Canonical, Digest, RunState, Value, WireNumber};

use crate::ask::Ask;
use crate::describe::summary;
use crate::frame::{Frame, same_level};
use crate::inference::{Inference, Scale};
use crate::paired::Prepared;
use crate::response::{Account, Response};
use crate::result::{Analysis, AnalysisKind, Dropped, Estimate, FrameRef, Interval, Question, Statistic, Warning};

/// The most cells of heterogeneity that are kept.
const MOST_CELLS: usize = 64;

/// Levels of a factor.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) factor: &'a str,
    pub(crate) levels: &'a [Value],
}

impl Subject<'_> {
    /// Rows at one level.
    pub(crate) fn rows_at(&self, frame: &Frame, level: &Value) -> Vec<usize> {
        let at = |i: &usize| {
            let value = frame.rows.get(*i).and_then(|r| r.condition.condition.get(self.factor));
            value.is_some_and(|v| same_level(v, level))
        };
        (0..frame.rows.len()).filter(at).collect()
    }

    /// Rows at any of the levels.
    pub(crate) fn all_rows(&self, frame: &Frame) -> Vec<usize> {
        let mut rows: Vec<usize> = self.levels.iter().flat_map(|l| self.rows_at(frame, l)).collect();
        rows.sort_unstable();
        rows
    }
}

/// Name of a direction in a spec.
pub(crate) fn direction_name(direction: Sided) -> &'static str {
    match direction {
        Sided::Greater => "greater",
        Sided::Less => "less",
        Sided::TwoSided => "two_sided",
    }
}

/// The data of an analysis by reference.
pub(crate) fn frame_ref(frame: &Frame, digest: Digest) -> FrameRef {
    FrameRef {
        campaign: frame.campaign.clone(),
        spec_hash: frame.spec_hash,
        plan_hash: frame.plan_hash,
        digest,
        runs: frame.rows.len(),
        phases: frame.selection.phases.clone(),
        filters: frame.selection.filters.clone(),
    }
}

/// The parts of a question that every kind shares.
pub(crate) fn question(response: &Response<'_>, ask: &Ask, text: String, estimand: &str) -> Question {
    Question {
        text,
        metric: response.metric.id.clone(),
        metric_title: response.metric.title.to_string(),
        unit: response.metric.unit.to_string(),
        factor: None,
        treatment: None,
        control: None,
        by: Vec::new(),
        estimand: estimand.to_owned(),
        direction: direction_name(ask.direction).to_owned(),
        role: ask.role,
    }
}

/// Digest of question, procedure and frame.
pub(crate) fn identity(question: &Question, procedure: &str, ask: &Ask, frame: &FrameRef) -> Digest {
    let mut c = Canonical::new("ergon.analysis.1");
    c.digest(&frame.digest).digest(&frame.spec_hash).str(question.metric.as_str()).str(&question.estimand);
    for part in [&question.factor, &question.treatment, &question.control] {
        c.str(part.as_deref().unwrap_or("\0"));
    }
    for list in [&question.by, &frame.phases, &frame.filters] {
        c.u64(list.len() as u64);
        for item in list {
            c.str(item);
        }
    }
    c.str(&question.direction).str(procedure).u64(ask.null_value().to_bits()).u64(ask.confidence.to_bits());
    c.finish()
}

/// What is to be known of the frame as a whole, whatever is asked of it.
pub(crate) fn frame_warnings(frame: &Frame) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let structure = &frame.structure;
    if structure.replicates_added_after_look {
        warnings.push(Warning::new(
            "multiple_looks",
            "replicates were added after somebody looked at the results: p-values don't allow for that",
        ));
    }
    let excluded: u64 = structure.exclusions.iter().map(|e| e.runs).sum();
    if excluded > 0 {
        let reasons: Vec<&str> = structure.exclusions.iter().map(|e| e.reason.as_str()).collect();
        warnings.push(Warning::new("exclusions", format!("{excluded} runs are excluded: {}", reasons.join("; "))));
    }
    let of = |failed: bool| -> u64 {
        let counted = structure.missing.iter().filter(|m| (m.state == RunState::Failed) == failed);
        counted.map(|m| m.count).sum()
    };
    if of(true) > 0 {
        warnings.push(Warning::new("failed_runs", format!("{} planned runs failed and are missing here", of(true))));
    }
    if of(false) > 0 {
        warnings.push(Warning::new("unfinished", format!("{} planned runs haven't given a result", of(false))));
    }
    warnings
}

/// Whether values go missing more often at one level: then what is left isn't comparable.
fn uneven_missing(data: &Prepared<'_>, subject: &Subject<'_>) -> Option<Warning> {
    let mut shares = Vec::new();
    for level in subject.levels {
        let account = data.response.account(subject.rows_at(data.frame, level));
        let at_level = |m: &&crate::frame::MissingRuns| {
            let value = m.condition.as_ref().and_then(|c| c.condition.get(subject.factor));
            m.state == RunState::Failed && value.is_some_and(|v| same_level(v, level))
        };
        let failed: u64 = data.frame.structure.missing.iter().filter(at_level).map(|m| m.count).sum();
        let gone = account.missing_count() as f64 + failed as f64;
        let all = gone + (account.values + account.censored) as f64;
        shares.push((level, if all > 0.0 { gone / all } else { 0.0 }));
    }
    let (most, least) =
        (shares.iter().max_by(|a, b| a.1.total_cmp(&b.1))?, shares.iter().min_by(|a, b| a.1.total_cmp(&b.1))?);
    (most.1 - least.1 > 0.05).then(|| {
        Warning::new(
            "missing_differs",
            format!(
                "values are missing in {:.0} % of the runs of {} = {} and in {:.0} % of those of {}: what is left may \
                 not be comparable",
                100.0 * most.1,
                subject.factor,
                most.0,
                100.0 * least.1,
                least.0
            ),
        )
    })
}

/// Sorts and joins equal reasons.
pub(crate) fn joined(dropped: Vec<Dropped>) -> Vec<Dropped> {
    let mut by_reason: BTreeMap<String, usize> = BTreeMap::new();
    for d in dropped {
        *by_reason.entry(d.reason).or_default() += d.count;
    }
    by_reason.into_iter().map(|(reason, count)| Dropped { reason, count }).collect()
}

/// Keeps the first warning of each code.
pub(crate) fn distinct(warnings: Vec<Warning>) -> Vec<Warning> {
    let mut seen = std::collections::BTreeSet::new();
    warnings.into_iter().filter(|w| seen.insert(w.code.clone())).collect()
}

/// Writes up a contrast of two levels.
pub(crate) fn write_up(data: &Prepared<'_>, subject: &Subject<'_>, found: Inference) -> Analysis {
    let (response, ask) = (&data.response, data.ask);
    let name = |i: usize| subject.levels.get(i).map(ToString::to_string).unwrap_or_default();
    let text = match ask.direction {
        Sided::TwoSided => "differ between",
        Sided::Greater => "lie higher for the first of",
        Sided::Less => "lie lower for the first of",
    };
    let (metric, factor) = (&response.metric.title, subject.factor);
    let text = format!("Does {metric} {text} {factor} = {} and {factor} = {}?", name(0), name(1));
    let question = Question {
        factor: Some(factor.to_owned()),
        treatment: Some(name(0)),
        control: Some(name(1)),
        ..question(response, ask, text, data.scale.estimand())
    };
    let mut used = found.used.clone();
    used.sort_unstable();
    let of_used = |level: &Value| -> Vec<usize> {
        subject.rows_at(data.frame, level).into_iter().filter(|r| used.binary_search(r).is_ok()).collect()
    };
    let levels = subject
        .levels
        .iter()
        .map(|l| {
            let own = vec![(factor.to_owned(), l.to_string())];
            let mut level = summary(response, &of_used(l), own, ask.confidence);
            level.missing = response.account(subject.rows_at(data.frame, l)).dropped();
            level
        })
        .collect();
    let account = response.account(used.iter().copied());
    let all = response.account(subject.all_rows(data.frame));
    let mut dropped = found.dropped.clone();
    dropped.extend(all.dropped());
    let mut warnings = found.warnings.clone();
    warnings.extend(account.warnings());
    warnings.extend(frame_warnings(data.frame));
    warnings.extend(uneven_missing(data, subject));
    warnings.extend(approximate(response, found.statistic.as_ref()));
    let frame = frame_ref(data.frame, data.seed);
    let shown = |ci: Interval| Interval { lo: data.scale.shown(ci.lo), hi: data.scale.shown(ci.hi), ..ci };
    let mut heterogeneity = found.heterogeneity.clone();
    let mut trail = found.trail.clone();
    if heterogeneity.len() > MOST_CELLS {
        trail.push(format!("The first {MOST_CELLS} of {} cells are listed.", heterogeneity.len()));
        heterogeneity.truncate(MOST_CELLS);
    }
    Analysis {
        id: identity(&question, &found.procedure, ask, &frame),
        kind: AnalysisKind::Contrast,
        estimates: estimates(data, &found),
        levels,
        statistic: found.statistic,
        df: found.df.iter().map(|x| WireNumber(*x)).collect(),
        p: found.p,
        p_adjusted: None,
        family: None,
        effect: found.effect,
        ci: found.ci.map(shown),
        n: used.len(),
        unit_of_analysis: found.unit_of_analysis,
        dropped: joined(dropped),
        heterogeneity,
        companions: found.companions,
        assumptions: found.assumptions,
        warnings: distinct(warnings),
        not_tested: found.not_tested,
        provenance: account.provenance(),
        provenances: account.provenances.clone(),
        simulated_model: account.simulated_model,
        trail,
        references: found.references,
        procedure: found.procedure,
        detail: None,
        question,
        frame,
    }
}

/// Families whose means have a t (or F) distribution only roughly, where they are compared by one.
pub(crate) fn approximate(response: &Response<'_>, statistic: Option<&Statistic>) -> Option<Warning> {
    use ergon_domain::Family;
    let by = statistic.map(|s| s.name.as_str()).filter(|name| matches!(*name, "t" | "F"))?;
    let what = match response.metric.family {
        Family::Proportion => "a proportion",
        Family::Count => "a count",
        Family::Binary => "yes or no",
        _ => return None,
    };
    let title = &response.metric.title;
    Some(Warning::new(
        "approximate_family",
        format!("{title} is {what}: its means are compared by {by}, which is approximate near the ends of its range"),
    ))
}

fn estimates(data: &Prepared<'_>, found: &Inference) -> BTreeMap<String, Estimate> {
    let unit = data.response.metric.unit.to_string();
    let plain = |value: f64, unit: &str| Estimate { value, se: None, ci: None, unit: unit.to_owned() };
    let mut estimates = BTreeMap::new();
    match data.scale {
        Scale::Difference => {
            let main = Estimate { value: found.estimate, se: found.se, ci: found.ci, unit: unit.clone() };
            estimates.insert("mean_difference".into(), main);
            if let Some((treatment, control)) = found.means {
                estimates.insert("mean_treatment".into(), plain(treatment, &unit));
                estimates.insert("mean_control".into(), plain(control, &unit));
                if data.response.is_ratio_scale() && control > 0.0 && treatment >= 0.0 {
                    estimates.insert("ratio_of_means".into(), plain(treatment / control, "1"));
                }
            }
        }
        Scale::Ratio | Scale::OddsRatio => {
            let main = Estimate { value: found.estimate, se: found.se, ci: found.ci, unit: "1".into() };
            estimates.insert(data.scale.estimand().into(), main);
            if let Some((treatment, control)) = found.means {
                estimates.insert("mean_treatment".into(), plain(treatment, &unit));
                estimates.insert("mean_control".into(), plain(control, &unit));
                estimates.insert("difference_of_means".into(), plain(treatment - control, &unit));
            }
        }
        Scale::LogRatio => {
            let main = Estimate { value: found.estimate, se: found.se, ci: found.ci, unit: "1".into() };
            estimates.insert("log_ratio".into(), main);
            let ends = found.ci.map(|ci| Interval { lo: libm::exp(ci.lo), hi: libm::exp(ci.hi), ..ci });
            let ratio = Estimate { value: libm::exp(found.estimate), se: None, ci: ends, unit: "1".into() };
            estimates.insert("ratio".into(), ratio);
            if let Some((treatment, control)) = found.means {
                estimates.insert("geometric_mean_treatment".into(), plain(libm::exp(treatment), &unit));
                estimates.insert("geometric_mean_control".into(), plain(libm::exp(control), &unit));
            }
        }
    }
    estimates
}

/// An analysis without numbers, to be filled.
pub(crate) fn blank(
    frame: &Frame,
    question: Question,
    kind: AnalysisKind,
    procedure: &str,
    ask: &Ask,
    account: &Account,
) -> Analysis {
    let reference = frame_ref(frame, frame.digest(Some(&question.metric)));
    let mut warnings = account.warnings();
    warnings.extend(frame_warnings(frame));
    Analysis {
        id: identity(&question, procedure, ask, &reference),
        kind,
        procedure: procedure.to_owned(),
        estimates: BTreeMap::new(),
        levels: Vec::new(),
        statistic: None,
        df: Vec::new(),
        p: None,
        p_adjusted: None,
        family: None,
        effect: None,
        ci: None,
        n: account.values + account.censored,
        unit_of_analysis: "runs".into(),
        dropped: account.dropped(),
        heterogeneity: Vec::new(),
        companions: Vec::new(),
        assumptions: Vec::new(),
        warnings,
        not_tested: None,
        provenance: account.provenance(),
        provenances: account.provenances.clone(),
        simulated_model: account.simulated_model,
        trail: Vec::new(),
        references: Vec::new(),
        detail: None,
        frame: reference,
        question,
    }
}
