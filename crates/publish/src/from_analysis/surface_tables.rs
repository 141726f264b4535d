//! Tables of dependency, thresholds, contamination and A/B tests.

use ergon_analysis::{Analysis, CrossingInterval, Detail, Interval};

use crate::number::{Digits, heading_with_unit};
use crate::table::{Cell, Column, Notes, Number, Row, RowGroup, Table};
use crate::{Provenance, RichText};

use super::descriptive::sentence;
use super::detail_lines::crossing_ends;
use super::{interval_name, label, provenance, two_decimal_interval, two_decimals, unit};

/// Retention by level, coefficient and threshold of each curve. `None` for another kind of analysis.
pub fn dependency_table(analysis: &Analysis) -> Option<Table> {
    let Some(Detail::Dependency(found)) = &analysis.detail else { return None };
    let source = provenance(&analysis.provenance);
    let level = level_of(found.curves.iter().find_map(|c| c.coefficient_ci));
    let columns = vec![
        column_with_unit(analysis),
        Column::new(interval_name(level)),
        Column::new("Retention"),
        Column::new(interval_name(level)),
        Column::new("Above chance"),
    ];
    let groups = found.curves.iter().map(|curve| {
        let coefficient = curve.coefficient.map(|value| format!(", LDC {}", short(value))).unwrap_or_default();
        let word = curve.label.as_ref().map(|word| format!(" ({word})")).unwrap_or_default();
        let rows = curve.points.iter().map(|point| {
            Row::new(
                crate::number::exact(point.x),
                vec![
                    decimals(Some(point.mean), 1, source),
                    interval(point.ci, 1, source),
                    decimals(point.retention, 2, source),
                    interval(point.retention_ci, 2, source),
                    decimals(point.corrected, 2, source),
                ],
            )
        });
        RowGroup { label: Some(format!("{}{coefficient}{word}", curve.group).into()), rows: rows.collect() }
    });
    let mut general = notes(analysis);
    general.push(format!("LDC: 1 − mean above level 0 ÷ mean at level 0; {}.", found.labels).into());
    Some(Table {
        caption: format!("{} by {}: language dependency", analysis.question.metric_title, found.factor).into(),
        label: label("dependency", &[analysis.question.metric.as_str(), &found.factor]),
        stub: heading_with_unit(&found.factor, &found.unit).into(),
        columns,
        groups: groups.collect(),
        notes: Notes { general, ..Notes::default() },
    })
}

/// Coefficient and threshold, one row a curve. `None` for another kind of analysis.
pub fn threshold_table(analysis: &Analysis) -> Option<Table> {
    let Some(Detail::Dependency(found)) = &analysis.detail else { return None };
    let source = provenance(&analysis.provenance);
    let level = level_of(found.curves.iter().find_map(|c| c.coefficient_ci));
    let ends =
        |ci: &Option<CrossingInterval>| ci.as_ref().map_or_else(Cell::missing, |ci| Cell::text(crossing_ends(ci)));
    let rows = found.curves.iter().map(|curve| {
        Row::new(
            curve.group.as_str(),
            vec![
                decimals(curve.threshold, 1, source),
                ends(&curve.threshold_ci),
                decimals(curve.lowest_below, 1, source),
                decimals(curve.coefficient, 2, source),
                interval(curve.coefficient_ci, 2, source),
            ],
        )
    });
    let share = 100.0 * found.share;
    let mut general = notes(analysis);
    general.push(
        format!(
            "Threshold: {} at which {share:.0} % of the baseline is reached; a dash: not within the levels run.",
            found.factor
        )
        .into(),
    );
    Some(Table {
        caption: format!("Thresholds of {} over {}", analysis.question.metric_title, found.factor).into(),
        label: label("threshold", &[analysis.question.metric.as_str(), &found.factor]),
        stub: analysis.question.by.first().map_or("Runs", String::as_str).into(),
        columns: vec![
            Column::new(heading_with_unit("Threshold", &found.unit)),
            Column::new(interval_name(level)),
            Column::new(heading_with_unit("Lowest below", &found.unit)),
            Column::new("LDC"),
            Column::new(interval_name(level)),
        ],
        groups: vec![RowGroup { label: None, rows: rows.collect() }],
        notes: Notes { general, ..Notes::default() },
    })
}

/// Indicators, one row a group and way of scrambling. `None` for another kind of analysis.
pub fn contamination_table(analysis: &Analysis) -> Option<Table> {
    let Some(Detail::Contamination(found)) = &analysis.detail else { return None };
    let source = provenance(&analysis.provenance);
    let rows = found.rows.iter().map(|row| {
        Row::new(
            format!("{}, {}", row.group, row.method),
            vec![
                decimals(Some(row.baseline), 1, source),
                decimals(Some(row.paraphrased), 1, source),
                decimals(Some(row.scrambled), 1, source),
                decimals(row.indicator, 2, source),
                interval(row.ci, 2, source),
            ],
        )
    });
    let mut general = notes(analysis);
    general.push("Indicator: (paraphrased − scrambled) ÷ untouched.".into());
    Some(Table {
        caption: format!("Contamination indicators of {}", analysis.question.metric_title).into(),
        label: label("contamination", &[analysis.question.metric.as_str(), &found.factor]),
        stub: found.factor.as_str().into(),
        columns: vec![
            Column::new("Untouched"),
            Column::new("Paraphrased"),
            Column::new("Scrambled"),
            Column::new("Indicator"),
            Column::new(interval_name(level_of(found.rows.iter().find_map(|row| row.ci)))),
        ],
        groups: vec![RowGroup { label: None, rows: rows.collect() }],
        notes: Notes { general, ..Notes::default() },
    })
}

/// The counts, lift, power and decision of an A/B test. `None` for another kind of analysis.
pub fn ab_test_table(analysis: &Analysis) -> Option<Table> {
    let Some(Detail::AbTest(found)) = &analysis.detail else { return None };
    let source = provenance(&analysis.provenance);
    let count = |n: u64| decimals(Some(n as f64), 0, source);
    let rows = vec![
        Row::new("Items", vec![count(found.items as u64), Cell::missing()]),
        Row::new(found.control.as_str(), vec![decimals(Some(found.control_mean), 1, source), Cell::missing()]),
        Row::new(found.treatment.as_str(), vec![decimals(Some(found.treatment_mean), 1, source), Cell::missing()]),
        Row::new(format!("{} alone", found.treatment), vec![count(found.treatment_alone), Cell::missing()]),
        Row::new(format!("{} alone", found.control), vec![count(found.control_alone), Cell::missing()]),
        Row::new("Lift", vec![decimals(Some(found.lift), 3, source), interval(analysis.ci, 3, source)]),
        Row::new(RichText::variable("p"), vec![analysis.p.map_or_else(Cell::missing, Cell::p_value), Cell::missing()]),
        Row::new("Power", vec![decimals(found.power, 2, source), Cell::missing()]),
        Row::new("Minimum items", vec![found.minimum_items.map_or_else(Cell::missing, count), Cell::missing()]),
    ];
    let mut general = notes(analysis);
    let smallest = 100.0 * found.smallest;
    general.push(
        format!(
            "Power and minimum (power 0.8) are for a difference of {smallest:.1} points of 100. {}.",
            sentence(&found.decision).trim_end_matches('.')
        )
        .into(),
    );
    Some(Table {
        caption: format!("{} against {}", found.treatment, found.control).into(),
        label: label("ab-test", &[analysis.question.metric.as_str(), &found.factor]),
        stub: "Quantity".into(),
        columns: vec![Column::new("Value"), Column::new(interval_name(level_of(analysis.ci)))],
        groups: vec![RowGroup { label: None, rows }],
        notes: Notes { general, ..Notes::default() },
    })
}

fn level_of(ci: Option<Interval>) -> f64 {
    ci.map_or(0.95, |ci| ci.level)
}

fn column_with_unit(analysis: &Analysis) -> Column {
    let question = &analysis.question;
    Column::new(crate::number::heading_with_unit(&question.metric_title, unit(&question.unit)))
}

fn short(value: f64) -> String {
    super::detail_lines::text(value, Digits::Decimals(2))
}

fn decimals(value: Option<f64>, places: u8, source: Provenance) -> Cell {
    if places == 2 {
        return value.map_or_else(Cell::missing, |value| two_decimals(value, source));
    }
    value.map_or_else(Cell::missing, |value| {
        Number { digits: Digits::Decimals(places), provenance: source, ..Number::new(value, None) }.into()
    })
}

fn interval(ci: Option<Interval>, places: u8, source: Provenance) -> Cell {
    if places == 2 {
        return ci.map_or_else(Cell::missing, |ci| two_decimal_interval(ci.lo, ci.hi, source));
    }
    ci.map_or_else(Cell::missing, |ci| {
        crate::table::Content::Interval {
            low: ci.lo,
            high: ci.hi,
            digits: Digits::Decimals(places),
            provenance: source,
        }
        .into()
    })
}

fn notes(analysis: &Analysis) -> Vec<RichText> {
    let mut general: Vec<RichText> = vec![format!("{} ({}).", analysis.procedure, analysis.unit_of_analysis).into()];
    let warnings = analysis.warnings.iter().filter(|warning| warning.code != "simulated");
    general.extend(warnings.map(|warning| RichText::from(sentence(&warning.message))));
    general
}
