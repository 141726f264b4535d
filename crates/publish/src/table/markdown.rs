//! GitHub-flavoured Markdown.

use crate::escape::markdown;
use crate::{Piece, Rendered, RichText};

use super::heading::leaf_names;
use super::{Cell, Content, Table, TableError, TableStyle};

impl Table {
    /// Caption, table and notes. The heading tree is flattened to `upper › lower`; a group of rows
    /// starts with a row of its own.
    ///
    /// # Errors
    /// When the table isn't rectangular.
    pub fn to_markdown(&self, style: TableStyle) -> Result<Rendered, TableError> {
        self.check()?;
        let mut out = String::new();
        if !self.caption.is_empty() {
            out.push_str(&format!("**{}**\n\n", rich(&self.caption)));
        }
        let mut header = vec![rich(&self.stub)];
        header.extend(leaf_names(&self.columns, " › ").iter().map(|name| markdown(name)));
        out.push_str(&line(&header));
        let mut rule = vec![":--"];
        rule.extend((0..self.width()).map(|column| if self.is_text_column(column) { ":--" } else { "--:" }));
        out.push_str(&format!("| {} |\n", rule.join(" | ")));
        for group in &self.groups {
            if let Some(label) = &group.label {
                let mut cells = vec![format!("**{}**", rich(label))];
                cells.resize(self.width() + 1, String::new());
                out.push_str(&line(&cells));
            }
            for row in &group.rows {
                let mut cells = vec![rich(&row.label)];
                cells.extend(row.cells.iter().map(|cell| markdown_cell(cell, style)));
                out.push_str(&line(&cells));
            }
        }
        for note in self.all_notes() {
            let marker =
                if note.marker.is_empty() { String::new() } else { format!("<sup>{}</sup> ", markdown(&note.marker)) };
            out.push_str(&format!("\n{marker}{}\n", rich(&note.text)));
        }
        Ok(Rendered { text: out, warnings: Vec::new() })
    }

    fn is_text_column(&self, column: usize) -> bool {
        self.rows()
            .filter_map(|row| row.cells.get(column))
            .all(|cell| matches!(cell.content, Content::Text(_) | Content::Mathematics(_) | Content::Missing))
    }
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn markdown_cell(cell: &Cell, style: TableStyle) -> String {
    let mut body = rich(&cell.to_rich_text(style));
    if cell.best().is_some() {
        body = format!("**{body}**");
    }
    match cell.marks() {
        marks if marks.is_empty() => body,
        marks => format!("{body}<sup>{}</sup>", markdown(&marks)),
    }
}

/// Text with its typography.
pub(crate) fn rich(text: &RichText) -> String {
    text.0
        .iter()
        .map(|piece| {
            let body = markdown(piece.text());
            match piece {
                _ if body.is_empty() => body,
                Piece::Plain(_) => body,
                // HTML, because `*` needs word boundaries that user text may not have.
                Piece::Variable(_) => format!("<i>{body}</i>"),
                Piece::Subscript(_) => format!("<sub>{body}</sub>"),
                Piece::Superscript(_) => format!("<sup>{body}</sup>"),
            }
        })
        .collect()
}
