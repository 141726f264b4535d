//! CSV (RFC 4180) for machines: exact numbers, one value a field, provenance in a column.

use crate::Rendered;
use crate::number::exact;

use super::heading::leaf_names;
use super::{Cell, Content, Table, TableError};

/// How to write CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CsvOptions {
    /// Put an apostrophe before text that a spreadsheet would run as a formula. For files bound for
    /// a spreadsheet; it changes the text.
    pub guard_formulas: bool,
}

/// What a column of cells is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Value,
    StandardError,
    Low,
    High,
    Provenance,
}

impl Table {
    /// Lines end in CR LF. A column of numbers with standard errors becomes two, an interval two
    /// (`low`, `high`), and columns with values that weren't measured get one for provenance.
    ///
    /// # Errors
    /// When the table isn't rectangular.
    pub fn to_csv(&self, options: CsvOptions) -> Result<Rendered, TableError> {
        self.check()?;
        let grouped = self.groups.iter().any(|group| group.label.is_some());
        let fields: Vec<Vec<Field>> = (0..self.width()).map(|column| self.fields(column)).collect();
        let mut header: Vec<String> = Vec::new();
        if grouped {
            header.push("group".to_owned());
        }
        header.push(text(&if self.stub.is_empty() { "row".to_owned() } else { self.stub.unadorned() }, options));
        for (name, fields) in leaf_names(&self.columns, " / ").iter().zip(&fields) {
            header.extend(fields.iter().map(|field| text(&format!("{name}{}", field.suffix()), options)));
        }
        let mut out = header.join(",") + "\r\n";
        for group in &self.groups {
            for row in &group.rows {
                let mut line: Vec<String> = Vec::new();
                if grouped {
                    line.push(text(&group.label.as_ref().map_or(String::new(), crate::RichText::unadorned), options));
                }
                line.push(text(&row.label.unadorned(), options));
                for (cell, fields) in row.cells.iter().zip(&fields) {
                    line.extend(fields.iter().map(|field| field.of(cell, options)));
                }
                out.push_str(&line.join(","));
                out.push_str("\r\n");
            }
        }
        Ok(Rendered { text: out, warnings: Vec::new() })
    }

    fn fields(&self, column: usize) -> Vec<Field> {
        let any = |test: fn(&Cell) -> bool| self.rows().filter_map(|row| row.cells.get(column)).any(test);
        let interval = |cell: &Cell| matches!(cell.content, Content::Interval { .. });
        let other = |cell: &Cell| !matches!(cell.content, Content::Interval { .. } | Content::Missing);
        let error = |cell: &Cell| matches!(&cell.content, Content::Number(number) if number.standard_error.is_some());
        let marked = |cell: &Cell| cell.provenance().is_some_and(|source| source.mark().is_some());
        let mut fields = Vec::new();
        if any(other) || !any(interval) {
            fields.push(Field::Value);
        }
        if any(error) {
            fields.push(Field::StandardError);
        }
        if any(interval) {
            fields.extend([Field::Low, Field::High]);
        }
        if any(marked) {
            fields.push(Field::Provenance);
        }
        fields
    }
}

impl Field {
    fn suffix(self) -> &'static str {
        match self {
            Self::Value => "",
            Self::StandardError => " SE",
            Self::Low => " low",
            Self::High => " high",
            Self::Provenance => " provenance",
        }
    }

    fn of(self, cell: &Cell, options: CsvOptions) -> String {
        match (self, &cell.content) {
            _ if cell.is_missing() => String::new(),
            (Self::Value, Content::Number(number)) => exact(number.value),
            (Self::Value, Content::Count(count)) => count.to_string(),
            (Self::Value, Content::PValue(p)) if *p < crate::p_value::SMALLEST => "<1e-300".to_owned(),
            (Self::Value, Content::PValue(p)) => exact(*p),
            (Self::Value, Content::Text(words) | Content::Mathematics(words)) => text(&words.unadorned(), options),
            (Self::StandardError, Content::Number(number)) => {
                number.standard_error.filter(|error| !error.is_nan()).map_or(String::new(), exact)
            }
            (Self::Low, Content::Interval { low, .. }) => exact(*low),
            (Self::High, Content::Interval { high, .. }) => exact(*high),
            (Self::Provenance, _) => cell.provenance().map_or(String::new(), |source| source.word().to_owned()),
            _ => String::new(),
        }
    }
}

/// A text field: guarded if asked for, quoted if needed.
fn text(text: &str, options: CsvOptions) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let guarded = if options.guard_formulas && formula { format!("'{text}") } else { text.to_owned() };
    let quote = guarded.contains([',', '"', '\r', '\n']) || guarded.starts_with(' ') || guarded.ends_with(' ');
    if quote { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}
