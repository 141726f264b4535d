//! Every metric over all runs.

use ergon_analysis::{AnalysisError, Ask, Frame, describe};

use crate::RichText;
use crate::table::{Cell, Column, Row, Table};

use super::{beside, interval, interval_name, label, number, provenance};

/// One row a metric: number, mean, spread, range, and how many runs have none.
///
/// # Errors
/// A frame whose columns don't fit its metrics.
pub fn summary_table(frame: &Frame, confidence: f64) -> Result<Table, AnalysisError> {
    let mut rows = Vec::new();
    for metric in &frame.metrics {
        let ask = Ask { confidence, ..Ask::about(metric.id.as_str()) };
        let title = crate::number::heading_with_unit(&metric.title, super::unit(&metric.unit));
        let described = match describe(frame, &ask, &[]) {
            Ok(described) => described,
            Err(AnalysisError::NoValues { .. }) => {
                let mut cells = vec![Cell::count(0)];
                cells.extend((0..6).map(|_| Cell::missing()));
                cells.push(Cell::count(frame.rows.len() as u64));
                rows.push(Row::new(title, cells));
                continue;
            }
            Err(other) => return Err(other),
        };
        for cell in &described.levels {
            let (source, se) = (provenance(&cell.provenance), cell.se);
            let missing: usize = cell.missing.iter().map(|d| d.count).sum::<usize>() + cell.censored;
            rows.push(Row::new(
                title.clone(),
                vec![
                    Cell::count(cell.n as u64),
                    number(cell.mean, se, source),
                    beside(cell.sd, se, source),
                    interval(cell.ci, se, source),
                    beside(cell.median, se, source),
                    beside(cell.min, se, source),
                    beside(cell.max, se, source),
                    Cell::count(missing as u64),
                ],
            ));
        }
    }
    let columns = vec![
        Column::new(RichText::variable("n")),
        Column::new(RichText::variable("M")),
        Column::new(RichText::variable("SD")),
        Column::new(interval_name(confidence)),
        Column::new(RichText::variable("Mdn")),
        Column::new("Min"),
        Column::new("Max"),
        Column::new("Missing"),
    ];
    Ok(Table { label: label("summary", &[]), ..Table::plain("All runs", "Metric", columns, rows) })
}
