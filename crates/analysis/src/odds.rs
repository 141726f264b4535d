//! The odds ratio of a yes-or-no metric between two levels.

use ergon_design::spec::Sided;
use ergon_domain::Value;
use ergon_stats::{StatError, TestOptions, mantel_haenszel};

use crate::cells::{Matching, matched_cells};
use crate::contrast::{plan_of, refuse_confounded, say_matching};
use crate::error::AnalysisError;
use crate::inference::{Inference, alternative, options};
use crate::level_means::{Errors, LevelMeans};
use crate::paired::Prepared;
use crate::ratio::fieller;
use crate::result::{Dropped, Interval, Statistic};
use crate::structure::{Adjusting, Blocking, CompleteBlocks, complete_blocks};
use crate::write_up::Subject;

/// Odds of the first of two levels over those of the second, within the cells of the other factors.
pub(crate) fn odds_ratio(
    data: &Prepared<'_>,
    subject: &Subject<'_>,
    pair: &[Value; 2],
) -> Result<Inference, AnalysisError> {
    let all = data.response.values(&subject.all_rows(data.frame));
    let count = all.iter().filter(|x| **x != 0.0 && **x != 1.0).count();
    if count > 0 {
        return Err(AnalysisError::NotBinary { metric: data.response.metric.id.clone(), count, instead: "ratio" });
    }
    let usable = |row: usize| data.response.value(row).is_some();
    let matching = matched_cells(data.frame, subject.factor, pair, usable);
    let (blocks, adjust, more) = plan_of(data, &matching)?;
    refuse_confounded(subject, pair, &matching)?;
    let mut found = match blocks {
        Blocking::Independent(why) => of_cells(data, &matching, &why)?,
        Blocking::Replicates(why) => of_pairs(data, subject, &matching, &why)?,
    };
    if let Adjusting::AdditiveModel(_) = adjust {
        found.trail.push(
            "The design takes a part of all combinations; only those that hold both levels under the same other factors \
             enter the odds ratio."
                .into(),
        );
    }
    say_matching(&matching, &mut found);
    found.trail.extend(more);
    Ok(found)
}

/// Successes and failures of the treatment, then of the control.
fn table(data: &Prepared<'_>, rows: &[Vec<usize>]) -> [u64; 4] {
    let count = |level: usize, outcome: f64| {
        let rows = rows.get(level).map_or(&[][..], Vec::as_slice);
        data.response.values(rows).iter().filter(|x| **x == outcome).count() as u64
    };
    [count(0, 1.0), count(0, 0.0), count(1, 1.0), count(1, 0.0)]
}

/// Independent runs: cells are the strata.
fn of_cells(data: &Prepared<'_>, matching: &Matching, why: &str) -> Result<Inference, AnalysisError> {
    let tables: Vec<[u64; 4]> = matching.cells.iter().map(|c| table(data, &c.rows)).collect();
    let mut found = Inference { unit_of_analysis: "runs".into(), ..Inference::default() };
    found.used = matching.cells.iter().flat_map(|c| &c.rows).flatten().copied().collect();
    found.trail.push(format!(
        "Runs are independent ({why}): the Mantel–Haenszel odds ratio over {} cells of the other factors.",
        tables.len()
    ));
    take(data, &mut found, &tables)?;
    Ok(found)
}

/// Replicates as blocks: in one cell pairs are the strata; in several, the pairs of a replicate belong together.
fn of_pairs(
    data: &Prepared<'_>,
    subject: &Subject<'_>,
    matching: &Matching,
    why: &str,
) -> Result<Inference, AnalysisError> {
    let blocks = complete_blocks(data.frame, matching, 2);
    let replicates = blocks.replicates.len();
    if replicates < 2 {
        return Err(AnalysisError::TooFewReplicates { found: replicates, needed: 2, why: why.to_owned() });
    }
    let pair = |cell: usize, replicate: usize| -> [u64; 4] {
        let rows = blocks.rows.get(cell).map_or(&[][..], Vec::as_slice);
        let of = |level: &Vec<usize>| level.get(replicate).map_or(Vec::new(), |row| vec![*row]);
        table(data, &rows.iter().map(of).collect::<Vec<_>>())
    };
    let mut found = if blocks.cells.len() == 1 {
        let tables: Vec<[u64; 4]> = (0..replicates).map(|r| pair(0, r)).collect();
        let mut found = Inference { unit_of_analysis: "pairs of runs".into(), ..Inference::default() };
        found.trail.push(format!(
            "Replicates are blocks, because {why}: the odds ratio within the {replicates} pairs (Mantel–Haenszel, each \
             pair a stratum)."
        ));
        take(data, &mut found, &tables)?;
        found
    } else {
        over_replicates(data, subject, &blocks, pair, why)?
    };
    found.used = blocks.rows.iter().flatten().flatten().copied().collect();
    if blocks.left_out > 0 {
        let reason = "its cell or replicate isn't complete for both levels".into();
        found.dropped.push(Dropped { reason, count: blocks.left_out });
    }
    Ok(found)
}

/// Σ ad/n over Σ bc/n, both summed within replicates: a ratio of two means over replicates.
fn over_replicates(
    data: &Prepared<'_>,
    subject: &Subject<'_>,
    blocks: &CompleteBlocks,
    pair: impl Fn(usize, usize) -> [u64; 4],
    why: &str,
) -> Result<Inference, AnalysisError> {
    let replicates = blocks.replicates.len();
    let of = |r: usize| {
        let (mut ad, mut bc) = (0.0, 0.0);
        for cell in 0..blocks.cells.len() {
            let [a, b, c, d] = pair(cell, r).map(|x| x as f64);
            ad += a * d;
            bc += b * c;
        }
        vec![ad, bc]
    };
    let sums: Vec<Vec<f64>> = (0..replicates).map(of).collect();
    let mean = |column: usize| sums.iter().filter_map(|row| row.get(column)).sum::<f64>() / replicates as f64;
    if mean(0) == 0.0 || mean(1) == 0.0 {
        return Err(AnalysisError::Separated { what: format!("{} of {}", data.response.metric.id, subject.factor) });
    }
    let means = LevelMeans {
        means: vec![mean(0), mean(1)],
        errors: Errors::Units(sums),
        rows: Vec::new(),
        notes: Inference::default(),
    };
    let mut found = fieller(&means, data, subject)?;
    found.procedure = "Mantel–Haenszel odds ratio over replicates".into();
    found.unit_of_analysis = format!("{replicates} replicates as blocks");
    found.trail.push(format!(
        "Replicates are blocks, because {why}: pairs are the strata of a Mantel–Haenszel odds ratio, and as the {} pairs \
         of a replicate belong together, its error comes from the spread between the {replicates} replicates (Fieller's \
         theorem).",
        blocks.cells.len()
    ));
    found.references = vec![
        "Mantel & Haenszel (1959), Journal of the National Cancer Institute 22, 719–748".into(),
        "Fieller (1954), Journal of the Royal Statistical Society B 16, 175–185".into(),
    ];
    Ok(found)
}

fn take(data: &Prepared<'_>, found: &mut Inference, tables: &[[u64; 4]]) -> Result<(), AnalysisError> {
    let asked = TestOptions { alternative: alternative(data.ask.direction), ..options(data.ask) };
    let test = mantel_haenszel(tables, data.ask.null_value(), &asked).map_err(|e| match e {
        StatError::NoVariation { what } => {
            AnalysisError::Separated { what: format!("{}: no variation in {what}", data.response.metric.id) }
        }
        other => other.into(),
    })?;
    found.procedure = test.account.method.to_owned();
    found.take_account(&test.account);
    found.estimate = test.odds_ratio;
    found.ci = Some(Interval { lo: test.ci.low, hi: test.ci.high, level: data.ask.confidence });
    found.statistic = Some(Statistic { name: "z".into(), value: test.z });
    found.p = Some(test.p);
    let sums = tables.iter().fold([0; 4], |sum, t| [sum[0] + t[0], sum[1] + t[1], sum[2] + t[2], sum[3] + t[3]]);
    let share = |yes: u64, no: u64| yes as f64 / (yes + no) as f64;
    found.means = Some((share(sums[0], sums[1]), share(sums[2], sums[3])));
    if data.ask.direction != Sided::TwoSided {
        found.trail.push("The interval is two-sided; p is one-sided.".into());
    }
    Ok(())
}
