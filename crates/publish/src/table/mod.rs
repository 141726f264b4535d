//! The one table model, and its renderers.
//!
//! A table is a tree of column headings over typed cells in groups of rows. Cells hold numbers, not
//! text: how many digits, which dash, which dagger is the renderer's business, so that LaTeX, HTML,
//! Markdown and CSV can't disagree.

mod cell;
mod csv;
mod heading;
mod html;
mod latex;
mod latex_columns;
mod markdown;
mod notes;
mod style;
mod typst;

pub use cell::{Best, Cell, Content, Number, UncertaintyForm};
pub use csv::CsvOptions;
pub use heading::Column;
pub use latex::PREAMBLE as LATEX_PREAMBLE;
pub use notes::Notes;
pub use style::TableStyle;

pub(crate) use markdown::rich as rich_markdown;

use crate::RichText;

/// A table, ready to be rendered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// What the table shows.
    pub caption: RichText,
    /// Key for cross-references, e.g. `tab:latency`. Reduced to letters, digits, `:` and `-`.
    pub label: String,
    /// Heading over the row labels.
    pub stub: RichText,
    /// The heading tree; its leaves are the columns.
    pub columns: Vec<Column>,
    /// The rows, in groups.
    pub groups: Vec<RowGroup>,
    /// What stands under the table, besides the notes the cells themselves call for.
    pub notes: Notes,
}

/// Rows that belong together under a heading of their own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowGroup {
    /// Heading across the table; none for the only group of a plain table.
    pub label: Option<RichText>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row: what it is about, and one cell for each leaf column.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What the row is about.
    pub label: RichText,
    /// One cell for each leaf column.
    pub cells: Vec<Cell>,
}

/// A table that isn't rectangular can't be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// There is no column.
    #[error("a table needs at least one column")]
    NoColumns,
    /// A row doesn't have one cell for each leaf column.
    #[error("row {row} (“{label}”) has {found} cells for {expected} columns")]
    RowWidth {
        /// Number of the row, from 1, over all groups.
        row: usize,
        /// Its label.
        label: String,
        /// Leaf columns of the table.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
}

impl Table {
    /// A table with one group of rows and no notes.
    pub fn plain(
        caption: impl Into<RichText>,
        stub: impl Into<RichText>,
        columns: Vec<Column>,
        rows: Vec<Row>,
    ) -> Self {
        Self {
            caption: caption.into(),
            stub: stub.into(),
            columns,
            groups: vec![RowGroup { label: None, rows }],
            ..Self::default()
        }
    }

    /// Number of leaf columns.
    pub fn width(&self) -> usize {
        self.columns.iter().map(Column::width).sum()
    }

    /// All rows, in order.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.groups.iter().flat_map(|group| &group.rows)
    }

    /// All cells, row by row.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.rows().flat_map(|row| &row.cells)
    }

    fn check(&self) -> Result<(), TableError> {
        let expected = self.width();
        if expected == 0 {
            return Err(TableError::NoColumns);
        }
        match self.rows().enumerate().find(|(_, row)| row.cells.len() != expected) {
            None => Ok(()),
            Some((index, row)) => Err(TableError::RowWidth {
                row: index + 1,
                label: row.label.unadorned(),
                expected,
                found: row.cells.len(),
            }),
        }
    }
}

impl Row {
    /// A row.
    pub fn new(label: impl Into<RichText>, cells: Vec<Cell>) -> Self {
        Self { label: label.into(), cells }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ragged_table_is_refused_by_every_renderer_with_the_row_named() {
        let table = Table::plain("c", "s", vec!["a".into(), "b".into()], vec![Row::new("short", vec![Cell::count(1)])]);
        let error = TableError::RowWidth { row: 1, label: "short".into(), expected: 2, found: 1 };
        assert_eq!(table.to_latex(TableStyle::Booktabs), Err(error.clone()));
        assert_eq!(table.to_html(TableStyle::Booktabs), Err(error.clone()));
        assert_eq!(table.to_markdown(TableStyle::Booktabs), Err(error.clone()));
        assert_eq!(table.to_csv(CsvOptions::default()), Err(error));
        assert_eq!(Table::default().to_latex(TableStyle::Booktabs), Err(TableError::NoColumns));
    }
}
