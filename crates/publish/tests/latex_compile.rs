//! Real documents through a real `pdflatex`. Runs where `pdflatex` is found; with `ERGON_LATEX=1`
//! (as `cargo xtask test --all` sets it) its absence is a failure.

#![allow(clippy::unwrap_used)] // clippy sees only functions marked #[test] as tests

mod sample;

use std::path::Path;
use std::process::Command;

use ergon_publish::Warning;
use ergon_publish::escape::LatexText;
use ergon_publish::table::{Cell, Column, LATEX_PREAMBLE, Notes, Row, RowGroup, Table, TableStyle};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn latex_is_there() -> bool {
    let found = Command::new("pdflatex").arg("--version").output().is_ok();
    let required = std::env::var_os("ERGON_LATEX").is_some_and(|value| value == "1");
    assert!(found || !required, "ERGON_LATEX=1, but there is no pdflatex in PATH");
    found
}

/// Compiles a body and returns what LaTeX complained about. With `ERGON_LATEX_KEEP`, keeps the PDF.
fn compile(name: &str, body: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let document =
        format!("\\documentclass{{article}}\n{LATEX_PREAMBLE}\\begin{{document}}\n{body}\n\\end{{document}}\n");
    std::fs::write(folder.path().join("document.tex"), document).unwrap();
    let run = Command::new("pdflatex")
        .args(["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "document.tex"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    if let Some(keep) = std::env::var_os("ERGON_LATEX_KEEP") {
        for extension in ["pdf", "tex", "log"] {
            let from = folder.path().join(format!("document.{extension}"));
            let _ = std::fs::copy(from, Path::new(&keep).join(format!("{name}.{extension}")));
        }
    }
    if run.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&run.stdout).into_owned()) }
}

const HOSTILE: [&str; 20] = [
    "\\end{document}",
    "\\input{/etc/passwd}",
    "\\write18{touch /tmp/pwned}",
    "100 % & more _ # $ { } ~ ^ \\",
    "[2em]",
    "*",
    "}}}{{{",
    "a\n\nb\r\n\tc",
    "^^41^^M\\par",
    "--- -- ,, '' `` << >> ?` !`",
    "$$x$$",
    "\"quoted\" 'single' |bar|",
    "漢字 العربية 😀 \u{200d}",
    "e\u{301}\u{302}\u{303}\u{304} \u{301}alone",
    "\0\u{7}\u{1b}[31m",
    "Łódź naïve Ångström ậ ế ő đ þ «x» „y“",
    "αβγ Ω ∑ ∫ ≤ ≠ ∞ → ² ₁₀ ± µs",
    "\\multicolumn{2}{c}{x} & y \\\\ \\hline",
    "",
    "\u{202e}desrever",
];

fn table_named(names: &[String]) -> Table {
    let name = |index: usize| names[index % names.len()].clone();
    let columns = vec![
        Column::spanning(name(0), vec![Column::new(name(1)).unit(name(2)), Column::new(name(3))]),
        Column::new(name(4)),
    ];
    let rows = (0..3)
        .map(|row| {
            let number = Cell::plus_minus(-12.345 * f64::from(row), 0.12).noted(name(5));
            Row::new(name(6), vec![number, Cell::text(name(7)), Cell::p_value(1e-9)])
        })
        .collect();
    Table {
        caption: name(8).into(),
        label: name(9),
        stub: name(10).into(),
        columns,
        groups: vec![RowGroup { label: Some(name(11).into()), rows }],
        notes: Notes {
            general: vec![name(12).into()],
            specific: vec![(name(5), name(13).into())],
            probability: vec![],
        },
    }
}

#[test]
fn a_table_of_every_kind_of_cell_compiles_in_every_style() {
    if !latex_is_there() {
        return;
    }
    for (_, style) in TableStyle::ALL {
        let latex = sample::table().to_latex(style).unwrap();
        assert_eq!(compile(&format!("sample-{style:?}"), &latex.text), Ok(()));
        assert_eq!(latex.warnings.iter().filter(|warning| !matches!(warning, Warning::Wide(_))).count(), 0);
    }
}

#[test]
fn a_campaign_with_hostile_names_compiles() {
    if !latex_is_there() {
        return;
    }
    let name = prop_oneof![
        prop::sample::select(&HOSTILE[..]).prop_map(str::to_owned),
        "[\\\\{}%&_#$~^\\[\\]*,'\"`<>|a-c \n-]{0,12}",
        any::<String>(),
    ];
    let names = prop::collection::vec(name, 14);
    let mut runner = TestRunner::deterministic();
    let mut body = String::new();
    let fixed: Vec<String> = HOSTILE.iter().map(|&name| name.to_owned()).collect();
    for start in 0..fixed.len() {
        let mut names = fixed.clone();
        names.rotate_left(start);
        body.push_str(&table_named(&names).to_latex(TableStyle::Booktabs).unwrap().text);
        body.push_str("\\clearpage\n");
    }
    for _ in 0..100 {
        let names = names.new_tree(&mut runner).unwrap().current();
        body.push_str(&table_named(&names).to_latex(TableStyle::Apa7).unwrap().text);
        body.push_str("\\clearpage\n");
    }
    assert!(body.is_ascii(), "LaTeX must not depend on the document's input encoding");
    assert_eq!(compile("hostile", &body), Ok(()));
}

#[test]
fn every_character_that_is_not_warned_about_compiles() {
    if !latex_is_there() {
        return;
    }
    let mut text = LatexText::default();
    let mut body = String::new();
    for code in (0..0x3000).chain(0xfb00..0xfb10).chain(0x1_d400..0x1_d800) {
        let Some(character) = char::from_u32(code) else { continue };
        let set = text.plain(&character.to_string());
        if !set.contains("U+") {
            body.push_str(&format!("x{set}x \\textit{{{set}}} \\textbf{{{set}}}\n\n"));
        }
    }
    assert_eq!(compile("characters", &body), Ok(()));
}
