//! LaTeX, for `booktabs`, `siunitx`, `threeparttable` and `multirow`, and no other package.

use crate::escape::{LatexText, identifier};
use crate::number::Shown;
use crate::{Rendered, RichText, Warning};

use super::heading::{Placed, header_rows};
use super::latex_columns::{ColumnKind, Fit, column_kind, fit, shown, stub_kind};
use super::{Cell, Content, Table, TableError, TableStyle};

/// What a document needs in its preamble for Ergon's tables.
pub const PREAMBLE: &str =
    "\\usepackage{booktabs}\n\\usepackage{siunitx}\n\\usepackage{threeparttable}\n\\usepackage{multirow}\n";

impl Table {
    /// A `table` environment.
    ///
    /// # Errors
    /// When the table isn't rectangular.
    pub fn to_latex(&self, style: TableStyle) -> Result<Rendered, TableError> {
        self.check()?;
        let kinds: Vec<ColumnKind> = (0..self.width()).map(|column| column_kind(self, column, style)).collect();
        let mut writer = Writer { table: self, style, kinds, text: LatexText::default(), out: String::new() };
        let fit = fit(self, &writer.kinds, style);
        writer.document(fit);
        let mut warnings = writer.text.into_warnings();
        if let Some(points) = fit.too_wide {
            warnings.push(Warning::Wide(points));
        }
        Ok(Rendered { text: writer.out, warnings })
    }
}

struct Writer<'a> {
    table: &'a Table,
    style: TableStyle,
    kinds: Vec<ColumnKind>,
    text: LatexText,
    out: String,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn document(&mut self, fit: Fit) {
        let environment = if fit.spans { "table*" } else { "table" };
        self.line(&format!("\\begin{{{environment}}}[{}]", self.style.placement()));
        self.line("\\centering");
        self.line("\\begin{threeparttable}");
        let caption = self.text.rich(&self.table.caption);
        self.line(&format!("\\caption{{{caption}}}"));
        let label = identifier(&self.table.label);
        if !label.is_empty() {
            self.line(&format!("\\label{{{label}}}"));
        }
        let (size, _) = self.style.type_size();
        if fit.small {
            self.line("\\footnotesize\\setlength{\\tabcolsep}{3pt}");
        } else if !size.is_empty() {
            self.line(size);
        }
        let stub = stub_kind(self.table).specifier();
        let columns: Vec<String> = self.kinds.iter().map(ColumnKind::specifier).collect();
        self.line(&format!("\\begin{{tabular}}{{{stub} {}}}", columns.join(" ")));
        self.line("\\toprule");
        self.header();
        self.line("\\midrule");
        self.body();
        self.line("\\bottomrule");
        self.line("\\end{tabular}");
        self.notes();
        self.line("\\end{threeparttable}");
        self.line(&format!("\\end{{{environment}}}"));
    }

    fn header(&mut self) {
        let rows = header_rows(&self.table.columns);
        let bottom = rows.len().saturating_sub(1);
        for (level, row) in rows.iter().enumerate() {
            let mut cells = vec![if level == bottom { self.text.rich(&self.table.stub) } else { String::new() }];
            let mut column = 0;
            for placed in row {
                cells.extend((column..placed.start).map(|_| String::new()));
                cells.push(self.heading(placed));
                column = placed.start + placed.width;
            }
            cells.extend((column..self.kinds.len()).map(|_| String::new()));
            self.line(&format!("{} \\\\", cells.join(" & ")));
            let rules: String = row.iter().filter(|placed| !placed.leaf).map(rule_under).collect();
            if !rules.is_empty() {
                self.line(&rules);
            }
        }
    }

    fn heading(&mut self, placed: &Placed) -> String {
        let text = self.text.rich(&placed.text);
        let alignment = match self.kinds.get(placed.start) {
            Some(kind) if placed.leaf => kind.heading_alignment(),
            _ => 'c',
        };
        format!("\\multicolumn{{{}}}{{{alignment}}}{{{text}}}", placed.width)
    }

    fn body(&mut self) {
        let several = self.table.groups.len() > 1;
        for (index, group) in self.table.groups.iter().enumerate() {
            if several && index > 0 {
                self.line("\\addlinespace");
            }
            let mut indent = "";
            if let Some(label) = &group.label {
                let label = self.text.rich(label);
                let across = self.kinds.len() + 1;
                self.line(&format!("\\multicolumn{{{across}}}{{l}}{{\\textit{{{label}}}}} \\\\"));
                indent = "\\quad ";
            }
            for row in &group.rows {
                let mut cells = vec![format!("{indent}{}", self.text.rich(&row.label))];
                for (column, cell) in row.cells.iter().enumerate() {
                    cells.push(self.cell(cell, column));
                }
                self.line(&format!("{} \\\\", cells.join(" & ")));
            }
        }
    }

    fn cell(&mut self, cell: &Cell, column: usize) -> String {
        let numeric = matches!(self.kinds.get(column), Some(ColumnKind::Numeric(_)));
        let marks = self.marks(cell);
        if numeric && let Some(number) = shown(cell, self.style) {
            let bold = if cell.best().is_some() { "\\bfseries " } else { "" };
            let after = if marks.is_empty() { String::new() } else { format!(" {{{marks}}}") };
            return format!("{bold}{}{after}", siunitx(&number));
        }
        let text = self.text.rich(&cell.to_rich_text(self.style));
        match (numeric, &cell.content) {
            // A heading sits on the left of text, so words do, too; braces hide them from siunitx.
            (true, _) => format!("{{{text}{marks}}}"),
            (false, Content::PValue(_)) => format!("{text}{}", lapped(&marks)),
            _ => format!("{text}{marks}"),
        }
    }

    fn marks(&mut self, cell: &Cell) -> String {
        let marks = cell.marks();
        if marks.is_empty() { marks } else { format!("\\textsuperscript{{{}}}", self.text.plain(&marks)) }
    }

    fn notes(&mut self) {
        let notes = self.table.all_notes();
        if notes.is_empty() {
            return;
        }
        self.line("\\begin{tablenotes}[flushleft]");
        self.line("\\footnotesize");
        let mut first = true;
        for note in notes {
            let text = self.text.rich(&note.text);
            let lead = if first && self.style == TableStyle::Apa7 { "\\textit{Note.} " } else { "" };
            first = false;
            let marker = self.text.rich(&RichText::from(note.marker));
            self.line(&format!("\\item[{marker}] {lead}{text}"));
        }
        self.line("\\end{tablenotes}");
    }
}

/// Marks that don't shift right-aligned digits.
fn lapped(marks: &str) -> String {
    if marks.is_empty() { String::new() } else { format!("\\rlap{{{marks}}}") }
}

fn rule_under(placed: &Placed) -> String {
    // Column 1 holds the row labels; leaf columns start at 2.
    format!("\\cmidrule(lr){{{}-{}}}", placed.start + 2, placed.start + placed.width + 1)
}

fn siunitx(number: &Shown) -> String {
    let sign = if number.negative { "-" } else { "" };
    // siunitx drops the zero itself (print-zero-integer) and wants it to be there.
    let zero = if number.digits.starts_with('.') { "0" } else { "" };
    let error = number.error_units().map_or(String::new(), |units| format!("({units})"));
    let exponent = number.exponent.map_or(String::new(), |power| format!("e{power}"));
    format!("{sign}{zero}{}{error}{exponent}", number.digits)
}
