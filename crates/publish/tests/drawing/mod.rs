//! Samples of every kind of figure, and an SVG read back as text and marks.

pub(crate) mod page;

use ergon_publish::Provenance;
use ergon_publish::figure::{
    BarChartInput, EcdfInput, Estimate, Figure, FigureError, ForestInput, ForestRow, FrontInput, FrontPoints, HeatCell,
    HeatMapInput, HistogramInput, InteractionCurve, InteractionPlotInput, IntervalGroup, Limit, ParetoInput,
    ProfileInput, ProfileMetric, Quantity, ScalabilityInput, Setting, SizeCurve, SizePoint, Stamp, SurvivalCurve,
    SurvivalInput, SurvivalStep, TradeOff, ValuesGroup,
};

pub(crate) fn setting(width_inches: f64) -> Setting<'static> {
    Setting {
        title: None,
        quantity: Quantity { title: "Response time", unit: "ms" },
        ci_level: 0.95,
        provenance: Provenance::Simulated,
        width_inches,
        stamp: Stamp { data_hash: "d4ta", spec_hash: "5pec", ergon_version: "0.1.0" },
    }
}

pub(crate) fn estimate(mean: f64, half: f64) -> Estimate {
    Estimate { mean, ci_low: mean - half, ci_high: mean + half }
}

/// Skewed values without a random generator.
pub(crate) fn values(n: u32, centre: f64, spread: f64) -> Vec<f64> {
    (0..n)
        .map(|index| {
            let u = (f64::from(index) + 0.5) / f64::from(n);
            let wobble = (f64::from(index * 7919 % 97) / 97.0 - 0.5) * 0.3;
            centre * (spread * ((u / (1.0 - u)).ln() * 0.6 + wobble)).exp()
        })
        .collect()
}

pub(crate) const NAMES: [&str; 4] = ["PBFT", "Raft", "Majority vote with a long name", "HotStuff"];

/// Names that a campaign may have and a drawing must survive.
pub(crate) const HOSTILE: [&str; 4] = [
    "</text><script>alert('x')</script>",
    "& \"quotes\" \u{0}\u{202e} 漢字",
    "",
    "a_very_long_word_without_any_space_in_it_at_all",
];

pub(crate) fn bars(setting: Setting<'_>, names: [&'static str; 4]) -> Result<Figure, FigureError> {
    let group = |label, mean, half| IntervalGroup { label, estimate: Some(estimate(mean, half)), n: 40, missing: 0 };
    let groups = vec![
        group(names[0], 81.2, 4.1),
        group(names[1], 64.0, 3.0),
        group(names[2], 120.5, 12.2),
        IntervalGroup { label: names[3], estimate: None, n: 0, missing: 40 },
    ];
    BarChartInput { setting, groups }.draw()
}

pub(crate) const SIZES: [f64; 5] = [5.0, 10.0, 25.0, 50.0, 100.0];

pub(crate) fn scalability(setting: Setting<'_>, names: [&'static str; 4]) -> Result<Figure, FigureError> {
    let curve = |label, slope: f64, limit| SizeCurve {
        label,
        points: SIZES
            .iter()
            .map(|x| SizePoint {
                x: *x,
                mean: 40.0 + slope * x,
                ci: Some((38.0 + slope * x * 0.9, 42.0 + slope * x * 1.1)),
            })
            .collect(),
        limit,
    };
    let mut curves = vec![
        curve(names[0], 2.0, Limit::At(50.0)),
        curve(names[1], 0.3, Limit::NotReached),
        curve(names[2], 0.9, Limit::At(100.0)),
    ];
    curves[2].points[3].ci = None;
    let size = Quantity { title: "Agents", unit: "" };
    ScalabilityInput { setting, size, limit_meaning: Some("Limit: more than 20 % lost.".into()), curves }.draw()
}

pub(crate) fn pareto(setting: Setting<'_>, names: [&'static str; 4]) -> Result<Figure, FigureError> {
    let group = |label, cost, worth, on_front| TradeOff {
        label,
        cost: estimate(cost, 0.1 * cost),
        worth: estimate(worth, 2.0),
        on_front,
    };
    let groups = vec![
        group(names[0], 12.0, 60.0, true),
        group(names[1], 40.0, 84.0, true),
        group(names[2], 55.0, 71.0, false),
        group(names[3], 900.0, 92.0, true),
    ];
    ParetoInput { setting, cost: Quantity { title: "Energy", unit: "J" }, groups }.draw()
}

pub(crate) const CELLS: [Option<f64>; 12] = [
    Some(0.991),
    Some(0.982),
    Some(0.913),
    Some(0.742),
    Some(0.988),
    Some(0.941),
    Some(0.803),
    Some(0.512),
    Some(0.972),
    Some(0.874),
    Some(0.611),
    None,
];

pub(crate) fn heat_map(setting: Setting<'_>, names: [&'static str; 4]) -> Result<Figure, FigureError> {
    let cells =
        CELLS.iter().map(|value| HeatCell { value: *value, standard_error: Some(0.012), n: value.map_or(0, |_| 40) });
    HeatMapInput {
        setting: Setting { quantity: Quantity { title: "Agreement", unit: "" }, ..setting },
        row_factor: "protocol",
        rows: names[..3].to_vec(),
        column_factor: "fault_rate",
        columns: vec!["0", "0.1", "0.2", "0.33"],
        cells: cells.collect(),
    }
    .draw()
}

pub(crate) fn forest(setting: Setting<'_>, names: [&'static str; 4]) -> Result<Figure, FigureError> {
    let row = |label, estimate, half: f64, n| ForestRow {
        label,
        estimate,
        ci: Some((estimate - half, estimate + half)),
        n,
        overall: false,
    };
    let rows = vec![
        row(names[0], -12.1, 3.2, 80),
        row(names[1], -4.0, 6.1, 40),
        ForestRow { ci: None, ..row(names[2], 2.0, 0.0, 4) },
        ForestRow { overall: true, ..row("Overall", -8.3, 2.9, 124) },
    ];
    let quantity = Quantity { title: "Difference in response time", unit: "ms" };
    ForestInput { setting: Setting { quantity, ..setting }, ratio: false, rows }.draw()
}

pub(crate) fn interaction(setting: Setting<'_>, names: [&'static str; 4]) -> Result<Figure, FigureError> {
    let curve = |label, start: f64, slope: f64| InteractionCurve {
        label,
        estimates: (0..4).map(|level| Some(estimate(start + slope * f64::from(level), 4.0))).collect(),
    };
    let mut curves = vec![curve(names[0], 80.0, 12.0), curve(names[1], 90.0, -3.0), curve(names[2], 70.0, 5.0)];
    curves[2].estimates[1] = None;
    let levels = vec!["none", "crash", "omission of messages", "byzantine"];
    InteractionPlotInput { setting, factor: "fault", levels, second: "protocol", curves }.draw()
}

fn groups<'a>(names: [&'static str; 4], data: &'a [Vec<f64>]) -> Vec<ValuesGroup<'a>> {
    names.iter().zip(data).map(|(label, values)| ValuesGroup { label, values, missing: 1 }).collect()
}

pub(crate) fn ecdf(setting: Setting<'_>, names: [&'static str; 4]) -> Result<Figure, FigureError> {
    let data = [values(60, 82.0, 0.2), values(60, 95.0, 0.3), values(900, 70.0, 0.25)];
    EcdfInput { setting, groups: groups(names, &data) }.draw()
}

pub(crate) fn histogram(setting: Setting<'_>, names: [&'static str; 4]) -> Result<Figure, FigureError> {
    let data = [values(200, 82.0, 0.2), values(150, 95.0, 0.3), vec![]];
    HistogramInput { setting, groups: groups(names, &data) }.draw()
}

pub(crate) fn survival(setting: Setting<'_>, names: [&'static str; 4]) -> Result<Figure, FigureError> {
    let curve = |label, drop: f64, events: u32, median| {
        let step = |index: u32| {
            let survival = 1.0 - drop * f64::from(index + 1);
            SurvivalStep {
                time: 40.0 * f64::from(index + 1),
                events: 2,
                survival,
                ci: Some((survival * 0.85, survival.mul_add(0.9, 0.1))),
            }
        };
        SurvivalCurve {
            label,
            n: 30,
            steps: (0..events).map(step).collect(),
            censored_at: &[55.0, 300.0, 300.0],
            median,
        }
    };
    let curves = vec![curve(names[0], 0.08, 7, Some(280.0)), curve(names[1], 0.04, 5, None)];
    let quantity = Quantity { title: "Time to consensus", unit: "ms" };
    SurvivalInput { setting: Setting { quantity, ..setting }, curves }.draw()
}

pub(crate) fn profile(setting: Setting<'_>, names: [&'static str; 4]) -> Result<Figure, FigureError> {
    let metric = |title, unit, higher_is_better, means: [f64; 3], half: f64| ProfileMetric {
        quantity: Quantity { title, unit },
        higher_is_better,
        estimates: means.iter().map(|mean| Some(estimate(*mean, half))).collect(),
    };
    let mut metrics = vec![
        metric("Response time", "ms", false, [81.2, 64.0, 120.5], 4.0),
        metric("Agreement", "", true, [0.93, 0.81, 0.97], 0.02),
        metric("Messages a decision", "", false, [910.0, 120.0, 340.0], 22.0),
        metric("Energy", "J", false, [12.0, 11.0, 11.4], 2.5),
        metric(names[3], "", true, [1.0, 1.0, 1.0], 0.0),
    ];
    metrics[1].estimates[2] = None;
    let quantity = Quantity { title: "protocol", unit: "" };
    ProfileInput { setting: Setting { quantity, ..setting }, levels: names[..3].to_vec(), metrics }.draw()
}

type Draw = fn(Setting<'_>, [&'static str; 4]) -> Result<Figure, FigureError>;

pub(crate) fn front(setting: Setting<'_>, names: [&'static str; 4]) -> Result<Figure, FigureError> {
    let points = |label, points: &[[f64; 2]]| FrontPoints { label, points: points.to_vec() };
    FrontInput {
        setting,
        across: Quantity { title: "Utility of agent_1", unit: "points" },
        front: vec![[0.0, 100.0], [37.0, 91.0], [60.0, 60.0], [100.0, 0.0]],
        points: vec![
            points(names[0], &[[100.0, 0.0], [72.0, 30.0]]),
            points(names[1], &[[0.0, 100.0], [37.0, 91.0]]),
            points(names[2], &[[60.0, 60.0]]),
        ],
    }
    .draw()
}

/// Every kind, by name.
pub(crate) const KINDS: [(&str, Draw); 11] = [
    ("bars", bars),
    ("scalability", scalability),
    ("heat-map", heat_map),
    ("forest", forest),
    ("interaction", interaction),
    ("ecdf", ecdf),
    ("histogram", histogram),
    ("survival", survival),
    ("profile", profile),
    ("front", front),
    ("pareto", pareto),
];
