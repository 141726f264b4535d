//! What goes to standard output and standard error.
//!
//! Invariant: standard output carries results alone; everything said to a person on the way goes to standard error.

use std::io::{IsTerminal, Write};

use ergon_app::AppError;
use serde::Serialize;

use crate::args::{Color, General};

/// How to speak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    pub(crate) color: bool,
    pub(crate) terminal: bool,
}

impl Output {
    pub(crate) fn new(general: &General) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let color = match general.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        };
        Self { json: general.json, quiet: general.quiet, color, terminal }
    }

    /// The result: JSON, or the text for people.
    pub(crate) fn result<T: Serialize>(&self, value: &T, text: impl FnOnce(&T) -> String) -> anyhow::Result<()> {
        let said = if self.json { serde_json::to_string(value)? } else { text(value) };
        self.write(&said)
    }

    /// One line of a stream of JSON documents.
    pub(crate) fn line<T: Serialize>(&self, value: &T) -> anyhow::Result<()> {
        self.write(&serde_json::to_string(value)?)
    }

    /// Text as it is, a newline at the end. A reader that has gone (`| head`) is no error.
    pub(crate) fn write(&self, text: &str) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        match out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes())).and_then(|()| out.flush()) {
            Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            other => Ok(other?),
        }
    }

    /// A remark on standard error.
    pub(crate) fn remark(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// An error: a sentence on standard error, and with `--json` a document on standard output.
    pub(crate) fn error(&self, error: &AppError) {
        let label = if self.color { "\x1b[31merror:\x1b[0m" } else { "error:" };
        let _ = writeln!(std::io::stderr(), "{label} {}", printable(&error.message));
        if self.json {
            let _ = self.line(&serde_json::json!({ "error": error }));
        }
    }
}

/// Text from outside on a terminal: control characters (escape sequences, right-to-left overrides) made visible.
pub(crate) fn printable(text: &str) -> String {
    let hidden = |c: char| {
        (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if hidden(c) { format!("\\u{{{:x}}}", c as u32) } else { c.to_string() }).collect()
}

/// Seconds for a person: `850 ms`, `12.3 s`, `4 min 10 s`, `3 h 05 min`.
pub(crate) fn seconds(s: f64) -> String {
    match s {
        s if s < 1.0 => format!("{:.0} ms", s * 1000.0),
        s if s < 60.0 => format!("{s:.1} s"),
        s if s < 3600.0 => format!("{} min {:02} s", (s / 60.0) as u64, (s % 60.0) as u64),
        s => format!("{} h {:02} min", (s / 3600.0) as u64, (s % 3600.0 / 60.0) as u64),
    }
}

/// A table for a terminal: columns as wide as their widest cell, numbers to the right.
pub(crate) fn columns(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |i: usize| {
        rows.iter()
            .filter_map(|r| r.get(i))
            .map(|c| c.chars().count())
            .chain([head[i].chars().count()])
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let numeric: Vec<bool> = (0..head.len())
        .map(|i| {
            rows.iter()
                .filter_map(|r| r.get(i))
                .all(|c| c.is_empty() || c == "–" || c.starts_with(|x: char| x.is_ascii_digit() || x == '-'))
        })
        .collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> = cells
            .iter()
            .enumerate()
            .map(|(i, c)| {
                let gap = " ".repeat(widths[i].saturating_sub(c.chars().count()));
                if numeric[i] { format!("{gap}{c}") } else { format!("{c}{gap}") }
            })
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut out = vec![line(head.to_vec())];
    out.extend(rows.iter().map(|r| line(r.iter().map(String::as_str).collect())));
    out.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_shown_not_obeyed() {
        assert_eq!(printable("a\u{1b}[31mb\u{202e}c\n"), "a\\u{1b}[31mb\\u{202e}c\n");
    }

    #[test]
    fn seconds_read_like_a_clock() {
        for (s, text) in [(0.0123, "12 ms"), (12.34, "12.3 s"), (250.0, "4 min 10 s"), (11_100.0, "3 h 05 min")] {
            assert_eq!(seconds(s), text);
        }
    }

    #[test]
    fn columns_line_up() {
        let rows = [vec!["a".into(), "10".into()], vec!["bbb".into(), "9".into()]];
        assert_eq!(columns(&["name", "n"], &rows), "name   n\na     10\nbbb    9");
    }
}
