//! Figures: what they promise beyond looking right. `ERGON_FIGURES=folder` keeps them for the eye.

#![allow(clippy::unwrap_used)] // clippy sees only functions marked #[test] as tests

use ergon_publish::Provenance;
use ergon_publish::figure::{
    Estimate, Figure, FigureError, IntervalGroup, IntervalPlotInput, Quantity, RaincloudGroup, RaincloudInput, Setting,
    Span, Stamp, Venue,
};

const STAMP: Stamp<'_> = Stamp { data_hash: "d4ta", spec_hash: "5pec", ergon_version: "0.1.0" };

fn setting(title: Option<&'static str>, width_inches: f64) -> Setting<'static> {
    Setting {
        title,
        quantity: Quantity { title: "Response time", unit: "ms" },
        ci_level: 0.95,
        provenance: Provenance::Simulated,
        width_inches,
        stamp: STAMP,
    }
}

/// Skewed values without a random generator: quantiles of a log-normal, shaken by a fixed pattern.
fn values(n: u32, centre: f64, spread: f64) -> Vec<f64> {
    (0..n)
        .map(|index| {
            let u = (f64::from(index) + 0.5) / f64::from(n);
            let wobble = (f64::from(index * 7919 % 97) / 97.0 - 0.5) * 0.3;
            let logit = (u / (1.0 - u)).ln() * 0.6 + wobble;
            centre * (spread * logit).exp()
        })
        .collect()
}

fn estimate(values: &[f64]) -> Option<Estimate> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let half = 2.0 * (variance / n).sqrt();
    Some(Estimate { mean, ci_low: mean - half, ci_high: mean + half })
}

fn group<'a>(label: &'a str, values: &'a [f64]) -> RaincloudGroup<'a> {
    RaincloudGroup { label, values, estimate: estimate(values), missing: 0 }
}

fn keep(name: &str, figure: &Figure) {
    if let Some(folder) = std::env::var_os("ERGON_FIGURES") {
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.svg")), &figure.svg).unwrap();
    }
}

fn rain(setting: Setting<'_>, groups: Vec<RaincloudGroup<'_>>) -> Result<Figure, FigureError> {
    RaincloudInput { setting, groups }.draw()
}

#[test]
fn a_raincloud_of_four_conditions_describes_itself_and_carries_its_hashes() {
    let data = [values(60, 82.0, 0.2), values(60, 95.0, 0.3), values(40, 120.0, 0.25), values(38, 70.0, 0.15)];
    let mut groups = vec![
        group("Single agent", &data[0]),
        group("Debate, 3 agents", &data[1]),
        group("Hierarchical planner with verifier and 5 workers", &data[2]),
        group("Majority vote", &data[3]),
    ];
    groups[3].missing = 2;
    for (name, width) in [("neurips", Venue::NeurIps), ("icml", Venue::Icml)] {
        let figure = rain(setting(None, width.width(Span::Column)), groups.clone()).unwrap();
        keep(name, &figure);
        assert!(figure.alt.starts_with(
            "Raincloud plot of Response time (ms) for 4 groups. Simulated, not measured. Single agent: n = 60, mean "
        ), "{}", figure.alt);
        assert!(figure.alt.contains("Majority vote: n = 38 (2 missing), mean "));
        assert!(figure.svg.contains("data-hash=\"d4ta\" spec-hash=\"5pec\" ergon-version=\"0.1.0\""));
        assert!(figure.svg.contains("<title>Raincloud plot of Response time</title>"));
        assert!(figure.notes.iter().any(|note| note == "† Simulated, not measured."));
        assert!(figure.svg.len() < 200_000, "{}", figure.svg.len());
    }
}

#[test]
fn the_same_data_in_any_order_give_the_same_bytes() {
    let data = values(50, 10.0, 0.4);
    let mut reversed = data.clone();
    reversed.reverse();
    let draw = |values: &[f64]| {
        let groups = vec![RaincloudGroup { label: "a", values, estimate: None, missing: 0 }];
        rain(setting(None, 3.25), groups).unwrap().svg
    };
    assert_eq!(draw(&data), draw(&reversed));
}

#[test]
fn nothing_is_drawn_that_the_data_do_not_carry() {
    let constant = vec![5.0; 30];
    let few = [1.0, 4.0];
    let four = [1.0, 2.0, 3.5, 4.0];
    let nine = values(9, 3.0, 0.3);
    let yes_no: Vec<f64> = (0..40).map(|index| f64::from(index % 3 / 2) * 4.0).collect();
    let groups = vec![
        RaincloudGroup { missing: 12, ..RaincloudGroup { estimate: None, ..group("No data", &[]) } },
        group("Two runs", &few),
        group("Four runs", &four),
        group("Nine runs", &nine),
        group("Constant", &constant),
        group("Yes or no", &yes_no),
    ];
    let figure = rain(setting(Some("Edge cases"), 5.5), groups).unwrap();
    keep("edge", &figure);
    assert!(figure.svg.contains("no data"));
    // Only density clouds are polygons of more than a few corners.
    assert!(!figure.svg.lines().any(|line| line.starts_with("<polygon") && line.matches(',').count() > 20));
    assert!(figure.alt.contains("Two runs: n = 2, range 1.00 to 4.00."), "{}", figure.alt);
    assert!(figure.alt.contains("No data: n = 0 (12 missing)."));
    let only_empty = rain(setting(None, 3.5), vec![RaincloudGroup { estimate: None, ..group("x", &[]) }]).unwrap();
    assert!(only_empty.svg.contains("no data"));
}

#[test]
fn hostile_labels_stay_text() {
    let data = values(20, 1e7, 0.2);
    let label = "</text><script>alert('x')</script> & \"quotes\" \u{0}\u{202e} 漢字 a_very_long_word_without_any_space_in_it_at_all";
    let figure = rain(setting(Some("</title><b>"), 3.25), vec![group(label, &data), group("", &data)]).unwrap();
    keep("hostile", &figure);
    assert!(!figure.svg.contains("<script") && !figure.svg.contains("<b>") && !figure.svg.contains('\0'));
}

#[test]
fn many_groups_and_many_runs_fit_a_page_and_a_file() {
    let data: Vec<Vec<f64>> = (0..14).map(|index| values(2000, 20.0 + f64::from(index), 0.2)).collect();
    let labels: Vec<String> = (0..14).map(|index| format!("Condition {index}")).collect();
    let groups = labels.iter().zip(&data).map(|(label, values)| group(label, values)).collect();
    let figure = rain(setting(None, 7.16), groups).unwrap();
    keep("many", &figure);
    assert!(figure.notes.iter().any(|note| note.starts_with("Of groups with more than 300 runs")));
    assert!(figure.svg.len() < 900_000, "{}", figure.svg.len());
}

#[test]
fn what_cannot_be_drawn_is_refused_with_the_reason() {
    for (values, width, error) in [
        (vec![1.0, f64::NAN], 5.5, FigureError::NotFinite { group: "g".into() }),
        (vec![-1e308, 1e308], 5.5, FigureError::RangeTooWide),
        (vec![1.0], 0.5, FigureError::Width { width: "0.5".into() }),
        (vec![1.0], f64::NAN, FigureError::Width { width: "NaN".into() }),
    ] {
        let group = RaincloudGroup { label: "g", values: &values, estimate: None, missing: 0 };
        assert_eq!(rain(setting(None, width), vec![group]), Err(error));
    }
    assert_eq!(rain(setting(None, 5.5), vec![]), Err(FigureError::NoGroups));
}

#[test]
fn an_interval_plot_shows_every_group_and_says_so() {
    let one = |label, mean, half| IntervalGroup {
        label,
        estimate: Some(Estimate { mean, ci_low: mean - half, ci_high: mean + half }),
        n: 40,
        missing: 0,
    };
    let groups = vec![
        one("Paxos", 0.812, 0.031),
        one("Raft", 0.774, 0.042),
        one("PBFT with a long name that wraps", 0.9, 0.01),
        IntervalGroup { label: "Never run", estimate: None, n: 0, missing: 40 },
    ];
    let quantity = Quantity { title: "Agreement", unit: "" };
    let input = IntervalPlotInput { setting: Setting { quantity, ..setting(None, 3.25) }, groups };
    let figure = input.draw().unwrap();
    keep("interval", &figure);
    assert!(figure.alt.ends_with(
        "Paxos: n = 40, mean 0.812, 95% CI [0.781, 0.843]. Raft: n = 40, mean 0.774, 95% CI [0.732, 0.816]. \
         PBFT with a long name that wraps: n = 40, mean 0.9000, 95% CI [0.8900, 0.9100]. Never run: n = 0 (40 missing), no data."
    ), "{}", figure.alt);
}
