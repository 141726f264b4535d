//! What every kind of figure promises. `ERGON_FIGURES=folder` keeps them for the eye.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod drawing;

use drawing::page::read;
use drawing::{CELLS, HOSTILE, KINDS, NAMES, SIZES, setting};
use ergon_publish::figure::{FigureError, Setting};

/// A column of a conference page, a page of one column, a page of two.
const WIDTHS: [f64; 3] = [3.25, 5.5, 7.16];

#[test]
fn every_figure_describes_itself_says_that_it_was_simulated_and_carries_its_hashes() {
    for (kind, draw) in KINDS {
        for width in WIDTHS {
            let figure = draw(setting(width), NAMES).unwrap();
            if let Some(folder) = std::env::var_os("ERGON_FIGURES") {
                let file = std::path::Path::new(&folder).join(format!("{kind}-{width}.svg"));
                std::fs::write(file, &figure.svg).unwrap();
            }
            assert!(figure.alt.contains("Simulated, not measured."), "{kind}: {}", figure.alt);
            assert!(figure.notes.contains(&"† Simulated, not measured.".to_owned()), "{kind}");
            assert!(figure.svg.contains("data-hash=\"d4ta\" spec-hash=\"5pec\" ergon-version=\"0.1.0\""), "{kind}");
            assert!(figure.svg.len() < 200_000, "{kind}: {} bytes", figure.svg.len());
            assert_eq!(draw(setting(width), NAMES).unwrap(), figure, "{kind}: the same data, the same bytes");
        }
    }
}

#[test]
fn everything_lies_on_the_page_and_can_be_read_in_print() {
    for (kind, draw) in KINDS {
        for (width, names) in WIDTHS.iter().flat_map(|width| [(*width, NAMES), (*width, HOSTILE)]) {
            let page = read(&draw(setting(width), names).unwrap().svg);
            assert!((page.width - width * 72.0).abs() < 0.1, "{kind}");
            for (x, y) in &page.marks {
                let inside = (-0.1..=page.width + 0.1).contains(x) && (-0.1..=page.height + 0.1).contains(y);
                assert!(inside, "{kind} at {width} in: a mark at {x}, {y} of {} × {}", page.width, page.height);
            }
            for word in &page.words {
                assert!(word.size >= 6.0, "{kind}: {} has {} pt", word.text, word.size);
                // About the width of Helvetica's letters.
                let half = word.size * 0.44 * word.text.chars().count() as f64 / 2.0;
                let middle = match word.anchor.as_str() {
                    "end" => word.x - half,
                    "start" => word.x + half,
                    _ => word.x,
                };
                let (low, high, end) = if word.turned {
                    (word.y - half, word.y + half, page.height)
                } else {
                    (middle - half, middle + half, page.width)
                };
                assert!(
                    low > -6.0 && high < end + 6.0,
                    "{kind} at {width} in: “{}” from {low} to {high} of {end}",
                    word.text
                );
            }
            assert!(page.strokes.iter().all(|stroke| *stroke >= 0.5), "{kind}: {:?}", page.strokes);
        }
    }
}

#[test]
fn hostile_names_stay_text() {
    for (kind, draw) in KINDS {
        let svg = draw(setting(5.5), HOSTILE).unwrap().svg;
        assert!(!svg.contains("<script") && !svg.contains('\0') && !svg.contains('\u{202e}'), "{kind}");
    }
}

#[test]
fn a_mark_stands_where_the_axes_say_its_value_is() {
    let page = read(&drawing::scalability(setting(5.5), NAMES).unwrap().svg);
    let (across, up) = (page.across(), page.up());
    for size in SIZES {
        let expected = (size, 40.0 + 2.0 * size);
        let found = page
            .circles
            .iter()
            .any(|(x, y)| (across(*x) - expected.0).abs() < 0.1 && (up(*y) - expected.1).abs() < 0.3);
        assert!(found, "no mark at {expected:?}");
    }
}

#[test]
fn the_limit_of_a_curve_is_marked_and_said_or_said_to_be_beyond() {
    let figure = drawing::scalability(setting(5.5), NAMES).unwrap();
    let page = read(&figure.svg);
    for words in ["PBFT: limit at 50", "Raft: limit not reached up to 100"] {
        assert!(page.words.iter().any(|word| word.text == words) && figure.alt.contains(words), "{words}");
    }
    let across = page.across();
    let top = page.circles.iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    assert!((across(top.0) - 50.0).abs() < 0.1);
}

#[test]
fn a_heat_map_shows_the_number_of_every_cell_in_place() {
    let page = read(&drawing::heat_map(setting(5.5), NAMES).unwrap().svg);
    let shown: Vec<f64> = page
        .words
        .iter()
        .filter(|word| word.anchor == "middle" && word.size > 7.0)
        .filter_map(|word| word.text.parse().ok())
        .collect();
    assert_eq!(shown, CELLS.iter().flatten().copied().collect::<Vec<f64>>());
}

#[test]
fn a_heat_map_with_more_numbers_than_the_width_holds_is_refused_with_what_it_holds() {
    use ergon_publish::figure::{HeatCell, HeatMapInput};
    let columns = vec!["0.1"; 30];
    let cells = vec![HeatCell { value: Some(1234.5), standard_error: Some(0.2), n: 3 }; 30];
    let input =
        HeatMapInput { setting: setting(3.25), row_factor: "a", rows: vec!["x"], column_factor: "b", columns, cells };
    assert!(matches!(input.draw(), Err(FigureError::TooMany { count: 30, most: 1..=10, .. })), "{:?}", input.draw());
}

#[test]
fn runs_at_risk_stand_under_the_times_of_the_axis() {
    let page = read(&drawing::survival(setting(5.5), NAMES).unwrap().svg);
    let ticks: Vec<(f64, f64)> = page
        .words
        .iter()
        .filter(|word| word.anchor == "middle" && ["0", "50", "100", "300"].contains(&word.text.as_str()))
        .map(|word| (word.text.parse().unwrap(), word.x))
        .collect();
    // 30 runs, two events at 40 and at 80, one run censored at 55, two more events every 40: by hand.
    for (time, at_risk) in [(0.0, "30"), (50.0, "28"), (100.0, "25"), (300.0, "15")] {
        let x = ticks.iter().find(|tick| tick.0 == time).unwrap().1;
        assert!(page.words.iter().any(|word| word.text == at_risk && (word.x - x).abs() < 0.1), "{at_risk} at {time}");
    }
}

#[test]
fn what_cannot_be_drawn_is_refused_with_the_reason() {
    for (kind, draw) in KINDS {
        let narrow = Setting { width_inches: 0.5, ..setting(5.5) };
        assert_eq!(draw(narrow, NAMES), Err(FigureError::Width { width: "0.5".into() }), "{kind}");
    }
}
