//! Column types of a LaTeX table: an `S` column for numbers, made to measure.

use crate::number::{Grouping, Shown};

use super::heading::header_rows;
use super::{Cell, Content, Table, TableStyle, UncertaintyForm};

/// How a column is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ColumnKind {
    /// siunitx column with these options; cells are given as siunitx numbers.
    Numeric(String),
    /// Digits that need no alignment on the point.
    Right,
    /// Words.
    Left,
    /// Long words, broken into lines: a paragraph of this share of the line, in percent.
    Paragraph(u32),
}

impl ColumnKind {
    /// The column type for `tabular`.
    pub(super) fn specifier(&self) -> String {
        match self {
            Self::Numeric(options) => format!("S[{options}]"),
            Self::Right => "r".to_owned(),
            Self::Left => "l".to_owned(),
            Self::Paragraph(percent) => {
                format!(">{{\\raggedright\\arraybackslash}}p{{0.{percent:02}\\linewidth}}")
            }
        }
    }

    /// Letter for `\multicolumn` headings over this column.
    pub(super) fn heading_alignment(&self) -> char {
        match self {
            Self::Numeric(_) => 'c',
            Self::Right => 'r',
            Self::Left | Self::Paragraph(_) => 'l',
        }
    }
}

/// Text wider than this many characters is broken into lines.
const WIDE: usize = 40;

pub(super) fn column_kind(table: &Table, column: usize, style: TableStyle) -> ColumnKind {
    let cells: Vec<&Cell> = table.rows().filter_map(|row| row.cells.get(column)).collect();
    let numeric = |cell: &&Cell| matches!(cell.content, Content::Number(_) | Content::Count(_));
    if cells.iter().any(numeric) {
        return ColumnKind::Numeric(numeric_options(&cells, style));
    }
    let quantity = |cell: &&Cell| matches!(cell.content, Content::PValue(_) | Content::Interval { .. });
    if cells.iter().any(quantity) {
        return ColumnKind::Right;
    }
    text_kind(cells.iter().map(|cell| cell.to_rich_text(style).unadorned().chars().count()))
}

/// The kind of the column of row labels.
pub(super) fn stub_kind(table: &Table) -> ColumnKind {
    text_kind(table.rows().map(|row| row.label.unadorned().chars().count()))
}

fn text_kind(lengths: impl Iterator<Item = usize>) -> ColumnKind {
    if lengths.max().unwrap_or(0) > WIDE { ColumnKind::Paragraph(35) } else { ColumnKind::Left }
}

/// The number that a cell of a numeric column shows.
pub(super) fn shown(cell: &Cell, style: TableStyle) -> Option<Shown> {
    match &cell.content {
        Content::Number(number) => number.shown(style).filter(|shown| shown.digits != "∞"),
        Content::Count(count) => {
            Some(Shown { negative: false, digits: count.to_string(), error: None, exponent: None })
        }
        _ => None,
    }
}

fn numeric_options(cells: &[&Cell], style: TableStyle) -> String {
    let numbers: Vec<Shown> = cells.iter().filter_map(|cell| shown(cell, style)).collect();
    let widest = |measure: fn(&Shown) -> usize| numbers.iter().map(measure).max().unwrap_or(0);
    let sign = if numbers.iter().any(|number| number.negative) { "-" } else { "" };
    let mut format = format!("{sign}{}", widest(Shown::integer_digits));
    match widest(Shown::decimals) {
        0 => {}
        decimals => format.push_str(&format!(".{decimals}")),
    }
    match widest(|number| number.error_units().map_or(0, |units| units.len())) {
        0 => {}
        digits => format.push_str(&format!("({digits})")),
    }
    let exponents: Vec<String> =
        numbers.iter().filter_map(|number| number.exponent).map(|power| power.to_string()).collect();
    if let Some(length) = exponents.iter().map(|power| power.trim_start_matches('-').len()).max() {
        let sign = if exponents.iter().any(|power| power.starts_with('-')) { "-" } else { "" };
        format.push_str(&format!("e{sign}{length}"));
    }
    let mut options = vec![format!("table-format={format}")];
    let form =
        |wanted| cells.iter().any(|cell| matches!(&cell.content, Content::Number(number) if number.form == wanted));
    if form(UncertaintyForm::PlusMinus) {
        // siunitx 3.2 loses the space before ± when it aligns uncertainties.
        options.push("separate-uncertainty=true,table-align-uncertainty=false".to_owned());
    }
    let widest_marks = cells.iter().map(|cell| cell.marks()).max_by_key(|marks| marks.chars().count());
    if let Some(marks) = widest_marks.filter(|marks| !marks.is_empty()) {
        let room = "x".repeat(marks.chars().count());
        options.push(format!("table-space-text-post=\\textsuperscript{{{room}}},table-align-text-post=false"));
    }
    if cells.iter().any(|cell| cell.best().is_some()) {
        options.push("detect-weight=true".to_owned());
    }
    if style.drops_leading_zero() && numbers.iter().any(|number| number.digits.starts_with('.')) {
        options.push("print-zero-integer=false".to_owned());
    }
    options.push("group-digits=integer".to_owned());
    if style.grouping() == Grouping::Comma {
        options.push("group-separator={,},group-minimum-digits=4".to_owned());
    }
    options.join(",")
}

/// How a table is made to fit the page, without a package that scales text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Fit {
    /// Across both columns of the page.
    pub(super) spans: bool,
    /// In small type with narrow gaps.
    pub(super) small: bool,
    /// Not even so; about this many points wide.
    pub(super) too_wide: Option<u32>,
}

/// Estimates the width from the number of characters; at 10 pt one is about 5 pt wide.
pub(super) fn fit(table: &Table, kinds: &[ColumnKind], style: TableStyle) -> Fit {
    let mut headings: Vec<usize> = Vec::new();
    for row in header_rows(&table.columns) {
        headings.extend(row.iter().filter(|placed| placed.leaf).map(|placed| placed.text.unadorned().chars().count()));
    }
    let cells = |column: usize| {
        let rows = table.rows().filter_map(move |row| row.cells.get(column));
        rows.map(|cell| cell.to_rich_text(style).unadorned().chars().count()).max().unwrap_or(0)
    };
    let (column_width, page_width) = style.widths();
    let (_, scale) = style.type_size();
    let stub = table.rows().map(|row| row.label.unadorned().chars().count() + 2).max().unwrap_or(0);
    let points_on = |width: f64| {
        let mut points = if stub > WIDE { 0.35 * width } else { text_points(stub) };
        for (column, kind) in kinds.iter().enumerate() {
            let heading = headings.get(column).copied().unwrap_or(0);
            points += match kind {
                ColumnKind::Paragraph(percent) => f64::from(*percent) / 100.0 * width,
                _ => text_points(heading.max(cells(column))),
            };
        }
        points
    };
    #[allow(clippy::cast_precision_loss)]
    let gaps = kinds.len() as f64 + 1.0;
    let widths = [Some((false, column_width)), page_width.map(|width| (true, width))];
    let mut last = 0.0;
    for (spans, width) in widths.into_iter().flatten() {
        let points = points_on(width);
        if points * scale + gaps * 12.0 <= width {
            return Fit { spans, ..Fit::default() };
        }
        last = points * scale.min(0.8) + gaps * 6.0;
        // The estimate is on the safe side.
        if last <= width * 1.15 {
            return Fit { spans, small: true, too_wide: None };
        }
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Fit { spans: page_width.is_some(), small: true, too_wide: Some(last.round() as u32) }
}

#[allow(clippy::cast_precision_loss)]
fn text_points(characters: usize) -> f64 {
    characters as f64 * 4.8
}
