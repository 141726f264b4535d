//! What a batch of runs comes to: which factors go with success, and what a dollar buys.

use ergon_analysis::{
    Analysis, CostEfficiency, CostLevel, Detail, SuccessFactors, SuccessLevel, cost_efficiency, success_factors,
};

use crate::RichText;
use crate::figure::{Estimate, Figure, ForestInput, ForestRow, IntervalGroup, IntervalPlotInput};
use crate::number::{Digits, Grouping, Shown};
use crate::table::{Cell, Column, Notes, Row, RowGroup, Table};

use super::descriptive::sentence;
use super::drawing::{Drawing, DrawingError, Words};
use super::{interval, interval_name, label, number, provenance, two_decimal_interval, two_decimals, unit};

/// Success by the levels of factors. `None` for another kind of analysis.
pub fn success_factors_table(analysis: &Analysis) -> Option<Table> {
    let Some(Detail::SuccessFactors(found)) = &analysis.detail else { return None };
    let source = provenance(&analysis.provenance);
    let level = found.levels.first().map_or(0.95, |l| l.share_ci.level);
    let columns = vec![
        Column::new(RichText::variable("n")),
        Column::new("Share"),
        Column::new(interval_name(level)),
        Column::new("Odds ratio"),
        Column::new(interval_name(level)),
        Column::new(RichText::variable("p").plain(" (corrected)")),
    ];
    let row = |l: &SuccessLevel| {
        let missing = Cell::missing;
        Row::new(
            l.level.clone(),
            vec![
                Cell::count(l.n as u64),
                two_decimals(l.share, source),
                two_decimal_interval(l.share_ci.lo, l.share_ci.hi, source),
                l.odds_ratio.map_or_else(missing, |x| two_decimals(x, source)),
                l.odds_ci.map_or_else(missing, |ci| two_decimal_interval(ci.lo, ci.hi, source)),
                l.p_adjusted.map_or_else(missing, Cell::p_value),
            ],
        )
    };
    let mut groups: Vec<RowGroup> = Vec::new();
    for level in &found.levels {
        match groups.last_mut() {
            Some(group) if level.control.is_some() => group.rows.push(row(level)),
            _ => groups.push(RowGroup { label: Some(level.factor.clone().into()), rows: vec![row(level)] }),
        }
    }
    let title = &analysis.question.metric_title;
    let caption = format!("{title} by {}", analysis.question.by.join(", "));
    let references = "Odds ratios against the first level of each factor, the others held.";
    Some(table(analysis, caption, "success", "Level", columns, groups, references))
}

/// A metric per dollar by level. `None` for another kind of analysis.
pub fn cost_efficiency_table(analysis: &Analysis) -> Option<Table> {
    let Some(Detail::CostEfficiency(found)) = &analysis.detail else { return None };
    let source = provenance(&analysis.provenance);
    let question = &analysis.question;
    let level = found.levels.iter().find_map(|l| l.ci).map_or(0.95, |ci| ci.level);
    let per = match unit(&question.unit) {
        "" => "Per USD".to_owned(),
        unit => format!("Per USD ({unit})"),
    };
    let columns = vec![
        Column::new(RichText::variable("n")),
        Column::new(crate::number::heading_with_unit("Mean", unit(&question.unit))),
        Column::new("Cost a run (USD)"),
        Column::new(per),
        Column::new(interval_name(level)),
    ];
    let row = |l: &CostLevel| {
        Row::new(
            l.level.clone(),
            vec![
                Cell::count(l.n as u64),
                number(l.mean, None, source),
                number(l.mean_cost_usd, None, source),
                number(l.per_usd, l.se, source),
                interval(l.ci, l.se, source),
            ],
        )
    };
    let groups = vec![RowGroup { label: None, rows: found.levels.iter().map(row).collect() }];
    let caption = format!("{} per USD by {}", question.metric_title, found.factor);
    let note = "Ratio of the means over the runs in which both are known.";
    Some(table(analysis, caption, "cost", &found.factor, columns, groups, note))
}

fn table(
    analysis: &Analysis,
    caption: String,
    kind: &str,
    stub: &str,
    columns: Vec<Column>,
    groups: Vec<RowGroup>,
    note: &str,
) -> Table {
    let mut general: Vec<RichText> =
        vec![format!("{} ({}).", analysis.procedure, analysis.unit_of_analysis).into(), note.into()];
    for warning in analysis.warnings.iter().filter(|warning| warning.code != "simulated") {
        general.push(sentence(&warning.message).into());
    }
    Table {
        caption: caption.into(),
        label: label(kind, &[analysis.question.metric.as_str()]),
        stub: stub.into(),
        columns,
        groups,
        notes: Notes { general, ..Notes::default() },
    }
}

fn shown(x: f64) -> String {
    Shown::new(x, None, Digits::Decimals(2)).map_or_else(String::new, |shown| shown.to_text(Grouping::None))
}

/// Shares in a line.
pub(super) fn success_line(found: &SuccessFactors) -> String {
    let of = |l: &SuccessLevel| {
        let odds = l.odds_ratio.map_or_else(String::new, |odds| format!(", odds ratio {}", shown(odds)));
        format!("{}={} {} of {}{odds}", l.factor, l.level, l.successes, l.n)
    };
    format!("Successes: {}", found.levels.iter().map(of).collect::<Vec<_>>().join("; "))
}

/// What a dollar buys, in a line.
pub(super) fn cost_line(found: &CostEfficiency, unit: &str) -> String {
    let of = |l: &CostLevel| {
        let per = l.per_usd.map_or_else(|| "nothing was spent".to_owned(), |x| format!("{} {unit}/USD", shown(x)));
        format!("{} {per}", l.level)
    };
    format!("Per USD by {}: {}", found.factor, found.levels.iter().map(of).collect::<Vec<_>>().join("; "))
}

impl Drawing<'_> {
    /// Odds ratios of success against the first level of each factor.
    ///
    /// # Errors
    /// No factor, unknown names, a metric that is not yes or no, success that a factor separates.
    pub fn success_factors(&self, by: &[String]) -> Result<Figure, DrawingError> {
        let analysis = success_factors(self.frame, self.ask, by)?;
        let Some(Detail::SuccessFactors(found)) = &analysis.detail else {
            return Err(DrawingError::Needs("success factors need a factor".into()));
        };
        let named: Vec<(String, &SuccessLevel, f64)> = found
            .levels
            .iter()
            .filter_map(|l| {
                let control = l.control.as_deref()?;
                Some((format!("{}: {} / {control}", l.factor, l.level), l, l.odds_ratio?))
            })
            .collect();
        if named.is_empty() {
            let why = analysis.not_tested.clone().unwrap_or_else(|| "there is nothing to compare".into());
            return Err(DrawingError::Needs(format!("there are no odds ratios to draw: {why}")));
        }
        let words = Words::of(&analysis).about(format!("Odds ratio of {}", analysis.question.metric_title), "");
        let rows = named.iter().map(|(name, l, odds)| ForestRow {
            label: name,
            estimate: *odds,
            ci: l.odds_ci.map(|ci| (ci.lo, ci.hi)),
            n: l.n,
            overall: false,
        });
        Ok(ForestInput { setting: self.setting(&words), ratio: true, rows: rows.collect() }.draw()?)
    }

    /// A metric per dollar at each level of a factor.
    ///
    /// # Errors
    /// Other than one factor, unknown names, no costs.
    pub fn cost_efficiency(&self, by: &[String]) -> Result<Figure, DrawingError> {
        let [factor] = by else {
            return Err(DrawingError::Needs("cost efficiency is drawn over one factor: name it with --by".into()));
        };
        let analysis = cost_efficiency(self.frame, self.ask, factor)?;
        let Some(Detail::CostEfficiency(found)) = &analysis.detail else {
            return Err(DrawingError::Needs("cost efficiency needs a factor".into()));
        };
        let per = format!("{}/USD", analysis.question.unit);
        let words = Words::of(&analysis).about(format!("{} per USD", analysis.question.metric_title), &per);
        let groups = found.levels.iter().map(|l| IntervalGroup {
            label: &l.level,
            estimate: l.per_usd.zip(l.ci).map(|(mean, ci)| Estimate { mean, ci_low: ci.lo, ci_high: ci.hi }),
            n: l.n,
            missing: 0,
        });
        Ok(IntervalPlotInput { setting: self.setting(&words), groups: groups.collect() }.draw()?)
    }
}
