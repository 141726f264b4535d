//! Writes Markdown reports such as `campaign_summary.md`.
//!
//! User text is always escaped; structure comes only from the methods. Which sections a report has
//! is the business of whoever writes it.

use crate::RichText;
use crate::escape::markdown;
use crate::table::{Table, TableError, TableStyle};

/// A Markdown report in the making: blocks, separated by blank lines.
#[derive(Debug, Clone, Default)]
pub struct MarkdownReport {
    text: String,
}

impl MarkdownReport {
    /// An empty report.
    pub fn new() -> Self {
        Self::default()
    }

    /// A heading; levels below 1 or above 6 are brought into range.
    pub fn heading(&mut self, level: u8, text: &str) -> &mut Self {
        let hashes = "#".repeat(usize::from(level.clamp(1, 6)));
        self.block(&format!("{hashes} {}", markdown(text)))
    }

    /// A paragraph of user text.
    pub fn paragraph(&mut self, text: impl Into<RichText>) -> &mut Self {
        let text = crate::table::rich_markdown(&text.into());
        self.block(&text)
    }

    /// A list of facts: `- **Seed**: 42`. An absent value is a dash.
    pub fn facts<'a>(&mut self, facts: impl IntoIterator<Item = (&'a str, Option<String>)>) -> &mut Self {
        let lines: Vec<String> = facts
            .into_iter()
            .map(|(name, value)| {
                let value = value.map_or("—".to_owned(), |value| markdown(&value));
                format!("- **{}**: {value}", markdown(name))
            })
            .collect();
        self.block(&lines.join("\n"))
    }

    /// A list of points.
    pub fn points<'a>(&mut self, points: impl IntoIterator<Item = &'a str>) -> &mut Self {
        let lines: Vec<String> = points.into_iter().map(|point| format!("- {}", markdown(point))).collect();
        self.block(&lines.join("\n"))
    }

    /// A table with its caption and notes.
    ///
    /// # Errors
    /// When the table isn't rectangular.
    pub fn table(&mut self, table: &Table, style: TableStyle) -> Result<&mut Self, TableError> {
        let rendered = table.to_markdown(style)?;
        Ok(self.block(rendered.text.trim_end()))
    }

    /// A note that stands out from the text.
    pub fn note(&mut self, text: &str) -> &mut Self {
        self.block(&format!("> {}", markdown(text)))
    }

    /// A figure beside the report, with its description for those who can't see it.
    pub fn figure(&mut self, file_name: &str, alt: &str) -> &mut Self {
        let target: String = file_name
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'/' => char::from(byte).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect();
        self.block(&format!("![{}]({target})", markdown(alt)))
    }

    /// The report so far.
    pub fn finish(self) -> String {
        self.text
    }

    fn block(&mut self, block: &str) -> &mut Self {
        if block.is_empty() {
            return self;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(block);
        self.text.push('\n');
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Cell, Row};

    #[test]
    fn a_report_reads_as_written_and_user_text_stays_text() {
        let table = Table::plain("Runs", "Phase", vec!["n".into()], vec![Row::new("a|b", vec![Cell::count(3)])]);
        let mut report = MarkdownReport::new();
        report
            .heading(1, "Campaign *x*")
            .paragraph("# not a heading")
            .facts([("Seed", Some("42".to_owned())), ("Energy", None)])
            .points(["one", "[two](x)"])
            .note("Simulated.")
            .figure("fig a.svg", "three groups");
        report.table(&table, TableStyle::Booktabs).unwrap();
        assert_eq!(
            report.finish(),
            "# Campaign \\*x\\*\n\n\\# not a heading\n\n- **Seed**: 42\n- **Energy**: —\n\n- one\n- \\[two\\](x)\n\n\
             > Simulated.\n\n![three groups](fig%20a.svg)\n\n**Runs**\n\n| Phase | n |\n| :-- | --: |\n| a\\|b | 3 |\n"
        );
    }
}
