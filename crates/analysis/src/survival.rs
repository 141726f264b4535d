//! Times to an event, some of them censored: Kaplan–Meier per level and the log-rank test.

use ergon_design::spec::Sided;
use ergon_domain::{Value, WireNumber};
use ergon_stats::dist::normal;
use ergon_stats::{kaplan_meier, log_rank};

use crate::ask::Ask;
use crate::cells::matched_cells;
use crate::contrast::{refuse_confounded, say_matching};
use crate::describe::summary;
use crate::error::AnalysisError;
use crate::frame::Frame;
use crate::inference::Inference;
use crate::response::Response;
use crate::result::{Analysis, AnalysisKind, Dropped, Estimate, Interval, Question, Statistic, Warning};
use crate::structure::{Blocking, blocking};
use crate::write_up::{Subject, blank, distinct, joined, question};

/// Compares times to the event at two or more levels, within the cells of the other factors that hold them all.
pub(crate) fn of_levels(frame: &Frame, ask: &Ask, factor: &str, levels: &[Value]) -> Result<Analysis, AnalysisError> {
    let response = Response::of(frame, &ask.metric)?;
    let subject = Subject { factor, levels };
    for level in levels {
        let account = response.account(subject.rows_at(frame, level));
        if account.values + account.censored == 0 {
            let reasons = format!("{factor} = {level}: {}", account.reasons());
            return Err(AnalysisError::NoValues { metric: response.metric.id.clone(), reasons });
        }
    }
    let matching = matched_cells(frame, factor, levels, |row| response.time(row).is_some());
    refuse_confounded(&subject, levels, &matching)?;
    let rows: Vec<Vec<usize>> = (0..levels.len()).map(|l| matching.rows_of(l)).collect();
    let used: Vec<usize> = rows.iter().flatten().copied().collect();
    let account = response.account(used.iter().copied());

    let pair = levels.len() == 2;
    let names: Vec<String> = levels.iter().map(ToString::to_string).collect();
    let text = format!("Does {} differ between {factor} = {}?", response.metric.title, names.join(", "));
    let asked = Question {
        factor: Some(factor.to_owned()),
        treatment: names.first().filter(|_| pair).cloned(),
        control: names.get(1).filter(|_| pair).cloned(),
        ..question(&response, ask, text, "survival")
    };
    let mut analysis = blank(frame, asked, AnalysisKind::Survival, "Log-rank test", ask, &account);
    let mut notes = Inference { procedure: "log-rank".into(), ..Inference::default() };
    say_matching(&matching, &mut notes);
    analysis.trail.push(format!(
        "{} is a time to an event, {} of {} times censored: survival curves (Kaplan–Meier) are compared by the log-rank \
         test.",
        response.metric.id,
        account.censored,
        used.len()
    ));
    analysis.trail.append(&mut notes.trail);
    let mut dropped: Vec<Dropped> = notes.dropped;
    dropped.extend(response.account(subject.all_rows(frame)).dropped());
    analysis.dropped = joined(dropped);

    let (mut times, mut events, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for (group, (level, rows)) in names.iter().zip(&rows).enumerate() {
        let (time, event): (Vec<f64>, Vec<bool>) = rows.iter().filter_map(|r| response.time(*r)).unzip();
        let curve = kaplan_meier(&time, &event, ask.confidence)?;
        let mut of_level = summary(&response, rows, vec![(factor.to_owned(), level.clone())], ask.confidence);
        of_level.median = curve.median;
        let unit = response.metric.unit.to_string();
        if let Some(value) = curve.median {
            let ci = Interval {
                lo: curve.median_low.unwrap_or(0.0),
                hi: curve.median_high.unwrap_or(f64::INFINITY),
                level: ask.confidence,
            };
            analysis.estimates.insert(format!("median_{level}"), Estimate { value, se: None, ci: Some(ci), unit });
        }
        analysis.levels.push(of_level);
        groups.extend(std::iter::repeat_n(group, time.len()));
        times.extend(time);
        events.extend(event);
    }
    let test = log_rank(&times, &events, &groups)?;
    analysis.statistic = Some(Statistic { name: "χ²".into(), value: test.chi2 });
    analysis.df = vec![WireNumber(test.df)];
    analysis.references = test.account.references.iter().map(|r| (*r).to_owned()).collect();
    let sooner = match (test.observed.first(), test.expected.first()) {
        (Some(observed), Some(expected)) => *observed > *expected,
        _ => false,
    };
    // More events than expected: shorter times.
    let z = if sooner { test.chi2.sqrt() } else { -test.chi2.sqrt() };
    analysis.p = Some(match ask.direction {
        Sided::TwoSided => test.p,
        Sided::Less if pair => normal::sf(z),
        Sided::Greater if pair => normal::cdf(z),
        _ => test.p,
    });
    if !matching.others.is_empty() {
        analysis.warnings.push(Warning::new(
            "not_stratified",
            "the cells of the other factors hold all levels, but the test isn't stratified by them",
        ));
    }
    if let Blocking::Replicates(why) = blocking(frame, &matching.phases()) {
        analysis
            .warnings
            .push(Warning::new("pairing_not_used", format!("{why}; the log-rank test takes runs as independent")));
    }
    analysis.warnings = distinct(std::mem::take(&mut analysis.warnings));
    Ok(analysis)
}
