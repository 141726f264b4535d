//! Semantic HTML: a `<figure>` with a `<table>` whose headings have scopes.

use crate::escape::markup;
use crate::{Piece, Rendered, RichText};

use super::heading::header_rows;
use super::{Cell, Content, Table, TableError, TableStyle};

impl Table {
    /// An HTML fragment without scripts or styles; classes `number`, `text`, `missing`, `best`.
    ///
    /// # Errors
    /// When the table isn't rectangular.
    pub fn to_html(&self, style: TableStyle) -> Result<Rendered, TableError> {
        self.check()?;
        let mut out = String::from("<figure class=\"ergon-table\">\n<table>\n");
        if !self.caption.is_empty() {
            out.push_str(&format!("<caption>{}</caption>\n", rich(&self.caption)));
        }
        self.html_head(&mut out);
        self.html_body(style, &mut out);
        out.push_str("</table>\n");
        self.html_notes(style, &mut out);
        out.push_str("</figure>\n");
        Ok(Rendered { text: out, warnings: Vec::new() })
    }

    fn html_head(&self, out: &mut String) {
        let rows = header_rows(&self.columns);
        let bottom = rows.len().saturating_sub(1);
        out.push_str("<thead>\n");
        for (level, row) in rows.iter().enumerate() {
            out.push_str("<tr>");
            if level == bottom {
                let stub = rich(&self.stub);
                out.push_str(&if self.stub.is_empty() {
                    "<td></td>".to_owned()
                } else {
                    format!("<th scope=\"col\">{stub}</th>")
                });
            } else {
                out.push_str("<td></td>");
            }
            let mut column = 0;
            for placed in row {
                out.push_str(&"<td></td>".repeat(placed.start - column));
                let text = rich(&placed.text);
                if placed.leaf {
                    out.push_str(&format!("<th scope=\"col\">{text}</th>"));
                } else {
                    out.push_str(&format!("<th scope=\"colgroup\" colspan=\"{}\">{text}</th>", placed.width));
                }
                column = placed.start + placed.width;
            }
            out.push_str(&"<td></td>".repeat(self.width() - column));
            out.push_str("</tr>\n");
        }
        out.push_str("</thead>\n");
    }

    fn html_body(&self, style: TableStyle, out: &mut String) {
        for group in &self.groups {
            out.push_str("<tbody>\n");
            if let Some(label) = &group.label {
                let across = self.width() + 1;
                out.push_str(&format!("<tr><th scope=\"rowgroup\" colspan=\"{across}\">{}</th></tr>\n", rich(label)));
            }
            for row in &group.rows {
                out.push_str(&format!("<tr><th scope=\"row\">{}</th>", rich(&row.label)));
                for cell in &row.cells {
                    out.push_str(&html_cell(cell, style));
                }
                out.push_str("</tr>\n");
            }
            out.push_str("</tbody>\n");
        }
    }

    fn html_notes(&self, style: TableStyle, out: &mut String) {
        let notes = self.all_notes();
        if notes.is_empty() {
            return;
        }
        out.push_str("<figcaption>\n");
        for (index, note) in notes.iter().enumerate() {
            let lead = if index == 0 && style == TableStyle::Apa7 { "<i>Note.</i> " } else { "" };
            let marker =
                if note.marker.is_empty() { String::new() } else { format!("<sup>{}</sup> ", markup(&note.marker)) };
            out.push_str(&format!("<p>{lead}{marker}{}</p>\n", rich(&note.text)));
        }
        out.push_str("</figcaption>\n");
    }
}

fn html_cell(cell: &Cell, style: TableStyle) -> String {
    let mut class = match cell.content {
        _ if cell.is_missing() => "missing",
        Content::Text(_) | Content::Mathematics(_) => "text",
        _ => "number",
    }
    .to_owned();
    let mut body = rich(&cell.to_rich_text(style));
    if cell.best().is_some() {
        class.push_str(" best");
        body = format!("<strong>{body}</strong>");
    }
    let marks = cell.marks();
    if !marks.is_empty() {
        body.push_str(&format!("<sup>{}</sup>", markup(&marks)));
    }
    let spoken = if cell.is_missing() { " aria-label=\"missing\"" } else { "" };
    format!("<td class=\"{class}\"{spoken}>{body}</td>")
}

/// Text with its typography.
pub(crate) fn rich(text: &RichText) -> String {
    text.0
        .iter()
        .map(|piece| {
            let body = markup(piece.text());
            match piece {
                Piece::Plain(_) => body,
                Piece::Variable(_) => format!("<i>{body}</i>"),
                Piece::Subscript(_) => format!("<sub>{body}</sub>"),
                Piece::Superscript(_) => format!("<sup>{body}</sup>"),
            }
        })
        .collect()
}
