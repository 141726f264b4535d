//! Means over two factors: what a heat map shows.

use ergon_domain::{Family, Value};

use crate::ask::Ask;
use crate::contrast::known_levels;
use crate::describe::{cell_in_numbers, is_blocked};
use crate::detail::{Detail, Grid, GridCell};
use crate::error::AnalysisError;
use crate::frame::{Frame, same_level};
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Warning};
use crate::write_up::{blank, question};

/// A metric in every cell of two factors, empty cells included.
///
/// # Errors
/// Unknown names, or no reading at all.
pub fn grid(frame: &Frame, ask: &Ask, row_factor: &str, column_factor: &str) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let (rows, columns) = (known_levels(frame, row_factor)?, known_levels(frame, column_factor)?);
    let account = response.account(0..frame.rows.len());
    if account.values + account.censored == 0 {
        return Err(AnalysisError::NoValues { metric: response.metric.id.clone(), reasons: account.reasons() });
    }
    let text = format!("{} over {row_factor} and {column_factor}", response.metric.title);
    let mut asked = question(&response, ask, text, "mean_by_cell");
    asked.by = vec![row_factor.to_owned(), column_factor.to_owned()];
    let mut analysis = blank(frame, asked, AnalysisKind::Grid, "Means by cell", ask, &account);
    let blocked = is_blocked(frame);
    let at = |i: usize, factor: &str, level: &Value| {
        let value = frame.rows.get(i).and_then(|r| r.condition.condition.get(factor));
        value.is_some_and(|v| same_level(v, level))
    };
    let (mut cells, mut empty, mut pooled) = (Vec::with_capacity(rows.len() * columns.len()), 0, false);
    for row in &rows {
        for column in &columns {
            let of: Vec<usize> =
                (0..frame.rows.len()).filter(|i| at(*i, row_factor, row) && at(*i, column_factor, column)).collect();
            if of.is_empty() {
                empty += 1;
                cells.push(GridCell::default());
                continue;
            }
            let levels = vec![(row_factor.to_owned(), row.to_string()), (column_factor.to_owned(), column.to_string())];
            let (cell, pools) = cell_in_numbers(frame, &response, &of, levels, ask, blocked);
            pooled |= pools;
            cells.push(GridCell {
                n: cell.n,
                censored: cell.censored,
                missing: cell.missing.iter().map(|d| d.count).sum(),
                mean: cell.mean,
                ci: cell.ci,
                median: cell.median,
            });
            analysis.levels.push(cell);
        }
    }
    if empty > 0 {
        let message = format!("{empty} of {} cells hold no run", cells.len());
        analysis.warnings.push(Warning::new("empty_cells", message));
    }
    if pooled {
        analysis.warnings.push(Warning::new(
            "pooled",
            "cells pool several conditions; where these differ between cells, so does what the means are of",
        ));
    }
    if account.censored > 0 {
        analysis.trail.push("Cells with censored values show the Kaplan–Meier median and no mean.".into());
    } else if response.metric.family == Family::TimeToEvent {
        analysis.trail.push("No time is censored, so means are of all times.".into());
    }
    analysis.detail = Some(Detail::Grid(Grid {
        row_factor: row_factor.to_owned(),
        rows: rows.iter().map(ToString::to_string).collect(),
        column_factor: column_factor.to_owned(),
        columns: columns.iter().map(ToString::to_string).collect(),
        cells,
    }));
    Ok(analysis)
}
