//! A table with every kind of cell.

use ergon_publish::table::{Best, Cell, Column, Content, Notes, Number, Row, RowGroup, Table};
use ergon_publish::{Provenance, RichText};

pub(crate) fn table() -> Table {
    let columns = vec![
        Column::new(RichText::variable("n")),
        Column::spanning(
            "Response time",
            vec![
                Column::new(RichText::variable("M").plain(" ± ").and_variable("SE")).unit("ms"),
                Column::new("95% CI").unit("ms"),
            ],
        ),
        Column::spanning(
            "Agreement",
            vec![Column::new("Share"), Column::new(RichText::variable("η").superscript("2").subscript("p"))],
        ),
        Column::new("Energy").unit("J·s⁻¹"),
        Column::new(RichText::variable("p").subscript("Holm")),
        Column::new("Protocol & notes"),
    ];
    let share = |value: f64, best: bool| {
        Cell::from(Number {
            at_most_one: true,
            best: best.then(|| Best { test: "Tukey’s HSD".into() }),
            ..Number::new(value, Some(0.012))
        })
    };
    let eta = |value: f64| Cell::from(Number { at_most_one: true, ..Number::new(value, Some(0.03)) });
    let row = |label: &str, cells: Vec<Cell>| Row::new(label, cells);
    let raft = vec![
        row(
            "Raft, 3 nodes",
            vec![
                Cell::count(12_000),
                Cell::plus_minus(81.2345, 0.4123),
                Cell::interval(80.42, 82.05, Some(0.4123)),
                share(0.9213, true),
                eta(0.141),
                Cell::number(1.234e-9, Some(2.3e-11)).from_source(Provenance::Simulated),
                Cell::p_value(0.0214),
                Cell::text("a_b {x} 50%"),
            ],
        ),
        row(
            "Raft, 5 nodes",
            vec![
                Cell::count(40),
                Cell::plus_minus(-103.9, 3.71).from_source(Provenance::Simulated).noted("a"),
                Cell::interval(-111.2, -96.6, Some(3.71)),
                share(0.87, false).from_source(Provenance::Estimated),
                Cell::missing(),
                Cell::number(4.1e-9, Some(2.3e-10)),
                Cell::p_value(1e-12).noted("b"),
                Cell::text("x ≥ α"),
            ],
        ),
    ];
    let paxos = vec![row(
        "Paxos “fast”",
        vec![
            Cell::count(1_234),
            Cell::plus_minus(9.0, 0.0996),
            Cell::missing(),
            share(1.0, false),
            eta(0.02),
            Cell::number(f64::NAN, None),
            Cell::p_value(1.0),
            Content::Mathematics(RichText::variable("t").plain("(72) = 11.31")).into(),
        ],
    )];
    Table {
        caption: "Response time, agreement and energy by protocol".into(),
        label: "tab:protocols".into(),
        stub: "Condition".into(),
        columns,
        groups: vec![
            RowGroup { label: Some("Leader-based".into()), rows: raft },
            RowGroup { label: Some("Quorum-based".into()), rows: paxos },
        ],
        notes: Notes {
            general: vec!["CI = confidence interval; runs of one seed are paired.".into()],
            specific: vec![("a".into(), "Clock skew.".into()), ("b".into(), "Welch.".into())],
            probability: vec![RichText::variable("p").plain(" values corrected by Holm’s method.")],
        },
    }
}
