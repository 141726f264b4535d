//! Two levels of a factor on the same items, right or wrong each: McNemar's exact test, lift, power, sample, stopping.

use ergon_domain::Value;
use ergon_stats::dist::{normal, student_t};
use ergon_stats::{Boundary, group_sequential, mcnemar};

use crate::ask::Ask;
use crate::contrast::known_levels;
use crate::dependency::{Rows, of_items};
use crate::detail::Detail;
use crate::error::AnalysisError;
use crate::frame::{Frame, same_level};
use crate::inference::{Inference, Scale};
use crate::item_table::{ItemTable, mean_over};
use crate::paired::Prepared;
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Estimate, Interval, Statistic, Warning};
use crate::surface_detail::AbTest;
use crate::write_levels::{about_levels, write_levels};
use crate::write_up::Subject;

/// Power that the minimum sample is for.
const POWER: f64 = 0.8;
/// Looks of the stopping rule, as shares of the minimum sample.
const LOOKS: [f64; 4] = [0.25, 0.5, 0.75, 1.0];
/// Smallest difference of interest where a question says none: 5 points of 100.
pub(crate) const SMALLEST: f64 = 0.05;

/// Tests the second level of `factor` (treatment) against the first (control) on the items that both answered. `smallest`:
/// the smallest difference of interest, as a share of full marks.
///
/// # Errors
/// Unknown names, other than two levels, responses that aren't right or wrong, several cells of other factors.
pub fn ab_test(frame: &Frame, ask: &Ask, factor: &str, smallest: f64) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let levels = known_levels(frame, factor)?;
    let [control, treatment] = levels.as_slice() else {
        return Err(AnalysisError::NotAvailable {
            asked: format!("as: ab_test over {} levels of {factor}", levels.len()),
            available: vec!["two levels: choose them with frame: { where: [factor=level] }, or ask for a ranking"],
        });
    };
    let others: Vec<String> = frame.varied().iter().map(ToString::to_string).filter(|name| name != factor).collect();
    if !others.is_empty() {
        return Err(AnalysisError::NotAvailable {
            asked: format!("as: ab_test over several levels of {}", others.join(", ")),
            available: vec!["one cell of the other factors: choose it with frame: { where: [factor=level] }"],
        });
    }
    let full = response.metric.range.1.unwrap_or(1.0);
    let column = |row: usize| {
        let value = frame.rows.get(row)?.condition.condition.get(factor)?;
        [control, treatment].iter().position(|level| same_level(level, value))
    };
    let table = ItemTable::of(frame, &response, 2, column);
    if table.rows.iter().flatten().any(|v| *v != 0.0 && *v != full) {
        return Err(AnalysisError::NotAvailable {
            asked: format!("as: ab_test of {}, which is more than right or wrong in some runs", ask.metric),
            available: vec!["one item a run (sample_size: 1)", "as: comparison, which pairs runs"],
        });
    }
    let found = test(&table, full, smallest, ask)?;
    write(frame, ask, factor, (control, treatment), found, &table)
}

/// The table's counts and everything computed of them.
struct Found {
    detail: AbTest,
    p: f64,
    lift_ci: Option<Interval>,
    relative: Option<f64>,
    relative_ci: Option<Interval>,
    note: Option<String>,
}

fn test(table: &ItemTable, full: f64, smallest: f64, ask: &Ask) -> Result<Found, AnalysisError> {
    let is = |value: f64| value == full;
    let mut counts = [[0_u64; 2]; 2];
    for row in &table.rows {
        let (Some(a), Some(b)) = (row.first(), row.get(1)) else { continue };
        counts[usize::from(!is(*b))][usize::from(!is(*a))] += 1;
    }
    let n = table.rows.len() as f64;
    if n < 2.0 {
        return Err(
            ergon_stats::StatError::TooFew { what: "items that both answered", needed: 2, found: n as usize }.into()
        );
    }
    // [[both, treatment alone], [control alone, neither]]
    let [[_, treatment_alone], [control_alone, _]] = counts;
    let (p, note) = match mcnemar(counts) {
        Ok(found) => (found.p_exact, None),
        Err(_) => (1.0, Some("both levels are right on the same items: nothing tells them apart".to_owned())),
    };
    let differences: Vec<f64> = table.rows.iter().map(|row| (row[1] - row[0]) / full).collect();
    let lift = differences.iter().sum::<f64>() / n;
    let variance = differences.iter().map(|d| (d - lift) * (d - lift)).sum::<f64>() / (n - 1.0);
    let reach = student_t::isf(0.5 * (1.0 - ask.confidence), n - 1.0) * (variance / n).sqrt();
    let level = ask.confidence;
    let lift_ci = (reach > 0.0).then_some(Interval { lo: lift - reach, hi: lift + reach, level });
    let ratio = |items: &[&Vec<f64>]| {
        let (a, b) = (mean_over(items.iter().copied(), 0), mean_over(items.iter().copied(), 1));
        (a > 0.0).then(|| b / a - 1.0)
    };
    let all: Vec<&Vec<f64>> = table.rows.iter().collect();
    let seed = ergon_domain::Canonical::new("ergon.ab_test.1").u64(table.rows.len() as u64).finish();
    let relative_ci = table.interval(ratio, level, seed).ok();
    let discordance = (treatment_alone + control_alone) as f64 / n;
    let minimum = minimum_pairs(discordance, smallest, 1.0 - level);
    let (look, boundary_p, decision) = stop(n, minimum, p, lift_ci, smallest, 1.0 - level)?;
    Ok(Found {
        p,
        lift_ci,
        relative: ratio(&all),
        relative_ci,
        note,
        detail: AbTest {
            factor: String::new(),
            control: String::new(),
            treatment: String::new(),
            items: table.rows.len(),
            control_mean: table.mean(0),
            treatment_mean: table.mean(1),
            treatment_alone,
            control_alone,
            lift,
            smallest,
            power: power(discordance, smallest, n, 1.0 - level),
            minimum_items: minimum,
            look,
            boundary_p,
            decision,
        },
    })
}

/// Approximate power of McNemar's test to find a difference with so many pairs, given the share that differ: two-sided.
///
/// Source: Connor, "Sample size for testing differences in proportions for the paired-sample design", Biometrics 43,
/// 1987. `None` where fewer pairs differ than the difference itself needs.
fn power(discordance: f64, difference: f64, n: f64, alpha: f64) -> Option<f64> {
    let rest = discordance - difference * difference;
    if discordance < difference || rest <= 0.0 {
        return None;
    }
    let critical = normal::isf(0.5 * alpha);
    Some(normal::cdf((difference * n.sqrt() - critical * discordance.sqrt()) / rest.sqrt()))
}

/// Pairs needed for [`POWER`]: ((z_{α/2}√ψ + z_β√(ψ − δ²))/δ)², Connor 1987.
fn minimum_pairs(discordance: f64, difference: f64, alpha: f64) -> Option<u64> {
    let rest = discordance - difference * difference;
    if discordance < difference || rest <= 0.0 {
        return None;
    }
    let root = (normal::isf(0.5 * alpha) * discordance.sqrt() + normal::isf(1.0 - POWER) * rest.sqrt()) / difference;
    Some(libm::ceil(root * root) as u64)
}

type Stopping = (Option<f64>, Option<f64>, String);

/// What the stopping rule says: looks at quarters of the minimum sample, with O'Brien and Fleming's boundary.
fn stop(
    n: f64,
    minimum: Option<u64>,
    p: f64,
    lift: Option<Interval>,
    smallest: f64,
    alpha: f64,
) -> Result<Stopping, AnalysisError> {
    let Some(minimum) = minimum else {
        let why =
            "continue: fewer items differ than the smallest difference of interest needs, so no sample can be planned";
        return Ok((None, None, why.into()));
    };
    let design = group_sequential(&LOOKS, alpha, true, Boundary::ObrienFleming)?;
    let reached = LOOKS.iter().zip(&design.nominal_p).rev().find(|(look, _)| n >= **look * minimum as f64);
    let Some((look, boundary)) = reached else {
        return Ok((None, None, format!("continue: the first look is at {} items", (0.25 * minimum as f64).ceil())));
    };
    let within = lift.is_some_and(|ci| ci.lo > -smallest && ci.hi < smallest);
    let decision = if p <= *boundary {
        "stop: the difference is beyond the boundary of this look"
    } else if within {
        "stop: the interval lies within the smallest difference of interest"
    } else if *look == 1.0 {
        "stop: the planned sample is reached without a difference"
    } else {
        "continue to the next look"
    };
    Ok((Some(*look), Some(*boundary), decision.into()))
}

fn write(
    frame: &Frame,
    ask: &Ask,
    factor: &str,
    (control, treatment): (&Value, &Value),
    tested: Found,
    table: &ItemTable,
) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let seed = frame.digest(Some(&response.metric.id));
    let places = Rows::new(frame);
    let keys = table.used.iter().filter_map(|row| frame.rows.get(*row));
    let mut found = Inference {
        procedure: "McNemar's exact test".into(),
        unit_of_analysis: format!("{} items that both answered", table.rows.len()),
        p: Some(tested.p),
        ci: tested.lift_ci,
        used: keys.filter_map(|row| places.of(&row.key)).collect(),
        dropped: table.dropped().collect(),
        ..Inference::default()
    };
    let alone = (tested.detail.treatment_alone, tested.detail.control_alone);
    found.statistic = Some(Statistic { name: "items that differ".into(), value: (alone.0 + alone.1) as f64 });
    found.trail.push(format!(
        "Both levels answered the same items, so only items that they answer differently tell them apart: {} for \
         {treatment} alone, {} for {control} alone. Power and sample are for the declared smallest difference and the \
         share of differing items seen; the power at the difference seen says nothing that p doesn't and is not shown.",
        alone.0, alone.1
    ));
    found.trail.push(
        "The stopping rule looks at quarters of the minimum sample (O'Brien and Fleming); looking at other times spends \
         more than its alpha."
            .into(),
    );
    for reference in [
        "McNemar (1947), Psychometrika 12, 153–157",
        "Connor (1987), Biometrics 43, 207–211",
        "O'Brien & Fleming (1979), Biometrics 35, 549–556",
    ] {
        found.references.push(reference.into());
    }
    found.warnings.extend(tested.note.map(|note| Warning::new("no_variation", note)));
    found.warnings.extend(of_items(frame));
    let levels = [control.clone(), treatment.clone()];
    let subject = Subject { factor, levels: &levels };
    let data = Prepared { frame, response, scale: Scale::Difference, ask, seed };
    let title = &data.response.metric.title;
    let text = format!("Does {title} differ between {control} and {treatment} on the same items?");
    let mut asked = about_levels(&data, factor, text, "lift");
    asked.control = Some(control.to_string());
    asked.treatment = Some(treatment.to_string());
    let mut analysis = write_levels(&data, &subject, found, AnalysisKind::AbTest, asked);
    let lift = Estimate { value: tested.detail.lift, se: None, ci: tested.lift_ci, unit: "1".into() };
    analysis.estimates.insert("lift".into(), lift);
    if let Some(value) = tested.relative {
        let relative = Estimate { value, se: None, ci: tested.relative_ci, unit: "1".into() };
        analysis.estimates.insert("relative_lift".into(), relative);
    }
    analysis.detail = Some(Detail::AbTest(AbTest {
        factor: factor.to_owned(),
        control: control.to_string(),
        treatment: treatment.to_string(),
        ..tested.detail
    }));
    Ok(analysis)
}
