//! Robust procedures shown beside a t test. They never replace it unless the user asks.

use ergon_design::spec::Procedure;
use ergon_domain::Digest;
use ergon_stats::{
    LeveneCenter, MissingPolicy, RankMethod, Resampling, TestOptions, ZeroDifferences, hodges_lehmann, levene,
    mann_whitney, permutation_one_sample, permutation_two_sample, pseudomedian, shapiro_wilk, sign_test, t_student,
    wilcoxon_signed_rank,
};

use crate::ask::Ask;
use crate::inference::{alternative, assumption};
use crate::result::{Assumption, Companion, Estimate, Interval};

/// Companions of a test of differences within blocks: sign flips and Wilcoxon's signed ranks.
pub(crate) fn of_differences(d: &[f64], ask: &Ask, seed: Digest) -> Vec<Companion> {
    let options = directed(ask);
    let centred: Vec<f64> = d.iter().map(|d| d - ask.null_value()).collect();
    let mut companions = Vec::new();
    if let Ok(test) = permutation_one_sample(&centred, &resampling(seed), &options) {
        companions.push(Companion {
            procedure: test.account.method.to_owned(),
            p: Some(test.p),
            estimate: None,
            note: if test.exact {
                format!("exact over all {} assignments of signs", test.permutations)
            } else {
                format!("{} random assignments of signs", test.permutations)
            },
        });
    }
    if let Ok(test) = wilcoxon_signed_rank(&centred, ZeroDifferences::default(), RankMethod::Auto, &options) {
        let centre = pseudomedian(d, &TestOptions { level: ask.confidence, ..TestOptions::default() }).ok();
        companions.push(Companion {
            procedure: test.account.method.to_owned(),
            p: Some(test.p),
            estimate: centre.map(|c| estimate(c.estimate, c.ci)),
            note: "its estimate is the pseudomedian of the differences".into(),
        });
    }
    if ask.insists_on(Procedure::WithinRanks)
        && let Ok(test) = sign_test(&centred, &options)
    {
        companions.push(Companion {
            procedure: test.account.method.to_owned(),
            p: Some(test.p),
            estimate: None,
            note: format!("{} of {} differences are positive", test.positive, test.nonzero),
        });
    }
    companions
}

/// Companions of a test of two independent samples: permutation and Mann–Whitney.
pub(crate) fn of_samples(x: &[f64], y: &[f64], ask: &Ask, seed: Digest) -> Vec<Companion> {
    let options = directed(ask);
    let moved: Vec<f64> = x.iter().map(|x| x - ask.null_value()).collect();
    let mut companions = Vec::new();
    if let Ok(test) = permutation_two_sample(&moved, y, &resampling(seed), &options) {
        companions.push(Companion {
            procedure: test.account.method.to_owned(),
            p: Some(test.p),
            estimate: None,
            note: format!("{} divisions of the runs into two groups", test.permutations),
        });
    }
    if let Ok(test) = mann_whitney(&moved, y, RankMethod::Auto, &options) {
        let shift = hodges_lehmann(x, y, &TestOptions { level: ask.confidence, ..TestOptions::default() }).ok();
        companions.push(Companion {
            procedure: test.account.method.to_owned(),
            p: Some(test.p),
            estimate: shift.map(|s| estimate(s.estimate, s.ci)),
            note: "tests whether values tend to be larger; its estimate is the Hodges–Lehmann shift".into(),
        });
    }
    if ask.insists_on(Procedure::Student)
        && let Ok(test) = t_student(&moved, y, &options)
        && let Ok(plain) = t_student(x, y, &TestOptions { level: ask.confidence, ..TestOptions::default() })
    {
        companions.push(Companion {
            procedure: test.account.method.to_owned(),
            p: Some(test.p),
            estimate: Some(estimate(plain.estimate.value, plain.ci)),
            note: "its estimate is the difference of means, its error that of equal variances".into(),
        });
    }
    companions
}

/// What checks find of normal differences or residuals and of equal spread.
pub(crate) fn assumptions(residuals: &[f64], groups: &[Vec<f64>]) -> Vec<Assumption> {
    let mut found = Vec::new();
    if let Ok(test) = shapiro_wilk(residuals, MissingPolicy::Refuse) {
        found.push(assumption(&test.finding()));
    }
    if groups.len() > 1
        && let Ok(test) = levene(groups, LeveneCenter::Median, MissingPolicy::Refuse)
        && test.statistic.is_finite()
    {
        found.push(assumption(&test.finding()));
    }
    found
}

/// Resampling seeded by the data, so that the same data give the same p.
pub(crate) fn resampling(seed: Digest) -> Resampling {
    Resampling { resamples: 9_999, seed: seed.to_u64(), exact_limit: 100_000, ..Resampling::default() }
}

fn directed(ask: &Ask) -> TestOptions {
    TestOptions { alternative: alternative(ask.direction), level: ask.confidence, ..TestOptions::default() }
}

fn estimate(value: f64, ci: ergon_stats::Interval) -> Estimate {
    let ci = Interval { lo: ci.low, hi: ci.high, level: ci.level };
    Estimate { value, se: None, ci: Some(ci), unit: String::new() }
}
