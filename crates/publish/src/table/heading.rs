//! The tree of column headings.

use crate::RichText;

/// A heading over a column, or over several.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Column {
    /// The heading.
    pub heading: RichText,
    /// Unit of the values, set in brackets after the heading.
    pub unit: Option<String>,
    /// Headings below this one; a leaf has none and is a column.
    pub children: Vec<Column>,
}

impl Column {
    /// A column.
    pub fn new(heading: impl Into<RichText>) -> Self {
        Self { heading: heading.into(), ..Self::default() }
    }

    /// With the unit of its values.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into()).filter(|unit| !unit.is_empty());
        self
    }

    /// A heading over several columns.
    pub fn spanning(heading: impl Into<RichText>, children: Vec<Column>) -> Self {
        Self { heading: heading.into(), unit: None, children }
    }

    /// Leaf columns under this heading (itself, if it is one).
    pub fn width(&self) -> usize {
        if self.children.is_empty() { 1 } else { self.children.iter().map(Self::width).sum() }
    }

    /// Levels of headings from here down.
    pub fn depth(&self) -> usize {
        1 + self.children.iter().map(Self::depth).max().unwrap_or(0)
    }

    /// The heading with its unit.
    pub(super) fn text(&self) -> RichText {
        match &self.unit {
            Some(unit) => self.heading.clone().plain(format!(" ({unit})")),
            None => self.heading.clone(),
        }
    }
}

impl From<&str> for Column {
    fn from(heading: &str) -> Self {
        Self::new(heading)
    }
}

/// A heading placed in the grid of header rows.
pub(super) struct Placed {
    pub(super) text: RichText,
    /// First leaf column it covers.
    pub(super) start: usize,
    /// How many it covers.
    pub(super) width: usize,
    /// True for the heading of one column.
    pub(super) leaf: bool,
}

/// Header rows from top to bottom. Leaves stand in the bottom row, next to their column.
pub(super) fn header_rows(columns: &[Column]) -> Vec<Vec<Placed>> {
    let depth = columns.iter().map(Column::depth).max().unwrap_or(0);
    let mut rows: Vec<Vec<Placed>> = (0..depth).map(|_| Vec::new()).collect();
    place(columns, 0, 0, &mut rows);
    rows
}

fn place(columns: &[Column], level: usize, mut start: usize, rows: &mut [Vec<Placed>]) {
    let bottom = rows.len().saturating_sub(1);
    for column in columns {
        let leaf = column.children.is_empty();
        let width = column.width();
        if let Some(row) = rows.get_mut(if leaf { bottom } else { level }) {
            row.push(Placed { text: column.text(), start, width, leaf });
        }
        place(&column.children, level + 1, start, rows);
        start += width;
    }
}

/// The full name of each leaf: its headings from the top, joined by `separator`.
pub(super) fn leaf_names(columns: &[Column], separator: &str) -> Vec<String> {
    columns
        .iter()
        .flat_map(|column| {
            let own = column.text().unadorned();
            if column.children.is_empty() {
                return vec![own];
            }
            leaf_names(&column.children, separator).into_iter().map(|leaf| format!("{own}{separator}{leaf}")).collect()
        })
        .collect()
}
