//! Several metrics over two factors: mean, SD and interval in every cell.

use ergon_analysis::{Analysis, LevelSummary};

use crate::RichText;
use crate::table::{Cell, Column, Notes, Row, RowGroup, Table};

use super::descriptive::sentence;
use super::{beside, interval, interval_name, label, number, provenance, unit};

/// A table of descriptions by the same two factors, one a metric: the first factor down the side, the second along the
/// top. `None` without a description by two factors.
pub fn pivot_table(described: &[Analysis]) -> Option<Table> {
    let described: Vec<&Analysis> = described.iter().filter(|analysis| analysis.question.by.len() == 2).collect();
    let first = described.first()?;
    let by = &first.question.by;
    let level = described.iter().flat_map(|a| &a.levels).find_map(|l| l.ci).map_or(0.95, |ci| ci.level);
    let levels_at = |place: usize| {
        let mut found: Vec<&str> = Vec::new();
        for cell in described.iter().flat_map(|analysis| &analysis.levels) {
            if let Some((_, level)) = cell.levels.get(place)
                && !found.contains(&level.as_str())
            {
                found.push(level);
            }
        }
        found
    };
    let (down, along) = (levels_at(0), levels_at(1));
    let columns = along.iter().map(|level_name| {
        let children = vec![
            Column::new(RichText::variable("M")),
            Column::new(RichText::variable("SD")),
            Column::new(interval_name(level)),
        ];
        Column::spanning(*level_name, children)
    });
    let groups = described.iter().map(|analysis| {
        let question = &analysis.question;
        let rows = down.iter().map(|row| {
            let of = |column: &&str| {
                let found = analysis.levels.iter().find(|cell| match &cell.levels[..] {
                    [(_, a), (_, b)] => a == row && b == column,
                    _ => false,
                });
                found.map_or_else(|| vec![Cell::missing(), Cell::missing(), Cell::missing()], cells)
            };
            Row::new(*row, along.iter().flat_map(of).collect())
        });
        let heading = crate::number::heading_with_unit(&question.metric_title, unit(&question.unit));
        RowGroup { label: Some(heading.into()), rows: rows.collect() }
    });
    let mut general: Vec<RichText> =
        vec![RichText::variable("M").plain(" = mean, ").and_variable("SD").plain(" = standard deviation.")];
    for warning in described.iter().flat_map(|analysis| &analysis.warnings).filter(|w| w.code != "simulated") {
        let text = sentence(&warning.message).into();
        if !general.contains(&text) {
            general.push(text);
        }
    }
    Some(Table {
        caption: format!("Means by {} and {}", by[0], by[1]).into(),
        label: label("pivot", &[&by[0], &by[1]]),
        stub: by[0].as_str().into(),
        columns: vec![Column::spanning(by[1].as_str(), columns.collect())],
        groups: groups.collect(),
        notes: Notes { general, ..Notes::default() },
    })
}

fn cells(cell: &LevelSummary) -> Vec<Cell> {
    let source = provenance(&cell.provenance);
    vec![number(cell.mean, cell.se, source), beside(cell.sd, cell.se, source), interval(cell.ci, cell.se, source)]
}
