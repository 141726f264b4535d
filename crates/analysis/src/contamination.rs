//! Whether a response survives being said in other words and not being scrambled: the mark of an item learnt by heart.
//!
//! Indicator (A_paraphrase − A_scramble)/A_0, with A_0 the response to the untouched text. Near 0: both cost the same.
//! High: the model copes with other words and not with a changed surface, so it leans on language; low and negative:
//! other words cost as much or more, as they do where the wording itself was learnt.

use ergon_domain::Value;

use crate::ask::Ask;
use crate::dependency::{Rows, of_items};
use crate::detail::Detail;
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::inference::{Inference, Scale};
use crate::item_table::{ItemTable, RESAMPLES, mean_over};
use crate::paired::Prepared;
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Estimate, Warning};
use crate::surface_detail::{Contamination, ContaminationRow};
use crate::write_levels::{about_levels, write_levels};
use crate::write_up::Subject;

/// The way of transforming that keeps the meaning.
const PARAPHRASE: &str = "paraphrase";
/// The way that transforms nothing.
const NONE: &str = "none";

const BASELINE: usize = 0;
const PARAPHRASED: usize = 1;
const SCRAMBLED: usize = 2;

/// The indicator for each way of transforming, `method`'s levels, over all amounts above 0 of `level`; in each level of
/// `group`, where there is one.
///
/// # Errors
/// Unknown names; no paraphrase, nothing scrambled, or no untouched text among the runs.
pub fn contamination(
    frame: &Frame,
    ask: &Ask,
    method: &str,
    level: &str,
    group: Option<&str>,
) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let methods = frame.levels(method);
    let name = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if !methods.iter().any(|m| name(m) == PARAPHRASE) {
        let wanted = format!("{method} = {PARAPHRASE}");
        return Err(AnalysisError::NoBaseline { factor: method.into(), wanted });
    }
    let scrambles: Vec<&Value> = methods.iter().filter(|m| name(m) != PARAPHRASE && name(m) != NONE).collect();
    if scrambles.is_empty() {
        return Err(AnalysisError::OneLevel { factor: method.into(), found: methods.len() });
    }
    let parts: Vec<(String, Frame)> = match group {
        None => vec![("all runs".into(), frame.clone())],
        Some(by) => frame.levels(by).iter().map(|l| (l.to_string(), frame.only(by, l))).collect(),
    };
    let seed = frame.digest(Some(&response.metric.id));
    let places = Rows::new(frame);
    let (mut rows, mut found) = (Vec::new(), Inference::default());
    for (group_name, part) in &parts {
        let of_part = Response::of(part, &ask.metric)?;
        for scramble in &scrambles {
            let scramble = name(scramble);
            let column = |row: usize| {
                let condition = &part.rows.get(row)?.condition.condition;
                let (way, amount) = (condition.text(method)?, condition.real(level).unwrap_or(0.0));
                match way {
                    _ if way == NONE || amount == 0.0 => Some(BASELINE),
                    PARAPHRASE => Some(PARAPHRASED),
                    _ if way == scramble => Some(SCRAMBLED),
                    _ => None,
                }
            };
            let table = ItemTable::of(part, &of_part, 3, column);
            let label = format!("{group_name}, {scramble}");
            if table.rows.len() < 2 {
                let message = format!(
                    "{label}: {} items were asked untouched, paraphrased and scrambled; at least 2 are needed",
                    table.rows.len()
                );
                found.warnings.push(Warning::new("not_answered", message));
                continue;
            }
            let all: Vec<&Vec<f64>> = table.rows.iter().collect();
            let value = indicator(&all);
            let ci = match table.interval(indicator, ask.confidence, seed) {
                Ok(ci) => Some(ci),
                Err(error) => {
                    found.warnings.push(Warning::new("not_estimated", format!("{label}: no interval: {error}")));
                    None
                }
            };
            found.dropped.extend(table.dropped());
            let keys = table.used.iter().filter_map(|row| part.rows.get(*row));
            found.used.extend(keys.filter_map(|row| places.of(&row.key)));
            rows.push(ContaminationRow {
                group: group_name.clone(),
                method: scramble,
                items: table.rows.len(),
                baseline: table.mean(BASELINE),
                paraphrased: table.mean(PARAPHRASED),
                scrambled: table.mean(SCRAMBLED),
                indicator: value,
                ci,
            });
        }
    }
    if rows.is_empty() {
        let first = found.warnings.first().map(ToString::to_string).unwrap_or_default();
        return Err(AnalysisError::NoGroup { factor: method.into(), first });
    }
    found.warnings.extend(of_items(frame));
    found.procedure = "Contamination indicator with item-level paired bootstrap".into();
    found.unit_of_analysis = "items (replicates), the same in all conditions".into();
    found.trail.push(format!(
        "(A_paraphrase − A_scramble)/A_0 over all levels above 0 of {level}; items are drawn whole ({RESAMPLES} \
         resamples). It is an indicator, not a proof: a paraphrase that a model made may have changed an item."
    ));
    found.references.push("Efron (1987), Journal of the American Statistical Association 82, 171–185".into());
    found.used.sort_unstable();
    found.used.dedup();
    let data = Prepared { frame, response, scale: Scale::Difference, ask, seed };
    let text = format!("Does {} survive other words better than a changed surface?", data.response.metric.title);
    let mut asked = about_levels(&data, method, text, "contamination");
    asked.by = group.iter().map(|g| (*g).to_owned()).collect();
    let subject = Subject { factor: method, levels: &methods };
    let mut analysis = write_levels(&data, &subject, found, AnalysisKind::Contamination, asked);
    for row in &rows {
        if let Some(value) = row.indicator {
            let name = format!("contamination_{}_{}", row.group.replace(' ', "_"), row.method);
            analysis.estimates.insert(name, Estimate { value, se: None, ci: row.ci, unit: "1".into() });
        }
    }
    analysis.detail = Some(Detail::Contamination(Contamination { factor: method.to_owned(), rows }));
    Ok(analysis)
}

fn indicator(items: &[&Vec<f64>]) -> Option<f64> {
    let mean = |column| mean_over(items.iter().copied(), column);
    let baseline = mean(BASELINE);
    (baseline > 0.0).then(|| (mean(PARAPHRASED) - mean(SCRAMBLED)) / baseline)
}
