//! Typst: a `figure` of a `table`. Exact for any text, because all of it stands in string literals.

use std::fmt::Write;

use crate::escape::identifier;
use crate::{Piece, Rendered, RichText};

use super::heading::header_rows;
use super::latex_columns::{ColumnKind, column_kind};
use super::{Cell, Table, TableError, TableStyle};

impl Table {
    /// A figure in Typst's markup; needs no package.
    ///
    /// # Errors
    /// When the table isn't rectangular.
    pub fn to_typst(&self, style: TableStyle) -> Result<Rendered, TableError> {
        self.check()?;
        let mut out = String::from("#figure(\n  kind: table,\n");
        let _ = writeln!(out, "  caption: figure.caption(position: top, {}),", rich(&self.caption));
        out.push_str("  {\n    table(\n");
        let alignments = (0..self.width()).map(|column| match column_kind(self, column, style) {
            ColumnKind::Numeric(_) | ColumnKind::Right => "right",
            ColumnKind::Left | ColumnKind::Paragraph(_) => "left",
        });
        let alignments: Vec<&str> = ["left"].into_iter().chain(alignments).collect();
        let _ = writeln!(out, "      columns: {}, stroke: none, inset: (x: 4pt, y: 2.5pt),", self.width() + 1);
        let _ = writeln!(out, "      align: ({},),", alignments.join(", "));
        self.typst_head(&mut out);
        for (index, group) in self.groups.iter().enumerate() {
            if let Some(label) = &group.label {
                let gap = if index > 0 { "6pt" } else { "2.5pt" };
                let across = self.width() + 1;
                let label = rich(label);
                let _ = writeln!(
                    out,
                    "      table.cell(colspan: {across}, align: left, inset: (top: {gap}, rest: 2.5pt), emph({label})),"
                );
            }
            for row in &group.rows {
                let cells: Vec<String> = row.cells.iter().map(|cell| typst_cell(cell, style)).collect();
                let _ = writeln!(out, "      {}, {},", rich(&row.label), cells.join(", "));
            }
        }
        out.push_str("      table.hline(stroke: 0.8pt),\n    )\n");
        self.typst_notes(style, &mut out);
        out.push_str("  },\n)");
        let label = identifier(&self.label);
        if !label.is_empty() {
            let _ = write!(out, " <{label}>");
        }
        out.push('\n');
        Ok(Rendered { text: out, warnings: Vec::new() })
    }

    fn typst_head(&self, out: &mut String) {
        let rows = header_rows(&self.columns);
        let bottom = rows.len().saturating_sub(1);
        out.push_str("      table.hline(stroke: 0.8pt),\n      table.header(\n");
        for (level, row) in rows.iter().enumerate() {
            let stub = if level == bottom { rich(&self.stub) } else { "\"\"".to_owned() };
            let mut cells = vec![stub];
            let mut rules = String::new();
            let mut column = 0;
            for placed in row {
                cells.extend((column..placed.start).map(|_| "\"\"".to_owned()));
                let text = rich(&placed.text);
                cells.push(if placed.leaf {
                    text
                } else {
                    let (start, end) = (placed.start + 1, placed.start + placed.width + 1);
                    let _ = write!(rules, " table.hline(start: {start}, end: {end}, stroke: 0.4pt),");
                    format!("table.cell(colspan: {}, align: center, {text})", placed.width)
                });
                column = placed.start + placed.width;
            }
            cells.extend((column..self.width()).map(|_| "\"\"".to_owned()));
            let _ = writeln!(out, "        {},{rules}", cells.join(", "));
        }
        out.push_str("      ),\n      table.hline(stroke: 0.5pt),\n");
    }

    fn typst_notes(&self, style: TableStyle, out: &mut String) {
        let notes = self.all_notes();
        if notes.is_empty() {
            return;
        }
        out.push_str("    align(left, text(size: 0.85em, {\n");
        for (index, note) in notes.iter().enumerate() {
            let lead = if index == 0 && style == TableStyle::Apa7 { "emph(\"Note.\") + \" \" + " } else { "" };
            let marker =
                if note.marker.is_empty() { String::new() } else { format!("super({}) + ", literal(&note.marker)) };
            let _ = writeln!(out, "      par({lead}{marker}{})", rich(&note.text));
        }
        out.push_str("    }))\n");
    }
}

fn typst_cell(cell: &Cell, style: TableStyle) -> String {
    let mut body = rich(&cell.to_rich_text(style));
    if cell.best().is_some() {
        body = format!("strong({body})");
    }
    let marks = cell.marks();
    if !marks.is_empty() {
        body.push_str(&format!(" + super({})", literal(&marks)));
    }
    body
}

/// An expression for text with its typography.
fn rich(text: &RichText) -> String {
    let pieces = text.0.iter().map(|piece| {
        let body = literal(piece.text());
        match piece {
            Piece::Plain(_) => body,
            Piece::Variable(_) => format!("emph({body})"),
            Piece::Subscript(_) => format!("sub({body})"),
            Piece::Superscript(_) => format!("super({body})"),
        }
    });
    let pieces: Vec<String> = pieces.collect();
    if pieces.is_empty() { "\"\"".to_owned() } else { pieces.join(" + ") }
}

/// A string literal; what controls the layout becomes a space or visible.
fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' | '\r' | '\t' => out.push(' '),
            other => out.push_str(&crate::escape::visible(&other.to_string())),
        }
    }
    out.push('"');
    out
}
