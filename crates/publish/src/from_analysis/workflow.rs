//! Tables and figures of ways of working: what one takes over another, what a right answer takes, where it goes.

use ergon_analysis::{
    Analysis, Detail, Efficiency, PhaseShares, SumRatio, Tax, orchestration_tax, per_correct, phase_shares,
};

use crate::figure::{
    BarChartInput, Estimate, Figure, ForestInput, ForestRow, IntervalGroup, StackedBar, StackedBarsInput,
};
use crate::number::{exact, heading_with_unit};
use crate::table::{Cell, Column, Notes, Row, RowGroup, Table};
use crate::{Provenance, RichText};

use super::descriptive::sentence;
use super::drawing::{Drawing, DrawingError, Words};
use super::{interval, interval_name, label, number, provenance, unit};

/// The orchestration tax of each way of working. `None` where no analysis is one.
pub fn tax_table(analyses: &[Analysis]) -> Option<Table> {
    let found: Vec<(&Analysis, &Tax)> = analyses
        .iter()
        .filter_map(|analysis| match &analysis.detail {
            Some(Detail::Tax(tax)) => Some((analysis, tax)),
            _ => None,
        })
        .collect();
    let (first, tax) = found.first()?;
    let question = &first.question;
    let level = tax.ratio_ci.or(tax.difference_ci).map_or(0.95, |ci| ci.level);
    let columns = vec![
        Column::new("Pairs"),
        Column::new("Ratio"),
        Column::new(interval_name(level)),
        Column::new(heading_with_unit("Difference", unit(&question.unit))),
        Column::new(interval_name(level)),
        Column::new(RichText::variable("p")),
    ];
    let rows = found.iter().map(|(analysis, tax)| {
        let source = provenance(&analysis.provenance);
        let quarter = |ci: Option<ergon_analysis::Interval>| ci.map(|ci| 0.25 * (ci.hi - ci.lo)).filter(|se| *se > 0.0);
        let (of_ratio, of_difference) = (quarter(tax.ratio_ci), quarter(tax.difference_ci));
        let p = analysis.p_adjusted.or(analysis.p);
        Row::new(
            format!("{} over {}", tax.treatment, tax.control),
            vec![
                Cell::count(tax.pairs.len() as u64),
                super::beside(tax.ratio, of_ratio, source),
                interval(tax.ratio_ci, of_ratio, source),
                super::beside(tax.difference, of_difference, source),
                interval(tax.difference_ci, of_difference, source),
                p.map_or_else(Cell::missing, Cell::p_value),
            ],
        )
    });
    let rows = rows.collect();
    let mut general: Vec<RichText> = vec![
        "Ratio: geometric mean over pairs of runs of the same task and replicate; difference: mean over the same pairs."
            .into(),
        format!("{} ({}).", first.procedure, first.unit_of_analysis).into(),
    ];
    general.extend(warnings(first));
    Some(Table {
        caption: format!("What {} takes beside {}: {}", tax.factor, tax.control, question.metric_title).into(),
        label: label("tax", &[question.metric.as_str(), &tax.factor]),
        stub: "Pair".into(),
        columns,
        groups: vec![RowGroup { label: None, rows }],
        notes: Notes { general, ..Notes::default() },
    })
}

/// The response per right answer beside that per token. `None` for another kind of analysis.
pub fn per_correct_table(analysis: &Analysis) -> Option<Table> {
    let Some(Detail::PerCorrect(found)) = &analysis.detail else { return None };
    let question = &analysis.question;
    let source = provenance(&analysis.provenance);
    let of = |found: &Efficiency| found.levels.iter().find_map(|l| l.per_correct.ci.or(l.per_token.ci));
    let level = of(found).map_or(0.95, |ci| ci.level);
    let unit = unit(&question.unit);
    let columns = vec![
        Column::new("Runs"),
        Column::new("Right"),
        Column::new(heading_with_unit("Per right answer", unit)),
        Column::new(interval_name(level)),
        Column::new(heading_with_unit("Per token", unit)),
        Column::new(interval_name(level)),
    ];
    let rows = found.levels.iter().map(|l| {
        let mut cells = vec![Cell::count(l.runs as u64), Cell::count(l.right as u64)];
        cells.extend(sum_ratio(l.per_correct, source));
        cells.extend(sum_ratio(l.per_token, source));
        Row::new(l.level.as_str(), cells)
    });
    let rows = rows.collect();
    let mut general: Vec<RichText> = vec![
        format!(
            "{} of all graded runs, wrong answers included, over right answers and over tokens.",
            question.metric_title
        )
        .into(),
        "Intervals: BCa bootstrap over replicates; none where a resample holds no right answer.".into(),
    ];
    general.extend(warnings(analysis));
    Some(Table {
        caption: format!("{} per right answer and per token", question.metric_title).into(),
        label: label("per-correct", &[question.metric.as_str(), &found.factor]),
        stub: found.factor.as_str().into(),
        columns,
        groups: vec![RowGroup { label: None, rows }],
        notes: Notes { general, ..Notes::default() },
    })
}

fn sum_ratio(of: SumRatio, source: Provenance) -> [Cell; 2] {
    let error = of.ci.map(|ci| 0.25 * (ci.hi - ci.lo)).filter(|se| *se > 0.0);
    [super::beside(of.value, error, source), interval(of.ci, error, source)]
}

/// The response by part of the work. `None` for another kind of analysis.
pub fn phase_shares_table(analysis: &Analysis) -> Option<Table> {
    let Some(Detail::PhaseShares(found)) = &analysis.detail else { return None };
    let question = &analysis.question;
    let source = provenance(&analysis.provenance);
    let columns = vec![
        Column::new(heading_with_unit("Mean", unit(&question.unit))),
        Column::new(heading_with_unit("Share", "%")),
    ];
    let groups = found.levels.iter().map(|level| RowGroup {
        label: Some(format!("{} ({} runs)", level.level, level.runs).into()),
        rows: level
            .phases
            .iter()
            .map(|p| {
                let share = (p.share * 1_000.0).round() / 10.0;
                Row::new(p.phase.as_str(), vec![number(Some(p.mean), None, source), number(Some(share), None, source)])
            })
            .collect(),
    });
    let groups = groups.collect();
    let mut general: Vec<RichText> =
        vec!["Shares: means of each run's own shares; between: what no part holds.".into()];
    general.extend(warnings(analysis));
    Some(Table {
        caption: format!("{} by part of the work", question.metric_title).into(),
        label: label("phase-shares", &[question.metric.as_str(), &found.factor]),
        stub: "Part".into(),
        columns,
        groups,
        notes: Notes { general, ..Notes::default() },
    })
}

fn warnings(analysis: &Analysis) -> impl Iterator<Item = RichText> {
    analysis.warnings.iter().filter(|warning| warning.code != "simulated").map(|w| sentence(&w.message).into())
}

/// What such an analysis found, in lines.
pub(super) fn lines(analysis: &Analysis) -> Vec<String> {
    let unit = unit(&analysis.question.unit);
    let rounded = |x: f64| exact((x * 1e4).round() / 1e4);
    let with_ci = |value: Option<f64>, ci: Option<ergon_analysis::Interval>, unit: &str| {
        let value = value.map_or_else(|| "not known".to_owned(), |x| crate::number::with_unit(&rounded(x), unit));
        let ci = ci.map(|ci| format!(" ({} {} to {})", interval_name(ci.level), rounded(ci.lo), rounded(ci.hi)));
        value + &ci.unwrap_or_default()
    };
    match &analysis.detail {
        Some(Detail::Tax(tax)) => vec![format!(
            "{} takes {} times as much as {}, {} more, over {} pairs",
            tax.treatment,
            with_ci(tax.ratio, tax.ratio_ci, ""),
            tax.control,
            with_ci(tax.difference, tax.difference_ci, unit),
            tax.pairs.len()
        )],
        Some(Detail::PerCorrect(found)) => {
            let line = |l: &ergon_analysis::EfficiencyLevel| {
                let right = with_ci(l.per_correct.value, l.per_correct.ci, unit);
                let token = with_ci(l.per_token.value, l.per_token.ci, unit);
                format!("{}: {right} per right answer ({} of {} right), {token} per token", l.level, l.right, l.runs)
            };
            found.levels.iter().map(line).collect()
        }
        Some(Detail::PhaseShares(found)) => found.levels.iter().map(shares_line).collect(),
        _ => Vec::new(),
    }
}

fn shares_line(level: &ergon_analysis::PhasesOfLevel) -> String {
    let parts = level.phases.iter().map(|p| format!("{} {}%", p.phase, exact((p.share * 1_000.0).round() / 10.0)));
    format!("{} ({} runs): {}", level.level, level.runs, parts.collect::<Vec<_>>().join(", "))
}

impl Drawing<'_> {
    /// The orchestration tax of each way of working, in every cell of the other factors and overall.
    ///
    /// # Errors
    /// Other than one factor, unknown names, no valid pairs.
    pub fn tax(&self, by: &[String]) -> Result<Figure, DrawingError> {
        let [factor] = by else { return Err(self.needs("a tax figure", "one factor, the way of working", by)) };
        let analyses = orchestration_tax(self.frame, self.ask, factor)?;
        let mut rows: Vec<(String, ForestRow<'_>)> = Vec::new();
        for analysis in &analyses {
            let Some(Detail::Tax(tax)) = &analysis.detail else { continue };
            let ends = |ci: Option<ergon_analysis::Interval>| {
                ci.map(|ci| (ci.lo, ci.hi)).filter(|ci| ci.0 > 0.0 && ci.1.is_finite())
            };
            for cell in analysis.heterogeneity.iter().filter(|cell| cell.estimate > 0.0 && cell.estimate.is_finite()) {
                let row = ForestRow {
                    label: "",
                    estimate: cell.estimate,
                    ci: ends(cell.ci),
                    n: cell.n_treatment,
                    overall: false,
                };
                rows.push((format!("{}: {}", tax.treatment, cell.cell), row));
            }
            if let Some(ratio) = tax.ratio.filter(|x| *x > 0.0) {
                let row =
                    ForestRow { label: "", estimate: ratio, ci: ends(tax.ratio_ci), n: tax.pairs.len(), overall: true };
                rows.push((format!("{} over {}", tax.treatment, tax.control), row));
            }
        }
        let Some(first) = analyses.first() else { return Err(self.needs("a tax figure", "two ways of working", by)) };
        let words = Words::of(first).about(format!("Ratio of {}", first.question.metric_title), "");
        let rows = rows.iter().map(|(label, row)| ForestRow { label, ..*row }).collect();
        Ok(ForestInput { setting: self.setting(&words), ratio: true, rows }.draw()?)
    }

    /// The response per right answer at every level of a factor.
    ///
    /// # Errors
    /// Other than one factor, unknown names, no graded run.
    pub fn per_correct(&self, by: &[String]) -> Result<Figure, DrawingError> {
        let [factor] = by else { return Err(self.needs("bars per right answer", "one factor", by)) };
        let analysis = per_correct(self.frame, self.ask, factor)?;
        let Some(Detail::PerCorrect(found)) = &analysis.detail else {
            return Err(self.needs("bars per right answer", "graded runs", by));
        };
        let question = &analysis.question;
        let words = Words::of(&analysis)
            .about(format!("{} per right answer", question.metric_title), &question.unit)
            .of_all(self.frame);
        let groups = found.levels.iter().map(|l| IntervalGroup {
            label: &l.level,
            estimate: l.per_correct.value.zip(l.per_correct.ci).map(|(mean, ci)| Estimate {
                mean,
                ci_low: ci.lo,
                ci_high: ci.hi,
            }),
            n: l.runs,
            missing: 0,
        });
        Ok(BarChartInput { setting: self.setting(&words), groups: groups.collect() }.draw()?)
    }

    /// The response by part of the work at every level of a factor.
    ///
    /// # Errors
    /// Other than one factor, unknown names, no run whose parts are known.
    pub fn phase_shares(&self, by: &[String]) -> Result<Figure, DrawingError> {
        let [factor] = by else { return Err(self.needs("stacked bars", "one factor", by)) };
        let analysis = phase_shares(self.frame, self.ask, factor)?;
        let Some(Detail::PhaseShares(found)) = &analysis.detail else {
            return Err(self.needs("stacked bars", "runs whose parts are known", by));
        };
        let words = Words::of(&analysis).of_all(self.frame);
        let parts = names(found);
        let bars = found.levels.iter().map(|level| StackedBar {
            label: &level.level,
            n: level.runs,
            lengths: parts.iter().map(|part| level.phases.iter().find(|p| p.phase == *part).map(|p| p.mean)).collect(),
        });
        let bars = bars.collect();
        Ok(StackedBarsInput { setting: self.setting(&words), parts, bars }.draw()?)
    }
}

/// Names of all parts, in the order they come in.
fn names(found: &PhaseShares) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for phase in found.levels.iter().flat_map(|level| &level.phases) {
        if !names.contains(&phase.phase.as_str()) {
            names.push(&phase.phase);
        }
    }
    // What lies between the parts comes last.
    names.sort_by_key(|name| *name == "between");
    names
}
