//! Cells in numbers.

use ergon_analysis::{Analysis, LevelSummary};

use crate::RichText;
use crate::table::{Cell, Column, Notes, Row, RowGroup, Table};

use super::{beside, interval, interval_name, label, number, provenance, unit};

/// A table of a descriptive analysis: one row a cell, grouped by the first factor when there are two or more.
pub fn descriptive_table(analysis: &Analysis) -> Table {
    let question = &analysis.question;
    let level = analysis.levels.iter().find_map(|l| l.ci).map_or(0.95, |ci| ci.level);
    let censored = analysis.levels.iter().any(|l| l.censored > 0);
    let mut columns = vec![
        Column::new(RichText::variable("n")),
        Column::new(RichText::variable("M")),
        Column::new(RichText::variable("SD")),
        Column::new(interval_name(level)),
        Column::new(RichText::variable("Mdn")),
        Column::new("Quartiles"),
        Column::new("Min"),
        Column::new("Max"),
    ];
    if censored {
        columns.push(Column::new("Censored"));
    }
    columns.push(Column::new("Missing"));
    let grouped = question.by.len() > 1;
    let mut groups: Vec<RowGroup> = Vec::new();
    for cell in &analysis.levels {
        let heading = cell.levels.first().filter(|_| grouped).map(|(name, level)| format!("{name} = {level}"));
        let heading: Option<RichText> = heading.map(Into::into);
        let row = row(cell, censored, grouped);
        match groups.last_mut() {
            Some(group) if group.label == heading => group.rows.push(row),
            _ => groups.push(RowGroup { label: heading, rows: vec![row] }),
        }
    }
    let by: Vec<&str> = question.by.iter().map(String::as_str).collect();
    let mut parts = vec![question.metric.as_str()];
    parts.extend(&by);
    let title = crate::number::heading_with_unit(&question.metric_title, unit(&question.unit));
    let caption = if by.is_empty() { title } else { format!("{title} by {}", by.join(" and ")) };
    let mut general: Vec<RichText> = vec![
        RichText::variable("M")
            .plain(" = mean, ")
            .and_variable("SD")
            .plain(" = standard deviation, ")
            .and_variable("Mdn")
            .plain(" = median."),
    ];
    general.extend(analysis.trail.iter().filter(|t| t.contains("ntervals of means")).map(|t| t.as_str().into()));
    general.extend(analysis.warnings.iter().filter(|w| w.code != "simulated").map(|w| sentence(&w.message).into()));
    Table {
        caption: caption.into(),
        label: label("descriptive", &parts),
        stub: by.last().map_or("Runs", |b| *b).into(),
        columns,
        groups,
        notes: Notes { general, ..Notes::default() },
    }
}

fn row(cell: &LevelSummary, censored: bool, grouped: bool) -> Row {
    let source = provenance(&cell.provenance);
    let se = cell.se;
    let quartiles = match (cell.q1, cell.q3) {
        (Some(low), Some(high)) => Cell::interval(low, high, se).from_source(source),
        _ => Cell::missing(),
    };
    let mut cells = vec![
        Cell::count(cell.n as u64),
        number(cell.mean, se, source),
        beside(cell.sd, se, source),
        interval(cell.ci, se, source),
        beside(cell.median, se, source),
        quartiles,
        beside(cell.min, se, source),
        beside(cell.max, se, source),
    ];
    if censored {
        cells.push(Cell::count(cell.censored as u64));
    }
    cells.push(Cell::count(cell.missing.iter().map(|d| d.count as u64).sum()));
    let label = if grouped {
        let rest = cell.levels.iter().skip(1);
        match cell.levels.len() {
            2 => rest.map(|(_, level)| level.clone()).collect::<String>(),
            _ => rest.map(|(name, level)| format!("{name} = {level}")).collect::<Vec<_>>().join(", "),
        }
    } else {
        cell.label.clone()
    };
    Row::new(label, cells)
}

/// A message as a sentence of a note.
pub(super) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let end = if message.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
