//! `next`: which runs to add — cells with too little, what rules between phases say, and how many pairs an effect needs.

use std::fmt::Write;

use ergon_analysis::{Gap, GapLimits, RuleFound, SampleSizes, decide_rule, gaps, pair_ratios, sample_sizes};
use ergon_design::spec::{FrameChoice, Rule};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::AppError;

/// What to look at.
#[derive(Clone, Debug, Deserialize, Serialize, ts_rs::TS)]
#[serde(default)]
pub struct NextRequest {
    /// Campaign id, ULID prefix, spec path or `latest`.
    pub campaign: String,
    /// The metric whose spread decides; left out: that of the spec's first question, else the first.
    pub metric: Option<String>,
    /// Fewest values of a cell.
    pub least_runs: u32,
    /// Largest coefficient of variation of a cell.
    pub most_cv: f64,
    /// Rules of a conditional plan, `PHASE: METRIC > NUMBER`; none: those of the spec.
    pub rules: Vec<String>,
    /// Effect that is to be found, as a share (0.1: 10 % more).
    pub effect: f64,
    /// Power.
    pub power: f64,
    /// Size of the test.
    pub alpha: f64,
}

impl Default for NextRequest {
    fn default() -> Self {
        let limits = GapLimits::default();
        Self {
            campaign: String::new(),
            metric: None,
            least_runs: limits.least_runs as u32,
            most_cv: limits.most_cv,
            rules: Vec::new(),
            effect: 0.1,
            power: 0.8,
            alpha: 0.05,
        }
    }
}

/// What to run next.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct NextReply {
    /// Campaign id.
    pub campaign: String,
    /// The metric whose spread was looked at.
    pub metric: String,
    /// Cells that need more runs, those that need most first.
    pub gaps: Vec<Gap>,
    /// What the rules say.
    pub rules: Vec<RuleFound>,
    /// Replicates for the effect.
    pub sizes: SampleSizes,
    /// Replicates of each phase that would fill all gaps; absent where there are none.
    pub replicates: Option<u32>,
}

impl NextReply {
    /// For a person.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for gap in &self.gaps {
            let cv = gap.cv.map_or_else(String::new, |cv| format!(", CV {cv:.2}"));
            let add = if gap.missing > 0 { format!("; add {}", gap.missing) } else { String::new() };
            let _ = writeln!(text, "{}: {} values{cv}{add}: {}", gap.cell, gap.found, gap.why);
        }
        if self.gaps.is_empty() {
            let _ = writeln!(text, "no cell of {} needs more runs", self.metric);
        }
        for rule in &self.rules {
            let said = match (rule.holds, rule.value, &rule.why) {
                (Some(true), Some(x), _) => format!("holds ({x:.6})"),
                (Some(false), Some(x), _) => format!("does not hold ({x:.6})"),
                (_, _, why) => format!("can't be decided: {}", why.as_deref().unwrap_or("not known")),
            };
            let _ = writeln!(text, "rule {}: {said}", rule.rule);
        }
        let s = &self.sizes;
        let _ = writeln!(
            text,
            "an effect of {} at power {} and alpha {}: {} in one sample (A-LEMS's formula, d in SDs), {} in each of two groups",
            s.effect, s.power, s.alpha, s.one_sample, s.each_of_two
        );
        match (s.pairs, s.sd_log_ratio) {
            (Some(pairs), Some(sd)) => {
                let _ = writeln!(
                    text,
                    "  {pairs} pairs find a ratio of {} in {}, by the SD {sd:.3} of the log ratios seen",
                    1.0 + s.effect,
                    self.metric
                );
            }
            _ => text.push_str("  pairs: not known before at least three pairs of agentic and linear work have run\n"),
        }
        if let Some(replicates) = self.replicates {
            let _ = writeln!(text, "to fill the gaps: replicates: {replicates}");
        }
        text
    }
}

/// Says which runs to add.
///
/// # Errors
/// No such campaign, metric or phase; a rule or number that can't be.
pub async fn next(app: &App, request: NextRequest) -> Result<NextReply, AppError> {
    let within = |name: &str, x: f64, (least, most): (f64, f64)| {
        if x > least && x < most {
            return Ok(());
        }
        let message = format!("{x} is not accepted; expected a number above {least} and below {most}");
        Err(AppError::input("out_of_range", message).field(name))
    };
    within("effect", request.effect, (0.0, 100.0))?;
    within("power", request.power, (0.0, 1.0))?;
    within("alpha", request.alpha, (0.0, 1.0))?;
    within("most_cv", request.most_cv, (0.0, 100.0))?;
    let framed = app.frame(&request.campaign).await?;
    let rules = if request.rules.is_empty() { &framed.loaded.campaign.spec.analysis.rules } else { &request.rules };
    let written: Vec<(&String, Rule)> = rules
        .iter()
        .map(|text| Ok((text, Rule::parse(text).map_err(|e| AppError::input("invalid_rule", e).field("rules"))?)))
        .collect::<Result<_, AppError>>()?;
    let (metric, _) = super::table::subject(&framed, request.metric.as_deref(), &[])?;
    let limits = GapLimits { least_runs: request.least_runs as usize, most_cv: request.most_cv };
    let found = if framed.frame.rows.is_empty() {
        let why = format!("no run has ended yet: ergon run {}", framed.campaign);
        vec![Gap { cell: "all runs".into(), found: 0, cv: None, missing: 0, why }]
    } else {
        gaps(&framed.frame, &metric, limits)?
    };
    let mut rules = Vec::with_capacity(written.len());
    for (text, rule) in &written {
        let choice = FrameChoice { phases: vec![rule.phase().to_owned()], filters: Vec::new() };
        let part = match framed.frame.select(&choice) {
            Ok(part) => part,
            Err(error @ ergon_analysis::AnalysisError::UnknownPhase { .. }) => {
                return Err(AppError::from(error).field("rules"));
            }
            Err(error) => {
                let (value, holds) = (None, None);
                rules.push(RuleFound { rule: (*text).clone(), value, holds, why: Some(error.to_string()) });
                continue;
            }
        };
        rules.push(decide_rule(&part, rule, text));
    }
    let ratios = pair_ratios(&framed.frame, &metric);
    let most = framed.frame.structure.phases.iter().map(|p| p.replicates).max().unwrap_or(1);
    let replicates =
        found.iter().map(|gap| gap.missing as u32).max().filter(|missing| *missing > 0).map(|missing| most + missing);
    Ok(NextReply {
        campaign: framed.campaign.clone(),
        metric,
        gaps: found,
        rules,
        sizes: sample_sizes(request.effect, request.power, request.alpha, &ratios),
        replicates,
    })
}
