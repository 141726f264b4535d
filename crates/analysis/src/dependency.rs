//! How much a response depends on the surface of what was asked: dependency and thresholds.

use ergon_domain::{MetricId, Value};

use crate::ask::Ask;
use crate::dependency_curve::{DEPENDENCY_LABELS, Levels, curve};
use crate::detail::Detail;
use crate::error::AnalysisError;
use crate::frame::{Frame, Reading, same_level};
use crate::inference::{Inference, Scale};
use crate::item_table::{ItemTable, RESAMPLES};
use crate::paired::Prepared;
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Estimate, Interval, Warning};
use crate::slope::numeric_levels;
use crate::surface_detail::{Dependency, DependencyCurve};
use crate::write_levels::{about_levels, write_levels};
use crate::write_up::Subject;

/// Metric with the mean response of a guesser, on the scale of the accuracy.
const CHANCE: &str = "chance_level";
/// Metric with the number of items that a run scored.
const ITEMS: &str = "items_scored";
/// Fewest items that a bootstrap is worth.
const FEW_ITEMS: usize = 20;

/// A metric over the level of a transformation: one curve for each level of `group`, or one for all runs. `share`: the
/// share of the baseline that the threshold asks about; with `only_threshold` the analysis is about that alone.
///
/// # Errors
/// Unknown names, a level that is no number, no untouched level (0), a metric that isn't bounded below by 0.
pub fn dependency(
    frame: &Frame,
    ask: &Ask,
    factor: &str,
    group: Option<&str>,
    share: f64,
    only_threshold: bool,
) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    if !response.is_ratio_scale() {
        return Err(AnalysisError::NotRatioScale { metric: response.metric.id.clone() });
    }
    let (levels, x) = numeric_levels(frame, factor)?;
    if x.first() != Some(&0.0) {
        return Err(AnalysisError::NoBaseline { factor: factor.into(), wanted: "level 0, the untouched text".into() });
    }
    let parts: Vec<(String, Frame)> = match group {
        None => vec![("all runs".into(), frame.clone())],
        Some(name) => {
            let part = |level: &Value| (level.to_string(), frame.only(name, level));
            frame.levels(name).iter().map(part).collect()
        }
    };
    let seed = frame.digest(Some(&response.metric.id));
    let (mut curves, mut found) = (Vec::new(), Inference::default());
    let places = Rows::new(frame);
    for (name, part) in &parts {
        let of_part = Response::of(part, &ask.metric)?;
        let column = |row: usize| {
            let value = part.rows.get(row)?.condition.condition.get(factor)?;
            levels.iter().position(|level| same_level(level, value))
        };
        let table = ItemTable::of(part, &of_part, levels.len(), column);
        if table.rows.len() < 2 {
            found.warnings.push(Warning::new(
                "not_answered",
                format!("{name}: {} items have all levels of {factor}; at least 2 are needed", table.rows.len()),
            ));
            continue;
        }
        let asked = Levels {
            x: &x,
            full: of_part.metric.range.1.unwrap_or(1.0),
            chance: chance(part),
            share,
            confidence: ask.confidence,
            seed,
        };
        let (curve, notes) = curve(&table, name, &asked);
        found.warnings.extend(notes.into_iter().map(|note| Warning::new("not_estimated", note)));
        if table.rows.len() < FEW_ITEMS {
            let message =
                format!("{name}: {} items are few for a bootstrap; its intervals are too narrow", curve.items);
            found.warnings.push(Warning::new("few_items", message));
        }
        if curve.coefficient.is_none() {
            let message = format!("{name}: nothing was right at level 0, so coefficient and threshold are undefined");
            found.warnings.push(Warning::new("no_baseline", message));
        }
        found.dropped.extend(table.dropped());
        found
            .used
            .extend(table.used.iter().filter_map(|row| part.rows.get(*row)).filter_map(|row| places.of(&row.key)));
        curves.push(curve);
    }
    if curves.is_empty() {
        let first = found.warnings.first().map(ToString::to_string).unwrap_or_default();
        return Err(AnalysisError::NoGroup { factor: factor.into(), first });
    }
    found.warnings.extend(of_items(frame));
    let data = Prepared { frame, response, scale: Scale::Difference, ask, seed };
    let title = &data.response.metric.title;
    let (kind, text, estimand) = if only_threshold {
        let text = format!("At which {factor} does {title} fall below {} % of its baseline?", 100.0 * share);
        (AnalysisKind::Threshold, text, "threshold")
    } else {
        let text = format!("How much does {title} depend on the surface that {factor} transforms?");
        (AnalysisKind::Dependency, text, "ldc")
    };
    let mut asked = about_levels(&data, factor, text, estimand);
    asked.by = group.iter().map(|g| (*g).to_owned()).collect();
    describe(&mut found, factor, share, only_threshold);
    let mut analysis = write_levels(&data, &Subject { factor, levels: &levels }, found, kind, asked);
    let of_factor = frame.factors.iter().find(|f| f.name.as_str() == factor);
    let unit = of_factor.map_or_else(String::new, |f| f.unit.to_string());
    for curve in &curves {
        estimates(&mut analysis, curve, group.is_some(), &unit, only_threshold);
    }
    let (factor, labels) = (factor.to_owned(), label_words());
    analysis.detail = Some(Detail::Dependency(Dependency { factor, unit, share, labels, only_threshold, curves }));
    Ok(analysis)
}

fn describe(found: &mut Inference, factor: &str, share: f64, only_threshold: bool) {
    found.procedure = if only_threshold {
        "Crossing of the falling curve through the level means".into()
    } else {
        "Language dependency with item-level paired bootstrap".into()
    };
    found.unit_of_analysis = "items (replicates), the same at all levels".into();
    found.trail.push(format!(
        "LDC is 1 − mean response over the levels of {factor} above 0 ÷ response at 0; the area weighs levels by their \
         distance. Items are drawn whole ({RESAMPLES} resamples): an item's levels belong together. Where the response at \
         0 is 0, both are undefined."
    ));
    found.trail.push(format!(
        "The threshold is where the falling curve through the level means (pooled adjacent violators, straight lines \
         between) reaches {} % of the response at 0; its interval is the percentile one, and a resample that doesn't \
         reach it counts as beyond the highest level.",
        100.0 * share
    ));
    found.references.push("Efron (1987), Journal of the American Statistical Association 82, 171–185".into());
    found.references.push("Ayer and others (1955), Annals of Mathematical Statistics 26, 641–647".into());
    found.used.sort_unstable();
    found.used.dedup();
}

fn estimates(analysis: &mut Analysis, curve: &DependencyCurve, grouped: bool, level_unit: &str, only_threshold: bool) {
    let name = |what: &str| if grouped { format!("{what}_{}", curve.group) } else { what.to_owned() };
    let mut insert = |what: &str, value: Option<f64>, ci: Option<Interval>, unit: &str| {
        if let Some(value) = value {
            analysis.estimates.insert(name(what), Estimate { value, se: None, ci, unit: unit.to_owned() });
        }
    };
    if !only_threshold {
        insert("ldc", curve.coefficient, curve.coefficient_ci, "1");
        insert("ldc_area", curve.area, curve.area_ci, "1");
    }
    let both_ends =
        curve.threshold_ci.as_ref().and_then(|ci| Some(Interval { lo: ci.lo?, hi: ci.hi?, level: ci.level }));
    insert("threshold", curve.threshold, both_ends, level_unit);
}

/// Mean response of a guesser, where the frame has it and someone can guess.
fn chance(part: &Frame) -> Option<f64> {
    let response = Response::of(part, CHANCE).ok()?;
    let values: Vec<f64> = (0..part.rows.len()).filter_map(|row| response.value(row)).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (mean > 0.0).then_some(mean)
}

/// What to know of the items: whether some came again, and whether a replicate is one item.
pub(crate) fn of_items(frame: &Frame) -> Vec<Warning> {
    repeated(frame).into_iter().chain(several(frame)).collect()
}

/// Most items that a replicate asks.
fn most_items(frame: &Frame) -> f64 {
    let Ok(response) = Response::of(frame, ITEMS) else { return 0.0 };
    (0..frame.rows.len()).filter_map(|row| response.value(row)).fold(0.0, f64::max)
}

/// Replicates that ask several items each.
fn several(frame: &Frame) -> Option<Warning> {
    let most = most_items(frame);
    let message = format!(
        "a replicate asks up to {most} items, which are drawn together here; with sample_size 1 a replicate is an item, and \
         intervals are by item"
    );
    (most > 1.0).then(|| Warning::new("several_items", message))
}

/// Rows whose replicate asks nothing but an item that an earlier one asked. One that asks several items may ask new ones
/// beside, and stays.
pub(crate) fn asked_again(frame: &Frame, metric: &MetricId) -> Vec<bool> {
    let is_one = most_items(frame) <= 1.0;
    let flagged = |reading: &Option<Reading>| {
        reading.as_ref().is_some_and(|r| r.flags.0.iter().any(|flag| flag.as_ref() == "repeated_items"))
    };
    frame.columns.get(metric).map_or_else(Vec::new, |column| column.iter().map(|r| is_one && flagged(r)).collect())
}

/// Items that came several times under different replicates.
fn repeated(frame: &Frame) -> Option<Warning> {
    let flagged = |reading: &Option<Reading>| {
        reading.as_ref().is_some_and(|r| r.flags.0.iter().any(|flag| flag.as_ref() == "repeated_items"))
    };
    let any = frame.columns.values().any(|column| column.iter().any(flagged));
    let message = if most_items(frame) <= 1.0 {
        "the benchmark has fewer items than were asked: the first answer to each counts, those of later replicates are left \
         out"
    } else {
        "the benchmark has fewer items than were asked: some came again in later replicates, which count here as items of \
         their own; intervals are too narrow"
    };
    any.then(|| Warning::new("repeated_items", message))
}

fn label_words() -> String {
    let words: Vec<String> = DEPENDENCY_LABELS
        .iter()
        .map(|(name, below)| if below.is_finite() { format!("{name} below {below}") } else { format!("else {name}") })
        .collect();
    words.join(", ")
}

/// Rows of the whole frame by run key.
pub(crate) struct Rows(std::collections::BTreeMap<ergon_domain::RunKey, usize>);

impl Rows {
    pub(crate) fn new(frame: &Frame) -> Self {
        Self(frame.rows.iter().enumerate().map(|(at, row)| (row.key, at)).collect())
    }

    pub(crate) fn of(&self, key: &ergon_domain::RunKey) -> Option<usize> {
        self.0.get(key).copied()
    }
}
