//! Every pair of levels in one matrix: differences below the diagonal, corrected p-values above it.

use ergon_analysis::Analysis;

use crate::table::{Cell, Column, Content, Notes, Row, RowGroup, Table};

use super::comparison::{family_note, is_contrast};
use super::descriptive::sentence;
use super::{label, number, provenance, unit};

/// A matrix of the contrasts of one factor. `None` when there is no contrast.
pub fn pairwise_table(analyses: &[Analysis]) -> Option<Table> {
    let contrasts: Vec<&Analysis> = analyses.iter().filter(|analysis| is_contrast(analysis)).collect();
    let first = contrasts.first()?;
    let question = &first.question;
    let factor = question.factor.clone().unwrap_or_default();
    let mut levels: Vec<&str> = Vec::new();
    let pairs: Vec<(&str, &str, &Analysis)> = contrasts
        .iter()
        .filter(|analysis| analysis.question.factor == question.factor && analysis.question.metric == question.metric)
        .filter_map(|analysis| {
            Some((analysis.question.treatment.as_deref()?, analysis.question.control.as_deref()?, *analysis))
        })
        .collect();
    for (treatment, control, _) in &pairs {
        for level in [*control, *treatment] {
            if !levels.contains(&level) {
                levels.push(level);
            }
        }
    }
    // Whichever way round the pair was asked; a ratio turned around is its inverse, a difference its negative.
    let ratio = question.estimand.contains("ratio");
    let find = |row: &str, column: &str| {
        pairs.iter().find_map(|(treatment, control, analysis)| match () {
            () if (*treatment, *control) == (row, column) => Some((*analysis, false)),
            () if (*treatment, *control) == (column, row) => Some((*analysis, true)),
            () => None,
        })
    };
    let cell = |row: usize, column: usize| -> Cell {
        let (Some(a), Some(b)) = (levels.get(row), levels.get(column)) else { return Cell::missing() };
        if row == column {
            return Content::Mathematics("·".into()).into();
        }
        let Some((analysis, turned)) = find(a, b) else { return Cell::missing() };
        if row < column {
            return analysis.p_adjusted.map_or_else(Cell::missing, Cell::p_value);
        }
        let main = analysis.main_estimate();
        let source = provenance(&analysis.provenance);
        match main {
            Some(main) if turned && ratio => {
                number(Some(1.0 / main.value), main.se.map(|se| se / (main.value * main.value)), source)
            }
            Some(main) if turned => number(Some(-main.value), main.se, source),
            Some(main) => number(Some(main.value), main.se, source),
            None => Cell::missing(),
        }
    };
    let rows = levels
        .iter()
        .enumerate()
        .map(|(row, level)| Row::new(*level, (0..levels.len()).map(|column| cell(row, column)).collect()));
    let title = crate::number::heading_with_unit(&question.metric_title, unit(&question.unit));
    let what = if ratio { "the row divided by the column" } else { "the row minus the column" };
    let mut notes = Notes {
        general: vec![format!("Below the diagonal: {what}; above it: corrected p.").into()],
        ..Notes::default()
    };
    for analysis in &contrasts {
        let text = format!("{} ({}).", analysis.procedure, analysis.unit_of_analysis).into();
        if !notes.general.contains(&text) {
            notes.general.push(text);
        }
        for warning in analysis.warnings.iter().filter(|warning| warning.code != "simulated") {
            let text = sentence(&warning.message).into();
            if !notes.general.contains(&text) {
                notes.general.push(text);
            }
        }
    }
    notes.probability = first.family.iter().map(|family| family_note(family).into()).collect();
    Some(Table {
        caption: format!("{title}: pairs of levels of {factor}").into(),
        label: label("pairwise", &[question.metric.as_str(), &factor]),
        stub: factor.into(),
        columns: levels.iter().map(|level| Column::new(*level)).collect(),
        groups: vec![RowGroup { label: None, rows: rows.collect() }],
        notes,
    })
}
