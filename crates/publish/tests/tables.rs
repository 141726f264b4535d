//! One table, four formats: what each promises its reader.

mod sample;

use ergon_publish::table::{Cell, Column, CsvOptions, Row, Table, TableStyle};
use ergon_publish::{Provenance, RichText, Warning};
use proptest::prelude::*;

fn hostile() -> Table {
    let columns = vec![Column::new("=cmd()"), Column::spanning("a|b", vec![Column::new("<i>x</i>").unit("J")])];
    let cells =
        vec![Cell::text("=HYPERLINK(\"x\")"), Cell::number(-1.25, Some(0.1)).from_source(Provenance::Simulated)];
    let empty = vec![Cell::missing(), Cell::number(f64::NAN, None)];
    Table::plain("<b>", "", columns, vec![Row::new("two\nlines, quoted \"\"", cells), Row::new("none", empty)])
}

#[test]
fn markdown_keeps_its_columns_whatever_the_names() {
    assert_eq!(
        hostile().to_markdown(TableStyle::Booktabs).map(|rendered| rendered.text),
        Ok([
            "**\\<b\\>**",
            "",
            "|  | \\=cmd() | a\\|b › \\<i\\>x\\</i\\> (J) |",
            "| :-- | :-- | --: |",
            "| two lines, quoted \"\" | \\=HYPERLINK(\"x\") | −1.25<sup>†</sup> |",
            "| none | — | — |",
            "",
            "A dash stands for a missing value.",
            "",
            "<sup>†</sup> Simulated, not measured.",
            "",
        ]
        .join("\n"))
    );
}

#[test]
fn html_has_scopes_and_nothing_executable() {
    assert_eq!(
        hostile().to_html(TableStyle::Booktabs).map(|rendered| rendered.text),
        Ok([
            "<figure class=\"ergon-table\">",
            "<table>",
            "<caption>&lt;b&gt;</caption>",
            "<thead>",
            "<tr><td></td><td></td><th scope=\"colgroup\" colspan=\"1\">a|b</th></tr>",
            "<tr><td></td><th scope=\"col\">=cmd()</th><th scope=\"col\">&lt;i&gt;x&lt;/i&gt; (J)</th></tr>",
            "</thead>",
            "<tbody>",
            "<tr><th scope=\"row\">two lines, quoted &quot;&quot;</th><td class=\"text\">=HYPERLINK(&quot;x&quot;)</td><td class=\"number\">−1.25<sup>†</sup></td></tr>",
            "<tr><th scope=\"row\">none</th><td class=\"missing\" aria-label=\"missing\">—</td><td class=\"missing\" aria-label=\"missing\">—</td></tr>",
            "</tbody>",
            "</table>",
            "<figcaption>",
            "<p>A dash stands for a missing value.</p>",
            "<p><sup>†</sup> Simulated, not measured.</p>",
            "</figcaption>",
            "</figure>",
            "",
        ]
        .join("\n"))
    );
}

#[test]
fn csv_holds_exact_values_and_is_guarded_only_on_request() {
    for (guard_formulas, header, formula) in
        [(false, "=cmd()", "\"=HYPERLINK(\"\"x\"\")\""), (true, "'=cmd()", "\"'=HYPERLINK(\"\"x\"\")\"")]
    {
        assert_eq!(
            hostile().to_csv(CsvOptions { guard_formulas }).map(|rendered| rendered.text),
            Ok(format!(
                "row,{header},a|b / <i>x</i> (J),a|b / <i>x</i> (J) SE,a|b / <i>x</i> (J) provenance\r\n\
                 \"two\nlines, quoted \"\"\"\"\",{formula},-1.25,0.1,simulated\r\n\
                 none,,,,\r\n"
            ))
        );
    }
}

#[test]
fn the_same_cell_reads_the_same_in_every_style_but_for_the_style() {
    let cell_of = |style| {
        let text = sample::table().to_markdown(style).map(|rendered| rendered.text).unwrap_or_default();
        text.lines().find(|line| line.starts_with("| Raft, 5")).unwrap_or_default().to_owned()
    };
    assert_eq!(
        cell_of(TableStyle::Booktabs),
        "| Raft, 5 nodes | 40 | −103.9 ± 3.7<sup>†,a</sup> | \\[−111.2, −96.6\\] | 0.870<sup>‡</sup> | — | 4.10 × 10⁻⁹ | \\<0.001<sup>b</sup> | x ≥ α |"
    );
    assert_eq!(
        cell_of(TableStyle::Apa7),
        "| Raft, 5 nodes | 40 | −103.9 ± 3.7<sup>†,a</sup> | \\[−111.2, −96.6\\] | .870<sup>‡</sup> | — | 4.10 × 10⁻⁹ | \\< .001<sup>b</sup> | x ≥ α |"
    );
}

#[test]
fn bold_cannot_be_had_without_the_note_that_names_the_test() {
    let html = sample::table().to_html(TableStyle::Booktabs).map(|rendered| rendered.text).unwrap_or_default();
    assert!(html.contains("<strong>0.921</strong>"));
    assert!(html.contains("separated from the next by Tukey’s HSD."));
}

#[test]
fn an_unsettable_name_is_warned_about_by_latex_and_exact_in_html() {
    let table = Table::plain(RichText::from("漢"), "", vec!["x".into()], vec![]);
    let latex = table.to_latex(TableStyle::Booktabs).map(|rendered| {
        (rendered.text.contains("\\caption{U+6F22}"), rendered.warnings.iter().map(ToString::to_string).collect())
    });
    let warning = "LaTeX can't set the character U+6F22; it appears as “U+6F22”".to_owned();
    assert_eq!(latex, Ok((true, vec![warning])));
    assert_eq!(table.to_html(TableStyle::Booktabs).map(|rendered| rendered.text.contains("漢")), Ok(true));
}

#[test]
fn a_table_wider_than_the_page_is_set_small_and_what_still_does_not_fit_is_warned_about() {
    for (columns, small, warned) in [(4, false, false), (7, true, false), (30, true, true)] {
        let headings = (0..columns).map(|_| Column::new("Latency").unit("ms")).collect();
        let cells = (0..columns).map(|_| Cell::number(12.5, Some(0.3))).collect();
        let latex = Table::plain("c", "s", headings, vec![Row::new("row", cells)]).to_latex(TableStyle::Booktabs);
        let found = latex.map(|latex| {
            let warned = latex.warnings.iter().any(|warning| matches!(warning, Warning::Wide(_)));
            (latex.text.contains("\\footnotesize\\setlength"), warned)
        });
        assert_eq!(found, Ok((small, warned)), "{columns} columns");
    }
}

#[test]
fn a_style_of_two_columns_sets_a_table_across_the_page_before_it_gives_up() {
    for (style, columns, environment) in [
        (TableStyle::Booktabs, 4, "\\begin{table}[tbp]"),
        (TableStyle::NeurIps, 4, "\\begin{table}[t]"),
        (TableStyle::Ieee, 3, "\\begin{table}[!t]"),
        (TableStyle::Ieee, 8, "\\begin{table*}[!t]"),
        (TableStyle::Acm, 8, "\\begin{table*}[t]"),
    ] {
        let headings = (0..columns).map(|_| Column::new("Latency").unit("ms")).collect();
        let cells = (0..columns).map(|_| Cell::number(12.5, Some(0.3))).collect();
        let latex = Table::plain("c", "s", headings, vec![Row::new("row", cells)]).to_latex(style);
        let found = latex.map(|latex| (latex.text.lines().next().map(str::to_owned), latex.warnings.len()));
        assert_eq!(found, Ok((Some(environment.to_owned()), 0)), "{style:?}, {columns} columns");
    }
}

#[test]
fn thousands_are_grouped_as_each_style_asks() {
    let text = |style| {
        let row = Row::new("r", vec![Cell::count(12_345)]);
        Table::plain("c", "s", vec!["n".into()], vec![row]).to_html(style).map(|html| html.text).unwrap_or_default()
    };
    for (style, shown) in [
        (TableStyle::Booktabs, "12\u{202f}345"),
        (TableStyle::Ieee, "12\u{202f}345"),
        (TableStyle::Apa7, "12,345"),
        (TableStyle::Acm, "12,345"),
        (TableStyle::NeurIps, "12,345"),
    ] {
        assert!(text(style).contains(shown), "{style:?}");
    }
}

#[test]
fn typst_holds_all_text_in_string_literals() {
    let row =
        Row::new("#let x = \"1\" \\ _a_", vec![Cell::number(-1.25, Some(0.1)).from_source(Provenance::Simulated)]);
    let table = Table::plain("*c* $x$ @y", "s", vec![Column::new(RichText::variable("t")).unit("J")], vec![row]);
    assert_eq!(
        table.to_typst(TableStyle::Booktabs).map(|rendered| rendered.text),
        Ok([
            "#figure(",
            "  kind: table,",
            "  caption: figure.caption(position: top, \"*c* $x$ @y\"),",
            "  {",
            "    table(",
            "      columns: 2, stroke: none, inset: (x: 4pt, y: 2.5pt),",
            "      align: (left, right,),",
            "      table.hline(stroke: 0.8pt),",
            "      table.header(",
            "        \"s\", emph(\"t\") + \" (J)\",",
            "      ),",
            "      table.hline(stroke: 0.5pt),",
            "      \"#let x = \\\"1\\\" \\\\ _a_\", \"−1.25\" + super(\"†\"),",
            "      table.hline(stroke: 0.8pt),",
            "    )",
            "    align(left, text(size: 0.85em, {",
            "      par(super(\"†\") + \"Simulated, not measured.\")",
            "    }))",
            "  },",
            ")",
            "",
        ]
        .join("\n"))
    );
}

/// The fields of a record, read as RFC 4180 says.
fn csv_records(text: &str) -> Vec<Vec<String>> {
    let mut records = vec![vec![String::new()]];
    let mut quoted = false;
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let Some(record) = records.last_mut() else { break };
        match character {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                record.last_mut().into_iter().for_each(|field| field.push('"'));
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(String::new()),
            '\r' if !quoted && rest.peek() == Some(&'\n') => {
                rest.next();
                records.push(vec![String::new()]);
            }
            other => record.last_mut().into_iter().for_each(|field| field.push(other)),
        }
    }
    records.pop();
    records
}

fn unescaped_pipes(line: &str) -> usize {
    let mut escaped = false;
    line.chars()
        .filter(|character| {
            let counts = *character == '|' && !escaped;
            escaped = *character == '\\' && !escaped;
            counts
        })
        .count()
}

proptest! {
    #[test]
    fn any_names_leave_the_shape_of_the_table_alone(label in any::<String>(), heading in any::<String>(), word in "[,\"\r\n|<=\\\\a]{0,6}") {
        let columns = vec![Column::new(heading.as_str()), "b".into()];
        let row = Row::new(label.as_str(), vec![Cell::text(word.as_str()), Cell::count(1)]);
        let table = Table::plain("", "s", columns, vec![row]);

        let csv = table.to_csv(CsvOptions::default()).map(|rendered| csv_records(&rendered.text));
        let expected = vec![
            vec!["s".to_owned(), heading.clone(), "b".to_owned()],
            vec![label.clone(), word.clone(), "1".to_owned()],
        ];
        prop_assert_eq!(csv, Ok(expected));

        let markdown = table.to_markdown(TableStyle::Booktabs).map(|rendered| rendered.text).unwrap_or_default();
        let pipes: Vec<usize> = markdown.lines().take(3).map(unescaped_pipes).collect();
        prop_assert_eq!(pipes, [4, 4, 4]);

        let html = table.to_html(TableStyle::Booktabs).map(|rendered| rendered.text).unwrap_or_default();
        prop_assert_eq!((html.matches("<th").count(), html.matches("<td").count()), (5, 2));
    }
}
